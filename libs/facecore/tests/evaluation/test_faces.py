"""Faces of a folder: found once, cached by content, and resumed after a stop."""

from __future__ import annotations

import stat
from collections.abc import Callable, Mapping
from pathlib import Path

import cv2
import numpy as np
import pytest

from facecore.errors import DatasetError
from facecore.evaluation.dataset import Dataset, Picture, read_dataset
from facecore.evaluation.faces import BATCH, FaceCache, cache_path, find_faces, main_face
from facecore.vision.analyzer import Analysis, FaceAnalyzer
from facecore.vision.image import RgbImage, decode

Encode = Callable[..., bytes]
COUNT = BATCH + 3


class Counting(FaceAnalyzer):
    """An analyzer that counts the pictures that it analyzes."""

    def __init__(self, real: FaceAnalyzer) -> None:
        self._real = real
        self.looked = 0

    def analyze(self, data: bytes) -> Analysis:
        self.looked += 1
        return self._real.analyze(data)


@pytest.fixture
def many(tmp_path: Path, photos: Mapping[str, bytes], encode: Encode) -> Dataset:
    """Make more pictures of two people than a batch has, all of them different."""
    for name in ("collins", "hopper"):
        (tmp_path / "faces" / name).mkdir(parents=True)
    small = cv2.resize(decode(photos["collins"])[:260, 100:360], (130, 130))
    for number in range(COUNT - 1):
        darker = np.clip(small.astype(int) - number, 0, 255).astype(np.uint8)
        (tmp_path / "faces" / "collins" / f"{number:02}.png").write_bytes(encode(darker, "PNG"))
    (tmp_path / "faces" / "hopper" / "h.jpg").write_bytes(photos["hopper"])
    return read_dataset(tmp_path / "faces")


def test_a_stopped_search_resumes_where_it_was(
    analyzer: FaceAnalyzer, many: Dataset, tmp_path: Path
) -> None:
    def stop(done: int, total: int) -> None:
        assert (done, total) == (BATCH, COUNT)
        raise KeyboardInterrupt

    first, second = Counting(analyzer), Counting(analyzer)
    file = tmp_path / "kept.sqlite"
    with FaceCache(file, analyzer.model_id) as kept, pytest.raises(KeyboardInterrupt):
        find_faces(first, many.pictures, kept, workers=2, progress=stop)
    with FaceCache(file, analyzer.model_id) as kept:
        faces = find_faces(second, many.pictures, kept, workers=2, progress=_quietly)
    assert (first.looked, second.looked) == (BATCH, COUNT - BATCH)
    assert list(faces) == list(many.pictures)

    (fresh,) = analyzer.analyze(many.pictures[0].path.read_bytes()).faces
    again = faces[many.pictures[0]]
    assert again is not None
    assert fresh.embedding is not None
    assert (again.box, again.quality) == (fresh.box, fresh.quality)
    assert float(again.embedding.vector @ fresh.embedding.vector) > 0.99999


def test_a_changed_picture_is_analyzed_again_and_a_moved_one_is_not(
    analyzer: FaceAnalyzer, many: Dataset, tmp_path: Path, encode: Encode
) -> None:
    moved, changed, *_ = many.pictures
    counting = Counting(analyzer)
    with FaceCache(tmp_path / "kept.sqlite", analyzer.model_id) as kept:
        before = find_faces(counting, [moved, changed], kept, workers=1, progress=_quietly)
        assert counting.looked == 2
        elsewhere = Picture("collins", moved.path.rename(moved.path.with_name("moved.png")))
        changed.path.write_bytes(encode(np.zeros((40, 40, 3), np.uint8), "PNG"))
        after = find_faces(counting, [elsewhere, changed], kept, workers=1, progress=_quietly)
        assert counting.looked == 3
    one, same = before[moved], after[elsewhere]
    assert one is not None
    assert same is not None
    assert one.quality == same.quality
    assert (before[changed] is None, after[changed] is None) == (False, True)


def test_what_is_no_picture_is_named(analyzer: FaceAnalyzer, many: Dataset, tmp_path: Path) -> None:
    many.pictures[0].path.write_bytes(b"no picture")
    with (
        FaceCache(tmp_path / "kept.sqlite", analyzer.model_id) as kept,
        pytest.raises(DatasetError, match=r"00\.png can't be read"),
    ):
        find_faces(analyzer, many.pictures, kept, workers=1, progress=_quietly)


def test_a_cache_is_its_owners_alone_also_one_of_an_older_version(tmp_path: Path) -> None:
    file = tmp_path / "made" / "kept.sqlite"
    for _ in range(2):
        with FaceCache(file, "a model") as kept:
            kept.put([("0" * 64, None)])
        modes = {stat.S_IMODE(path.stat().st_mode) for path in file.parent.iterdir()}
        assert modes == {0o600}
        file.chmod(0o644)


def test_a_cache_belongs_to_its_settings() -> None:
    assert cache_path("m", 1, "a") == cache_path("m", 1, "a")
    assert cache_path("m", 1, "a") != cache_path("m", 2, "a")
    assert cache_path("m", 1).name.startswith("m-")


def test_a_picture_is_about_the_face_in_its_middle(analyzer: FaceAnalyzer, group: RgbImage) -> None:
    """Of two people side by side, the centred one counts, even if it is smaller."""
    obama, collins = group[:, :400], group[:, 800:1200]
    small = cv2.resize(collins, (280, 280), interpolation=cv2.INTER_AREA)
    picture = np.zeros((400, 1080, 3), np.uint8)
    picture[:, :400], picture[60:340, 400:680] = obama, small
    faces = analyzer.analyze_image(picture)
    face = main_face(faces)
    assert len(faces.faces) == 2
    assert face is not None
    assert 400 < face.box.x < 680
    assert main_face(analyzer.analyze_image(np.zeros((100, 100, 3), np.uint8))) is None


def _quietly(done: int, total: int) -> None:
    pass
