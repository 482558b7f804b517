"""One invocation of the Lambda function, for logs and metrics."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Protocol


class LambdaContext(Protocol):
    """The runtime's description of an invocation.

    https://docs.aws.amazon.com/lambda/latest/dg/python-context.html
    """

    function_name: str
    memory_limit_in_mb: str
    invoked_function_arn: str
    aws_request_id: str


@dataclass(frozen=True, slots=True)
class Invocation:
    """The fields that Powertools' ``inject_lambda_context`` adds to a log line, with its names.

    https://docs.aws.amazon.com/powertools/python/latest/core/logger/
    """

    cold_start: bool
    function_name: str
    function_memory_size: str
    function_arn: str
    function_request_id: str


_current: ContextVar[Invocation | None] = ContextVar("invocation", default=None)


def current_invocation() -> Invocation | None:
    """Return the current invocation; none outside of Lambda and while the function starts."""
    return _current.get()


@contextmanager
def during(context: LambdaContext, *, cold_start: bool) -> Iterator[None]:
    """Make this the current invocation within the context."""
    reset = _current.set(
        Invocation(
            cold_start,
            context.function_name,
            context.memory_limit_in_mb,
            context.invoked_function_arn,
            context.aws_request_id,
        )
    )
    try:
        yield
    finally:
        _current.reset(reset)
