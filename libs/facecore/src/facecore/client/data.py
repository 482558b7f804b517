"""The admin's calls about the data itself: export, merge, the audit log and retention."""

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
    """Calls of ``RecognizerClient`` that need the admin's token."""

    _api: ApiSession

    def export_person(self, label: str) -> Iterator[bytes]:
        """Yield everything stored about a person, as zip files of at most about 4 MB each.

        No file name is in two of them. Raises ``UnexpectedAnswer`` if the parts do not end.
        """
        after: str | None = None
        while True:
            path, seen = f"people/{segment(label)}/export", after
            reply = self._api.send("GET", path, params={"after": after})
            responses.check(reply)
            if reply.content_type != ZIP:
                raise responses.unexpected(reply, f"{ZIP} was expected")
            yield reply.body
            after = _following(reply)
            if after is None:
                return
            if after == seen:
                raise UnexpectedAnswer("the server sent one part twice; the export has no end")

    def merge_person(self, label: str, into: str) -> MergeReceipt:
        """Move a person's photos and sightings to another person or to an unused label.

        If an attempt's answer is lost and the next attempt finds nobody, the receipt is lost too.
        The message of ``person_not_found`` says so then.
        """
        path = f"people/{segment(label)}/merge"
        reply = self._api.send("POST", path, body=MergeRequest(into=into))
        try:
            return responses.parse(reply, MergeReceipt)
        except ApiProblem as error:
            if reply.maybe_done and error.code == ErrorCode.PERSON_NOT_FOUND:
                hint = "; an earlier attempt may have merged the person; its receipt is lost"
                raise ApiProblem(error.status, error.code, error.detail + hint) from None
            raise

    def retention(self) -> Retention:
        """Return how long each thing is kept."""
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
        """Return a page of who changed what, newest first."""
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
        """Yield every change, newest first, page by page."""
        filters = partial(self.audit, since=since, until=until, action=action, subject=subject)
        for page in pages(lambda after: filters(after=after), lambda page: page.next):
            yield from page.entries


def _following(reply: Reply) -> str | None:
    """Return the cursor in the header ``Link`` (RFC 8288); the rest of the link is ignored."""
    found = re.search(r'<([^>]*)>\s*;\s*rel="next"', reply.headers.get("link", ""))
    if found is None:
        return None
    cursors = parse_qs(urlsplit(found[1]).query).get("after")
    if not cursors:
        raise responses.unexpected(reply, "its link to the next part has no 'after'")
    return cursors[0]
