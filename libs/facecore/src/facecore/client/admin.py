"""The calls that need the admin's token: people, photos, videos, sightings, devices."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import partial

from facecore.client import answers
from facecore.client.address import segment, segments
from facecore.client.caller import Caller, pages
from facecore.contract import (
    Decision,
    DeletionReceipt,
    DeviceList,
    DeviceRegistration,
    ErrorCode,
    Person,
    PersonList,
    PersonUpdate,
    Photo,
    PhotoList,
    RegisteredDevice,
    Sighting,
    SightingList,
    VideoLink,
    VideoList,
)
from facecore.errors import ApiProblem


class AdminCalls:
    """One half of ``RecognizerClient``; the other is what a device may do."""

    _call: Caller

    # People

    def people(self, *, after: str | None = None, limit: int = 100) -> PersonList:
        """A page of people in the order of their labels."""
        return self._call.get("people", PersonList, after=after, limit=limit)

    def iter_people(self) -> Iterator[Person]:
        """Everybody, page by page."""
        for page in pages(lambda after: self.people(after=after), lambda page: page.next):
            yield from page.people

    def person(self, label: str) -> Person:
        """One person's record."""
        return self._call.get(f"people/{segment(label)}", Person)

    def put_person(self, label: str, update: PersonUpdate) -> Person:
        """Creates the person, or replaces the whole record."""
        reply = self._call.send("PUT", f"people/{segment(label)}", body=update)
        return answers.model(reply, Person)

    def delete_person(self, label: str) -> DeletionReceipt:
        """Deletes record, photos, embeddings and sightings, and says how many there were.

        When an attempt's answer was lost and the next finds nobody, the receipt is lost too:
        then the ``person_not_found`` says so.
        """
        reply = self._call.send("DELETE", f"people/{segment(label)}")
        try:
            return answers.model(reply, DeletionReceipt)
        except ApiProblem as error:
            if reply.maybe_done and error.code == ErrorCode.PERSON_NOT_FOUND:
                hint = "; an earlier attempt of this call may have deleted it, its receipt lost"
                raise ApiProblem(error.status, error.code, error.detail + hint) from None
            raise

    def photos(self, label: str) -> PhotoList:
        """A person's photos, oldest first."""
        return self._call.get(f"people/{segment(label)}/photos", PhotoList)

    def add_photo(self, label: str, data: bytes, content_type: str = "image/jpeg") -> Photo:
        """Enrols a photo of one face; sending it again changes nothing."""
        reply = self._call.send(
            "POST",
            f"people/{segment(label)}/photos",
            headers={"content-type": content_type},
            content=data,
        )
        return answers.model(reply, Photo)

    def delete_photo(self, label: str, photo_id: str) -> None:
        """Deletes one photo and its embedding."""
        path = f"people/{segment(label)}/photos/{segment(photo_id)}"
        self._call.delete(path, ErrorCode.PHOTO_NOT_FOUND, ErrorCode.PERSON_NOT_FOUND)

    # Videos

    def videos(
        self, *, device: str | None = None, after: str | None = None, limit: int = 100
    ) -> VideoList:
        """A page of segments, newest first."""
        return self._call.get("videos", VideoList, device=device, after=after, limit=limit)

    def video_link(self, key: str) -> VideoLink:
        """A link that plays the segment without a token, until it expires."""
        return self._call.get(f"videos/{segments(key)}/url", VideoLink)

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
        return self._call.get(
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

    # Devices

    def devices(self) -> DeviceList:
        """All devices in the order of their names."""
        return self._call.get("devices", DeviceList)

    def add_device(self, name: str) -> RegisteredDevice:
        """Registers a device and gives its token, this once. Never repeated by itself."""
        body = DeviceRegistration(name=name)
        return answers.model(
            self._call.send("POST", "devices", body=body, repeatable=False), RegisteredDevice
        )

    def remove_device(self, name: str) -> None:
        """Removes a device; its token stops working."""
        self._call.delete(f"devices/{segment(name)}", ErrorCode.DEVICE_NOT_FOUND)
