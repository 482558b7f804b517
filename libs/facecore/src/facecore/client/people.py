"""The calls about people and their photos; they need the admin's token."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from facecore.client import responses
from facecore.client.address import segment
from facecore.client.api_session import ApiSession, pages
from facecore.client.responses import Picture
from facecore.contract import (
    DeletionReceipt,
    ErrorCode,
    Person,
    PersonList,
    PersonUpdate,
    Photo,
    PhotoList,
)
from facecore.errors import ApiProblem


class PeopleCalls:
    """A part of ``RecognizerClient``."""

    _api: ApiSession

    def people(
        self, *, search: str | None = None, after: str | None = None, limit: int = 100
    ) -> PersonList:
        """A page of people in the order of their labels; of a search, those whom it finds.

        A page of a search may have fewer people than asked for, and still a ``next``.
        """
        return self._api.get("people", PersonList, search=search, after=after, limit=limit)

    def iter_people(self, *, search: str | None = None) -> Iterator[Person]:
        """Everybody, or everybody whom a search finds, page by page."""
        fetch = partial(self.people, search=search)
        for page in pages(lambda after: fetch(after=after), lambda page: page.next):
            yield from page.people

    def person(self, label: str) -> Person:
        """One person's record."""
        return self._api.get(f"people/{segment(label)}", Person)

    def put_person(self, label: str, update: PersonUpdate) -> Person:
        """Creates the person, or replaces the whole record."""
        reply = self._api.send("PUT", f"people/{segment(label)}", body=update)
        return responses.parse(reply, Person)

    def delete_person(self, label: str) -> DeletionReceipt:
        """Deletes record, photos, embeddings and sightings, and says how many there were.

        When an attempt's answer was lost and the next finds nobody, the receipt is lost too:
        then the ``person_not_found`` says so.
        """
        reply = self._api.send("DELETE", f"people/{segment(label)}")
        try:
            return responses.parse(reply, DeletionReceipt)
        except ApiProblem as error:
            if reply.maybe_done and error.code == ErrorCode.PERSON_NOT_FOUND:
                hint = "; an earlier attempt of this call may have deleted it, its receipt lost"
                raise ApiProblem(error.status, error.code, error.detail + hint) from None
            raise

    def photos(self, label: str) -> PhotoList:
        """A person's photos, oldest first."""
        return self._api.get(f"people/{segment(label)}/photos", PhotoList)

    def add_photo(self, label: str, data: bytes, content_type: str = "image/jpeg") -> Photo:
        """Enrols a photo of one face; sending it again changes nothing."""
        reply = self._api.send(
            "POST",
            f"people/{segment(label)}/photos",
            headers={"content-type": content_type},
            content=data,
        )
        return responses.parse(reply, Photo)

    def delete_photo(self, label: str, photo_id: str) -> None:
        """Deletes one photo and its embedding."""
        path = f"people/{segment(label)}/photos/{segment(photo_id)}"
        self._api.delete(path, ErrorCode.PHOTO_NOT_FOUND, ErrorCode.PERSON_NOT_FOUND)

    def portrait(self, label: str) -> Picture:
        """A small square JPEG of the person's face, from their oldest photo."""
        return self._api.picture(f"people/{segment(label)}/portrait")

    def photo_portrait(self, label: str, photo_id: str) -> Picture:
        """A small square JPEG of the face in one photo."""
        return self._api.picture(f"people/{segment(label)}/photos/{segment(photo_id)}/portrait")

    def photo_picture(self, label: str, photo_id: str) -> Picture:
        """A photo as it was sent."""
        return self._api.picture(f"people/{segment(label)}/photos/{segment(photo_id)}/picture")
