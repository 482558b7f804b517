"""Networks on ONNX Runtime's CPU provider, with telemetry disabled.

Since 1.29, importing ONNX Runtime on Linux sends telemetry to its maker: an identifier of the
machine, names of programs and models, run times. This project sends none of it. Therefore only this
module imports the runtime; other modules import ``ort`` from here.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import cast

from facecore.errors import ModelCorrupt
from facecore.vision.tensors import Tensor

# The library reads the variable when it is loaded, so it must be set before the import. An existing
# value is replaced: "0" or an empty value would enable telemetry.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"

import onnxruntime as ort  # noqa: TID251 - after the variable is set; this is the only allowed import

# The API's switch alone is not enough: events that the import recorded are still sent. It helps if
# a program imported ONNX Runtime before facecore.
ort.disable_telemetry_events()

__all__ = ["OnnxNetwork", "ort"]


class OnnxNetwork:
    """One ONNX file as a ``Network``; all threads share one session."""

    def __init__(self, path: Path, *, threads: int | None = None) -> None:
        """Load the network.

        Args:
            path: the ONNX file.
            threads: threads that share one call; None takes one for each physical core.

        Raises:
            ModelCorrupt: ONNX Runtime can't read the file.

        """
        try:
            self._session = ort.InferenceSession(
                str(path), _options(threads), providers=["CPUExecutionProvider"]
            )
        except _UNREADABLE as error:
            raise ModelCorrupt(
                f"ONNX Runtime can't load {path.name} ({error}); fetch the model again"
            ) from error
        self._input = self._session.get_inputs()[0].name

    def __call__(self, batch: Tensor, /) -> tuple[Tensor, ...]:
        """Run one batch; see ``Network``."""
        return tuple(cast(list[Tensor], self._session.run(None, {self._input: batch})))


_UNREADABLE = (
    ort.capi.onnxruntime_pybind11_state.InvalidProtobuf,
    ort.capi.onnxruntime_pybind11_state.InvalidGraph,
    ort.capi.onnxruntime_pybind11_state.NoSuchFile,
    ort.capi.onnxruntime_pybind11_state.Fail,
)


def _options(threads: int | None) -> ort.SessionOptions:
    options = ort.SessionOptions()
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_ENABLE_ALL
    options.execution_mode = ort.ExecutionMode.ORT_SEQUENTIAL
    options.intra_op_num_threads = threads or 0
    # A waiting thread that spins takes CPU time from the recorder, or a Lambda's only core.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    # The arena never frees the largest batch's memory, and every picture has its own shapes.
    options.enable_cpu_mem_arena = False
    options.log_severity_level = 3
    return options
