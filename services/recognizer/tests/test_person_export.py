"""Test a person's export in parts: bounded, complete, the same each time."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from facecore.contract import Sighting
from recognizer.adapters.sqlite import open_local
from recognizer.domain.ports import Stores
from recognizer.use_cases.person_export import PART_BYTES, Part, PersonExport
from services.recognizer.tests.service import SettableClock
from services.recognizer.tests.stores.conftest import NOON, add, crop, face, person, sighting
from services.recognizer.tests.stores.store_backends import LINK_LIFETIME, SIGHTING_LIFETIME

LARGEST_ANSWER = 6 * 1024 * 1024
"""Bytes of a Lambda response, in which a part is base64."""


@pytest.fixture
def stores(tmp_path: Path) -> Iterator[Stores]:
    stores = open_local(
        tmp_path,
        link_lifetime=LINK_LIFETIME,
        sighting_lifetime=SIGHTING_LIFETIME,
        crop_lifetime=timedelta(days=7),
        now=SettableClock(NOON),
    )
    yield stores
    stores.close()


def exporting(stores: Stores) -> PersonExport:
    return PersonExport(stores.people, stores.faces, stores.crops, stores.sightings)


def parts(stores: Stores, label: str) -> Iterator[Part]:
    after = None
    while True:
        part = exporting(stores).part(label, after)
        yield part
        if (after := part.next) is None:
            return


def files(found: list[Part]) -> dict[str, bytes]:
    names: dict[str, bytes] = {}
    for part in found:
        with zipfile.ZipFile(io.BytesIO(part.content)) as one:
            assert not names.keys() & set(one.namelist())
            names |= {name: one.read(name) for name in one.namelist()}
    return names


def widest(number: int) -> Sighting:
    """Return a sighting of the largest size in bytes."""
    longest = {"device": "d" * 64, "video": "v" * 256, "track": "t" * 64}
    seen = sighting(number, label="a" * 64).model_copy(update=longest)
    return seen.model_copy(update={"captured_at": NOON + timedelta(seconds=number)})


@pytest.mark.exhaustive
def test_very_many_sightings_come_in_bounded_parts_and_none_twice(stores: Stores) -> None:
    person(stores, "a" * 64)
    add(stores, face("a" * 64, 1), b"\xff\xd8 picture")
    stores.sightings.add([widest(number) for number in range(20_000)])
    found = list(parts(stores, "a" * 64))
    assert [part.number for part in found] == list(range(1, len(found) + 1))
    assert 3 < len(found) < 20
    assert all(len(part.content) * 4 / 3 < LARGEST_ANSWER for part in found)
    held = files(found)
    assert all(len(content) <= PART_BYTES for content in held.values())
    exported = [
        one["id"]
        for name in sorted(held)
        if name.startswith("sightings/") and name.endswith("json")
        for one in json.loads(held[name])
    ]
    rows = [
        row["id"]
        for name in sorted(held)
        if name.endswith("csv")
        for row in csv.DictReader(io.StringIO(held[name].decode()))
    ]
    assert exported == rows == [widest(number).id for number in reversed(range(20_000))]


def test_photos_fill_a_part_before_the_next_begins(stores: Stores) -> None:
    person(stores, "ada")
    for number in range(9):
        add(stores, face("ada", number), bytes([number]) * 1_000_000)
    found = list(parts(stores, "ada"))
    assert len(found) == 3
    held = files(found)
    assert sorted(content[:1] for name, content in held.items() if name.endswith("jpg")) == [
        bytes([number]) for number in range(9)
    ]
    assert list(parts(stores, "ada")) == found


def test_a_photo_that_is_removed_meanwhile_is_left_out_and_no_other(stores: Stores) -> None:
    person(stores, "ada")
    for number in range(9):
        add(stores, face("ada", number), bytes([number]) * 1_000_000)
    first = exporting(stores).part("ada", None)
    for number in (3, 4, 6):  # the last exported, the next, and a later one
        stores.faces.remove("ada", face("ada", number).photo.id)
    later = exporting(stores).part("ada", first.next)
    given = [name[7:39] for part in (first, later) for name in files([part]) if "jpg" in name]
    assert later.next is None
    assert given == [face("ada", number).photo.id for number in (0, 1, 2, 3, 5, 7, 8)]


def test_a_picture_s_file_name_follows_its_bytes(stores: Stores) -> None:
    person(stores, "ada")
    pictures = (b"\x89PNG\r\n\x1a\n", b"RIFF\0\0\0\0WEBPVP8 ", b"\xff\xd8\xff\xe0")
    for number, picture in enumerate(pictures):
        add(stores, face("ada", number), picture)
    names = files(list(parts(stores, "ada")))
    assert [name for name in names if name.startswith("photos/") and "json" not in name] == [
        f"photos/{face('ada', number).photo.id}.{kind}"
        for number, kind in enumerate(("png", "webp", "jpg"))
    ]


def test_an_export_has_the_person_s_crops_and_no_unknown_person_s(stores: Stores) -> None:
    for label in ("ada", "bob"):
        person(stores, label)
    for number in range(90):
        owner = ("ada", "bob", None)[number % 3]
        stores.crops.put(crop(number, label=owner), bytes([number]) * 200_000)
    found = list(parts(stores, "ada"))
    assert len(found) == 2
    held = files(found)
    crops = sorted(content[0] for name, content in held.items() if name.endswith("jpg"))
    assert crops == list(range(0, 90, 3))
    exported = [
        json.loads(text)
        for name, text in held.items()
        if name.startswith("crops/") and "json" in name
    ]
    assert {one["sighting"] for one in exported} == {f"{number:032x}" for number in range(0, 90, 3)}
