"""Parse a response: return a model of the contract, or raise one of ``errors.ClientError``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TypeVar

from pydantic import ValidationError

from facecore.client.http import Reply
from facecore.contract import IMAGE_TYPES, Answer, Problem
from facecore.contract.reasons import reason
from facecore.errors import ApiProblem, ClientError, UnexpectedAnswer
from facecore.text import sanitize

A = TypeVar("A", bound=Answer)


def parse(reply: Reply, kind: type[A]) -> A:
    """Return the answer as a ``kind``.

    Raises:
        ApiProblem: the server refused.
        UnexpectedAnswer: a redirect, not JSON, or JSON that is not a ``kind``.
    """
    check(reply)
    if reply.content_type != "application/json":
        raise unexpected(reply, "application/json was expected; is this the recognizer's address?")
    try:
        return kind.model_validate_json(reply.body)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        path = ".".join(str(part) for part in first["loc"]) or "the answer"
        why = f"it is not a valid {kind.__name__}: {path}: {reason(first)}"
    # Outside of the handler: pydantic's error quotes its input, which may hold a new token.
    raise unexpected(reply, why)


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture's bytes and media type: ``image/jpeg``, ``image/png`` or ``image/webp``."""

    data: bytes
    content_type: str


def parse_picture(reply: Reply) -> Picture:
    """Return the answer as a picture.

    Raises:
        ApiProblem: the server refused.
        UnexpectedAnswer: a redirect, or not a picture.
    """
    check(reply)
    if reply.content_type not in IMAGE_TYPES:
        raise unexpected(reply, "a picture was expected; is this the recognizer's address?")
    return Picture(reply.body, reply.content_type)


def check(reply: Reply) -> None:
    """Return if the status is 200 to 299.

    Raises:
        ApiProblem: the server refused, with an RFC 9457 problem.
        UnexpectedAnswer: any other status that is not 200 to 299.
    """
    if reply.status in range(200, 300):
        return
    if reply.status in range(300, 400):
        raise unexpected(reply, "redirects are not followed; give the final address")
    raise error_of(reply)


def error_of(reply: Reply) -> ClientError:
    """Return the error for an answer with a status of 400 or more."""
    if reply.content_type == "application/problem+json":
        try:
            problem = Problem.model_validate_json(reply.body)
        except ValidationError:
            return unexpected(reply, "its body is not an RFC 9457 problem")
        fields = [f"{one.field}: {one.reason}" for one in problem.errors]
        unsaid = [field for field in fields if field not in problem.detail]
        detail = sanitize("; ".join([problem.detail, *unsaid]))
        return ApiProblem(reply.status, sanitize(problem.code), detail, reply.retry_after_s)
    s3_code = re.search(rb"<Code>(\w{1,64})</Code>", reply.body)
    return unexpected(reply, s3_code[1].decode() if s3_code else "not an RFC 9457 problem")


def unexpected(reply: Reply, why: str) -> UnexpectedAnswer:
    """Return an error that names who answered, the status and the content type."""
    kind = sanitize(reply.content_type) or "no content type"
    return UnexpectedAnswer(
        f"{reply.origin} answered {reply.status} with {kind}: {sanitize(why)}",
        status=reply.status,
        content_type=reply.content_type,
    )
