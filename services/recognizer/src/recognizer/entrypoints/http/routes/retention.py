"""``/v1/retention``: how long each thing is kept."""

from __future__ import annotations

from fastapi import APIRouter

from facecore.contract import Retention
from recognizer.domain.ports import AUDIT_LIFETIME, COUNTER_DAYS
from recognizer.entrypoints.http.dependencies import AdminOnly, ServicesDep, problems

router = APIRouter(prefix="/v1/retention", tags=["data"], dependencies=[AdminOnly])


@router.get("", operation_id="get_retention", responses=problems(401, 403, 503))
def get_retention(services: ServicesDep) -> Retention:
    """Return how long each kind of data is kept, as configured."""
    settings, video = services.settings, services.video_retention
    lifetime = settings.video_lifetime
    return Retention(
        sighting_days=settings.sighting_days,
        video_days=None if lifetime is None else lifetime.days,
        video_gb=None if video is None else round(video.space.most_bytes() / 1e9, 3),
        audit_days=AUDIT_LIFETIME.days,
        statistics_days=COUNTER_DAYS,
        crop_days=settings.crop_lifetime.days,
        session_hours=settings.session_hours,
    )
