"""Presigned upload and playback links of the local store; not in the OpenAPI description.

In AWS, S3 serves these links.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping
from typing import Annotated, BinaryIO

from anyio import to_thread
from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import Field
from starlette.background import BackgroundTask
from starlette.responses import FileResponse
from starlette.types import Receive, Scope, Send

from facecore.contract import MAX_SEGMENT_BYTES, Video
from facecore.contract import Request as ContractRequest
from recognizer.adapters.sqlite.video_files import (
    CHECKSUM_HEADER,
    PLAYBACK,
    UPLOADS,
    VIDEO_TYPE,
    LocalVideoStore,
    Receiver,
    upload_headers,
)
from recognizer.bootstrap import Services
from recognizer.domain.errors import (
    StoreUnavailable,
    UploadLinkInvalid,
    UploadMismatch,
    VideoNotFound,
)
from recognizer.entrypoints.http.dependencies import ServicesDep
from recognizer.entrypoints.http.middleware import accepts_body

logger = logging.getLogger(__name__)
router = APIRouter(include_in_schema=False)
_CHUNK = 1024 * 1024


def _store(services: ServicesDep) -> LocalVideoStore:
    store = services.stores.video_store
    if not isinstance(store, LocalVideoStore):
        raise UploadLinkInvalid("this service takes no uploads itself; use the link it announced")
    return store


LocalStore = Annotated[LocalVideoStore, Depends(_store)]


class _Link(ContractRequest):
    """The query of a presigned link."""

    expires: str = Field(pattern=r"^[0-9]{1,12}$")
    signature: str = Field(max_length=128)


LinkQuery = Annotated[_Link, Query()]


@router.put(UPLOADS + "{key:path}")
@accepts_body(MAX_SEGMENT_BYTES)
async def upload(
    services: ServicesDep, store: LocalStore, key: str, link: LinkQuery, request: Request
) -> Response:
    """Store the announced bytes and answer once they are durable. Remove old video if needed."""
    video = await to_thread.run_sync(_announced, services, key)
    store.check_upload(video, link.expires, link.signature)
    headers = upload_headers(video)
    _check_headers(request, headers)
    if not store.is_stored(video):
        await to_thread.run_sync(_make_room, services, video)
        await _receive(request, await to_thread.run_sync(store.receive, video))
    await to_thread.run_sync(_confirm, services, store, video)
    return Response(
        headers={CHECKSUM_HEADER: headers[CHECKSUM_HEADER]},
        background=BackgroundTask(_prune, services, key),
    )


@router.get(PLAYBACK + "{key:path}")
def play(services: ServicesDep, store: LocalStore, key: str, link: LinkQuery) -> OpenFileResponse:
    """Return a stored segment, or the requested range of it. No cache may store it."""
    video = _announced(services, key)
    store.check_playback(video, link.expires, link.signature)
    return OpenFileResponse(
        store.open(video), media_type=VIDEO_TYPE, headers={"cache-control": "no-store"}
    )


class OpenFileResponse(FileResponse):
    """A response from a file that is open already, so that it may be removed meanwhile."""

    def __init__(self, file: BinaryIO, *, media_type: str, headers: Mapping[str, str]) -> None:
        self._file = file
        super().__init__(
            f"/dev/fd/{file.fileno()}",
            media_type=media_type,
            headers=headers,
            stat_result=os.fstat(file.fileno()),
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the response and close the file."""
        with self._file:
            await super().__call__(scope, receive, send)


def _announced(services: Services, key: str) -> Video:
    try:
        return services.stores.videos.get(key)
    except VideoNotFound as error:
        raise UploadLinkInvalid("no such video was announced; announce it first") from error


def _make_room(services: Services, video: Video) -> None:
    if (retention := services.video_retention) is None:
        return
    try:
        retention.make_room(video)
    except StoreUnavailable as error:  # perhaps the segment fits all the same
        logger.warning("no room was made for a segment: %s", error)


def _confirm(services: Services, store: LocalVideoStore, video: Video) -> None:
    try:
        services.stores.videos.mark_stored(video.key)
    except VideoNotFound:  # it was deleted while its bytes came
        store.remove(video.key)
        raise


def _prune(services: Services, key: str) -> None:
    """Remove old video after the response is sent. The next upload or the next hour retries."""
    if (retention := services.video_retention) is None:
        return
    try:
        retention.after_upload(key)
    except StoreUnavailable as error:
        logger.warning("old video could not be removed: %s", error)


def _check_headers(request: Request, announced: dict[str, str]) -> None:
    """Raise ``UploadMismatch`` for a wrong header. A chunked body without length is counted."""
    for name, right in announced.items():
        sent = request.headers.get(name)
        if sent != right and not (name == "content-length" and sent is None):
            raise UploadMismatch(f"the header {name} is {sent!r}; {right!r} was announced")


async def _receive(request: Request, receiver: Receiver) -> None:
    waiting = bytearray()
    try:
        async for chunk in request.stream():
            waiting += chunk
            if len(waiting) >= _CHUNK:
                await to_thread.run_sync(receiver.write, bytes(waiting))
                waiting.clear()
        await to_thread.run_sync(receiver.write, bytes(waiting))
        await to_thread.run_sync(receiver.finish)
    finally:
        receiver.close()
