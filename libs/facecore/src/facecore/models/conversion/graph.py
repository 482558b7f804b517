"""A small writer of ONNX graphs: nodes are added in order, weights beside them."""

from __future__ import annotations

from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

OPSET = 17
IR_VERSION = 8  # the oldest that carries opset 17, so that older runtimes load it too

Shape = tuple[int | str, ...]
"""A dimension is a number, or a name when it is free."""


class GraphWriter:
    """Collects nodes and weights; ``model`` checks and returns them as one ONNX model."""

    def __init__(self) -> None:
        self._nodes: list[onnx.NodeProto] = []
        self._weights: list[onnx.TensorProto] = []

    def add(self, op: str, *inputs: str, name: str, **attributes: Any) -> str:
        """Adds a node and returns the name of its one output, which is the node's name too."""
        self._nodes.append(helper.make_node(op, list(inputs), [name], name=name, **attributes))
        return name

    def weight(self, name: str, values: NDArray[np.generic]) -> str:
        """Adds a constant and returns its name."""
        self._weights.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def model(
        self, name: str, inputs: dict[str, Shape], outputs: dict[str, Shape]
    ) -> onnx.ModelProto:
        """The whole model, float32 in and out, checked by ``onnx.checker``."""
        graph = helper.make_graph(
            self._nodes, name, _values(inputs), _values(outputs), self._weights
        )
        model = helper.make_model(
            graph, opset_imports=[helper.make_opsetid("", OPSET)], producer_name="facecore"
        )
        model.ir_version = IR_VERSION
        onnx.checker.check_model(model)
        return model


def _values(shapes: dict[str, Shape]) -> list[onnx.ValueInfoProto]:
    return [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
        for name, shape in shapes.items()
    ]
