"""``/v1/health``: whether the service is ready."""

from __future__ import annotations

from fastapi import APIRouter

from facecore.contract import Health, HealthStatus
from recognizer import __version__
from recognizer.domain.request_report import Operation
from recognizer.entrypoints.http.dependencies import ServicesDep, problems

router = APIRouter(prefix="/v1/health", tags=["health"])


@router.get("", operation_id=Operation.HEALTH, responses=problems(503))
def health(services: ServicesDep) -> Health:
    """Return the model and the gallery's size; 503 if the store can't be read or written."""
    view = services.gallery.at(services.stores.readiness.gallery_version())
    return Health(
        status=HealthStatus.READY,
        version=__version__,
        model=services.vision.model_id,
        gallery_size=view.gallery.size,
        gallery_people=view.gallery.people,
        gallery_version=view.version,
        gallery_outdated=view.outdated,
    )
