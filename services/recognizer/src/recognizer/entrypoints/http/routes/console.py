"""``/``: the console, a page for people; not in the OpenAPI description."""

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
from recognizer.entrypoints.http.dependencies import ServicesDep

router = APIRouter(include_in_schema=False)


def _assets(request: Request) -> Assets:
    assets: Assets = request.app.state.assets
    return assets


AssetsDep = Annotated[Assets, Depends(_assets)]


@router.get("/")
def page(services: ServicesDep, assets: AssetsDep) -> Response:
    """Return the page. Browsers load it anew each time, but cache its files."""
    headers = {
        **HEADERS,
        "cache-control": "no-store",
        "content-security-policy": content_security_policy(_link_origins(services)),
    }
    return Response(assets.index, media_type="text/html", headers=headers)


@router.get(ROOT + "{path:path}")
def file(assets: AssetsDep, path: str) -> Response:
    """Return a file of the page. A URL of another release is not found."""
    if (asset := assets.by_path.get(path)) is None:
        raise HTTPException(404)
    headers = {
        **HEADERS,
        "cache-control": "public, max-age=31536000, immutable",
        "content-security-policy": content_security_policy(()),
    }
    return Response(asset.content, media_type=asset.media_type, headers=headers)


def _link_origins(services: Services) -> list[str]:
    """Return the origins of links to videos, besides the page's own origin."""
    found = [services.stores.video_store.origin()]
    if services.settings.public_url is not None:
        public = urlsplit(str(services.settings.public_url))
        found.append(f"{public.scheme}://{public.netloc}")
    return [origin for origin in found if origin is not None]
