"""``/v1/videos``: what was recorded."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urljoin

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import Field

from facecore.contract import (
    DeviceName,
    VideoAnnouncement,
    VideoKey,
    VideoLink,
    VideoList,
    VideoTicket,
)
from recognizer.api.dependencies import (
    AdminOnly,
    DeviceCaller,
    EachOnce,
    Injected,
    PageQuery,
    problems,
)
from recognizer.bootstrap import Services

router = APIRouter(prefix="/v1/videos", tags=["videos"], responses=problems(401, 422, 503))
Key = Annotated[VideoKey, Path(description="The segment's key; it may hold slashes.")]


@router.post(
    "",
    operation_id="announce_video",
    status_code=201,
    responses={
        200: {"model": VideoTicket, "description": "Announced already"},
        **problems(400, 413, 415),
    },
)
def announce_video(
    services: Injected,
    caller: DeviceCaller,
    announcement: VideoAnnouncement,
    request: Request,
    response: Response,
) -> VideoTicket:
    """Announce a segment; answers where to upload it, unless it is stored already."""
    announced = services.recordings.announce(caller.name, announcement)
    response.status_code = 201 if announced.new else 200
    ticket = announced.ticket
    if ticket.upload is None:
        return ticket
    upload = ticket.upload.model_copy(update={"url": _whole(services, request, ticket.upload.url)})
    return ticket.model_copy(update={"upload": upload})


class VideosQuery(PageQuery):
    """Which videos to list; what is left out means any."""

    device: DeviceName | None = Field(None, description="By this device.")


@router.get(
    "",
    operation_id="list_videos",
    dependencies=[AdminOnly, EachOnce],
    responses=problems(403),
)
def list_videos(services: Injected, query: Annotated[VideosQuery, Query()]) -> VideoList:
    """Segments, newest first."""
    return services.recordings.list(device=query.device, after=query.after, limit=query.limit)


@router.get(
    "/{key:path}/url",
    operation_id="video_link",
    dependencies=[AdminOnly],
    responses=problems(403, 404),
)
def video_link(services: Injected, key: Key, request: Request) -> VideoLink:
    """A link that plays the segment, without a token, until it expires."""
    link = services.recordings.link(key)
    return link.model_copy(update={"url": _whole(services, request, link.url)})


def _whole(services: Services, request: Request, url: str) -> str:
    """A relative URL is the service's own: where the client reaches it, or settings say so."""
    public = services.settings.public_url
    return urljoin(str(public) if public else str(request.base_url), url)
