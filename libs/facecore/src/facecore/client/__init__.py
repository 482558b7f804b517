"""The typed HTTP client over the contract, used by the recorder and by the command line.

Sync and thread-safe; it loads neither numpy nor a model. From the outside in:

- ``recognizer.py``  the client, and the calls that a device may make
- ``admin.py``       the calls that need the admin's token
- ``unknown_people.py``  those of them about unknown people and wrong names
- ``people.py``      those of them about people and photos
- ``api_session.py`` what they share: base address, token, parameters, pages
- ``upload.py``      sends a segment to the place that a ticket names
- ``responses.py``   what came back: a model of the contract, or one of ``errors.ClientError``
- ``http.py``        one call: its deadline, its attempts, the pauses between them
- ``transport.py``   httpx over a pool of connections
- ``deadline.py``    sockets that all stop at the call's deadline
- ``address.py``     which addresses may be called, and how parts of a path are written
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from facecore.client.recognizer import RecognizerClient

__all__ = ["RecognizerClient"]


def __getattr__(name: str) -> type[RecognizerClient]:
    """The client, at its first use: httpx takes long to load, and a service needs none."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from facecore.client.recognizer import RecognizerClient  # noqa: PLC0415 - see the line above

    return RecognizerClient
