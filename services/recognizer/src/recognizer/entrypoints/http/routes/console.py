"""``/``: the console, a page for people and no call; not in the OpenAPI."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, Request, Response
from starlette.exceptions import HTTPException

from recognizer.bootstrap import Services
from recognizer.entrypoints.http.console.assets import (
    HEADERS,
    ROOT,
    Assets,
    content_security_policy,
)
from recognizer.entrypoints.http.dependencies import Injected

router = APIRouter(include_in_schema=False)


def _assets(request: Request) -> Assets:
    assets: Assets = request.app.state.assets
    return assets


Loaded = Annotated[Assets, Depends(_assets)]


@router.get("/")
def page(services: Injected, assets: Loaded) -> Response:
    """The page; it is asked for anew each time, its files are not."""
    headers = {
        **HEADERS,
        "cache-control": "no-store",
        "content-security-policy": content_security_policy(_elsewhere(services)),
    }
    return Response(assets.index, media_type="text/html", headers=headers)


@router.get(ROOT + "{path:path}")
def file(assets: Loaded, path: str) -> Response:
    """A file of the page; at the address of another release there is none."""
    if (asset := assets.by_path.get(path)) is None:
        raise HTTPException(404)
    headers = {
        **HEADERS,
        "cache-control": "public, max-age=31536000, immutable",
        "content-security-policy": content_security_policy(()),
    }
    return Response(asset.content, media_type=asset.media_type, headers=headers)


def _elsewhere(services: Services) -> list[str]:
    """Where links to videos lead, if not to the address that the page was opened at."""
    found = [services.stores.video_store.origin()]
    if services.settings.public_url is not None:
        public = urlsplit(str(services.settings.public_url))
        found.append(f"{public.scheme}://{public.netloc}")
    return [origin for origin in found if origin is not None]
