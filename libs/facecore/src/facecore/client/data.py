"""The admin's calls about the data itself: export, merge, the audit log, how long it is kept."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from functools import partial
from urllib.parse import parse_qs, urlsplit

from facecore.client import responses
from facecore.client.address import segment
from facecore.client.api_session import ApiSession, pages
from facecore.client.http import Reply
from facecore.contract import (
    AuditEntry,
    AuditList,
    ErrorCode,
    MergeReceipt,
    MergeRequest,
    Retention,
)
from facecore.errors import ApiProblem, UnexpectedAnswer

ZIP = "application/zip"


class DataCalls:
    """Of ``RecognizerClient``; they need the admin's token."""

    _api: ApiSession

    def export_person(self, label: str) -> Iterator[bytes]:
        """Everything kept about a person, as zips of at most about 4 MB, one after the other.

        No file's name is in two of them. Raises ``UnexpectedAnswer`` if the parts have no end.
        """
        after: str | None = None
        while True:
            path, seen = f"people/{segment(label)}/export", after
            reply = self._api.send("GET", path, params={"after": after})
            responses.check(reply)
            if reply.content_type != ZIP:
                raise responses.unexpected(reply, f"{ZIP} was due")
            yield reply.body
            after = _following(reply)
            if after is None:
                return
            if after == seen:
                raise UnexpectedAnswer("the server gave the same part twice; there is no end")

    def merge_person(self, label: str, into: str) -> MergeReceipt:
        """Moves a person's photos and sightings to another, or to a label that nobody has.

        When an attempt's answer was lost and the next finds nobody, the receipt is lost too:
        then the ``person_not_found`` says so.
        """
        path = f"people/{segment(label)}/merge"
        reply = self._api.send("POST", path, body=MergeRequest(into=into))
        try:
            return responses.parse(reply, MergeReceipt)
        except ApiProblem as error:
            if reply.maybe_done and error.code == ErrorCode.PERSON_NOT_FOUND:
                hint = "; an earlier attempt of this call may have merged it, its receipt lost"
                raise ApiProblem(error.status, error.code, error.detail + hint) from None
            raise

    def retention(self) -> Retention:
        """How long each thing is kept."""
        return self._api.get("retention", Retention)

    def audit(
        self,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        action: str | None = None,
        subject: str | None = None,
        after: str | None = None,
        limit: int = 100,
    ) -> AuditList:
        """A page of who changed what, newest first."""
        return self._api.get(
            "audit",
            AuditList,
            since=since,
            until=until,
            action=action,
            subject=subject,
            after=after,
            limit=limit,
        )

    def iter_audit(
        self,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        action: str | None = None,
        subject: str | None = None,
    ) -> Iterator[AuditEntry]:
        """Every change, newest first, page by page."""
        filters = partial(self.audit, since=since, until=until, action=action, subject=subject)
        for page in pages(lambda after: filters(after=after), lambda page: page.next):
            yield from page.entries


def _following(reply: Reply) -> str | None:
    """The cursor in the header ``Link`` (RFC 8288); only that is taken, never the address."""
    found = re.search(r'<([^>]*)>\s*;\s*rel="next"', reply.headers.get("link", ""))
    if found is None:
        return None
    cursors = parse_qs(urlsplit(found[1]).query).get("after")
    if not cursors:
        raise responses.unexpected(reply, "its link to the next part has no 'after'")
    return cursors[0]
