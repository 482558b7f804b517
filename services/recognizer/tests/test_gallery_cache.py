"""Test the gallery in memory: own changes count at once, others' soon, in any order."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from threading import Event, Thread

import numpy as np
import pytest

from facecore.contract import Box, PersonUpdate, Photo, Quality
from recognizer.adapters.sqlite import open_local
from recognizer.adapters.sqlite.faces import LocalFaces
from recognizer.domain.ports import (
    EnrolledFace,
    FaceAdded,
    FaceRemoved,
    GalleryChange,
    GalleryChanges,
    GallerySnapshot,
    PersonRemoved,
    Stores,
)
from recognizer.entrypoints.aws_lambda.function import LambdaFunction
from recognizer.entrypoints.http.app import create_app
from recognizer.use_cases.gallery_cache import GalleryCache
from services.recognizer.tests.service import JPEG, NOON, SettableClock, service_on
from tests.support.fake_vision import FakeVision, picture_of
from tests.support.http_api import http_api_event, http_response

VISION = FakeVision()


@pytest.fixture
def stores(tmp_path: Path) -> Iterator[Stores]:
    stores = open_local(
        tmp_path,
        link_lifetime=timedelta(minutes=1),
        sighting_lifetime=timedelta(days=90),
        crop_lifetime=timedelta(days=7),
        now=lambda: NOON,
    )
    for label in ("ada", "bob", "eve"):
        stores.people.put(label, PersonUpdate(name=label), NOON)
    yield stores
    stores.close()


def add(stores: Stores, label: str, person: int) -> int:
    """Add to the store itself, as another process would."""
    photo = Photo(
        id=f"{person:032x}",
        label=label,
        sha256="0" * 64,
        model=VISION.model_id,
        box=Box(x=0, y=0, width=1, height=1),
        quality=Quality(accepted=True, size_px=1, sharpness=1, brightness=1, yaw=0),
        created_at=NOON,
    )
    enrolled = EnrolledFace(photo, VISION.embedding(person))
    return stores.faces.add(enrolled, b"", seen_version=stores.faces.version())


def report(cache: GalleryCache, label: str, person: int, version: int) -> None:
    cache.added(f"{label}/{person:032x}", label, VISION.embedding(person), version)


def named(cache: GalleryCache, person: int) -> str | None:
    (match,) = cache.current().gallery.match([VISION.embedding(person)])
    return match.label


def test_people_in_the_store_at_the_start_are_known(stores: Stores) -> None:
    add(stores, "ada", 1)
    cache = GalleryCache(stores.faces, VISION, interval_s=1e9)
    assert named(cache, 1) == "ada"
    assert cache.current().version == 1


def test_a_gallery_at_the_store_s_version_is_not_read_again(stores: Stores) -> None:
    cache = GalleryCache(stores.faces, VISION, interval_s=1e9)
    before = cache.current()
    assert cache.at(before.version) is before
    assert cache.at(add(stores, "ada", 1)).version == before.version + 1
    assert named(cache, 1) == "ada"


def test_own_changes_count_at_once(stores: Stores) -> None:
    cache = GalleryCache(stores.faces, VISION, interval_s=1e9)
    report(cache, "ada", 1, add(stores, "ada", 1))
    assert (named(cache, 1), cache.current().version) == ("ada", 1)
    report(cache, "bob", 2, add(stores, "bob", 2))
    assert (named(cache, 1), named(cache, 2)) == ("ada", "bob")
    cache.removed(f"ada/{1:032x}", stores.faces.remove("ada", f"{1:032x}"))
    assert (named(cache, 1), named(cache, 2)) == (None, "bob")
    cache.removed_person("bob", stores.people.delete("bob").gallery_version)
    assert (named(cache, 2), cache.current().gallery.size) == (None, 0)
    assert cache.current().version == stores.faces.version()


def test_another_process_s_changes_count_after_the_interval(stores: Stores) -> None:
    clock = SettableClock()
    cache = cached(stores, clock)
    add(stores, "ada", 1)
    clock.move(timedelta(seconds=1.9))
    assert named(cache, 1) is None
    clock.move(timedelta(seconds=0.1))
    assert named(cache, 1) == "ada"
    stores.people.delete("ada")
    assert named(cache, 1) == "ada"
    assert cache.refresh().version == 2
    assert named(cache, 1) is None


def cached(stores: Stores, clock: SettableClock) -> GalleryCache:
    return GalleryCache(stores.faces, VISION, interval_s=2, now=clock, monotonic=clock.monotonic)


def test_the_interval_passes_while_the_process_is_frozen(stores: Stores) -> None:
    """Test a monotonic clock that stands still between two requests to a function."""
    clock = SettableClock()
    cache = cached(stores, clock)
    add(stores, "ada", 1)
    clock.jump(timedelta(hours=1))
    assert named(cache, 1) == "ada"
    stores.people.delete("ada")
    clock.jump(timedelta(seconds=1.9))
    assert named(cache, 1) == "ada"
    clock.jump(timedelta(seconds=0.1))
    assert named(cache, 1) is None


@pytest.mark.parametrize("back", [timedelta(milliseconds=1), timedelta(days=400)])
def test_a_clock_that_is_set_back_hides_no_change(stores: Stores, back: timedelta) -> None:
    clock = SettableClock()
    cache = cached(stores, clock)
    add(stores, "ada", 1)
    clock.jump(-back)
    assert named(cache, 1) == "ada"
    stores.people.delete("ada")
    clock.move(timedelta(seconds=2))
    assert named(cache, 1) is None


def test_a_frozen_function_does_not_answer_with_an_old_gallery(tmp_path: Path) -> None:
    clock = SettableClock()
    with (
        service_on(tmp_path / "data", now=clock, gallery_refresh_s=1) as service,
        closing(LambdaFunction(create_app(service.services))) as function,
    ):
        request = service.http.build_request(
            "POST", "/v1/recognitions", content=picture_of(1), headers=JPEG
        )
        event = json.loads(json.dumps(http_api_event(request)))

        def who() -> str | None:
            (face,) = http_response(function.answer(event)).json()["faces"]
            return face["person"] and str(face["person"]["label"])

        there = service.services.stores
        there.people.put("ada", PersonUpdate(name="Ada"), NOON)
        assert who() is None
        add(there, "ada", 1)
        clock.jump(timedelta(minutes=1))
        assert who() == "ada"
        there.people.delete("ada")
        clock.jump(timedelta(minutes=1))
        assert who() is None


def test_own_change_after_an_unseen_one_brings_both(stores: Stores) -> None:
    cache = GalleryCache(stores.faces, VISION, interval_s=1e9)
    add(stores, "ada", 1)  # by another process
    report(cache, "bob", 2, add(stores, "bob", 2))
    assert (named(cache, 1), named(cache, 2)) == ("ada", "bob")


def test_changes_reported_in_the_wrong_order_end_in_the_right_state(stores: Stores) -> None:
    cache = GalleryCache(stores.faces, VISION, interval_s=1e9)
    added = add(stores, "ada", 1)
    deleted = stores.people.delete("ada").gallery_version
    cache.removed_person("ada", deleted)
    report(cache, "ada", 1, added)
    assert named(cache, 1) is None
    assert cache.current().version == deleted


@dataclass
class SlowToLoad:
    """Faces that read a snapshot and return it only when released; once."""

    faces: LocalFaces
    has_read: Event = field(default_factory=Event)
    let_go: Event = field(default_factory=Event)
    slow: bool = False

    def version(self) -> int:
        return self.faces.version()

    def snapshot(self, model_id: str, dimension: int) -> GallerySnapshot:
        snapshot = self.faces.snapshot(model_id, dimension)
        if self.slow:
            self.slow = False
            self.has_read.set()
            assert self.let_go.wait(timeout=300)
        return snapshot

    def changes(self, since: int, model_id: str) -> GalleryChanges | None:
        return self.faces.changes(since, model_id)


def test_a_change_during_a_load_is_not_lost(stores: Stores) -> None:
    faces = SlowToLoad(stores.faces)  # type: ignore[arg-type]  # the store is the local one
    cache = GalleryCache(faces, VISION, interval_s=0)  # type: ignore[arg-type]  # two calls of it
    add(stores, "ada", 1)
    faces.slow = True
    loading = Thread(target=cache.refresh)
    loading.start()
    assert faces.has_read.wait(timeout=300)
    version = add(stores, "bob", 2)  # committed after the snapshot was read …
    reporting = Thread(target=report, args=(cache, "bob", 2, version))
    reporting.start()
    reporting.join(timeout=0.5)  # time enough to overtake the load, were that possible
    assert named(cache, 1) is None  # … while others use the gallery they have
    faces.let_go.set()
    loading.join()
    reporting.join()
    assert (named(cache, 1), named(cache, 2)) == ("ada", "bob")
    assert cache.current().version == version


def test_another_model_s_photos_are_left_out_and_counted(stores: Stores) -> None:
    add(stores, "ada", 1)
    cache = GalleryCache(stores.faces, FakeVision(model_id="fake-2"), interval_s=0)
    view = cache.current()
    assert (view.gallery.size, view.outdated) == (0, 1)


@dataclass
class Logged:
    """A store with a log of changes that loads only once."""

    log: list[GalleryChange] = field(default_factory=list)
    loads: int = 0
    begins_at: int = 0

    def version(self) -> int:
        return len(self.log)

    def snapshot(self, model_id: str, dimension: int) -> GallerySnapshot:
        self.loads += 1
        nothing = np.empty((0, dimension), np.float32)
        return GallerySnapshot(len(self.log), (), (), nothing, outdated=0)

    def changes(self, since: int, model_id: str) -> GalleryChanges | None:
        if since < self.begins_at or since > len(self.log):
            return None
        return GalleryChanges(len(self.log), tuple(self.log[since:]))


def followed(faces: Logged) -> GalleryCache:
    return GalleryCache(faces, VISION, interval_s=0)  # type: ignore[arg-type]  # what a cache calls


def test_another_process_s_changes_are_followed_without_a_load() -> None:
    faces = Logged()
    cache = followed(faces)
    faces.log += [FaceAdded("ada/1", "ada", VISION.embedding(1))]
    faces.log += [FaceAdded(f"bob/{n}", "bob", VISION.embedding(n)) for n in (2, 3)]
    assert [named(cache, n) for n in (1, 2, 3)] == ["ada", "bob", "bob"]
    faces.log += [FaceRemoved("ada/1"), PersonRemoved("bob")]
    assert [named(cache, n) for n in (1, 2, 3)] == [None, None, None]
    assert (cache.current().version, faces.loads) == (5, 1)


def test_a_log_that_begins_too_late_means_a_load() -> None:
    faces = Logged()
    cache = followed(faces)
    faces.log += [FaceRemoved("x"), FaceRemoved("y")]
    faces.begins_at = 1
    assert (cache.current().version, faces.loads) == (2, 2)


def test_a_restored_store_means_a_load() -> None:
    faces = Logged([FaceAdded("ada/1", "ada", VISION.embedding(1))] * 3)
    cache = followed(faces)
    faces.log.pop()
    assert (cache.current().version, faces.loads) == (2, 2)
