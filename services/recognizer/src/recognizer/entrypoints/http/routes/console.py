"""``/``: the console, a page for people; not in the OpenAPI description.

Its files are read once and served at URLs that contain a digest of all of them. So a browser may
cache a file for ever: a change of any file changes the URLs of all.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import PurePosixPath
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, Request, Response
from starlette.exceptions import HTTPException

from recognizer.bootstrap import Services
from recognizer.entrypoints.http.dependencies import ServicesDep

router = APIRouter(include_in_schema=False)
_ROOT = "/console/"
"""A file's URL is this, the digest, a slash, and its name."""
_INDEX = "index.html"
_TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
_DIGEST_LENGTH = 16
_RELATIVE = re.compile(rb'(\s(?:href|src)=")(?![#/])')
_HEADERS = {
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(self), display-capture=(), geolocation=(), microphone=()",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}
"""Headers of the page and of all its files."""


@dataclass(frozen=True, slots=True)
class Asset:
    """One file."""

    content: bytes
    media_type: str


@dataclass(frozen=True, slots=True)
class Assets:
    """All files of the console.

    Attributes:
        index: the page, which links the files by their URLs.
        by_path: the files by ``DIGEST/NAME``.
    """

    index: bytes
    by_path: Mapping[str, Asset]


def load_assets() -> Assets:
    """Read the package's files. It takes some milliseconds."""
    folder = files("recognizer.entrypoints.http") / "console" / "static"
    found = dict(sorted(_walk(folder, "")))
    index = found.pop(_INDEX)
    digest = _digest({_INDEX: index, **found})
    return Assets(
        index=_with_asset_urls(index, digest),
        by_path={f"{digest}/{name}": Asset(data, _type(name)) for name, data in found.items()},
    )


def _walk(folder: Traversable, prefix: str) -> Iterator[tuple[str, bytes]]:
    for entry in folder.iterdir():
        name = prefix + entry.name
        if entry.is_dir():
            yield from _walk(entry, f"{name}/")
        elif name == _INDEX or _suffix(name) in _TYPES:
            yield name, entry.read_bytes()


def _digest(found: Mapping[str, bytes]) -> str:
    digest = hashlib.sha256()
    for name, data in found.items():
        digest.update(f"{name} {len(data)} ".encode() + data)
    return digest.hexdigest()[:_DIGEST_LENGTH]


def _with_asset_urls(index: bytes, digest: str) -> bytes:
    """Replace the page's relative links by the files' URLs."""
    return _RELATIVE.sub(rb"\g<1>" + f"{_ROOT}{digest}/".encode(), index)


def _type(name: str) -> str:
    return _TYPES[_suffix(name)]


def _suffix(name: str) -> str:
    return PurePosixPath(name).suffix


def _assets(request: Request) -> Assets:
    assets: Assets = request.app.state.assets
    return assets


AssetsDep = Annotated[Assets, Depends(_assets)]


@router.get("/")
def page(services: ServicesDep, assets: AssetsDep) -> Response:
    """Return the page. Browsers load it anew each time, but cache its files."""
    headers = {
        **_HEADERS,
        "cache-control": "no-store",
        "content-security-policy": _content_security_policy(_link_origins(services)),
    }
    return Response(assets.index, media_type="text/html", headers=headers)


@router.get(_ROOT + "{path:path}")
def file(assets: AssetsDep, path: str) -> Response:
    """Return a file of the page. A URL of another release is not found."""
    if (asset := assets.by_path.get(path)) is None:
        raise HTTPException(404)
    headers = {
        **_HEADERS,
        "cache-control": "public, max-age=31536000, immutable",
        "content-security-policy": _content_security_policy(()),
    }
    return Response(asset.content, media_type=asset.media_type, headers=headers)


def _link_origins(services: Services) -> list[str]:
    """Return the origins of links to videos, besides the page's own origin."""
    found = [services.stores.video_store.origin()]
    if services.settings.public_url is not None:
        public = urlsplit(str(services.settings.public_url))
        found.append(f"{public.scheme}://{public.netloc}")
    return [origin for origin in found if origin is not None]


def _content_security_policy(other_origins: Sequence[str]) -> str:
    """Return the page's policy: nothing inline; only pictures and videos from other origins.

    https://www.w3.org/TR/CSP3/, https://www.w3.org/TR/trusted-types/

    Args:
        other_origins: of links that the service gives out, such as S3's.
    """
    shown = " ".join(["'self'", "blob:", "data:", *other_origins])
    return "; ".join(
        [
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "font-src 'self'",
            "connect-src 'self'",
            f"img-src {shown}",
            f"media-src {shown}",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types 'none'",
        ]
    )
