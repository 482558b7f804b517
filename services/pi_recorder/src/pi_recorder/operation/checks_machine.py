"""Check this machine: camera, the spool's disk, heat and power, installed packages, the service."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from threading import Event

from facecore.doctor_checks import Check, State, free_disk, writable
from facecore.errors import FaceCoreError
from pi_recorder.capture.cameras.base import Camera
from pi_recorder.capture.cameras.open import open_camera, shown_name
from pi_recorder.errors import CameraError
from pi_recorder.operation import systemd
from pi_recorder.operation.supervision import Worker
from pi_recorder.settings.schema import Settings

_OTHER_FOLDER = "run this as the recorder's user, let that user write there, or set `spool_dir`"
_PROBE_BYTES = 4 * 2**20
_SLOW_BYTES_PER_S = 2e6
"""Twice what 1080p needs; below it the recording may not keep up."""
_SERVICE_LOG = "`journalctl -u pi-recorder -e` shows why"
_HOT_C = 80.0
"""Temperature from which a Raspberry Pi lowers its clock rate."""
_NOW = {0: "under-voltage", 1: "clock capped", 2: "throttled", 3: "soft temperature limit"}
"""Bits of ``vcgencmd get_throttled``; the bits 16 higher mean "since the start".

Source: https://www.raspberrypi.com/documentation/computers/os.html#get_throttled
"""


def machine_checks(spool_dir: Path) -> Iterator[Check]:
    """Check the disk and the board; leave nothing behind."""
    spool = writable("spool", spool_dir, _OTHER_FOLDER)
    yield spool
    yield free_disk(spool_dir, "move `spool_dir` to another disk")
    if spool.state is State.OK and spool_dir.exists():
        yield _speed(spool_dir)
    yield from _board()
    yield _vision()


def _speed(folder: Path) -> Check:
    """Measure the speed of writing a few megabytes and syncing them to the disk."""
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            begun = time.monotonic()
            file.write(os.urandom(_PROBE_BYTES))
            file.flush()
            os.fsync(file.fileno())
            rate = _PROBE_BYTES / (time.monotonic() - begun)
    except OSError as error:
        return Check(
            "disk speed", State.FAIL, f"{folder}: {error}", "free space or replace the disk"
        )
    found = f"{rate / 1e6:.0f} MB/s with sync"
    if rate < _SLOW_BYTES_PER_S:
        return Check(
            "disk speed", State.WARN, found, "use a faster card (class A1 or A2) or an SSD"
        )
    return Check("disk speed", State.OK, found)


def _board() -> Iterator[Check]:
    """Check heat and power on a Raspberry Pi; yield nothing elsewhere."""
    if (flags := _firmware("get_throttled")) is not None:
        yield _throttling(int(flags, 16))
    if (heat := _firmware("measure_temp")) is not None:
        celsius = float(heat.rstrip("'C"))
        cool = celsius < _HOT_C
        fix = "" if cool else "add a heat sink, a fan, or a case with openings"
        yield Check("heat", State.OK if cool else State.WARN, f"{celsius:.0f} °C", fix)


def _throttling(flags: int) -> Check:
    now = [name for bit, name in _NOW.items() if flags >> bit & 1]
    before = [name for bit, name in _NOW.items() if flags >> bit + 16 & 1]
    fix = "use the power supply made for this board and a short cable; keep it cool"
    if now:
        return Check("power", State.FAIL, f"now: {', '.join(now)}", fix)
    if before:
        return Check("power", State.WARN, f"since the start: {', '.join(before)}", fix)
    return Check("power", State.OK, "enough, and never throttled")


def _firmware(question: str) -> str | None:
    """Return ``vcgencmd``'s answer after the equals sign; None if it can't be run."""
    command = shutil.which("vcgencmd")
    if command is None:
        return None
    try:
        done = subprocess.run(  # noqa: S603 - no shell, nothing of a user's in it
            [command, question], capture_output=True, text=True, timeout=10, check=False
        )
    except subprocess.TimeoutExpired:
        return None
    return done.stdout.strip().partition("=")[2] or None


def _vision() -> Check:
    missing = [name for name in ("cv2", "onnxruntime") if importlib.util.find_spec(name) is None]
    if missing:
        fix = "`install.sh` installs it; by hand: pip install 'facecore[vision]'"
        found = f"{' and '.join(missing)} missing: this device can't find faces or send crops"
        return Check("vision", State.WARN, found, fix)
    return Check("vision", State.OK, "this machine can find faces")


def service_check() -> Check | None:
    """Check the unit; return None if there is none, as on a laptop."""
    unit = systemd.unit()
    if unit is None:
        return None
    found = f"{unit.active} ({unit.sub})"
    if unit.active == "failed":
        return Check("service", State.FAIL, found, _SERVICE_LOG)
    if unit.restarts:
        found = f"{found}, restarted {unit.restarts} times"
        return Check("service", State.WARN, found, _SERVICE_LOG)
    if not unit.at_boot:
        fix = "`sudo systemctl enable --now pi-recorder`"
        return Check("service", State.WARN, f"{found}; it does not start at boot", fix)
    return Check("service", State.OK, found)


_FIRST_FRAME_WITHIN_S = 15.0
_TRIAL_S = 2.0
_SLOW_FPS = 5.0
_FIX = "check the cable; `rpicam-hello --list-cameras` or `v4l2-ctl --list-devices` lists cameras"


class _Trial:
    """A few seconds of a camera, read on a thread because a driver may hang."""

    def __init__(self) -> None:
        self.size = ""
        self.times: list[float] = []
        self._stop = Event()

    def run(self, camera: Camera) -> None:
        with closing(camera.frames(self._stop)) as frames:
            for frame in frames:
                self.size = f"{frame.picture.width}x{frame.picture.height}"
                self.times.append(time.monotonic())
                if self.times[-1] - self.times[0] >= _TRIAL_S:
                    return

    def end(self) -> None:
        self._stop.set()

    @property
    def fps(self) -> float:
        """Frames a second; 0 with too few frames to measure it."""
        seconds = self.times[-1] - self.times[0] if self.times else 0.0
        return (len(self.times) - 1) / seconds if seconds else 0.0


def camera_check(settings: Settings) -> Check:
    """Open the camera of the settings and read frames for two seconds."""
    if settings.camera == "demo":
        return Check("camera", State.OK, "the demo clip; no camera is used")
    try:
        camera = open_camera(settings.camera, form=settings.camera_format)
    except (CameraError, FaceCoreError) as error:
        return Check("camera", State.FAIL, str(error), _FIX)
    trial = _Trial()
    worker = Worker("camera", partial(trial.run, camera), lambda: None)
    worker.start()
    worker.join(_FIRST_FRAME_WITHIN_S + _TRIAL_S)
    trial.end()
    if worker.error is not None:
        return Check("camera", State.FAIL, str(worker.error), _FIX)
    return _judged(shown_name(settings.camera), trial)


def _judged(name: str, trial: _Trial) -> Check:
    if not trial.times:
        found = f"{name} opens, but gives no frame within {_FIRST_FRAME_WITHIN_S:.0f} seconds"
        return Check("camera", State.FAIL, found, _FIX)
    found = f"{name} gives {trial.size}"
    if not trial.fps:
        return Check("camera", State.OK, f"{found}, a single frame")
    found = f"{found}, {trial.fps:.1f} frames a second"
    if trial.fps < _SLOW_FPS:
        fix = "add light, or use a smaller picture; a visitor may pass between two frames"
        return Check("camera", State.WARN, found, fix)
    return Check("camera", State.OK, found)
