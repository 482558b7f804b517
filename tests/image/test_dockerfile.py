from __future__ import annotations

import json
import re
from pathlib import Path

from facecore.models import Backend
from services.recognizer.image import requirements
from services.recognizer.image.layout import PARTS
from services.recognizer.image.requirements import LEFT_OUT
from terraform.proof.debian_base import PYTHON, RELEASE, USER
from terraform.proof.in_base import ENVIRONMENT, FILES, FOLDERS

ROOT = Path(__file__).resolve().parents[2]
DEBIAN = {"trixie": "debian13"}
LINES = (ROOT / "services/recognizer/image/Dockerfile").read_text("utf-8").replace("\\\n", " ")
FINAL = LINES[LINES.rindex("\nFROM ") :]


def test_both_stages_are_pinned_by_digest_and_have_the_same_python_and_debian() -> None:
    build, final = re.findall(r"^FROM (?:--platform=\S+ )?(\S+)@sha256:[0-9a-f]{64}", LINES, re.M)
    assert build == f"python:{PYTHON}-slim-{RELEASE}"
    assert final.endswith(f"/python3-{DEBIAN[RELEASE]}:nonroot")
    assert f"--python {PYTHON} " in LINES
    assert f'ENTRYPOINT ["/usr/bin/python{PYTHON}", "-m", "awslambdaric"]' in FINAL


def test_the_final_stage_runs_nothing_so_that_no_architecture_is_emulated() -> None:
    kinds = re.findall(r"^([A-Z]+) ", FINAL, re.M)
    assert set(kinds) == {
        "FROM",
        "LABEL",
        "COPY",
        "ARG",
        "ENV",
        "WORKDIR",
        "USER",
        "ENTRYPOINT",
        "CMD",
    }
    assert [f"/{part}" for part in PARTS] == re.findall(
        r"^COPY --from=build \S+ (\S+)", FINAL, re.M
    )


def test_the_integration_test_runs_what_the_dockerfile_sets() -> None:
    (variables,) = re.findall(r"^ENV (.*)$", FINAL, re.M)
    (backend,) = re.findall(r"^ARG BACKEND=(.*)$", FINAL, re.M)
    pairs = variables.replace("$BACKEND", backend).split()
    assert dict(pair.split("=", 1) for pair in pairs) == ENVIRONMENT
    assert f"\nUSER {USER}:{USER}\n" in FINAL
    (command,) = re.findall(r"^CMD (.*)$", FINAL, re.M)
    assert json.loads(command) == ["recognizer.entrypoints.aws_lambda.handler.handler"]


def test_docker_gets_the_inputs_of_the_integration_test_and_nothing_else() -> None:
    lines = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    rules = [line for line in lines if line and not line.startswith("#")]
    assert rules[0] == "*"
    assert {rule[1:] for rule in rules if rule.startswith("!")} == {*FOLDERS, *FILES}


def test_what_is_left_out_is_a_requirement_of_the_lock() -> None:
    (default,) = requirements.files(Backend.ONNX)
    names = set(re.findall(r"^([a-z0-9-]+)==", default.read_text("utf-8"), re.M))
    installed = set(re.findall(r"^([a-z0-9-]+)==", requirements.kept(default), re.M))
    assert set(LEFT_OUT) <= names
    assert installed == names - set(LEFT_OUT)
    assert {"facecore", "recognizer"}.isdisjoint(names)


def test_every_requirement_that_is_installed_has_its_hashes() -> None:
    for file in requirements.files(Backend.TORCH):
        for entry in re.split(r"\n(?=\S)", requirements.kept(file).strip()):
            assert "--hash=sha256:" in entry, entry
