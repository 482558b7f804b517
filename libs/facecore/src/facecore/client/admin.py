"""The calls of the admin: people (beside), videos, sightings, devices, statistics."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import partial

from pydantic import SecretStr

from facecore.client import responses
from facecore.client.address import segment, segments
from facecore.client.api_session import pages
from facecore.client.people import PeopleCalls
from facecore.contract import (
    Decision,
    DeviceList,
    DeviceRegistration,
    DeviceSetup,
    DeviceSetupRequest,
    ErrorCode,
    RegisteredDevice,
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
    """One half of ``RecognizerClient``; the other is what a device may do."""

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
        """A page of segments, newest first; those begun at ``since`` or later, before ``until``."""
        return self._api.get(
            "videos", VideoList, device=device, since=since, until=until, after=after, limit=limit
        )

    def video_link(self, key: str) -> VideoLink:
        """A link that plays the segment without a token, until it expires."""
        return self._api.get(f"videos/{segments(key)}/url", VideoLink)

    def iter_videos(
        self,
        *,
        device: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> Iterator[Video]:
        """Every segment, newest first, page by page."""
        filters = partial(self.videos, device=device, since=since, until=until)
        for page in pages(lambda after: filters(after=after), lambda page: page.next):
            yield from page.videos

    def remove_video(self, key: str) -> None:
        """Delete a segment for good; sightings that name it stay."""
        self._api.delete(f"videos/{segments(key)}", ErrorCode.VIDEO_NOT_FOUND)

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
        """A page of sightings, newest first."""
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
        """Every sighting, newest first, page by page."""
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
        """A page of visits, newest first; it may hold few and not be the last."""
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
        """Every visit, newest first; with ``until`` the list stands still while it is read."""
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
        """A page of a device's tracks, the latest begun first; those that reach into the time."""
        return self._api.get(
            "tracks", TrackList, device=device, since=since, until=until, after=after, limit=limit
        )

    # Devices

    def devices(self) -> DeviceList:
        """All devices in the order of their names."""
        return self._api.get("devices", DeviceList)

    def add_device(self, name: str) -> RegisteredDevice:
        """Registers a device and gives its token, this once. Never repeated by itself."""
        body = DeviceRegistration(name=name)
        return responses.parse(
            self._api.send("POST", "devices", body=body, repeatable=False), RegisteredDevice
        )

    def remove_device(self, name: str) -> None:
        """Removes a device; its token stops working."""
        self._api.delete(f"devices/{segment(name)}", ErrorCode.DEVICE_NOT_FOUND)

    def device_setup(self, token: str | SecretStr) -> DeviceSetup:
        """What a recorder must be told, as text and as a QR code. Nothing is kept."""
        secret = token if isinstance(token, SecretStr) else SecretStr(token)
        reply = self._api.send("POST", "device-setup", body=DeviceSetupRequest(token=secret))
        return responses.parse(reply, DeviceSetup)

    # Statistics

    def statistics(self, *, days: int = 30) -> Statistics:
        """What was counted on the last days, today among them, and what that costs."""
        return self._api.get("statistics", Statistics, days=days)
