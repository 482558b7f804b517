"""Signed links to the service's own upload and playback, as S3 presigns its."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Literal
from urllib.parse import quote, urlencode

from facecore.contract import Video
from recognizer.errors import UploadLinkExpired, UploadLinkInvalid

VIDEO_TYPE = "video/mp4"
_CORRECTION = timedelta(minutes=1)
"""A clock may be corrected by so much without refusing the links made just before."""
UPLOADS = "/v1/uploads/"
PLAYBACK = "/v1/playback/"

Method = Literal["PUT", "GET"]


class LinkSigner:
    """HMAC-SHA256 over method, key, size, checksum, type and expiry.

    Size and checksum are those announced; so a link stores these bytes and no others.
    """

    def __init__(self, secret: bytes, lifetime: timedelta, now: Callable[[], datetime]) -> None:
        self._secret = secret
        self._lifetime = lifetime
        self._now = now

    def link(self, method: Method, video: Video) -> tuple[str, datetime]:
        """A path with query, and until when it works; to the full second."""
        expires = int((self._now() + self._lifetime).timestamp())
        query = {"expires": expires, "signature": self._sign(method, video, str(expires))}
        path = (UPLOADS if method == "PUT" else PLAYBACK) + quote(video.key)
        return f"{path}?{urlencode(query)}", datetime.fromtimestamp(expires, UTC)

    def check(self, method: Method, video: Video, expires: str, signature: str) -> None:
        """Raises ``UploadLinkInvalid``, ``UploadLinkExpired``."""
        right = self._sign(method, video, expires)
        if not hmac.compare_digest(right.encode(), signature.encode(errors="replace")):
            raise UploadLinkInvalid("the link's signature is wrong; announce the video again")
        left_s = int(expires) - self._now().timestamp()
        if left_s < 0:
            raise UploadLinkExpired("the link has expired; announce the video again for a new one")
        if left_s > (self._lifetime + _CORRECTION).total_seconds():
            raise UploadLinkExpired(
                "the link was made while the recognizer's clock was ahead; announce the video again"
            )

    def _sign(self, method: Method, video: Video, expires: str) -> str:
        parts = (method, video.key, str(video.size_bytes), video.sha256, VIDEO_TYPE, expires)
        message = "\n".join(parts).encode(errors="replace")
        return hmac.new(self._secret, message, hashlib.sha256).hexdigest()
