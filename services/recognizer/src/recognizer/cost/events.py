"""Events as an API Gateway HTTP API sends them, for the measurement.

https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any


@dataclass(slots=True)
class Context:
    """What the runtime says of one invocation."""

    function_name: str = "recognizer"
    memory_limit_in_mb: str = "2048"
    invoked_function_arn: str = "arn:aws:lambda:us-east-1:000000000000:function:recognizer"
    aws_request_id: str = "3f1c5a1e-6a52-4d0c-9a0e-4f6f2f0c7b11"

    @staticmethod
    def get_remaining_time_in_millis() -> int:
        """Enough for every request."""
        return 30_000


def event(method: str, path: str, token: str, body: bytes, content_type: str) -> dict[str, Any]:
    """One request; its body in base64, as the gateway sends pictures."""
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
