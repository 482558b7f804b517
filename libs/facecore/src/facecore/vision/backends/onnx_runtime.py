"""ONNX Runtime with its telemetry switched off. Import it from here, and nowhere else.

Since 1.29 ONNX Runtime on Linux reports to its maker when it is imported: an identifier of the
machine, names of programs and models, run times. Nothing in this project sends that.
"""

from __future__ import annotations

import os

# It is read when the library is loaded, so it must be set before the import. It replaces a value
# that is already there: with "0", or with nothing after the "=", telemetry would be on.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"

import onnxruntime as ort  # noqa: TID251 - after the switch; this is the one allowed import

# The switch that the API has. Alone it is not enough: events that were recorded by the import are
# still sent. It covers a program that imported ONNX Runtime before facecore.
ort.disable_telemetry_events()

__all__ = ["ort"]
