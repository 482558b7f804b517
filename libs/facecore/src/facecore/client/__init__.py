"""The typed HTTP client of the recognizer, used by the recorder and by the command line.

Synchronous and thread-safe; it loads neither numpy nor a model. The modules, outermost first:

- ``recognizer.py``  the client, and the calls that a device may make
- ``admin.py``       the admin's calls about videos, sightings, devices, statistics, the audit log
- ``people.py``      the admin's calls about people, their photos and data, and unknown people
- ``api_session.py`` base address, token, parameters and pages, shared by all calls
- ``upload.py``      the upload of a segment to the address in its ticket
- ``responses.py``   a response as a model of the contract, or as an ``errors.ClientError``
- ``http.py``        one call: its deadline, its attempts, the pauses between them
- ``transport.py``   httpx over a pool of connections, which stop at the call's deadline
- ``address.py``     which addresses may be called, and how parts of a path are quoted
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from facecore.client.recognizer import RecognizerClient

__all__ = ["RecognizerClient"]


def __getattr__(name: str) -> type[RecognizerClient]:
    """Import the client at its first use: httpx loads slowly, and the services need no client."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from facecore.client.recognizer import RecognizerClient  # noqa: PLC0415 - see the line above

    return RecognizerClient
