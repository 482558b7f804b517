"""The sample pictures are the pinned ones, and open."""

from __future__ import annotations

import hashlib
from collections import Counter
from pathlib import Path

import pytest
from PIL import Image

from facecore import samples
from facecore.errors import ModelUnknown


@pytest.fixture(scope="module")
def pictures() -> dict[str, Path]:
    return samples.ensure()


def test_every_picture_is_the_pinned_one_and_opens(pictures: dict[str, Path]) -> None:
    assert set(pictures) == {sample.name for sample in samples.SAMPLES}
    for sample in samples.SAMPLES:
        content = pictures[sample.name].read_bytes()
        assert hashlib.sha256(content).hexdigest() == sample.package.files[sample.path]
        with Image.open(pictures[sample.name]) as image:
            image.load()
            assert min(image.size) >= 400


def test_people_and_views() -> None:
    people = Counter(sample.person for sample in samples.SAMPLES)
    assert people == {"Barack Obama": 6, "Joe Biden": 1, "Eileen Collins": 1, "Grace Hopper": 1}
    assert Counter(sample.view for sample in samples.SAMPLES)["half"] == 2


def test_only_pictures_are_kept(pictures: dict[str, Path]) -> None:
    for folder in {path.parent for path in pictures.values()}:
        kinds = {path.suffix for path in folder.iterdir()}
        assert kinds <= {".jpg", ".png", ".json"}


def test_one_picture_by_name(pictures: dict[str, Path]) -> None:
    assert samples.path("collins") == pictures["collins"]
    with pytest.raises(ModelUnknown, match="there are obama, "):
        samples.path("nobody")
