"""Write ONNX graphs, and rewrite their PReLU nodes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

OPSET = 17
IR_VERSION = 8  # the oldest with opset 17, so that older runtimes can load the model

Shape = tuple[int | str, ...]
"""Each dimension is a number, or a name if it is free."""


class GraphWriter:
    """A graph under construction: nodes in order, and weights; ``model`` returns the model."""

    def __init__(self) -> None:
        self._nodes: list[onnx.NodeProto] = []
        self._weights: list[onnx.TensorProto] = []

    def add(self, op: str, *inputs: str, name: str, **attributes: Any) -> str:
        """Add a node; return the name of its only output, which is the node's name too."""
        self._nodes.append(helper.make_node(op, list(inputs), [name], name=name, **attributes))
        return name

    def weight(self, name: str, values: NDArray[np.generic]) -> str:
        """Add a constant; return its name."""
        self._weights.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def model(
        self, name: str, inputs: dict[str, Shape], outputs: dict[str, Shape]
    ) -> onnx.ModelProto:
        """Return the model, float32 in and out, checked by ``onnx.checker``."""
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


def expand_prelu(graph: onnx.GraphProto) -> None:
    """Replace each PReLU of a graph, whose slopes are constants, with sums and products.

    ONNX Runtime's PReLU took half of SFace's time and nearly half of MTCNN's on a CPU
    (``docs/performance.md``). ``a * x + (1 - a) * relu(x)`` is equal except for rounding.
    """
    slopes = {weight.name: weight for weight in graph.initializer}
    nodes = list(graph.node)
    del graph.node[:]
    for node in nodes:
        if node.op_type == "PRelu":
            graph.node.extend(_expanded(graph, node, slopes[node.input[1]]))
        else:
            graph.node.append(node)


def _expanded(
    graph: onnx.GraphProto, node: onnx.NodeProto, slope: onnx.TensorProto
) -> Iterator[onnx.NodeProto]:
    (x, _), (y,) = node.input, node.output
    rest = numpy_helper.from_array(1 - numpy_helper.to_array(slope), f"{y}_rest")
    graph.initializer.append(rest)
    yield helper.make_node("Relu", [x], [f"{y}_relu"])
    yield helper.make_node("Mul", [f"{y}_relu", rest.name], [f"{y}_above"])
    yield helper.make_node("Mul", [x, slope.name], [f"{y}_sloped"])
    yield helper.make_node("Add", [f"{y}_sloped", f"{y}_above"], [y])
