"""The commands of docs/api.md, unchanged: only curl against a recognizer."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from facecore.vision.analyzer import FaceAnalyzer
from tests.support.recognizers import behind_uvicorn

DOCUMENT = Path(__file__).parents[2] / "docs/api.md"


def curl_story() -> str:
    """Return the document's shell block that creates a person and ends with an unknown."""
    blocks = re.findall(r"```sh\n(.*?)```", DOCUMENT.read_text(), re.DOTALL)
    (story,) = [block for block in blocks if "curl" in block]
    return str(story)


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_curl_alone_does_the_whole_story(
    tmp_path: Path, analyzer: FaceAnalyzer, portrait_files: dict[str, Path]
) -> None:
    with behind_uvicorn(tmp_path, analyzer) as running:
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", curl_story()],
            env={
                "PATH": "/usr/bin:/bin",
                "API": running.url,
                "TOKEN": running.admin_token,
                "PHOTO": str(portrait_files["obama"]),
                "PICTURE": str(portrait_files["obama2"]),
            },
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 0, done.stdout + done.stderr
    person, photo, named, sightings, receipt, unknown = answers(done.stdout)
    assert person["label"] == "obama"
    assert photo["quality"]["accepted"]
    assert named["faces"][0]["person"]["attributes"] == {"major": "Law", "year": 1991}
    assert [s["label"] for s in sightings["sightings"]] == ["obama"]
    assert (receipt["records"], receipt["photos"], receipt["sightings"]) == (1, 1, 1)
    assert [f["decision"] for f in unknown["faces"]] == ["unknown"]


def answers(text: str) -> list[Any]:
    """Return the JSON documents of the output in their order."""
    decoder, found, at = json.JSONDecoder(), [], 0
    while at < len(text):
        document, end = decoder.raw_decode(text, at)
        found.append(document)
        at = end + len(text[end:]) - len(text[end:].lstrip())
    return found
