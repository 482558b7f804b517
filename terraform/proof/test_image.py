"""Test the image without Docker: assemble its folder as the Dockerfile does, and run it."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from terraform.proof.assembled import ARCH, Assembled, assemble
from terraform.proof.debian_base import PYTHON, USER, NoBase, in_base, make_base
from terraform.proof.function import enrol_and_recognise, token_setting
from terraform.proof.in_base import ENVIRONMENT, assemble_in_base
from tests.support.local_lambda import LocalLambda
from tests.support.moto import Moto

LIMIT_BYTES = 450_000_000
BASE_BYTES = 70_000_000
"""Size of the base's Debian packages for arm64, with the files that distroless leaves out."""
MODELS = "opt/models"


@pytest.fixture(scope="module")
def stores(moto: Moto) -> Mapping[str, str]:
    """Make empty tables and buckets; return the variables with which a function finds them."""
    moto.renew()
    return {**moto.environment(), **token_setting(), "RECOGNIZER_STORE": "aws"}


@pytest.fixture(scope="module")
def function(assembled_root: Assembled, stores: Mapping[str, str]) -> Iterator[LocalLambda]:
    """Start the function from the folder alone."""
    with LocalLambda(
        {**assembled_root.environment(), **stores},
        command=assembled_root.command,
        task_root=assembled_root.task_root,
    ) as running:
        yield running


def test_the_assembled_folder_alone_enrols_and_recognises(function: LocalLambda) -> None:
    recognised = enrol_and_recognise(function)
    assert [face.decision for face in recognised.faces] == ["match"]
    assert recognised.faces[0].person is not None
    assert recognised.faces[0].person.label == "obama"


def test_the_function_loads_no_library_of_the_development_environment(
    assembled_root: Assembled, function: LocalLambda
) -> None:
    mapped = Path(f"/proc/{function.pid}/maps").read_text(encoding="utf-8")
    loaded = set(re.findall(r"/\S+\.so\S*", mapped))
    ours = {path for path in loaded if path.startswith(str(assembled_root.root))}
    names = {Path(path).name.partition(".")[0] for path in ours}
    assert names >= {"cv2", "onnxruntime_pybind11_state", "runtime_client"}
    assert not {path for path in loaded if ".venv" in path or "site-packages" in path}


def test_the_default_image_stays_below_its_limit_of_450_mb(tmp_path: Path) -> None:
    default = assemble(tmp_path / "root", "arm64")
    print(f"arm64: {default.bytes / 1e6:.0f} MB and a base of at most {BASE_BYTES / 1e6:.0f} MB")
    assert default.bytes + BASE_BYTES <= LIMIT_BYTES


def test_another_assembly_is_the_same_to_the_byte(
    assembled_root: Assembled, tmp_path: Path
) -> None:
    again = assemble(tmp_path / "root", ARCH)
    assert _contents(again.root) == _contents(assembled_root.root)


def test_any_user_can_read_every_file_and_only_the_owner_can_write(
    assembled_root: Assembled,
) -> None:
    modes = {path.stat().st_mode & 0o777 for path in assembled_root.root.rglob("*")}
    assert modes == {0o755, 0o644}


def test_the_models_are_what_was_built_and_are_believed_without_hashing(
    assembled_root: Assembled,
) -> None:
    models = assembled_root.root / MODELS
    command = [sys.executable, "-c", "from facecore.cli import app; app()", "models", "verify"]
    subprocess.run(command, env={**os.environ, "FACECORE_MODEL_DIR": str(models)}, check=True)
    for manifest in models.glob("*/manifest.json"):
        for file in manifest.parent.glob("*.onnx"):
            assert f'"mtime_ns": {file.stat().st_mtime_ns}' in manifest.read_text(encoding="utf-8")


def test_what_no_invocation_needs_is_not_in_the_image(assembled_root: Assembled) -> None:
    packages = assembled_root.root / "opt/python"
    assert not [name for name in ("onnx", "pip", "bin") if (packages / name).exists()]
    assert sorted(
        path.name for path in (packages / "botocore/data").iterdir() if path.is_dir()
    ) == ["dynamodb", "s3"]
    assert not [path for path in packages.rglob("tests") if path.is_dir()]


def test_on_the_base_s_own_packages_the_function_recognises_as_a_user_without_rights(
    tmp_path: Path, moto: Moto, stores: Mapping[str, str]
) -> None:
    base = tmp_path / "base"
    base.mkdir()
    try:
        make_base(base, tmp_path / "apt")
    except NoBase as error:
        pytest.skip(str(error))
    assemble_in_base(base)
    moto.renew()
    command = in_base(base, f"/usr/bin/python{PYTHON}", "-m", "awslambdaric", user=USER)
    with LocalLambda({**ENVIRONMENT, **stores}, command=command) as function:
        recognised = enrol_and_recognise(function)
        owner = Path(f"/proc/{function.pid}").stat().st_uid
    assert [face.decision for face in recognised.faces] == ["match"]
    assert owner == USER


def _contents(root: Path) -> dict[str, tuple[int, int, str]]:
    """Return mode, modification time and SHA-256 of everything below."""
    return {
        str(path.relative_to(root)): (
            path.stat().st_mode,
            path.stat().st_mtime_ns,
            hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "",
        )
        for path in root.rglob("*")
    }
