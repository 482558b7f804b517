"""The frames of the benchmarks: they contain the listed faces, and names are counted right."""

from __future__ import annotations

import pytest

from facecore.vision.analyzer import FaceAnalyzer
from libs.facecore.benchmarks import frames
from libs.facecore.benchmarks.peers.contestants import Seen
from libs.facecore.benchmarks.peers.results import Names, score


@pytest.fixture(scope="module")
def everyday() -> list[frames.Frame]:
    return frames.everyday()


def test_there_are_24_frames_with_32_faces_and_nobody_twice_in_one(
    everyday: list[frames.Frame],
) -> None:
    assert (len(everyday), sum(len(frame.shown) for frame in everyday)) == (24, 32)
    assert all(len({s.label for s in frame.shown}) == len(frame.shown) for frame in everyday)
    assert [frame.jpeg for frame in frames.everyday()] == [frame.jpeg for frame in everyday]


def test_every_face_is_where_it_is_said_to_be(
    analyzer: FaceAnalyzer, everyday: list[frames.Frame]
) -> None:
    for frame in everyday[::5]:
        faces = analyzer.analyze(frame.jpeg).faces
        for shown in frame.shown:
            middles = [(f.box.x + f.box.width / 2, f.box.y + f.box.height / 2) for f in faces]
            assert sum(shown.head.holds(*middle) for middle in middles) == 1, frame.name


def test_names_are_counted() -> None:
    ann, bob, unknown_person = (
        frames.Shown(label, frames.Head(left, 0, left + 10, 10))
        for left, label in ((0, "ann"), (20, "bob"), (40, None))
    )
    frame = frames.Frame("three", b"", (ann, bob, unknown_person))
    right = [Seen((0, 0, 8, 8), "ann"), Seen((20, 0, 30, 10), None), Seen((40, 0, 50, 10), None)]
    assert score([frame], [right]) == Names(
        right=1, unnamed=1, wrong=0, missed=0, faces=3, enrolled=2
    )
    wrong = [Seen((0, 0, 8, 8), "bob"), Seen((40, 0, 50, 10), "ann"), Seen((90, 0, 99, 9), "bob")]
    assert score([frame], [wrong]) == Names(
        right=0, unnamed=0, wrong=3, missed=1, faces=3, enrolled=2
    )
