"""The settings of a new recorder: the lines of its file ``device.env``, and a QR code of them."""

from __future__ import annotations

import io
from urllib.parse import urlsplit

import segno
from pydantic import SecretStr

from facecore.contract import DeviceSetup
from facecore.hosts import is_loopback

_QUIET_ZONE = 4
"""Empty modules around the code, as ISO/IEC 18004 requires."""


def setup_of(url: str, token: SecretStr) -> DeviceSetup:
    """Return the settings of a recorder with this token, for the recognizer at ``url``."""
    address = url.rstrip("/")
    text = f"PI_RECORDER_URL={address}\nPI_RECORDER_TOKEN={token.get_secret_value()}\n"
    return DeviceSetup(
        url=address,
        only_this_machine=is_loopback(urlsplit(address).hostname or ""),
        settings=SecretStr(text),
        qr_svg=SecretStr(qr_svg(text)),
    )


def qr_svg(text: str) -> str:
    """Return a QR code of the text as SVG.

    It is dark on white on dark pages too, because cameras can't read an inverted one.
    """
    drawn = io.BytesIO()
    segno.make_qr(text, error="m").save(
        drawn, kind="svg", border=_QUIET_ZONE, dark="#000", light="#fff", xmldecl=False,
        omitsize=True,
    )  # fmt: skip
    return drawn.getvalue().decode()
