"""Embeddings are unit vectors, the same for a crop alone and in a batch."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest

from facecore.models import Embedder, catalogue
from facecore.models.catalogue import MODELS
from facecore.vision.analyzer import Analysis, FaceAnalyzer, load_analyzer
from facecore.vision.embed import MAX_BATCH

OBAMAS = ["obama", "obama2", "obama3", "obama-left-half", "obama-right-half"]
OTHERS = ["biden", "collins", "hopper"]


@pytest.fixture(scope="module", params=[m.name for m in MODELS if isinstance(m, Embedder)])
def each(request: pytest.FixtureRequest) -> FaceAnalyzer:
    """Return an analyzer for each model of the catalogue."""
    return load_analyzer(request.param, threads=2)


@pytest.fixture(scope="module")
def vectors(each: FaceAnalyzer, photos: Mapping[str, bytes]) -> Mapping[str, np.ndarray]:
    found = {name: each.analyze(data).faces[0].embedding for name, data in photos.items()}
    return {name: embedding.vector for name, embedding in found.items() if embedding is not None}


@pytest.mark.parametrize("one", OBAMAS)
@pytest.mark.parametrize("other", OBAMAS)
def test_one_person_matches(
    each: FaceAnalyzer, vectors: Mapping[str, np.ndarray], one: str, other: str
) -> None:
    assert vectors[one] @ vectors[other] > each.thresholds.match


@pytest.mark.parametrize("one", OBAMAS + OTHERS)
@pytest.mark.parametrize("other", OTHERS)
def test_different_people_have_a_low_similarity(
    vectors: Mapping[str, np.ndarray], one: str, other: str
) -> None:
    if one != other:
        assert vectors[one] @ vectors[other] < 0.2


def test_an_opaque_alpha_channel_changes_nothing(vectors: Mapping[str, np.ndarray]) -> None:
    assert vectors["obama2"] @ vectors["obama2-rgba"] > 0.99


def test_vectors_are_of_unit_length_even_of_plain_crops(each: FaceAnalyzer) -> None:
    side = catalogue.embedder(each.model_id).input_size
    crops = [np.full((side, side, 3), value, np.uint8) for value in (0, 127, 255)]
    for embedding in each.embed(crops):
        assert embedding.model_id == each.model_id
        assert embedding.vector.shape == (each.dimension,)
        assert embedding.vector.dtype == np.float32
        assert np.linalg.norm(embedding.vector) == pytest.approx(1, abs=1e-5)


def test_a_crop_is_embedded_alike_alone_and_in_a_batch(
    analyzer: FaceAnalyzer, analyses: Mapping[str, Analysis]
) -> None:
    crops = [analysis.faces[0].crop for analysis in analyses.values()]
    many = (crops * MAX_BATCH)[: MAX_BATCH + 1]
    together = analyzer.embed(many)
    assert len(together) == len(many)
    for crop, embedding in zip(crops, together, strict=False):
        (alone,) = analyzer.embed([crop])
        assert alone.vector @ embedding.vector > 0.99999


def test_no_crops_give_no_embeddings(analyzer: FaceAnalyzer) -> None:
    assert analyzer.embed([]) == []
