"""No member admits a package version with a vulnerability listed here."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[1]
MENDED = {
    "filelock": "3.20.3",  # CVE-2026-22701
    "httpcore": "1.0.9",  # the first that requires h11 0.16: CVE-2025-43859
    "onnx": "1.21.0",  # CVE-2026-27489
    "pillow": "13.0.0",  # an overflow, rated critical
    "pip": "26.1.1",  # CVE-2026-8643
    "protobuf": "6.33.5",  # CVE-2026-0994
    "python-dotenv": "1.2.2",  # CVE-2026-28684
    "python-multipart": "0.0.27",  # CVE-2026-42561
    "starlette": "0.49.1",  # CVE-2025-62727
}
"""Package name → first version without the vulnerability; earlier ones must be refused."""


@pytest.mark.parametrize("member", ["libs/facecore", "services/recognizer", "services/pi_recorder"])
def test_no_version_before_the_fixed_one_is_admitted(member: str) -> None:
    project = tomllib.loads((ROOT / member / "pyproject.toml").read_text())["project"]
    extras = project.get("optional-dependencies", {}).values()
    requirements = [
        Requirement(one) for group in (project["dependencies"], *extras) for one in group
    ]
    admitted = [
        str(one)
        for one in requirements
        if one.name in MENDED and one.specifier.contains(f"{MENDED[one.name]}.dev0", True)
    ]
    assert admitted == []
