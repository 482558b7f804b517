"""A handler that reports what its first invocation did and the start should have done."""

from __future__ import annotations

import gc
import sys
from typing import Any

from fastapi.dependencies.models import Dependant

from facecore.vision.backends.onnx_runtime import ort
from recognizer.entrypoints.aws_lambda.handler import handler as inner

_MADE_ONCE = (Dependant, ort.InferenceSession)
"""Types made once: FastAPI makes one with a route, ONNX Runtime the other with a network."""


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Return the answer, with the modules imported and the objects made meanwhile."""
    modules, kept = set(sys.modules), _count_made()
    answer = inner(event, context)
    return {
        "answer": answer,
        "imported": sorted(set(sys.modules) - modules),
        "kept_before": kept,
        "kept_after": _count_made(),
    }


def _count_made() -> int:
    gc.collect()
    return sum(type(one) in _MADE_ONCE for one in gc.get_objects())
