"""Faults of a network, a function each, for ``fault_proxy.FaultProxy``."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import replace

from tests.support.fault_proxy import Answered, Exchange, Fault

_PORTAL = b"<!doctype html><title>Welcome</title><p>Please accept the terms of this network."
_CHECKSUM = "x-amz-checksum-sha256"


def reset(exchange: Exchange) -> None:
    """Reset the connection as soon as something was sent."""
    exchange.reset()


def reset_in_the_middle(exchange: Exchange) -> None:
    """Reset the connection when half was sent; the recognizer has got that half."""
    exchange.forward_a_part(0.5)
    exchange.reset()


def silent(exchange: Exchange) -> None:
    """Act as a half-open connection: requests vanish, and no answer comes."""
    exchange.over.wait(60)
    exchange.reset()


def slow(exchange: Exchange) -> None:
    """Deliver everything late and in small pieces."""
    exchange.over.wait(0.2)
    exchange.answer(exchange.forward(), slowly_s=0.02)


def lost_answer(exchange: Exchange) -> None:
    """Let the recognizer answer, but never deliver the answer."""
    exchange.forward()
    exchange.reset()


def cut_answer(exchange: Exchange) -> None:
    """End the answer in its middle."""
    exchange.answer_a_part(exchange.forward(), 0.5)


def captive_portal(exchange: Exchange) -> None:
    """Answer every address with 200 and the same page."""
    exchange.answer(Answered(200, {"content-type": "text/html; charset=utf-8"}, _PORTAL))


def captive_portal_for_uploads(exchange: Exchange) -> None:
    """Act as a captive portal for uploads only."""
    (captive_portal if exchange.is_upload else _pass)(exchange)


def redirected(exchange: Exchange) -> None:
    """Act as a captive portal that redirects."""
    exchange.answer(Answered(302, {"location": "http://portal.example/"}, b""))


def failing(status: int) -> Fault:
    """Answer with the error page of a proxy before the recognizer."""

    def fault(exchange: Exchange) -> None:
        exchange.answer(Answered(status, {"content-type": "text/html"}, b"<h1>Error</h1>"))

    fault.__name__ = f"failing_{status}"
    return fault


def refused_by_s3(status: int, code: str) -> Fault:
    """Refuse every upload with an error of S3."""
    body = f"<?xml version='1.0'?><Error><Code>{code}</Code></Error>".encode()

    def fault(exchange: Exchange) -> None:
        if exchange.is_upload:
            exchange.answer(Answered(status, {"content-type": "application/xml"}, body))
        else:
            _pass(exchange)

    fault.__name__ = f"s3_{code}"
    return fault


def wrong_checksum(exchange: Exchange) -> None:
    """Confirm an upload with a wrong checksum, and store nothing."""
    if not exchange.is_upload:
        return _pass(exchange)
    other = base64.b64encode(hashlib.sha256(b"something else").digest()).decode()
    return exchange.answer(Answered(200, {_CHECKSUM: other}, b""))


def no_checksum(exchange: Exchange) -> None:
    """Answer an upload with 200 without a checksum, and store nothing."""
    exchange.answer(Answered(200, {}, b"")) if exchange.is_upload else _pass(exchange)


def garbled(exchange: Exchange) -> None:
    """Flip one bit of each upload."""
    if not exchange.is_upload:
        return _pass(exchange)
    body = bytearray(exchange.body())
    body[len(body) // 2] ^= 1
    return exchange.answer(exchange.forward(bytes(body)))


def stored_already(exchange: Exchange) -> None:
    """Answer each announcement with another stored segment, as a mixed-up cache does."""
    if exchange.method != "POST" or not exchange.path.endswith("/videos"):
        return _pass(exchange)
    ticket = {"key": "vidinput/other.mp4", "sha256": "0" * 64, "state": "stored", "upload": None}
    kind = {"content-type": "application/json"}
    return exchange.answer(Answered(201, kind, json.dumps(ticket).encode()))


def lost_confirmation(exchange: Exchange) -> None:
    """Let the recognizer say that a segment is stored, but never deliver that answer."""
    answered = exchange.forward()
    is_ticket = exchange.path.endswith("/videos") and answered.status in (200, 201)
    if is_ticket and json.loads(answered.body)["upload"] is None:
        exchange.reset()
    else:
        exchange.answer(answered)


def lost_bytes(exchange: Exchange) -> None:
    """Confirm an upload with its own checksum, and store nothing."""
    if exchange.is_upload:
        exchange.answer(Answered(200, {_CHECKSUM: exchange.headers[_CHECKSUM]}, b""))
    else:
        _pass(exchange)


def lost_name(exchange: Exchange) -> None:
    """Make tickets lead to a host whose name cannot be resolved."""
    answered = exchange.forward()
    if exchange.path.endswith("/videos") and answered.status in (200, 201):
        ticket = json.loads(answered.body)
        if ticket["upload"]:
            ticket["upload"]["url"] = "http://store.internal/nowhere"
        answered = replace(answered, body=json.dumps(ticket).encode())
    exchange.answer(answered)


def _pass(exchange: Exchange) -> None:
    exchange.answer(exchange.forward())


ALL: tuple[Fault, ...] = (
    reset,
    reset_in_the_middle,
    silent,
    slow,
    lost_answer,
    cut_answer,
    captive_portal,
    captive_portal_for_uploads,
    redirected,
    failing(404),
    failing(429),
    failing(502),
    refused_by_s3(403, "RequestTimeTooSkewed"),
    refused_by_s3(403, "SignatureDoesNotMatch"),
    refused_by_s3(403, "AccessDenied"),
    refused_by_s3(503, "SlowDown"),
    refused_by_s3(400, "BadDigest"),
    wrong_checksum,
    no_checksum,
    garbled,
    stored_already,
    lost_confirmation,
    lost_bytes,
    lost_name,
)
