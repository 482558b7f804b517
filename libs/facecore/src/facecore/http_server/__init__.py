"""Limit what clients can take of an HTTP server: connections, time, memory and log lines.

Both services run uvicorn as ``LimitedServer`` with ``limited_protocol``, from the extra
``facecore[server]``.
"""

from facecore.http_server.connections import ConnectionLimits, fitted
from facecore.http_server.protocol import LimitedServer, Refuse, admit_all, limited_protocol

__all__ = ["ConnectionLimits", "LimitedServer", "Refuse", "admit_all", "fitted", "limited_protocol"]
