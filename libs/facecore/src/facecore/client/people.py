"""The admin's calls about people, their photos and data, unknown people and their face crops."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from urllib.parse import parse_qs, urlsplit

from facecore.client import responses
from facecore.client.address import path_part
from facecore.client.api_session import ApiSession, pages
from facecore.client.http import Reply
from facecore.client.responses import Picture
from facecore.contract import (
    Attributes,
    DeletionReceipt,
    ErrorCode,
    IgnoredPeople,
    IgnoredPerson,
    MergeReceipt,
    MergeRequest,
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
from facecore.errors import ApiProblem, UnexpectedAnswer

ZIP = "application/zip"


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
        return self._api.get(f"people/{path_part(label)}", Person)

    def put_person(self, label: str, update: PersonUpdate) -> Person:
        """Create the person, or replace the whole record."""
        reply = self._api.send("PUT", f"people/{path_part(label)}", body=update)
        return responses.parse(reply, Person)

    def delete_person(self, label: str) -> DeletionReceipt:
        """Delete record, photos, embeddings and sightings; return how many there were.

        If the answer to the first attempt was lost, the next attempt may find nobody; the message
        of ``person_not_found`` then says that the deletion may have happened.
        """
        reply = self._api.send("DELETE", f"people/{path_part(label)}")
        try:
            return responses.parse(reply, DeletionReceipt)
        except ApiProblem as error:
            if reply.maybe_done and error.code == ErrorCode.PERSON_NOT_FOUND:
                hint = "; an earlier attempt may have deleted the person; its receipt is lost"
                raise ApiProblem(error.status, error.code, error.detail + hint) from None
            raise

    def photos(self, label: str) -> PhotoList:
        """Return a person's photos, oldest first."""
        return self._api.get(f"people/{path_part(label)}/photos", PhotoList)

    def add_photo(self, label: str, data: bytes, content_type: str = "image/jpeg") -> Photo:
        """Enrol a photo of one face; sending it again changes nothing."""
        reply = self._api.send(
            "POST",
            f"people/{path_part(label)}/photos",
            headers={"content-type": content_type},
            content=data,
        )
        return responses.parse(reply, Photo)

    def delete_photo(self, label: str, photo_id: str) -> None:
        """Delete one photo and its embedding."""
        path = f"people/{path_part(label)}/photos/{path_part(photo_id)}"
        self._api.delete(path, ErrorCode.PHOTO_NOT_FOUND, ErrorCode.PERSON_NOT_FOUND)

    def portrait(self, label: str) -> Picture:
        """Return a small square JPEG of the person's face, from their oldest photo."""
        return self._api.picture(f"people/{path_part(label)}/portrait")

    def photo_portrait(self, label: str, photo_id: str) -> Picture:
        """Return a small square JPEG of the face in one photo."""
        return self._api.picture(f"people/{path_part(label)}/photos/{path_part(photo_id)}/portrait")

    def photo_picture(self, label: str, photo_id: str) -> Picture:
        """Return a photo as it was sent."""
        return self._api.picture(f"people/{path_part(label)}/photos/{path_part(photo_id)}/picture")

    def export_person(self, label: str) -> Iterator[bytes]:
        """Yield everything stored about a person, as zip files of at most about 4 MB each.

        No file name occurs twice. Raises ``UnexpectedAnswer`` if the server repeats a part.
        """
        after: str | None = None
        while True:
            path, seen = f"people/{path_part(label)}/export", after
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

        If the answer to the first attempt was lost, the next attempt may find nobody; the message
        of ``person_not_found`` then says that the merge may have happened.
        """
        path = f"people/{path_part(label)}/merge"
        reply = self._api.send("POST", path, body=MergeRequest(into=into))
        try:
            return responses.parse(reply, MergeReceipt)
        except ApiProblem as error:
            if reply.maybe_done and error.code == ErrorCode.PERSON_NOT_FOUND:
                hint = "; an earlier attempt may have merged the person; its receipt is lost"
                raise ApiProblem(error.status, error.code, error.detail + hint) from None
            raise


class UnknownPeopleCalls:
    """Calls of ``RecognizerClient`` about unknown people."""

    _api: ApiSession

    def unknown_people(self, *, after: str | None = None, limit: int = 100) -> UnknownPeopleList:
        """Return a page of unknown people, the most recently seen first."""
        return self._api.get("unknown-people", UnknownPeopleList, after=after, limit=limit)

    def unknown_person(self, unknown_person_id: str) -> UnknownPersonFaces:
        """Return one unknown person with all their faces."""
        return self._api.get(f"unknown-people/{path_part(unknown_person_id)}", UnknownPersonFaces)

    def name_unknown_person(
        self, unknown_person_id: str, label: str, name: str, attributes: Attributes | None = None
    ) -> NamedUnknownPerson:
        """Create the person and enrol the best crops. Not repeated automatically."""
        body = UnknownPersonNaming(label=label, name=name, attributes=attributes or {})
        path = f"unknown-people/{path_part(unknown_person_id)}/name"
        reply = self._api.send("POST", path, body=body, repeatable=False)
        return responses.parse(reply, NamedUnknownPerson)

    def assign_unknown_person(self, unknown_person_id: str, label: str) -> NamedUnknownPerson:
        """Assign to an enrolled person and enrol the best crops. Not repeated automatically."""
        body = UnknownPersonAssignment(label=label)
        path = f"unknown-people/{path_part(unknown_person_id)}/assign"
        reply = self._api.send("POST", path, body=body, repeatable=False)
        return responses.parse(reply, NamedUnknownPerson)

    def ignore_unknown_person(self, unknown_person_id: str) -> IgnoredPerson:
        """Stop storing and showing crops of the person."""
        path = f"unknown-people/{path_part(unknown_person_id)}/ignore"
        return responses.parse(self._api.send("POST", path), IgnoredPerson)

    def ignored_people(self) -> IgnoredPeople:
        """Return the ignored people, newest first."""
        return self._api.get("unknown-people/ignored", IgnoredPeople)

    def show_unknown_person_again(self, unknown_person_id: str) -> None:
        """Stop ignoring the person."""
        path = f"unknown-people/{path_part(unknown_person_id)}/ignore"
        self._api.delete(path, ErrorCode.UNKNOWN_PERSON_NOT_FOUND)

    def ignored_crop(self, unknown_person_id: str) -> bytes:
        """Return the stored JPEG of an ignored person."""
        return self._jpeg(f"unknown-people/{path_part(unknown_person_id)}/ignore/crop")

    def crop(self, sighting_id: str) -> bytes:
        """Return the JPEG of a sighting's face, or of a face of the same visit."""
        return self._jpeg(f"sightings/{path_part(sighting_id)}/crop")

    def not_this_person(self, sighting_id: str) -> NotThisPerson:
        """Remove a wrong name from the whole visit. Not repeated automatically."""
        path = f"sightings/{path_part(sighting_id)}/not-this-person"
        return responses.parse(self._api.send("POST", path, repeatable=False), NotThisPerson)

    def _jpeg(self, path: str) -> bytes:
        reply = self._api.send("GET", path, headers={"accept": "image/jpeg, */*"})
        responses.check(reply)
        return reply.body


def _following(reply: Reply) -> str | None:
    """Return the cursor in the header ``Link`` (RFC 8288); the rest of the link is ignored."""
    found = re.search(r'<([^>]*)>\s*;\s*rel="next"', reply.headers.get("link", ""))
    if found is None:
        return None
    cursors = parse_qs(urlsplit(found[1]).query).get("after")
    if not cursors:
        raise responses.unexpected(reply, "its link to the next part has no 'after'")
    return cursors[0]
