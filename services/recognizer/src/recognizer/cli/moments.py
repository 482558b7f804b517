"""Times as they are written on the command line."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text).astimezone()
    except (ValueError, OverflowError) as error:
        raise typer.BadParameter(
            f"{text!r} is no time; write 2026-01-31, 2026-01-31T08:30 (this machine's zone) "
            "or 2026-01-31T08:30:00Z"
        ) from error


Moment = Annotated[datetime | None, typer.Option(parser=_moment, metavar="TIME")]
