"""The admin's calls about videos, sightings, devices, statistics and the audit log.

People are in ``people``.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import partial

from pydantic import SecretStr

from facecore.client import responses
from facecore.client.address import path_part, path_parts
from facecore.client.api_session import pages
from facecore.client.people import PeopleCalls
from facecore.contract import (
    AuditEntry,
    AuditList,
    Decision,
    DeviceList,
    DeviceRegistration,
    DeviceSetup,
    DeviceSetupRequest,
    ErrorCode,
    RegisteredDevice,
    Retention,
    Sighting,
    SightingList,
    Statistics,
    TrackList,
    Video,
    VideoLink,
    VideoList,
    Visit,
    VisitList,
)


class AdminCalls(PeopleCalls):
    """The admin's half of ``RecognizerClient``; the other half is a device's calls."""

    # Videos

    def videos(
        self,
        *,
        device: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        after: str | None = None,
        limit: int = 100,
    ) -> VideoList:
        """Return a page of segments that began from ``since`` to before ``until``, newest first."""
        return self._api.get(
            "videos", VideoList, device=device, since=since, until=until, after=after, limit=limit
        )

    def video_link(self, key: str) -> VideoLink:
        """Return a link that plays the segment without a token, until it expires."""
        return self._api.get(f"videos/{path_parts(key)}/url", VideoLink)

    def iter_videos(
        self,
        *,
        device: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> Iterator[Video]:
        """Yield every segment, newest first, page by page."""
        filters = partial(self.videos, device=device, since=since, until=until)
        for page in pages(lambda after: filters(after=after), lambda page: page.next):
            yield from page.videos

    def remove_video(self, key: str) -> None:
        """Delete a segment permanently; sightings that refer to it stay."""
        self._api.delete(f"videos/{path_parts(key)}", ErrorCode.VIDEO_NOT_FOUND)

    # Sightings

    def sightings(
        self,
        *,
        label: str | None = None,
        device: str | None = None,
        decision: Decision | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        after: str | None = None,
        limit: int = 100,
    ) -> SightingList:
        """Return a page of sightings, newest first."""
        return self._api.get(
            "sightings",
            SightingList,
            label=label,
            device=device,
            decision=decision,
            since=since,
            until=until,
            after=after,
            limit=limit,
        )

    def iter_sightings(
        self,
        *,
        label: str | None = None,
        device: str | None = None,
        decision: Decision | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> Iterator[Sighting]:
        """Yield every sighting, newest first, page by page."""
        filters = partial(
            self.sightings, label=label, device=device, decision=decision, since=since, until=until
        )
        for page in pages(lambda after: filters(after=after), lambda page: page.next):
            yield from page.sightings

    def visits(
        self,
        *,
        label: str | None = None,
        device: str | None = None,
        decision: Decision | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        after: str | None = None,
        limit: int = 100,
    ) -> VisitList:
        """Return a page of visits, newest first; a page with few visits need not be the last."""
        return self._api.get(
            "visits",
            VisitList,
            label=label,
            device=device,
            decision=decision,
            since=since,
            until=until,
            after=after,
            limit=limit,
        )

    def iter_visits(
        self,
        *,
        label: str | None = None,
        device: str | None = None,
        decision: Decision | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> Iterator[Visit]:
        """Yield every visit, newest first; ``until`` keeps the list stable while it is read."""
        filters = partial(
            self.visits, label=label, device=device, decision=decision, since=since, until=until
        )
        for page in pages(lambda after: filters(after=after), lambda page: page.next):
            yield from page.visits

    def tracks(
        self,
        device: str,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        after: str | None = None,
        limit: int = 50,
    ) -> TrackList:
        """Return a page of a device's tracks that overlap the time, latest start first."""
        return self._api.get(
            "tracks", TrackList, device=device, since=since, until=until, after=after, limit=limit
        )

    # Devices

    def devices(self) -> DeviceList:
        """Return all devices in the order of their names."""
        return self._api.get("devices", DeviceList)

    def add_device(self, name: str) -> RegisteredDevice:
        """Register a device and return its token, this once. Not repeated automatically."""
        body = DeviceRegistration(name=name)
        return responses.parse(
            self._api.send("POST", "devices", body=body, repeatable=False), RegisteredDevice
        )

    def remove_device(self, name: str) -> None:
        """Remove a device; its token stops working."""
        self._api.delete(f"devices/{path_part(name)}", ErrorCode.DEVICE_NOT_FOUND)

    def device_setup(self, token: str | SecretStr) -> DeviceSetup:
        """Return a recorder's settings as text and as a QR code. The server stores nothing."""
        secret = token if isinstance(token, SecretStr) else SecretStr(token)
        reply = self._api.send("POST", "device-setup", body=DeviceSetupRequest(token=secret))
        return responses.parse(reply, DeviceSetup)

    # Statistics

    def statistics(self, *, days: int = 30) -> Statistics:
        """Return the counters of the last days, today included, and their estimated cost."""
        return self._api.get("statistics", Statistics, days=days)

    # Retention and the audit log

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
