"""The admin's calls about people and photos, unknown people, face crops and misidentifications."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from facecore.client import responses
from facecore.client.address import segment
from facecore.client.api_session import ApiSession, pages
from facecore.client.responses import Picture
from facecore.contract import (
    Attributes,
    DeletionReceipt,
    ErrorCode,
    IgnoredPeople,
    IgnoredPerson,
    NamedUnknownPerson,
    NotThisPerson,
    Person,
    PersonList,
    PersonUpdate,
    Photo,
    PhotoList,
    UnknownPeopleList,
    UnknownPersonAssignment,
    UnknownPersonFaces,
    UnknownPersonNaming,
)
from facecore.errors import ApiProblem


class PeopleCalls:
    """Calls of ``RecognizerClient`` about people and photos."""

    _api: ApiSession

    def people(
        self, *, search: str | None = None, after: str | None = None, limit: int = 100
    ) -> PersonList:
        """Return a page of people, or of those whom a search finds, in the order of their labels.

        A page of a search may have fewer people than ``limit`` and still have a ``next``.
        """
        return self._api.get("people", PersonList, search=search, after=after, limit=limit)

    def iter_people(self, *, search: str | None = None) -> Iterator[Person]:
        """Yield all people, or those whom a search finds, page by page."""
        fetch = partial(self.people, search=search)
        for page in pages(lambda after: fetch(after=after), lambda page: page.next):
            yield from page.people

    def person(self, label: str) -> Person:
        """Return one person's record."""
        return self._api.get(f"people/{segment(label)}", Person)

    def put_person(self, label: str, update: PersonUpdate) -> Person:
        """Create the person, or replace the whole record."""
        reply = self._api.send("PUT", f"people/{segment(label)}", body=update)
        return responses.parse(reply, Person)

    def delete_person(self, label: str) -> DeletionReceipt:
        """Delete record, photos, embeddings and sightings; return how many there were.

        If an attempt's answer is lost and the next attempt finds nobody, the receipt is lost too.
        The message of ``person_not_found`` says so then.
        """
        reply = self._api.send("DELETE", f"people/{segment(label)}")
        try:
            return responses.parse(reply, DeletionReceipt)
        except ApiProblem as error:
            if reply.maybe_done and error.code == ErrorCode.PERSON_NOT_FOUND:
                hint = "; an earlier attempt may have deleted the person; its receipt is lost"
                raise ApiProblem(error.status, error.code, error.detail + hint) from None
            raise

    def photos(self, label: str) -> PhotoList:
        """Return a person's photos, oldest first."""
        return self._api.get(f"people/{segment(label)}/photos", PhotoList)

    def add_photo(self, label: str, data: bytes, content_type: str = "image/jpeg") -> Photo:
        """Enrol a photo of one face; sending it again changes nothing."""
        reply = self._api.send(
            "POST",
            f"people/{segment(label)}/photos",
            headers={"content-type": content_type},
            content=data,
        )
        return responses.parse(reply, Photo)

    def delete_photo(self, label: str, photo_id: str) -> None:
        """Delete one photo and its embedding."""
        path = f"people/{segment(label)}/photos/{segment(photo_id)}"
        self._api.delete(path, ErrorCode.PHOTO_NOT_FOUND, ErrorCode.PERSON_NOT_FOUND)

    def portrait(self, label: str) -> Picture:
        """Return a small square JPEG of the person's face, from their oldest photo."""
        return self._api.picture(f"people/{segment(label)}/portrait")

    def photo_portrait(self, label: str, photo_id: str) -> Picture:
        """Return a small square JPEG of the face in one photo."""
        return self._api.picture(f"people/{segment(label)}/photos/{segment(photo_id)}/portrait")

    def photo_picture(self, label: str, photo_id: str) -> Picture:
        """Return a photo as it was sent."""
        return self._api.picture(f"people/{segment(label)}/photos/{segment(photo_id)}/picture")


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
