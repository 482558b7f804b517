"""The gallery: decisions, changes and many threads."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence

import numpy as np
import pytest

from facecore.contract import Decision
from facecore.errors import ForeignModelError
from facecore.models import Thresholds
from facecore.vision.analyzer import Analysis, FaceAnalyzer
from facecore.vision.decision import Match
from facecore.vision.embedding_index import BLOCK_ROWS
from facecore.vision.gallery import Embedding, Gallery, Vector

THRESHOLDS = Thresholds(match=0.6, uncertain=0.45, margin=0.1)
AXES = np.eye(8, dtype=np.float32)


def test_an_empty_gallery_knows_nobody() -> None:
    gallery = _gallery()
    assert gallery.match([_embedding(AXES[0])]) == [
        Match(Decision.UNKNOWN, label=None, nearest=None, similarity=None, margin=None)
    ]
    assert (gallery.size, gallery.people) == (0, 0)


def test_no_faces_give_no_matches() -> None:
    assert _gallery(ada=[AXES[0]]).match([]) == []


@pytest.mark.parametrize(
    ("similarity", "decision"),
    [
        (1.0, Decision.MATCH),
        (0.61, Decision.MATCH),
        (0.59, Decision.UNCERTAIN),
        (0.46, Decision.UNCERTAIN),
        (0.44, Decision.UNKNOWN),
        (-1.0, Decision.UNKNOWN),
    ],
)
def test_similarity_decides(similarity: float, decision: Decision) -> None:
    (match,) = _gallery(ada=[AXES[0]]).match([_embedding(_towards(similarity))])
    assert match.decision == decision
    assert match.label == ("ada" if decision == Decision.MATCH else None)
    assert match.nearest == "ada"
    assert match.similarity == pytest.approx(similarity, abs=1e-6)
    assert match.margin is None


@pytest.mark.parametrize(("second", "decision"), [(0.75, "uncertain"), (0.65, "match")])
def test_two_people_of_nearly_equal_similarity_are_uncertain(second: float, decision: str) -> None:
    gallery = _gallery(ada=[_towards(0.8)], bob=[_towards(second, side=2)])
    (match,) = gallery.match([_embedding(AXES[0])])
    assert match.decision == decision
    assert match.nearest == "ada"
    assert match.margin == pytest.approx(0.8 - second, abs=1e-6)


def test_the_nearest_of_a_persons_embeddings_counts() -> None:
    gallery = _gallery(ada=[AXES[0], AXES[1], AXES[2]], bob=[AXES[3]])
    for axis in AXES[:3]:
        (match,) = gallery.match([_embedding(axis)])
        assert (match.label, match.similarity, match.margin) == ("ada", 1.0, 1.0)


def test_one_person_appears_once_a_frame() -> None:
    gallery = _gallery(ada=[AXES[0]], bob=[AXES[1]])
    twice = [_embedding(_towards(s, side=2)) for s in (0.7, 0.9)]
    poorer, better, bob = gallery.match([*twice, _embedding(AXES[1])])
    assert (better.decision, better.label) == (Decision.MATCH, "ada")
    assert (poorer.decision, poorer.label, poorer.nearest) == (Decision.UNCERTAIN, None, "ada")
    assert bob.label == "bob"


def test_the_earlier_of_equal_faces_keeps_the_name() -> None:
    matches = _gallery(ada=[AXES[0]]).match([_embedding(AXES[0])] * 3)
    assert [match.label for match in matches] == ["ada", None, None]


def test_the_same_face_id_again_replaces() -> None:
    gallery = _gallery(ada=[AXES[0]])
    gallery.add("ada-0", "bob", _embedding(AXES[1]))
    assert (gallery.size, gallery.people) == (1, 1)
    assert gallery.match([_embedding(AXES[1])])[0].label == "bob"
    assert gallery.match([_embedding(AXES[0])])[0].decision == Decision.UNKNOWN


def test_the_last_of_equal_ids_in_one_change_stays() -> None:
    gallery = _gallery()
    gallery.extend([("f", "ada", _embedding(AXES[0])), ("f", "bob", _embedding(AXES[1]))])
    assert gallery.size == 1
    assert gallery.match([_embedding(AXES[1])])[0].label == "bob"


def test_removing_a_person_leaves_the_others() -> None:
    gallery = _gallery(ada=[AXES[0], AXES[1]], bob=[AXES[2]], cyd=[AXES[3]])
    gallery.remove_person("ada")
    gallery.remove_person("nobody")
    gallery.remove("bob-0")
    gallery.remove("bob-0")
    assert (gallery.size, gallery.people) == (1, 1)
    assert gallery.match([_embedding(AXES[3])])[0].label == "cyd"
    assert gallery.match([_embedding(AXES[0])])[0].nearest == "cyd"


@pytest.mark.parametrize(
    "foreign",
    [Embedding("another-model", AXES[0]), Embedding("model", np.full(4, 0.5, np.float32))],
    ids=["model", "dimension"],
)
def test_a_foreign_embedding_is_refused_and_nothing_changes(foreign: Embedding) -> None:
    gallery = _gallery(ada=[AXES[0]])
    with pytest.raises(ForeignModelError, match="does not fit a gallery of"):
        gallery.match([foreign])
    with pytest.raises(ForeignModelError):
        gallery.extend([("new", "bob", _embedding(AXES[1])), ("foreign", "bob", foreign)])
    assert (gallery.size, gallery.people) == (1, 1)


@pytest.mark.parametrize("value", [0.0, 2.0, np.nan, np.inf])
def test_a_vector_of_another_length_is_refused(value: float) -> None:
    gallery = _gallery()
    with pytest.raises(ValueError, match="face 'f' has length"):
        gallery.add("f", "ada", _embedding(np.full(8, value, np.float32)))
    assert gallery.size == 0


def test_real_faces(analyzer: FaceAnalyzer, analyses: Mapping[str, Analysis]) -> None:
    faces = {name: analysis.faces[0].embedding for name, analysis in analyses.items()}
    known = {name: face for name, face in faces.items() if face is not None}
    gallery = Gallery(analyzer.model_id, analyzer.dimension, analyzer.thresholds)
    gallery.extend([(name, name, known[name]) for name in ("obama", "biden", "collins")])
    answers = {name: gallery.match([face])[0] for name, face in known.items()}
    assert {name: answer.label for name, answer in answers.items()} == {
        "obama": "obama",
        "obama2": "obama",
        "obama2-rgba": "obama",
        "obama3": "obama",
        "obama-left-half": "obama",
        "obama-right-half": "obama",
        "biden": "biden",
        "collins": "collins",
        "hopper": None,
    }
    assert answers["hopper"].decision == Decision.UNKNOWN


def test_readers_see_all_of_a_change_or_nothing() -> None:
    """A writer swaps a person's two faces back and forth; one of them always matches."""
    gallery = _gallery(ada=[AXES[0], AXES[1]], bob=[AXES[2]] * 20)
    done = threading.Event()
    inconsistent: list[Match] = []

    def read() -> None:
        while not done.is_set():
            inconsistent.extend(m for m in gallery.match([_embedding(AXES[0])]) if m.label != "ada")

    readers = [threading.Thread(target=read) for _ in range(2)]
    for reader in readers:
        reader.start()
    for turn in range(400):
        gallery.extend(
            [
                (f"ada-{turn % 2}", "ada", _embedding(AXES[1])),
                (f"ada-{1 - turn % 2}", "ada", _embedding(AXES[0])),
            ]
        )
        gallery.remove(f"bob-{turn % 20}")
        gallery.add(f"bob-{turn % 20}", "bob", _embedding(AXES[2]))
    done.set()
    for reader in readers:
        reader.join()
    assert inconsistent == []


