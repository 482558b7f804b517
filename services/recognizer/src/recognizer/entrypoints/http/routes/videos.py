"""``/v1/videos``: segments of recorded video."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import Field
from starlette.convertors import Convertor, register_url_convertor

from facecore.contract import (
    AuditAction,
    AuditDetail,
    DeviceName,
    UtcTime,
    VideoAnnouncement,
    VideoKey,
    VideoLink,
    VideoList,
    VideoTicket,
)
from recognizer.domain.ports import VideoFilter
from recognizer.domain.request_report import Operation
from recognizer.entrypoints.http.dependencies import (
    AdminCaller,
    AdminOnly,
    DeviceCaller,
    PageQuery,
    RejectDuplicateParameters,
    ServicesDep,
    own_url,
    problems,
)
from recognizer.use_cases.videos import device_of

router = APIRouter(prefix="/v1/videos", tags=["videos"], responses=problems(401, 422, 503))


class _KeyConvertor(Convertor[str]):
    """Matches a segment's whole key. Without the ending, it would also match ``{key}/url``."""

    regex = r".+\.mp4"

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


register_url_convertor("video_key", _KeyConvertor())
Key = Annotated[VideoKey, Path(description="The segment's key; it may contain slashes.")]


@router.post(
    "",
    operation_id=Operation.ANNOUNCE_VIDEO,
    status_code=201,
    responses={
        200: {"model": VideoTicket, "description": "Announced already"},
        **problems(400, 413, 415),
    },
)
def announce_video(
    services: ServicesDep,
    caller: DeviceCaller,
    announcement: VideoAnnouncement,
    request: Request,
    response: Response,
) -> VideoTicket:
    """Announce a segment. Return where to upload it, unless it is stored already.

    Announce it again after the upload. Then the service checks that the store has it, marks it as
    ``stored``, and answers so; keep the file until then.
    """
    announced = services.recordings.announce(caller.name, announcement)
    response.status_code = 201 if announced.new else 200
    ticket = announced.ticket
    if ticket.upload is None:
        return ticket
    upload = ticket.upload.model_copy(update={"url": own_url(services, request, ticket.upload.url)})
    return ticket.model_copy(update={"upload": upload})


class VideosQuery(PageQuery):
    """Which videos to list. A filter that is left out matches all."""

    device: DeviceName | None = Field(None, description="By this device.")
    since: UtcTime | None = Field(None, description="Started at this time or later; RFC 3339.")
    until: UtcTime | None = Field(None, description="Started before this time; RFC 3339.")


@router.get(
    "",
    operation_id="list_videos",
    dependencies=[AdminOnly, RejectDuplicateParameters],
    responses=problems(403),
)
def list_videos(services: ServicesDep, query: Annotated[VideosQuery, Query()]) -> VideoList:
    """List segments, newest first."""
    wanted = VideoFilter(query.device, query.since, query.until)
    return services.recordings.list(wanted, after=query.after, limit=query.limit)


@router.delete(
    "/{key:video_key}",
    operation_id="remove_video",
    status_code=204,
    dependencies=[AdminOnly],
    responses=problems(403, 404),
)
def remove_video(services: ServicesDep, caller: AdminCaller, key: Key) -> None:
    """Delete a segment permanently. Sightings that refer to it stay."""
    noted = AuditDetail(video=key)
    with services.trail.noting(caller.actor, AuditAction.VIDEO_REMOVED, device_of(key), noted):
        services.recordings.remove(key)


@router.get(
    "/{key:path}/url",
    operation_id="video_link",
    dependencies=[AdminOnly],
    responses=problems(403, 404),
)
def video_link(services: ServicesDep, key: Key, request: Request) -> VideoLink:
    """Return a link that plays the segment without a token until it expires."""
    link = services.recordings.link(key)
    return link.model_copy(update={"url": own_url(services, request, link.url)})
