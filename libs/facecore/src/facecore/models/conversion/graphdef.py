"""Read the parts of TensorFlow's GraphDef that a frozen graph uses, with protobuf alone.

The field numbers are those of ``tensorflow/core/framework/{graph,node_def,attr_value,tensor,
tensor_shape}.proto``; protobuf's parser skips other fields.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from graphlib import CycleError, TopologicalSorter
from typing import Any

import numpy as np
from google.protobuf import descriptor_pb2, descriptor_pool, message, message_factory
from numpy.typing import NDArray

from facecore.errors import ModelCorrupt

_Kind = descriptor_pb2.FieldDescriptorProto
_FLOAT, _INT32 = 1, 3  # tensorflow.DataType
_MESSAGES: Mapping[str, tuple[tuple[str, int, int | str, bool], ...]] = {
    # message: (field, number, scalar type or message, repeated)
    "Dim": (("size", 1, _Kind.TYPE_INT64, False),),
    "Shape": (("dim", 2, "Dim", True),),
    "Tensor": (
        ("dtype", 1, _Kind.TYPE_INT32, False),
        ("tensor_shape", 2, "Shape", False),
        ("tensor_content", 4, _Kind.TYPE_BYTES, False),
        ("float_val", 5, _Kind.TYPE_FLOAT, True),
        ("int_val", 7, _Kind.TYPE_INT32, True),
    ),
    "List": (("i", 3, _Kind.TYPE_INT64, True),),
    "Value": (
        ("list", 1, "List", False),
        ("s", 2, _Kind.TYPE_BYTES, False),
        ("f", 4, _Kind.TYPE_FLOAT, False),
        ("tensor", 8, "Tensor", False),
    ),
    # A protobuf map is, on the wire, a repeated message of key and value.
    "Attribute": (("key", 1, _Kind.TYPE_STRING, False), ("value", 2, "Value", False)),
    "Node": (
        ("name", 1, _Kind.TYPE_STRING, False),
        ("op", 2, _Kind.TYPE_STRING, False),
        ("input", 3, _Kind.TYPE_STRING, True),
        ("attr", 5, "Attribute", True),
    ),
    "Graph": (("node", 1, "Node", True),),
}


@dataclass(frozen=True, slots=True)
class Node:
    """One node of a frozen graph.

    Attributes:
        inputs: names of its input nodes, without TensorFlow's ``:0`` and without control
            dependencies (``^``), which carry no tensor.
        padding: ``SAME``, ``VALID`` or empty.
        strides, window: per axis, NHWC; empty if the node has none.
        value: the constant's array (float32 or int32), for ``Const``.
    """

    name: str
    op: str
    inputs: tuple[str, ...]
    padding: str
    strides: tuple[int, ...]
    window: tuple[int, ...]
    epsilon: float
    value: NDArray[np.generic] | None


def read_graph(data: bytes) -> list[Node]:
    """Return the nodes, each after its inputs.

    Raises:
        ModelCorrupt: the data is not a GraphDef, or its nodes form a cycle or are incomplete.
    """
    graph = _graph_class()()
    try:
        graph.ParseFromString(data)
    except message.DecodeError as error:
        raise ModelCorrupt(f"the frozen graph can't be parsed: {error}") from error
    try:
        nodes = {node.name: _node(node) for node in graph.node}
        order = TopologicalSorter({node.name: node.inputs for node in nodes.values()})
        return [nodes[name] for name in order.static_order()]
    except (CycleError, KeyError) as error:
        raise ModelCorrupt(f"the frozen graph is incomplete or has a cycle: {error}") from error


def _node(node: Any) -> Node:
    attributes = {attribute.key: attribute.value for attribute in node.attr}
    return Node(
        name=node.name,
        op=node.op,
        inputs=tuple(n.removesuffix(":0") for n in node.input if not n.startswith("^")),
        padding=attributes["padding"].s.decode() if "padding" in attributes else "",
        strides=tuple(attributes["strides"].list.i) if "strides" in attributes else (),
        window=tuple(attributes["ksize"].list.i) if "ksize" in attributes else (),
        epsilon=attributes["epsilon"].f if "epsilon" in attributes else 0.0,
        value=_array(attributes["value"].tensor, node.name) if node.op == "Const" else None,
    )


def _array(tensor: Any, name: str) -> NDArray[np.generic]:
    """Return a constant, stored as raw bytes or as a list; a list of one value fills the array."""
    shape = tuple(dim.size for dim in tensor.tensor_shape.dim)
    if tensor.dtype not in (_FLOAT, _INT32):
        raise ModelCorrupt(f"the constant {name} has the type {tensor.dtype}, not float or int")
    dtype, listed = ("<f4", tensor.float_val) if tensor.dtype == _FLOAT else ("<i4", tensor.int_val)
    try:
        if tensor.tensor_content:
            return np.frombuffer(tensor.tensor_content, dtype).reshape(shape)
        values = np.array(listed, dtype)
        return np.full(shape, values[0]) if values.size == 1 else values.reshape(shape)
    except ValueError as error:
        raise ModelCorrupt(f"the constant {name} does not fill its shape {shape}") from error


@cache
def _graph_class() -> type[Any]:
    """Make the message class in its own pool, apart from TensorFlow's in the same process."""
    file = descriptor_pb2.FileDescriptorProto(name="graphdef", package="graphdef", syntax="proto3")
    for name, fields in _MESSAGES.items():
        described = file.message_type.add(name=name)
        for field, number, kind, repeated in fields:
            described.field.add(
                name=field,
                number=number,
                label=_Kind.LABEL_REPEATED if repeated else _Kind.LABEL_OPTIONAL,
                type=_Kind.TYPE_MESSAGE if isinstance(kind, str) else kind,
                type_name=f".graphdef.{kind}" if isinstance(kind, str) else None,
            )
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    described_graph = pool.FindMessageTypeByName("graphdef.Graph")
    made: type[Any] = message_factory.GetMessageClass(described_graph)
    return made
