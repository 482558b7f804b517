"""``/v1/retention``: how long each thing is kept."""

from __future__ import annotations

from fastapi import APIRouter

from facecore.contract import Retention
from recognizer.api.dependencies import AdminOnly, Injected, problems
from recognizer.ports import AUDIT_LIFETIME, TALLY_DAYS

router = APIRouter(prefix="/v1/retention", tags=["data"], dependencies=[AdminOnly])


@router.get("", operation_id="get_retention", responses=problems(401, 403, 503))
def get_retention(services: Injected) -> Retention:
    """How long each thing is kept, as it is set."""
    settings = services.settings
    return Retention(
        sighting_days=settings.sighting_days,
        video_days=settings.video_days if settings.store == "aws" else None,
        audit_days=AUDIT_LIFETIME.days,
        statistics_days=TALLY_DAYS,
        stranger_days=settings.crop_lifetime.days,
        session_hours=settings.session_hours,
    )
