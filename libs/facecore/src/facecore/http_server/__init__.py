"""Limit what clients can take of an HTTP server: connections, time, memory and log lines.

Both services run uvicorn as ``LimitedServer`` with ``limited_protocol``, from the extra
``facecore[server]``.
"""

from facecore.http_server.connections import ConnectionLimits, fitted
from facecore.http_server.protocol import LimitedServer, limited_protocol

__all__ = ["ConnectionLimits", "LimitedServer", "fitted", "limited_protocol"]
