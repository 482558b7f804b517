"""`make run` as a process: it names people, ends by itself or on Ctrl-C, leaves nothing."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from pi_recorder.capture.cameras.demo_scene import demo_people
from tests.e2e.running import (
    ROOT,
    data_folders,
    free_port,
    in_a_terminal,
    port_is_free,
    processes_that_mention,
)


@pytest.fixture
def run(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """Run `make run` on the demo camera, with its own data folder."""
    process = subprocess.Popen(
        [sys.executable, "tools/run.py", "--port", str(free_port())],
        cwd=ROOT,
        env=os.environ | data_folders(tmp_path),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    yield process
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def test_the_demo_names_the_enrolled_and_leaves_the_others_unknown(
    run: subprocess.Popen[str], tmp_path: Path
) -> None:
    assert run.stdout is not None
    output_so_far = ""
    while not (address := re.search(r"live page: (http://\S+)", output_so_far)):
        line = run.stdout.readline()
        assert line, output_so_far
        output_so_far += line
    page = httpx.get(address[1], trust_env=False)
    assert page.headers["content-type"].startswith("text/html"), "the live page is up meanwhile"
    rest, _ = run.communicate()
    output = output_so_far + rest
    assert run.returncode == 0, output
    answers = [line for line in output.splitlines() if "Latency: " in line]
    for person in demo_people():
        named = [line for line in answers if person.name in line]
        assert named, output
        assert all(str(value) in named[0] for value in person.attributes.values())
    assert any("unknown" in line for line in answers)
    assert "Hopper" not in output, "she is not enrolled"
    assert not list((tmp_path / "spool").rglob("*.mp4")), "every segment was uploaded"
    assert list((tmp_path / "recognizer").rglob("*.mp4")), "and is in the store"
    assert processes_that_mention(tmp_path) == []


@pytest.mark.exhaustive
@pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")
def test_in_a_terminal_the_console_stays_when_the_clip_is_over(tmp_path: Path) -> None:
    port = free_port()
    with in_a_terminal(tmp_path, "make", "run", f"PORT={port}") as terminal:
        output = terminal.read_until("until Ctrl-C")
        links = re.findall(rf"(http://127\.0\.0\.1:{port}/)#/sign-in/(\S+)", output)
        assert len(links) == 2, "at the start, and at the end where it is not scrolled away"
        (address, token), _ = links
        with httpx.Client(base_url=address, trust_env=False) as browser:
            assert "<!doctype html>" in browser.get("/").text
            assert browser.post("/v1/session", json={"token": token}).status_code == 201
            people = browser.get("/v1/people").json()["people"]
        assert {person["label"] for person in people} == {one.label for one in demo_people()}
        output = terminal.ctrl_c()
    assert output.index("summary") < output.index("the clip has ended") < output.index("stopped")
    assert processes_that_mention(tmp_path) == []
    assert port_is_free(port)


@pytest.mark.exhaustive
def test_a_camera_that_is_not_there_fails_and_leaves_nothing(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "tools/run.py", "--port", str(free_port()), "--camera", "none.mp4"],
        cwd=ROOT,
        env=os.environ | data_folders(tmp_path),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert "none.mp4" in done.stderr
    assert processes_that_mention(tmp_path) == []


@pytest.mark.exhaustive
@pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")
def test_ctrl_c_in_a_terminal_ends_make_with_success(tmp_path: Path) -> None:
    port = free_port()
    with in_a_terminal(tmp_path, "make", "run", f"PORT={port}") as terminal:
        terminal.read_until("Latency: ")
        output = terminal.ctrl_c()
    assert "summary" in output
    assert processes_that_mention(tmp_path) == []
    assert port_is_free(port)
