"""Shared fixtures: one analyzer and the sample pictures, made once a session."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from io import BytesIO
from typing import Any

import numpy as np
import pytest
from PIL import Image

from facecore import samples
from facecore.vision.analyzer import Analysis, FaceAnalyzer, load_analyzer
from facecore.vision.image import RgbImage, decode


@pytest.fixture(scope="session")
def analyzer() -> FaceAnalyzer:
    return load_analyzer(threads=2)


@pytest.fixture(scope="session")
def photos() -> Mapping[str, bytes]:
    """Return the sample pictures' files by name."""
    return {name: path.read_bytes() for name, path in samples.ensure().items()}


@pytest.fixture(scope="session")
def analyses(analyzer: FaceAnalyzer, photos: Mapping[str, bytes]) -> Mapping[str, Analysis]:
    """Return the analysis of each sample picture."""
    return {name: analyzer.analyze(data) for name, data in photos.items()}


@pytest.fixture(scope="session")
def group(photos: Mapping[str, bytes]) -> RgbImage:
    """Return four people side by side, RGB uint8 (400, 1600, 3)."""
    return np.hstack([_head(photos[name], 400) for name in ("obama", "biden", "collins", "hopper")])


@pytest.fixture(scope="session")
def small_photo(photos: Mapping[str, bytes]) -> RgbImage:
    """Return a real photo, RGB uint8 (64, 64, 3), quick to encode and decode a thousand times."""
    return _head(photos["collins"], 64)


@pytest.fixture(scope="session")
def encode() -> Callable[..., bytes]:
    """Return a function (image, format, **options of Pillow) that encodes an array."""
    return _encode


def _head(photo: bytes, side: int) -> RgbImage:
    image = decode(photo)
    square = min(image.shape[:2])
    return np.asarray(Image.fromarray(image[:square, :square]).resize((side, side)))


def _encode(image: RgbImage, file_format: str, **options: Any) -> bytes:
    file = BytesIO()
    Image.fromarray(image).save(file, file_format, **options)
    return file.getvalue()
