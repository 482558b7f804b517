"""Runs given Python code and prints its unconfigured activity as JSON."""

from __future__ import annotations

import json
import sys

from tests.network import namespace, programs
from tests.network.watch import Watch


def main() -> None:
    """Run the code of the first argument."""
    namespace.close_in()
    watch = Watch()
    programs.run("program", "python", "-c", sys.argv[1])
    report = {
        "configured": [],
        "seen": [entry._asdict() for entry in watch.seen()],
        "written": programs.written_aside(),
    }
    json.dump(report, sys.stdout)


if __name__ == "__main__":
    main()
