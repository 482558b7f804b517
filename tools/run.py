"""Run the whole system on one machine: recognizer, demo people, recorder, summary.

``make run`` calls this. It starts the recognizer on loopback, enrols the demo people if nobody is
enrolled, registers the recorder as a device, and runs it until the clip ends or Ctrl-C. In a
terminal the console stays open after the clip until Ctrl-C. At the end all processes have ended and
all ports are free. Exit code 0 if nothing failed.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from facecore import models, samples
from facecore.client import RecognizerClient
from facecore.contract import PersonUpdate
from facecore.errors import ApiProblem, ApiUnreachable, DeadlineExceeded, FaceCoreError
from pi_recorder.capture.cameras.demo import demo_clip
from pi_recorder.capture.cameras.demo_scene import demo_people
from pi_recorder.cli.error_output import shown
from terminal import foreground

BIN = Path(sys.executable).parent
DEVICE = "make-run"
START_TIMEOUT_S = 120
STOP_TIMEOUT_S = 20

console = Console(stderr=True, highlight=False)


class RunFailed(Exception):
    """A part did not start, answer or end correctly; the message says which."""


@dataclass(frozen=True, slots=True)
class Recognizer:
    """The running recognizer.

    Attributes:
        sign_in: link that opens the console and signs in; the part after ``#`` is not sent.
    """

    url: str
    sign_in: str
    process: subprocess.Popen[bytes]


def main() -> int:
    """Run until the camera ends or somebody stops it; return 0 if nothing failed."""
    options = _options()
    for ending in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, signal.default_int_handler)
    try:
        with foreground():
            return run(options.camera, options.port)
    except KeyboardInterrupt:
        console.print("stopped")
        return 0
    except (RunFailed, FaceCoreError, OSError) as error:
        console.print(f"[red]make run failed:[/] {error}")
        return 1


def run(camera: str, port: int) -> int:
    """Start all parts, wait for the recorder, stop all parts; return the recorder's exit code."""
    _prepare(camera)
    token = secrets.token_urlsafe(32)
    with ExitStack() as stack:
        recognizer = stack.enter_context(recognizer_at(free_port(port), token))
        admin = stack.enter_context(RecognizerClient(recognizer.url, token))
        _enrol_if_nobody_is(admin)
        _report_outdated(admin)
        device_token = renewed_device_token(admin, DEVICE)
        console.print(f"recognizer on {recognizer.url}, filming {camera}; Ctrl-C ends it")
        console.print(f"console: {recognizer.sign_in}\n", soft_wrap=True)
        code, ended_itself = record(camera, recognizer.url, device_token)
        if code == 0 and ended_itself and sys.stdin.isatty() and sys.stderr.isatty():
            _stay(recognizer)
        return code


def _prepare(camera: str) -> None:
    """Fetch the models and, for the demo, make the clip; quick if both exist."""
    console.print("models and pictures; the first run fetches about 110 MB")
    with shown(console) as progress:
        models.ensure_detector(progress=progress)
        models.ensure_embedder(progress=progress)
        samples.ensure(progress=progress)
        if camera == "demo":
            demo_clip(progress)


@contextmanager
def recognizer_at(port: int, admin_token: str) -> Iterator[Recognizer]:
    """Run the recognizer as a process; yield it once it is ready."""
    log = Path(os.environ.get("RECOGNIZER_DATA_DIR", ".data/recognizer")) / "recognizer.log"
    log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)  # it becomes the data folder
    url = f"http://127.0.0.1:{port}"
    hashed = hashlib.sha256(admin_token.encode()).hexdigest()
    with log.open("ab") as sink:
        server = _start(
            [BIN / "recognizer", "serve", "--port", str(port)],
            {"RECOGNIZER_ADMIN_TOKEN_SHA256": hashed},
            output=sink.fileno(),
        )
    try:
        _wait_until_ready(server, url, log)
        yield Recognizer(url, f"{url}/#/sign-in/{admin_token}", server)
    finally:
        _stop(server, signal.SIGTERM)
    if server.returncode not in (0, -signal.SIGTERM):
        raise RunFailed(f"the recognizer ended with {server.returncode}; its log is {log}")


