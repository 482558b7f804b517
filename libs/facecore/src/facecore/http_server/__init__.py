"""Bound what clients can hold of an HTTP server: connections, time, memory and log lines.

Both services run uvicorn with ``limited_protocol``, which needs the extra ``facecore[server]``.
"""

from facecore.http_server.limits import ConnectionLimits, fitted
from facecore.http_server.protocol import limited_protocol

__all__ = ["ConnectionLimits", "fitted", "limited_protocol"]
