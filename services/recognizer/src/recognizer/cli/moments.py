"""Times as they are written on the command line."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from facecore.contract import in_utc


def _moment(text: str) -> datetime:
    try:
        return in_utc(datetime.fromisoformat(text))
    except ValueError as error:
        raise typer.BadParameter(
            f"{text!r} is no time; write 2026-01-31, 2026-01-31T08:30 (this machine's zone) "
            "or 2026-01-31T08:30:00Z, of a year from 1970 to 2999"
        ) from error


Moment = Annotated[datetime | None, typer.Option(parser=_moment, metavar="TIME")]