@pytest.mark.exhaustive
def test_a_hundred_thousand_faces() -> None:
    random = np.random.default_rng(0)
    vectors = random.standard_normal((100_000, 16), np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    gallery = Gallery("model", 16, THRESHOLDS)
    gallery.extend((str(n), f"p{n // 2}", _embedding(v)) for n, v in enumerate(vectors))
    assert (gallery.size, gallery.people) == (100_000, 50_000)
    wanted = [5, 77_777, 99_999]
    matches = gallery.match([_embedding(vectors[n]) for n in wanted])
    assert [match.label for match in matches] == [f"p{n // 2}" for n in wanted]
    for person in set(range(50_000)) - {38_888}:
        gallery.remove_person(f"p{person}")
    assert (gallery.size, gallery.people) == (2, 1)
    assert gallery.match([_embedding(vectors[77_777])])[0].label == "p38888"


def test_a_gallery_of_several_blocks_decides_as_a_plain_search() -> None:
    random = np.random.default_rng(1)
    vectors = random.standard_normal((BLOCK_ROWS + 2_000, 8), np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    gallery = Gallery("model", 8, THRESHOLDS)
    gallery.extend((str(n), f"p{n}", _embedding(v)) for n, v in enumerate(vectors))
    for gone in range(500):  # the last rows take their places, over the edge of a block
        gallery.remove(str(gone))
    kept = np.arange(500, len(vectors))
    queries = random.standard_normal((12, 8), np.float32)
    queries /= np.linalg.norm(queries, axis=1, keepdims=True)
    for query in queries:
        similarities = vectors[kept] @ query
        second, first = np.argsort(similarities)[-2:]
        (match,) = gallery.match([_embedding(query)])
        assert match.nearest == f"p{kept[first]}"
        assert match.similarity == pytest.approx(similarities[first], abs=1e-6)
        assert match.margin == pytest.approx(similarities[first] - similarities[second], abs=1e-6)


def _gallery(**people: Sequence[Vector]) -> Gallery:
    gallery = Gallery("model", 8, THRESHOLDS)
    for label, vectors in people.items():
        for number, vector in enumerate(vectors):
            gallery.add(f"{label}-{number}", label, _embedding(vector))
    return gallery


def _embedding(vector: Vector) -> Embedding:
    return Embedding("model", vector)


def _towards(similarity: float, side: int = 1) -> Vector:
    """A unit vector of this similarity to the first axis."""
    along, across = similarity, np.sqrt(1 - similarity**2)
    unit: Vector = (along * AXES[0] + across * AXES[side]).astype(np.float32)
    return unit
