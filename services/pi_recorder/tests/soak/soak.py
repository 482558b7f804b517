"""One soak: repeated starts, faults and kills of the recorder; then all frames are counted."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from facecore.vision.analyzer import load_analyzer
from services.pi_recorder.tests.soak import evidence
from services.pi_recorder.tests.soak.fault_injection import FaultInjection, RecorderStart
from services.pi_recorder.tests.soak.journal import Journal
from services.pi_recorder.tests.soak.reconciliation import Ledger, Place, Reconciliation, Run
from tests.support.api import Api
from tests.support.fault_proxy import FaultProxy, honest
from tests.support.recognizers import behind_uvicorn
from tests.support.unmeasured import UNMEASURED

_ROOT = Path(__file__).parents[4]
_LAST_START = RecorderStart(
    4.0, False, False, {"PI_RECORDER_SPOOL_MAX_BYTES": "1GiB", "PI_RECORDER_UPLOAD_DRAIN_S": "20"}
)
_ENDS_WITHIN_S = 300
_SETTINGS = {
    "PI_RECORDER_SEGMENT_SECONDS": "3",
    "PI_RECORDER_SPOOL_MIN_FREE_BYTES": "0",
    "PI_RECORDER_UPLOAD_STALL_S": "1",
    "PI_RECORDER_RECOGNITION_DEADLINE_S": "1",
    "PI_RECORDER_UPLOAD_DRAIN_S": "1",
}


@dataclass(slots=True)
class SoakProgress:
    """The progress of a soak.

    Attributes:
        failures: unexpected ends of a recorder's process.
    """

    kills: int = 0
    stops: int = 0
    faults: int = 0
    failures: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class SoakResult:
    """The result of a soak."""

    progress: SoakProgress
    reconciliation: Reconciliation

    @property
    def holds(self) -> bool:
        """Return whether all is accounted for and every process ended as expected."""
        return self.reconciliation.adds_up and not self.progress.failures


def soak(
    folder: Path, *, seed: int, seconds: float, on_progress: Callable[[SoakProgress, float], None]
) -> SoakResult:
    """Run for about so many seconds, in its own folder.

    Args:
        on_progress: called now and then with the progress and the seconds that have passed.
    """
    with ExitStack() as stack:
        api = stack.enter_context(behind_uvicorn(folder / "recognizer", load_analyzer(threads=1)))
        proxy = stack.enter_context(FaultProxy(api.url))
        run = _SoakRun(folder, api, proxy, FaultInjection(seed))
        stack.callback(run.close)
        begun = time.monotonic()
        while (passed := time.monotonic() - begun) < seconds:
            on_progress(run.progress, passed)
            run.live()
        run.run_the_last_start()
        run.progress.faults = sum(proxy.counted.values()) - proxy.counted[honest.__name__]
        on_progress(run.progress, seconds)
        return SoakResult(run.progress, run.reconcile())


class _SoakRun:
    """The recorder's starts, one after the other, over one spool."""

    def __init__(self, folder: Path, api: Api, proxy: FaultProxy, faults: FaultInjection) -> None:
        self.progress = SoakProgress()
        self.faults = faults
        self._api = api
        self._proxy = proxy
        self._spool = folder / "spool"
        self._journal = Journal(folder / "journal")
        self._log = folder / "recorder.log"
        self._runs: list[Run] = []
        self._next = faults.start()
        token = api.admin.add_device("soak").token.get_secret_value()
        self._environment = {
            **{name: value for name, value in os.environ.items() if "PI_RECORDER" not in name},
            **UNMEASURED,
            **_SETTINGS,
            "PI_RECORDER_URL": proxy.url,
            "PI_RECORDER_TOKEN": token,
            "PI_RECORDER_SPOOL_DIR": str(self._spool),
        }
        self._ready = self._started(self._next)

    def live(self) -> None:
        """Run one start; the next process gets ready meanwhile."""
        start, child = self._next, self._ready
        self._next = self.faults.start()
        self._ready = self._started(self._next)
        self._run_start(start, child, fair=False)

    def run_the_last_start(self) -> None:
        """Run the last start, with free disk space and a network without faults."""
        self.close()
        self._run_start(_LAST_START, self._started(_LAST_START), fair=True)

    def close(self) -> None:
        """End every process."""
        self._ready.kill()
        self._ready.communicate()

    def _started(self, start: RecorderStart) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "services.pi_recorder.tests.soak.recorder_process"]
        with self._log.open("ab") as log:
            return subprocess.Popen(
                [*command, self._journal.path],
                cwd=_ROOT,
                env=self._environment | start.settings,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
            )

    def _run_start(
        self, start: RecorderStart, child: subprocess.Popen[bytes], *, fair: bool
    ) -> None:
        first = len(self._journal)
        try:
            if child.stdin is not None:
                child.stdin.write(b"begin\n")
                child.stdin.close()
            if not start.from_start:
                self._await_a_frame(child, first)
            self._inject_network_faults(start.seconds, fair=fair)
            self._end(child, start, begun=len(self._journal) > first)
        finally:
            child.kill()
            child.wait()
        self._runs.append(Run(first, len(self._journal), start.killed))

    def reconcile(self) -> Reconciliation:
        """Return the place of every frame. Raises ``WrongChecksum``."""
        ledger = Ledger(self._journal.read())
        ledger.found(Place.STORE, evidence.at_the_store(self._api))
        ledger.found(Place.SPOOL, evidence.in_the_spool(self._spool))
        ledger.lost(evidence.missing(self._spool))
        ledger.killed(self._runs)
        return ledger.close()

    def _await_a_frame(self, child: subprocess.Popen[bytes], first: int) -> None:
        while len(self._journal) == first and child.poll() is None:
            time.sleep(0.01)

    def _inject_network_faults(self, seconds: float, *, fair: bool) -> None:
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            fault, lasts_s = (honest, left) if fair else self.faults.network_fault()
            self._proxy.set(fault)
            time.sleep(min(left, lasts_s))

    def _end(self, child: subprocess.Popen[bytes], start: RecorderStart, *, begun: bool) -> None:
        if child.poll() is not None:
            self.progress.failures.append(f"it ended by itself with {child.returncode}")
        elif start.killed:
            self.progress.kills += 1
            child.kill()
        else:
            self.progress.stops += 1
            child.send_signal(signal.SIGTERM)
            code = child.wait(_ENDS_WITHIN_S)
            if code and begun:
                self.progress.failures.append(f"it ended with {code} after a stop")
