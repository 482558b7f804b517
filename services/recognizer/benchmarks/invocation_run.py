"""Time the real handler in this process: a cold start, an enrolment, then recognitions.

``invocation.py`` starts it with Lambda's environment variables.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import math
import os
import resource
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from recognizer.use_cases.cost.deployment import Numbers

Answer = dict[str, Any]
_SIZE = (640, 480)
_WARM_UPS = 5


@dataclass(slots=True)
class Context:
    """The runtime's context of one invocation."""

    function_name: str = "recognizer"
    memory_limit_in_mb: str = "2048"
    invoked_function_arn: str = "arn:aws:lambda:us-east-1:000000000000:function:recognizer"
    aws_request_id: str = "3f1c5a1e-6a52-4d0c-9a0e-4f6f2f0c7b11"

    @staticmethod
    def get_remaining_time_in_millis() -> int:
        """Return a time that is enough for every request."""
        return 30_000


class Function:
    """The handler, called as Lambda calls it."""

    def __init__(self) -> None:
        started = time.perf_counter()
        from recognizer.entrypoints.aws_lambda.handler import handler  # noqa: PLC0415 - the cold start is timed

        self.start_ms = _ms_since(started)
        self._handler: Callable[[Any, Any], Answer] = handler
        self._token = os.environ["RECOGNIZER_TOKEN"]

    def call(self, method: str, path: str, body: bytes, content_type: str) -> tuple[int, str]:
        """Return milliseconds and the response's body. Raise ``RuntimeError``."""
        sent = _event(method, path, self._token, body, content_type)
        started = time.perf_counter()
        answer = self._handler(sent, Context())
        taken = _ms_since(started)
        if answer["statusCode"] not in (200, 201):
            raise RuntimeError(f"{method} {path} returned {answer['statusCode']}")
        return taken, str(answer["body"])

    def recognize(self, picture: bytes) -> tuple[int, str]:
        """Recognize one known face; return as ``call`` does. Raise ``RuntimeError``."""
        taken, body = self.call("POST", "/v1/recognitions", picture, "image/jpeg")
        if [face["decision"] for face in json.loads(body)["faces"]] != ["match"]:
            raise RuntimeError("the sample is not recognised")
        return taken, body

    def announce(self, number: int) -> int:
        """Announce one segment of video; return milliseconds."""
        started_at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=10 * number)
        body = {
            "started_at": started_at.isoformat(),
            "duration_ms": 10_000,
            "size_bytes": 1_000_000,
            "sha256": hashlib.sha256(str(number).encode()).hexdigest(),
        }
        return self.call("POST", "/v1/videos", json.dumps(body).encode(), "application/json")[0]


def main(folder: Path, runs: int) -> None:
    """Write ``numbers.json`` into the folder. Its file ``log`` is this process's output."""
    function = Function()
    photo, picture = _sample()
    function.call("PUT", "/v1/people/sample", b'{"name": "Sample"}', "application/json")
    function.call("POST", "/v1/people/sample/photos", photo, "image/jpeg")
    for _ in range(_WARM_UPS):
        function.recognize(picture)
    log = folder / "log"
    logged = log.stat().st_size
    answers = [function.recognize(picture) for _ in range(runs)]
    log_bytes = (log.stat().st_size - logged) // runs
    times = sorted(taken for taken, _ in answers)
    numbers = Numbers(
        runs=runs,
        median_ms=math.ceil(statistics.median(times)),
        p95_ms=times[math.ceil(0.95 * runs) - 1],
        announcement_ms=math.ceil(statistics.median(map(function.announce, range(runs)))),
        start_ms=function.start_ms,
        answer_bytes=len(answers[-1][1].encode()),
        log_bytes=log_bytes,
        memory_mb=math.ceil(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    )
    (folder / "numbers.json").write_text(numbers.model_dump_json(), encoding="utf-8")


def _event(method: str, path: str, token: str, body: bytes, content_type: str) -> dict[str, Any]:
    """Make an HTTP API's event of one request, its body in base64.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
    """
    return {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": "",
        "headers": {
            "accept": "*/*",
            "authorization": f"Bearer {token}",
            "content-length": str(len(body)),
            "content-type": content_type,
            "host": "abcdefghij.execute-api.us-east-1.amazonaws.com",
            "x-forwarded-for": "192.0.2.1",
            "x-forwarded-port": "443",
            "x-forwarded-proto": "https",
        },
        "requestContext": {
            "accountId": "000000000000",
            "apiId": "abcdefghij",
            "domainName": "abcdefghij.execute-api.us-east-1.amazonaws.com",
            "http": {
                "method": method,
                "path": path,
                "protocol": "HTTP/1.1",
                "sourceIp": "192.0.2.1",
                "userAgent": "pi-recorder",
            },
            "requestId": "JKJaXmPLvHcESHA=",
            "routeKey": "$default",
            "stage": "$default",
            "time": "24/Nov/2026:10:00:00 +0000",
            "timeEpoch": 1795514400000,
        },
        "body": base64.b64encode(body).decode(),
        "isBase64Encoded": True,
    }


def _ms_since(started: float) -> int:
    """Return milliseconds, rounded up as Lambda bills them."""
    return math.ceil((time.perf_counter() - started) * 1000)


def _sample() -> tuple[bytes, bytes]:
    """Return a photo to enrol, and a picture of usual camera size of the same person."""
    from PIL import Image, ImageOps  # noqa: PLC0415 - after the cold start, which brings it too

    from facecore import samples  # noqa: PLC0415 - see above

    photo = samples.path("obama").read_bytes()
    out = io.BytesIO()
    ImageOps.pad(Image.open(io.BytesIO(photo)).convert("RGB"), _SIZE).save(out, "JPEG", quality=85)
    return photo, out.getvalue()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
