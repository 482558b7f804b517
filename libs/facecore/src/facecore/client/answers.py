"""What came back: a model of the contract, or one of ``errors.ClientError``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from pydantic import ValidationError

from facecore.contract import IMAGE_TYPES, Answer, Problem
from facecore.contract.reasons import reason
from facecore.errors import ApiProblem, ClientError, UnexpectedAnswer

if TYPE_CHECKING:  # at run time it would load httpx, and `plain` is for those without it too
    from facecore.client.http import Reply

A = TypeVar("A", bound=Answer)

_LONGEST_TEXT = 500


def model(reply: Reply, kind: type[A]) -> A:
    """The answer as a ``kind``.

    Raises:
        ApiProblem: the server refused.
        UnexpectedAnswer: a redirect, not JSON, or JSON that is not a ``kind``.
    """
    accepted(reply)
    if reply.content_type != "application/json":
        raise unexpected(reply, "application/json was due; is this the recognizer's address?")
    try:
        return kind.model_validate_json(reply.body)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"]) or "the whole"
        why = f"it is no {kind.__name__}: {place}: {reason(first)}"
    # Outside of the handler: pydantic's error quotes its input, which may hold a new token.
    raise unexpected(reply, why)


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture's bytes and what they are: ``image/jpeg``, ``image/png`` or ``image/webp``."""

    data: bytes
    content_type: str


def picture(reply: Reply) -> Picture:
    """The answer as a picture.

    Raises:
        ApiProblem: the server refused.
        UnexpectedAnswer: a redirect, or no picture.
    """
    accepted(reply)
    if reply.content_type not in IMAGE_TYPES:
        raise unexpected(reply, "a picture was due; is this the recognizer's address?")
    return Picture(reply.body, reply.content_type)


def accepted(reply: Reply) -> None:
    """Returns when the status is one of success.

    Raises:
        ApiProblem: the server refused, with an RFC 9457 problem.
        UnexpectedAnswer: any other status that is not 200 to 299.
    """
    if reply.status in range(200, 300):
        return
    if reply.status in range(300, 400):
        raise unexpected(reply, "redirects are not followed; give the final address")
    raise failure(reply)


def failure(reply: Reply) -> ClientError:
    """The error that a status from 400 on stands for."""
    if reply.content_type == "application/problem+json":
        try:
            problem = Problem.model_validate_json(reply.body)
        except ValidationError:
            return unexpected(reply, "its body is no RFC 9457 problem")
        fields = [f"{one.field}: {one.reason}" for one in problem.errors]
        unsaid = [field for field in fields if field not in problem.detail]
        detail = plain("; ".join([problem.detail, *unsaid]))
        return ApiProblem(reply.status, plain(problem.code), detail, reply.retry_after_s)
    s3_code = re.search(rb"<Code>(\w{1,64})</Code>", reply.body)
    return unexpected(reply, s3_code[1].decode() if s3_code else "no RFC 9457 problem")


def unexpected(reply: Reply, why: str) -> UnexpectedAnswer:
    """An error that names who answered, the status and the content type."""
    kind = plain(reply.content_type) or "no content type"
    return UnexpectedAnswer(
        f"{reply.origin} answered {reply.status} with {kind}: {plain(why)}",
        status=reply.status,
        content_type=reply.content_type,
    )


def plain(text: str) -> str:
    """A server's text, safe for a terminal and a log: printable, one line, not endless."""
    printable = "".join(c if c.isprintable() else " " for c in text)
    short = printable[:_LONGEST_TEXT]
    return short if len(printable) <= _LONGEST_TEXT else short + "…"