def _wait_until_ready(server: subprocess.Popen[bytes], url: str, log: Path) -> None:
    deadline = time.monotonic() + START_TIMEOUT_S
    with RecognizerClient(url, deadline_s=2, attempts=1) as client:
        while time.monotonic() < deadline:
            if server.poll() is not None:
                raise RunFailed(f"the recognizer did not start; see {log}")
            try:
                client.health()
            except (ApiProblem, ApiUnreachable, DeadlineExceeded):
                time.sleep(0.1)
            else:
                return
    raise RunFailed(f"the recognizer was not ready after {START_TIMEOUT_S} s; see {log}")


def _enrol_if_nobody_is(admin: RecognizerClient) -> None:
    if admin.people(limit=1).people:
        return
    for person in demo_people():
        record = PersonUpdate(name=person.name, attributes=dict(person.attributes))
        admin.put_person(person.label, record)
        admin.add_photo(person.label, person.photo().read_bytes())
        console.print(f"enrolled {person.name} from {person.photo().name}")


def _report_outdated(admin: RecognizerClient) -> None:
    """Print how to embed photos again that an earlier model embedded; they are not compared."""
    if outdated := admin.health().gallery_outdated:
        folder = os.environ.get("RECOGNIZER_DATA_DIR", ".data/recognizer")
        command = f"{BIN / 'recognizer'} people reembed --data-dir {folder}"
        console.print(f"{outdated} photos need new embeddings for this model; run: {command}")


def renewed_device_token(admin: RecognizerClient, name: str) -> str:
    """Register the device again and return its new token; an earlier run's stops working."""
    if any(device.name == name for device in admin.devices().devices):
        admin.remove_device(name)
    return admin.add_device(name).token.get_secret_value()


def record(camera: str, url: str, token: str) -> tuple[int, bool]:
    """Run the recorder; return its exit code, and whether it ended without Ctrl-C."""
    recorder = _start(
        [BIN / "pi-recorder", "run", "--camera", camera],
        {
            "PI_RECORDER_URL": url,
            "PI_RECORDER_TOKEN": token,
            "PI_RECORDER_LIVE_PORT": os.environ.get("PI_RECORDER_LIVE_PORT")
            or str(free_port(8080)),
        },
    )
    try:
        return recorder.wait(), True
    except KeyboardInterrupt:
        return _stop(recorder, signal.SIGINT), False
    finally:
        _stop(recorder, signal.SIGINT)


def _stay(recognizer: Recognizer) -> None:
    """Keep the console open until the recognizer ends or Ctrl-C."""
    console.print(
        f"the clip has ended; the console stays at {recognizer.sign_in} until Ctrl-C",
        soft_wrap=True,
    )
    recognizer.process.wait()


def _start(
    command: list[Path | str], extra: Mapping[str, str], output: int | None = None
) -> subprocess.Popen[bytes]:
    """Start a child in its own session, so that Ctrl-C reaches it only through this process."""
    return subprocess.Popen(
        command,
        env=os.environ | extra,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT if output is not None else None,
        start_new_session=True,
    )


def _stop(child: subprocess.Popen[bytes], ending: signal.Signals) -> int:
    """Signal a child to end, kill it after a timeout, and return its exit code."""
    if child.poll() is None:
        child.send_signal(ending)
    try:
        return child.wait(STOP_TIMEOUT_S)
    except subprocess.TimeoutExpired:
        child.kill()
        return child.wait()


def free_port(wanted: int) -> int:
    """Return the wanted port if it is free, else any free port."""
    for port in (wanted, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise RunFailed("no free port on 127.0.0.1")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--camera", default="demo", help="demo, a video file, or /dev/video0")
    parser.add_argument("--port", type=int, default=8000, help="used if it is free")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
