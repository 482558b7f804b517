"""Text of others made safe to print and to log."""

from __future__ import annotations

_LONGEST = 500


def sanitize(text: str) -> str:
    """Return a text on one line, printable, and cut to 500 characters and an ellipsis.

    A terminal would obey the control characters in it, and a log would show lines that nobody
    wrote.
    """
    printable = "".join(c if c.isprintable() else " " for c in text)
    return printable if len(printable) <= _LONGEST else printable[:_LONGEST] + "…"
