"""What all calls share: the base address, the token, the deadline, paths and parameters."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar

import httpx
from pydantic import SecretStr

from facecore.client import responses
from facecore.client.http import HttpSession, Reply
from facecore.contract import API_VERSION, Answer, ErrorCode, Request
from facecore.errors import ApiProblem, UnexpectedAnswer

A = TypeVar("A", bound=Answer)
Page = TypeVar("Page", bound=Answer)

Param = str | int | datetime | None

_PICTURES = "image/*, application/problem+json"
_HEADERS = {"accept": "application/json, application/problem+json", "user-agent": "facecore"}


class ApiSession:
    """Calls below ``base`` with one token."""

    def __init__(
        self, http: HttpSession, base: httpx.URL, token: str | SecretStr | None, deadline_s: float
    ) -> None:
        self._http = http
        self._base = base
        self._token = _header(token)
        self._deadline_s = deadline_s

    def get(self, path: str, kind: type[A], **params: Param) -> A:
        """Read one resource or one page of a list."""
        return responses.parse(self.send("GET", path, params=params), kind)

    def picture(self, path: str) -> responses.Picture:
        """Read a picture's bytes."""
        return responses.parse_picture(self.send("GET", path, headers={"accept": _PICTURES}))

    def delete(self, path: str, *gone: ErrorCode) -> None:
        """Delete a resource.

        A problem with a code of ``gone`` is success if an earlier attempt's answer was lost.
        """
        reply = self.send("DELETE", path)
        try:
            responses.check(reply)
        except ApiProblem as error:
            if not (reply.maybe_done and error.code in gone):
                raise

    def send(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, Param] | None = None,
        body: Request | None = None,
        headers: Mapping[str, str] | None = None,
        repeatable: bool = True,
        deadline_s: float | None = None,
        **parts: Any,
    ) -> Reply:
        """Send ``body`` as JSON, or ``parts`` as arguments of httpx (``content``, ``files``)."""
        below = self._base.raw_path.rstrip(b"/")
        url = self._base.copy_with(raw_path=below + f"/{API_VERSION}/{path}".encode())
        given = {**_HEADERS, **self._token, **(headers or {})}
        if body is not None:
            given["content-type"] = "application/json"
            parts["content"] = body.model_dump_json()
        query = {k: _written(v) for k, v in (params or {}).items() if v is not None}
        return self._http.send(
            lambda: httpx.Request(method, url, params=query, headers=given, **parts),
            repeatable=repeatable,
            deadline_s=self._deadline_s if deadline_s is None else deadline_s,
            announce_deadline=True,
        )


def pages(
    fetch: Callable[[str | None], Page], cursor: Callable[[Page], str | None]
) -> Iterator[Page]:
    """Yield every page of a list; each is fetched when it is needed.

    Raises:
        UnexpectedAnswer: a page's cursor leads to the same page, so the list would not end.
    """
    after = None
    while True:
        page = fetch(after)
        yield page
        following = cursor(page)
        if following is None:
            return
        if following == after:
            raise UnexpectedAnswer("the server gave the same page twice; the list has no end")
        after = following


def _header(token: str | SecretStr | None) -> dict[str, str]:
    """Return the token's header; a bad token is refused here, where no error can quote it."""
    if token is None:
        return {}
    text = token.get_secret_value() if isinstance(token, SecretStr) else token
    if not re.fullmatch(r"[\x21-\x7e]+", text):
        raise ValueError("a token must be visible ASCII characters without spaces, at least one")
    return {"authorization": f"Bearer {text}"}


def _written(value: str | int | datetime) -> str:
    if not isinstance(value, datetime):
        return str(value)
    if value.tzinfo is None:
        raise ValueError(f"{value} has no time zone; give one, such as UTC")
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
