"""The local store's own end of presigned links. S3 does this in the cloud; not in the OpenAPI."""

from __future__ import annotations

from typing import Annotated

from anyio import to_thread
from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import Field
from starlette.responses import FileResponse

from facecore.contract import Request as ContractRequest
from facecore.contract import Video
from recognizer.api.dependencies import Injected
from recognizer.bootstrap import Services
from recognizer.errors import UploadLinkInvalid, UploadMismatch, VideoNotFound
from recognizer.stores.local.links import PLAYBACK, UPLOADS, VIDEO_TYPE
from recognizer.stores.local.video_files import (
    CHECKSUM_HEADER,
    LocalVideoStore,
    Receiver,
    upload_headers,
)

router = APIRouter(include_in_schema=False)
_CHUNK = 1024 * 1024


def _store(services: Injected) -> LocalVideoStore:
    store = services.stores.video_store
    if not isinstance(store, LocalVideoStore):
        raise UploadLinkInvalid("this service takes no uploads itself; use the announced link")
    return store


LocalStore = Annotated[LocalVideoStore, Depends(_store)]


class _Link(ContractRequest):
    """What a link's query says."""

    expires: str = Field(pattern=r"^[0-9]{1,12}$")
    signature: str = Field(max_length=128)


LinkQuery = Annotated[_Link, Query()]


@router.put(UPLOADS + "{key:path}")
async def upload(
    services: Injected, store: LocalStore, key: str, link: LinkQuery, request: Request
) -> Response:
    """Take the announced bytes; answered once they are safe."""
    video = await to_thread.run_sync(_announced, services, key)
    store.check_upload(video, link.expires, link.signature)
    headers = upload_headers(video)
    _check_headers(request, headers)
    if not store.is_stored(video):
        await _receive(request, store.receive(video))
    await to_thread.run_sync(services.stores.videos.mark_stored, key)
    return Response(headers={CHECKSUM_HEADER: headers[CHECKSUM_HEADER]})


@router.get(PLAYBACK + "{key:path}")
def play(services: Injected, store: LocalStore, key: str, link: LinkQuery) -> FileResponse:
    """Give a stored segment, or the range of it that is asked for."""
    video = _announced(services, key)
    store.check_playback(video, link.expires, link.signature)
    if not store.is_stored(video):
        raise VideoNotFound(f"the video {key!r} is not uploaded yet")
    return FileResponse(store.path(video), media_type=VIDEO_TYPE)


def _announced(services: Services, key: str) -> Video:
    try:
        return services.stores.videos.get(key)
    except VideoNotFound as error:
        raise UploadLinkInvalid("no such video was announced; announce it first") from error


def _check_headers(request: Request, announced: dict[str, str]) -> None:
    """A length left out (a chunked body) is counted instead."""
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
