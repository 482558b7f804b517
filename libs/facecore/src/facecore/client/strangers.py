"""The admin's calls about strangers, crops, and names that were wrong."""

from __future__ import annotations

from facecore.client import responses
from facecore.client.address import segment
from facecore.client.api_session import ApiSession
from facecore.contract import (
    Attributes,
    ErrorCode,
    IgnoredStranger,
    IgnoredStrangers,
    NamedStranger,
    NotThisPerson,
    StrangerAssignment,
    StrangerFaces,
    StrangerList,
    StrangerNaming,
)


class StrangerCalls:
    """A part of ``RecognizerClient``."""

    _api: ApiSession

    def strangers(self, *, after: str | None = None, limit: int = 100) -> StrangerList:
        """A page of strangers, who was seen last first."""
        return self._api.get("strangers", StrangerList, after=after, limit=limit)

    def stranger(self, stranger_id: str) -> StrangerFaces:
        """One stranger with all the faces."""
        return self._api.get(f"strangers/{segment(stranger_id)}", StrangerFaces)

    def name_stranger(
        self, stranger_id: str, label: str, name: str, attributes: Attributes | None = None
    ) -> NamedStranger:
        """Makes the person and enrols the best crops. Never repeated by itself."""
        body = StrangerNaming(label=label, name=name, attributes=attributes or {})
        path = f"strangers/{segment(stranger_id)}/name"
        reply = self._api.send("POST", path, body=body, repeatable=False)
        return responses.parse(reply, NamedStranger)

    def assign_stranger(self, stranger_id: str, label: str) -> NamedStranger:
        """Says that it is somebody who is known; enrols the best crops. Not repeated by itself."""
        body = StrangerAssignment(label=label)
        path = f"strangers/{segment(stranger_id)}/assign"
        reply = self._api.send("POST", path, body=body, repeatable=False)
        return responses.parse(reply, NamedStranger)

    def ignore_stranger(self, stranger_id: str) -> IgnoredStranger:
        """Neither shows nor keeps crops of the person from now on."""
        path = f"strangers/{segment(stranger_id)}/ignore"
        return responses.parse(self._api.send("POST", path), IgnoredStranger)

    def ignored_strangers(self) -> IgnoredStrangers:
        """Who is ignored, newest first."""
        return self._api.get("strangers/ignored", IgnoredStrangers)

    def show_stranger_again(self, stranger_id: str) -> None:
        """Takes the ignoring back."""
        path = f"strangers/{segment(stranger_id)}/ignore"
        self._api.delete(path, ErrorCode.STRANGER_NOT_FOUND)

    def ignored_crop(self, stranger_id: str) -> bytes:
        """The JPEG that was kept of somebody ignored."""
        return self._jpeg(f"strangers/{segment(stranger_id)}/ignore/crop")

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
