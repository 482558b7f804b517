"""The typed HTTP client over the contract, used by the recorder and by the command line.

Sync and thread-safe; it loads neither numpy nor a model. From the outside in:

- ``recognizer.py``  the client, and the calls that a device may make
- ``admin.py``       the calls that need the admin's token
- ``caller.py``      what they share: base address, token, parameters, pages
- ``upload.py``      sends a segment to the place that a ticket names
- ``answers.py``     what came back: a model of the contract, or one of ``errors.ClientError``
- ``http.py``        one call: its deadline, its attempts, the pauses between them
- ``transport.py``   httpx over a pool of connections
- ``deadline.py``    sockets that all stop at the call's deadline
- ``address.py``     which addresses may be called, and how parts of a path are written
"""

from facecore.client.recognizer import RecognizerClient

__all__ = ["RecognizerClient"]
