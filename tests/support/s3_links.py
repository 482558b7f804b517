"""S3's checks of a presigned request that moto lacks: signature and checksum.

https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import io
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

from botocore.auth import S3SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

App = Callable[[dict[str, Any], Any], Iterable[bytes]]
_CHECKSUM = "x-amz-checksum-sha256"


class S3Links:
    """A layer before a moto server; ``secret`` is the signer's key."""

    def __init__(self, app: App, secret: str) -> None:
        self._app = app
        self._secret = secret

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        headers = _headers(environ)
        url = f"{environ['wsgi.url_scheme']}://{headers['host']}{environ['REQUEST_URI']}"
        refused = refusal(environ["REQUEST_METHOD"], url, headers, self._secret)
        if refused is None and environ["REQUEST_METHOD"] == "PUT" and _CHECKSUM in headers:
            refused = _wrong_content(environ, headers)
        if refused is None:
            return self._app(environ, start_response)
        status, code = refused
        start_response(status, [("Content-Type", "application/xml"), ("Connection", "close")])
        return [f"<Error><Code>{code}</Code></Error>".encode()]


def refusal(method: str, url: str, headers: dict[str, str], secret: str) -> tuple[str, str] | None:
    """Return status and code if a request is presigned and its signature does not fit."""
    query = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
    if "X-Amz-Signature" not in query:
        return None
    signed = query["X-Amz-SignedHeaders"].split(";")
    if any(name.startswith("x-amz-") and name not in signed for name in headers):
        return "403 Forbidden", "AccessDenied"
    right = _signature(method, url, {name: headers.get(name, "") for name in signed}, secret)
    if not hmac.compare_digest(right, query["X-Amz-Signature"]):
        return "403 Forbidden", "SignatureDoesNotMatch"
    at = datetime.strptime(query["X-Amz-Date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    if at + timedelta(seconds=int(query["X-Amz-Expires"])) < datetime.now(UTC):
        return "403 Forbidden", "AccessDenied"
    return None


def _signature(method: str, url: str, signed: dict[str, str], secret: str) -> str:
    """Return botocore's signature for the time in the link."""
    query = parse_qs(urlsplit(url).query)
    key, _, region, service, _ = query["X-Amz-Credential"][0].split("/")
    auth = S3SigV4QueryAuth(Credentials(key, secret), service, region)
    unsigned = "&".join(
        part for part in url.split("?", 1)[1].split("&") if not part.startswith("X-Amz-Signature=")
    )
    request = AWSRequest(method=method, url=f"{url.split('?', 1)[0]}?{unsigned}", headers=signed)
    request.context["timestamp"] = query["X-Amz-Date"][0]
    text = auth.string_to_sign(request, auth.canonical_request(request))
    signature: str = auth.signature(text, request)
    return signature


def _wrong_content(environ: dict[str, Any], headers: dict[str, str]) -> tuple[str, str] | None:
    """Check the checksum: moto does so only with a header that S3 does not need."""
    content = environ["wsgi.input"].read(int(headers.get("content-length") or 0))
    environ["wsgi.input"] = io.BytesIO(content)
    if base64.b64encode(hashlib.sha256(content).digest()).decode() != headers[_CHECKSUM]:
        return "400 Bad Request", "BadDigest"
    environ["HTTP_X_AMZ_SDK_CHECKSUM_ALGORITHM"] = "SHA256"
    return None


def _headers(environ: dict[str, Any]) -> dict[str, str]:
    found = {
        name[5:].replace("_", "-").lower(): value
        for name, value in environ.items()
        if name.startswith("HTTP_")
    }
    for name in ("CONTENT_TYPE", "CONTENT_LENGTH"):
        if environ.get(name):
            found[name.replace("_", "-").lower()] = environ[name]
    return found
