"""``/v1/tracks``: where a face of one visit was in the picture."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import Field

from facecore.contract import (
    MAX_TRACKS_PAGE,
    DeviceName,
    Track,
    TrackId,
    TrackList,
    TrackReport,
    UtcTime,
)
from recognizer.domain.ports import TrackFilter
from recognizer.domain.request_report import Operation
from recognizer.entrypoints.http.dependencies import (
    AdminOnly,
    DeviceItself,
    EachOnce,
    Injected,
    PageQuery,
    QueryWhole,
    problems,
)

router = APIRouter(prefix="/v1/tracks", tags=["sightings"], responses=problems(401, 403, 422, 503))

NamedTrack = Annotated[TrackId, Path(description="The device's own name of the visit.")]


class TracksQuery(PageQuery):
    """Which tracks to list; they reach into the time from `since` to `until`."""

    device: DeviceName = Field(description="By this device.")
    since: UtcTime | None = Field(None, description="Ended then or later; RFC 3339.")
    until: UtcTime | None = Field(None, description="Started before; RFC 3339.")
    limit: QueryWhole = Field(50, ge=1, le=MAX_TRACKS_PAGE, description="Most entries in the page.")


@router.put(
    "/{track}",
    operation_id=Operation.REPORT_TRACK,
    status_code=204,
    responses=problems(400, 413, 415),
)
def report_track(
    services: Injected, caller: DeviceItself, track: NamedTrack, report: TrackReport
) -> None:
    """Keep the way of one face of the device that calls, in the place of what it said before.

    It names nobody; the sightings of the same track do.
    """
    kept = Track(
        device=caller.name,
        track=track,
        received_at=services.now(),
        **report.model_dump(),
    )
    services.stores.tracks.put(kept)


@router.get("", operation_id="list_tracks", dependencies=[AdminOnly, EachOnce])
def list_tracks(services: Injected, query: Annotated[TracksQuery, Query()]) -> TrackList:
    """A device's tracks, the latest begun first; a page may hold few and not be the last."""
    wanted = TrackFilter(query.device, query.since, query.until)
    return services.stores.tracks.list(wanted, after=query.after, limit=query.limit)
