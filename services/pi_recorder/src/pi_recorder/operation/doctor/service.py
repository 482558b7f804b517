"""The checks of how the recorder runs here: under systemd, and whether it runs now."""

from __future__ import annotations

from facecore.checks import Check, State
from pi_recorder.operation import systemd

_LOG = "`journalctl -u pi-recorder -e` says why"


def service_check() -> Check | None:
    """Judge the unit; nothing where there is none, as on a laptop."""
    unit = systemd.unit()
    if unit is None:
        return None
    found = f"{unit.active} ({unit.sub})"
    if unit.active == "failed":
        return Check("service", State.FAIL, found, _LOG)
    if unit.restarts:
        found = f"{found}, restarted {unit.restarts} times"
        return Check("service", State.WARN, found, _LOG)
    if not unit.at_boot:
        fix = "`sudo systemctl enable --now pi-recorder`"
        return Check("service", State.WARN, f"{found}; it does not start with the machine", fix)
    return Check("service", State.OK, found)
