"""The admin's calls about unknown people, crops, and names that were wrong."""

from __future__ import annotations

from facecore.client import responses
from facecore.client.address import segment
from facecore.client.api_session import ApiSession
from facecore.contract import (
    Attributes,
    ErrorCode,
    IgnoredPeople,
    IgnoredPerson,
    NamedUnknownPerson,
    NotThisPerson,
    UnknownPeopleList,
    UnknownPersonAssignment,
    UnknownPersonFaces,
    UnknownPersonNaming,
)


class UnknownPeopleCalls:
    """A part of ``RecognizerClient``."""

    _api: ApiSession

    def unknown_people(self, *, after: str | None = None, limit: int = 100) -> UnknownPeopleList:
        """A page of unknown people, who was seen last first."""
        return self._api.get("unknown-people", UnknownPeopleList, after=after, limit=limit)

    def unknown_person(self, unknown_person_id: str) -> UnknownPersonFaces:
        """One unknown person with all the faces."""
        return self._api.get(f"unknown-people/{segment(unknown_person_id)}", UnknownPersonFaces)

    def name_unknown_person(
        self, unknown_person_id: str, label: str, name: str, attributes: Attributes | None = None
    ) -> NamedUnknownPerson:
        """Makes the person and enrols the best crops. Never repeated by itself."""
        body = UnknownPersonNaming(label=label, name=name, attributes=attributes or {})
        path = f"unknown-people/{segment(unknown_person_id)}/name"
        reply = self._api.send("POST", path, body=body, repeatable=False)
        return responses.parse(reply, NamedUnknownPerson)

    def assign_unknown_person(self, unknown_person_id: str, label: str) -> NamedUnknownPerson:
        """Says that it is somebody who is known; enrols the best crops. Not repeated by itself."""
        body = UnknownPersonAssignment(label=label)
        path = f"unknown-people/{segment(unknown_person_id)}/assign"
        reply = self._api.send("POST", path, body=body, repeatable=False)
        return responses.parse(reply, NamedUnknownPerson)

    def ignore_unknown_person(self, unknown_person_id: str) -> IgnoredPerson:
        """Neither shows nor keeps crops of the person from now on."""
        path = f"unknown-people/{segment(unknown_person_id)}/ignore"
        return responses.parse(self._api.send("POST", path), IgnoredPerson)

    def ignored_people(self) -> IgnoredPeople:
        """Who is ignored, newest first."""
        return self._api.get("unknown-people/ignored", IgnoredPeople)

    def show_unknown_person_again(self, unknown_person_id: str) -> None:
        """Takes the ignoring back."""
        path = f"unknown-people/{segment(unknown_person_id)}/ignore"
        self._api.delete(path, ErrorCode.UNKNOWN_PERSON_NOT_FOUND)

    def ignored_crop(self, unknown_person_id: str) -> bytes:
        """The JPEG that was kept of somebody ignored."""
        return self._jpeg(f"unknown-people/{segment(unknown_person_id)}/ignore/crop")

    def crop(self, sighting_id: str) -> bytes:
        """The JPEG of a sighting's face, or of the same visit's."""
        return self._jpeg(f"sightings/{segment(sighting_id)}/crop")

    def not_this_person(self, sighting_id: str) -> NotThisPerson:
        """Takes a wrong name away, from the whole visit. Never repeated by itself."""
        path = f"sightings/{segment(sighting_id)}/not-this-person"
        return responses.parse(self._api.send("POST", path, repeatable=False), NotThisPerson)

    def _jpeg(self, path: str) -> bytes:
        reply = self._api.send("GET", path, headers={"accept": "image/jpeg, */*"})
        responses.check(reply)
        return reply.body
