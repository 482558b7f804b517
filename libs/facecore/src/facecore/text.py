"""Make untrusted text safe to print and to log."""

from __future__ import annotations

_LONGEST = 500


def sanitize(text: str) -> str:
    """Return the text on one line, printable, cut to 500 characters and an ellipsis.

    A terminal would obey its control characters, and its line breaks would forge log lines.
    """
    printable = "".join(c if c.isprintable() else " " for c in text)
    return printable if len(printable) <= _LONGEST else printable[:_LONGEST] + "…"
