"""Test the import of a folder: what is read, what is refused, and that it can be run again."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from facecore import samples
from recognizer.entrypoints.cli.output import InputRefused
from recognizer.entrypoints.cli.people_folder import (
    attribute_value,
    label_of,
    read_folder,
    read_rows,
)
from services.recognizer.tests.cli.conftest import Served


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for label, names in {"Barack Obama": ["obama", "obama2"], "joe": ["biden"]}.items():
        (tmp_path / label).mkdir()
        for name in names:
            shutil.copy(samples.path(name), tmp_path / label)
    grey = Image.fromarray(np.full((300, 300, 3), 128, np.uint8))
    grey.save(tmp_path / "joe" / "nobody.PNG")
    (tmp_path / "joe" / "notes.txt").write_text("x")
    (tmp_path / "people.csv").write_text(
        "\ufefflabel;name;year;course;major\njoe;Joe Biden;1965;3E2;\nada;Ada;12;007;Maths\n",
        encoding="utf-8",
    )
    return tmp_path


def test_a_folder_is_imported_and_imported_again(served: Served, folder: Path) -> None:
    run = served.run
    first = run.json("people", "import", str(folder), exit_code=1)
    assert first["done"]["person_created"] == 3
    assert first["done"]["photo_added"] == 3
    assert {(r["path"], r["code"]) for r in first["refused"]} == {
        ("joe/nobody.PNG", "no_face"),
        ("joe/notes.txt", "unsupported_media_type"),
    }
    people = {person["label"]: person for person in run.json("people", "list")}
    assert people["barack_obama"]["name"] == "Barack Obama"
    assert people["barack_obama"]["photo_count"] == 2
    assert people["joe"]["attributes"] == {"year": 1965, "course": "3E2"}
    assert people["ada"]["attributes"] == {"year": 12, "course": "007", "major": "Maths"}
    assert people["ada"]["photo_count"] == 0

    run.json("people", "add", "barack_obama", "--name", "President Obama", "--replace")
    (folder / "joe" / "nobody.PNG").unlink()
    (folder / "joe" / "notes.txt").unlink()
    again = run.json("people", "import", str(folder))
    assert {kind: n for kind, n in again["done"].items() if n} == {
        "person_unchanged": 3,
        "photo_there": 3,
    }
    assert run.json("people", "show", "barack_obama")["name"] == "President Obama"
    for label in people:
        run("people", "remove", label, "--yes")


@pytest.mark.exhaustive
def test_a_photo_too_large_to_send_is_made_smaller(served: Served, tmp_path: Path) -> None:
    (tmp_path / "joe").mkdir()
    with Image.open(samples.path("biden")) as photo:
        enlarged = photo.convert("RGB").resize((4000, 9088))
    enlarged.save(tmp_path / "joe" / "phone.png", compress_level=1)
    report = served.run.json("people", "import", str(tmp_path))
    assert report["done"]["photo_added"] == 1
    again = served.run.json("people", "import", str(tmp_path))
    assert again["done"]["photo_there"] == 1
    served.run("people", "remove", "joe", "--yes")


def test_an_import_without_a_server_reports_what_is_left(served: Served, folder: Path) -> None:
    result = served.run("--url", "http://127.0.0.1:9", "people", "import", str(folder),
                        RECOGNIZER_TOKEN="fra_x")  # fmt: skip
    assert result.exit_code == 3
    assert "run it again" in result.stdout


def test_folders_of_one_label_are_refused_by_name(tmp_path: Path) -> None:
    for name in ("Ada Lovelace", "ada lovelace", "grace"):
        (tmp_path / name).mkdir()
    people, (refusal,) = read_folder(tmp_path)
    assert [person.label for person in people] == ["grace"]
    assert refusal.code == "label_clash"
    assert "Ada Lovelace and ada lovelace" in refusal.detail


def test_misplaced_files_are_reported(tmp_path: Path) -> None:
    (tmp_path / "ada" / "deeper").mkdir(parents=True)
    (tmp_path / "loose.jpg").write_bytes(b"x")
    (tmp_path / ".hidden").mkdir()
    (tmp_path / "README.md").write_text("x")
    people, refused = read_folder(tmp_path)
    assert [person.label for person in people] == ["ada"]
    assert {(r.path, r.code) for r in refused} == {
        ("loose.jpg", "no_person"),
        ("ada/deeper", "unsupported_media_type"),
    }


def test_bad_rows_are_refused_and_the_others_kept(tmp_path: Path) -> None:
    rows = "label,name\nada,Ada,extra\n,Nobody\ngrace,Grace\ngrace,Again\nok,\n"
    (tmp_path / "people.csv").write_text(rows + f"long,{'x' * 300}\n")
    people, refused = read_folder(tmp_path)
    assert [(person.label, person.update.name) for person in people] == [("ok", "ok")]
    assert {r.path for r in refused} == {
        "people.csv:2",
        "people.csv:3",
        "people.csv:4 and people.csv:5",
        "people.csv:7",
    }


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"name\nAda\n", "label"),
        (b"label,label\na,b\n", "once"),
        (b"", "label"),
        ("label,name\nada,Zoë\n".encode("latin-1"), "UTF-8"),
        (b'label,name\nada,"open\n', r"people\.csv:"),
    ],
)
def test_a_table_that_can_not_be_read(tmp_path: Path, content: bytes, words: str) -> None:
    (tmp_path / "people.csv").write_bytes(content)
    with pytest.raises(InputRefused, match=words):
        list(read_rows(tmp_path / "people.csv"))


def test_a_missing_folder_is_reported(tmp_path: Path) -> None:
    with pytest.raises(InputRefused, match="no folder"):
        read_folder(tmp_path / "gone")


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("ada", "ada"),
        ("A.da-1_x", "A.da-1_x"),
        ("Ada Lovelace", "ada_lovelace"),
        ("  Zoë  Müller! ", "zoe_muller"),
        ("x" * 70, "x" * 64),
    ],
)
def test_labels(name: str, label: str) -> None:
    assert label_of(name) == label


def test_a_name_without_latin_letters_gets_a_stable_label() -> None:
    assert label_of("李明") == label_of(" 李明 ") != label_of("王芳")
    assert label_of("李明").startswith("person-")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("3", 3),
        ("2.5", 2.5),
        ("true", True),
        ('["a",1]', ["a", 1]),
        ("null", None),
        ("Law", "Law"),
        ("007", "007"),
        ("NaN", "NaN"),
        ("9" * 30, "9" * 30),
        ('{"a":1}', '{"a":1}'),
        ("", ""),
        ("[" * 100_000, "[" * 100_000),
    ],
)
def test_attribute_values(text: str, value: object) -> None:
    assert attribute_value(text) == value
    assert type(attribute_value(text)) is type(value)
