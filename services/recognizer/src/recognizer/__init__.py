"""The recognizer: answers who is in a picture, with the person's record.

One request's way through the folders: ``api`` (HTTP) → a use case (``enrolment``,
``recognition``, ``recordings``, ``reembedding``) → ``ports`` → ``stores``. ``bootstrap`` is the one
place where the adapters behind the ports are chosen.
"""

from importlib.metadata import version

__version__ = version("recognizer")
