"""The admin's calls about unknown people, face crops and misidentifications."""

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
    """Calls of ``RecognizerClient`` about unknown people."""

    _api: ApiSession

    def unknown_people(self, *, after: str | None = None, limit: int = 100) -> UnknownPeopleList:
        """Return a page of unknown people, the most recently seen first."""
        return self._api.get("unknown-people", UnknownPeopleList, after=after, limit=limit)

    def unknown_person(self, unknown_person_id: str) -> UnknownPersonFaces:
        """Return one unknown person with all their faces."""
        return self._api.get(f"unknown-people/{segment(unknown_person_id)}", UnknownPersonFaces)

    def name_unknown_person(
        self, unknown_person_id: str, label: str, name: str, attributes: Attributes | None = None
    ) -> NamedUnknownPerson:
        """Create the person and enrol the best crops. Not repeated automatically."""
        body = UnknownPersonNaming(label=label, name=name, attributes=attributes or {})
        path = f"unknown-people/{segment(unknown_person_id)}/name"
        reply = self._api.send("POST", path, body=body, repeatable=False)
        return responses.parse(reply, NamedUnknownPerson)

    def assign_unknown_person(self, unknown_person_id: str, label: str) -> NamedUnknownPerson:
        """Assign to an enrolled person and enrol the best crops. Not repeated automatically."""
        body = UnknownPersonAssignment(label=label)
        path = f"unknown-people/{segment(unknown_person_id)}/assign"
        reply = self._api.send("POST", path, body=body, repeatable=False)
        return responses.parse(reply, NamedUnknownPerson)

    def ignore_unknown_person(self, unknown_person_id: str) -> IgnoredPerson:
        """Stop storing and showing crops of the person."""
        path = f"unknown-people/{segment(unknown_person_id)}/ignore"
        return responses.parse(self._api.send("POST", path), IgnoredPerson)

    def ignored_people(self) -> IgnoredPeople:
        """Return the ignored people, newest first."""
        return self._api.get("unknown-people/ignored", IgnoredPeople)

    def show_unknown_person_again(self, unknown_person_id: str) -> None:
        """Stop ignoring the person."""
        path = f"unknown-people/{segment(unknown_person_id)}/ignore"
        self._api.delete(path, ErrorCode.UNKNOWN_PERSON_NOT_FOUND)

    def ignored_crop(self, unknown_person_id: str) -> bytes:
        """Return the stored JPEG of an ignored person."""
        return self._jpeg(f"unknown-people/{segment(unknown_person_id)}/ignore/crop")

    def crop(self, sighting_id: str) -> bytes:
        """Return the JPEG of a sighting's face, or of a face of the same visit."""
        return self._jpeg(f"sightings/{segment(sighting_id)}/crop")

    def not_this_person(self, sighting_id: str) -> NotThisPerson:
        """Remove a wrong name from the whole visit. Not repeated automatically."""
        path = f"sightings/{segment(sighting_id)}/not-this-person"
        return responses.parse(self._api.send("POST", path, repeatable=False), NotThisPerson)

    def _jpeg(self, path: str) -> bytes:
        reply = self._api.send("GET", path, headers={"accept": "image/jpeg, */*"})
        responses.check(reply)
        return reply.body
