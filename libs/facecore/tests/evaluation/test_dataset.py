"""Folders and files of pairs, in LFW's layout and in those of users."""

from __future__ import annotations

from pathlib import Path

import pytest

from facecore.errors import DatasetError
from facecore.evaluation.dataset import protocols, read_dataset, relabelled

TWO_FOLDS = "2\t1\nada\t1\t2\nada\t1\tbob\t1\nbob\t1\t2\nbob\t2\tcyd\t1\n"
"""A file of pairs: each fold has one pair of one person and one of two people."""


@pytest.fixture
def lfw(tmp_path: Path) -> Path:
    """LFW's layout: people in a folder of the folder."""
    _pictures(tmp_path / "images", ada=3, bob=2, cyd=1)
    return tmp_path


def test_people_are_found_in_the_folder_or_one_below(lfw: Path) -> None:
    for folder in (lfw, lfw / "images"):
        found = read_dataset(folder)
        assert {label: len(ps) for label, ps in found.by_label().items()} == {
            "ada": 3,
            "bob": 2,
            "cyd": 1,
        }


@pytest.mark.parametrize(
    ("people", "listed", "given"),
    [
        ("images", ".", "."),
        ("images", ".", "images"),
        ("lfw", ".", "lfw"),
        ("lfw", "lfw", "lfw"),
        ("lfw", "lfw", "."),
    ],
)
def test_lfws_pairs_are_found_among_the_people_and_beside_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, people: str, listed: str, given: str
) -> None:
    _pictures(tmp_path / people, ada=3, bob=2, cyd=1)
    (tmp_path / listed / "pairs.txt").write_text(TWO_FOLDS)
    (whole,) = protocols(read_dataset(tmp_path / given), seed=1)
    assert whole.name == "LFW View 2, 2 folds"
    monkeypatch.chdir(tmp_path / given)
    (relative,) = protocols(read_dataset(Path()), seed=1)
    assert relative.name == whole.name


def test_what_is_no_dataset_is_named(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="is not a folder"):
        read_dataset(tmp_path / "missing")
    _pictures(tmp_path, ada=3)
    with pytest.raises(DatasetError, match="fewer than two people"):
        read_dataset(tmp_path)


def test_view_2_has_folds_and_view_1_a_split(lfw: Path) -> None:
    (lfw / "pairs.txt").write_text(TWO_FOLDS)
    (lfw / "pairsDevTrain.txt").write_text("1\nada\t1\t3\nada\t3\tcyd\t1\n")
    (lfw / "pairsDevTest.txt").write_text("1\nbob\t1\t2\nada\t2\tbob\t2\n")
    ten, fixed = protocols(read_dataset(lfw), seed=1)
    assert [[pair.same for pair in fold] for fold in ten.folds] == [[True, False]] * 2
    assert (ten.fixed, fixed.fixed, len(fixed.folds)) == (False, True, 2)
    first = ten.folds[1][1]
    assert (first.first.name, first.second.name) == ("bob/bob_0002", "cyd/cyd_0001")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("1\nada\t1\t2\nada\t1\tzoe\t1\n", "names 'zoe/zoe_0001', which is not in the folder"),
        ("2\nada\t1\t2\nada\t1\tbob\t1\n", "2 pairs, but its first line says otherwise"),
        ("one\nada\t1\t2\n", "is not a file of pairs"),
        ("1\nada\n", "is not a file of pairs"),
        ("", "is not a file of pairs"),
        ("1\t0\n", "0 pairs, but its first line says otherwise"),
        ("1\nada\t1\t2\nada\t1\tbob\t1\n", "has 1 folds; thresholds come from the others"),
    ],
)
def test_a_file_of_pairs_that_can_not_be_used_is_explained(
    lfw: Path, text: str, problem: str
) -> None:
    (lfw / "pairs.txt").write_text(text)
    with pytest.raises(DatasetError, match=problem):
        protocols(read_dataset(lfw), seed=1)


def test_pairs_are_drawn_where_there_is_no_file(tmp_path: Path) -> None:
    _pictures(tmp_path, ada=3, bob=2, cyd=2, dan=2, eve=1)
    dataset = read_dataset(tmp_path)
    (drawn,) = protocols(dataset, seed=1)
    assert len(drawn.folds) == 2
    for fold in drawn.folds:
        same = [pair for pair in fold if pair.same]
        assert len(same) * 2 == len(fold)
        assert all((p.first.label == p.second.label) == p.same for p in fold)
    people = [{p.label for pair in fold for p in (pair.first, pair.second)} for fold in drawn.folds]
    assert not people[0] & people[1]
    assert protocols(dataset, seed=1) == [drawn]
    assert protocols(dataset, seed=2) != [drawn]


def test_too_few_people_to_draw_pairs_from(lfw: Path) -> None:
    with pytest.raises(DatasetError, match="2 people with two pictures or more"):
        protocols(read_dataset(lfw), seed=1)


def test_wrong_labels_of_lfw_are_corrected_by_name(tmp_path: Path) -> None:
    _pictures(tmp_path, Joseph_Blatter=1, Recep_Tayyip_Erdogan=4, ada=1)
    labels = {p.path.stem: relabelled(p).label for p in read_dataset(tmp_path).pictures}
    assert labels["Joseph_Blatter_0001"] == "Sepp_Blatter"
    assert labels["Recep_Tayyip_Erdogan_0004"] == "Abdullah_Gul"
    assert labels["Recep_Tayyip_Erdogan_0003"] == "Recep_Tayyip_Erdogan"


def _pictures(folder: Path, **people: int) -> None:
    for label, count in people.items():
        (folder / label).mkdir(parents=True)
        for number in range(1, count + 1):
            (folder / label / f"{label}_{number:04}.jpg").touch()
