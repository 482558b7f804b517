"""What runs the networks: ONNX Runtime, or torch, the yardstick and the way to CUDA."""

from __future__ import annotations

from enum import StrEnum


class Backend(StrEnum):
    """What computes."""

    ONNX = "onnx"
    TORCH = "torch"
