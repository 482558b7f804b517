"""The recorder as ``pi-recorder run`` starts it, but with the journal's camera.

It begins when it gets a line, so Python's start is not measured.
"""

from __future__ import annotations

import sys
from pathlib import Path

from pi_recorder.bootstrap import open_spool, recorder_for
from pi_recorder.cli.display import JsonLines
from pi_recorder.operation.supervision import call_on_stop_signals
from pi_recorder.settings.loading import load_settings
from services.pi_recorder.tests.soak.journal import Journal, JournalCamera


def main(journal: Path) -> list[str]:
    """Film until a stop or a kill; return the failure."""
    settings, publish = load_settings(), JsonLines(sys.stdout).show
    camera = JournalCamera(Journal(journal))
    with (
        open_spool(settings, publish) as spool,
        recorder_for(settings, camera, spool, publish) as recorder,
    ):
        call_on_stop_signals(recorder.stop)
        return recorder.run()


if __name__ == "__main__":
    sys.stdin.readline()
    sys.exit("; ".join(main(Path(sys.argv[1]))) or 0)
