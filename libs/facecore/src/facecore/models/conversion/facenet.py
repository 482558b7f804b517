"""Convert InceptionResnetV1 from a frozen TensorFlow graph, node by node.

The graph is NHWC with weights HWIO. The ONNX model is NCHW with weights OIHW, the fastest layout of
ONNX Runtime on a CPU. Biases, constant factors and normalisations are folded into the weights of
the convolution or matrix product before them; each of these is written when another node uses it.

Source: the InceptionResnetV1 of davidsandberg/facenet, 20180402-114759 (VGGFace2). Szegedy et al.,
"Inception-v4, Inception-ResNet and the Impact of Residual Connections on Learning", 2016.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import onnx
from numpy.typing import NDArray

from facecore.errors import ModelCorrupt
from facecore.models.conversion.graph import GraphWriter
from facecore.models.conversion.graphdef import Node, read_graph

_CHANNELS = 3
"""The axis of the channels in NHWC."""


def build_facenet(data: bytes, *, input_size: int, dimension: int) -> onnx.ModelProto:
    """Build the ONNX model: image (N, 3, S, S) → embedding (N, D), unit length.

    The image is float32, RGB, ``(pixel - 127.5) / 128``.

    Raises:
        ModelCorrupt: the bytes are not such a graph.
    """
    translation = _Translation()
    for node in read_graph(data):
        translation.take(node)
    translation.writer.add("Identity", translation.tensor("embeddings"), name="embedding")
    return translation.writer.model(
        "facenet",
        {"image": ("batch", 3, input_size, input_size)},
        {"embedding": ("batch", dimension)},
    )


@dataclass(frozen=True, slots=True)
class _Linear:
    """A convolution or matrix product that is not written yet; its output axis is first."""

    source: str
    weight: NDArray[np.float32]
    bias: NDArray[np.float32]
    strides: tuple[int, ...] = ()
    padding: str = ""

    @property
    def is_product(self) -> bool:
        """Whether it is a matrix product with weights (out, in); else the weights are OIHW."""
        return not self.strides

    def plus(self, offset: NDArray[np.float32]) -> _Linear:
        """Return it with ``x + offset`` folded in, per output channel."""
        return replace(self, bias=self.bias + offset)

    def scaled(self, factor: NDArray[np.float32], offset: NDArray[np.float32]) -> _Linear:
        """Return it with ``factor * x + offset`` folded in, per output channel."""
        by_channel = np.broadcast_to(factor, self.bias.shape)
        weight = self.weight * by_channel.reshape(-1, *[1] * (self.weight.ndim - 1))
        return replace(self, weight=weight, bias=self.bias * by_channel + offset)


class _Translation:
    def __init__(self) -> None:
        self.writer = GraphWriter()
        self._constants: dict[str, NDArray[np.generic]] = {}
        self._linear: dict[str, _Linear] = {}
        self._tensors: dict[str, str] = {}
        self._handlers: dict[str, Callable[[Node], None]] = {
            "Placeholder": self._placeholder,
            "Const": self._const,
            "Conv2D": self._conv,
            "MatMul": self._matmul,
            "BiasAdd": self._bias,
            "Mul": self._mul,
            "FusedBatchNorm": self._batch_norm,
            "Reshape": self._reshape,
            "ConcatV2": self._concat,
            "MaxPool": self._pool,
            "AvgPool": self._pool,
            "Sum": self._sum,
            "Rsqrt": self._rsqrt,
            "Relu": lambda node: self._plain("Relu", node),
            "Add": lambda node: self._plain("Add", node),
            "Maximum": lambda node: self._plain("Max", node),
            "Square": self._square,
        }

    def take(self, node: Node) -> None:
        handler = self._handlers.get(node.op)
        if handler is None:
            raise ModelCorrupt(f"the frozen graph holds {node.op} ({node.name}), not expected here")
        try:
            handler(node)
        except (KeyError, IndexError, ValueError) as error:
            raise ModelCorrupt(f"the frozen graph's node {node.name} can't be read") from error

    def tensor(self, name: str) -> str:
        """Return the ONNX name of a node's output; write the node at its first use."""
        if name in self._constants and name not in self._tensors:
            self._tensors[name] = self.writer.weight(name, self._constants[name])
        if name in self._linear and name not in self._tensors:
            self._tensors[name] = self._write(name, self._linear[name])
        if name not in self._tensors:
            raise ModelCorrupt(f"the frozen graph lacks the node {name}")
        return self._tensors[name]

    def _write(self, name: str, linear: _Linear) -> str:
        weight = self.writer.weight(f"{name}.weight", linear.weight.astype(np.float32))
        bias = self.writer.weight(f"{name}.bias", linear.bias.astype(np.float32))
        if linear.is_product:
            return self.writer.add("Gemm", linear.source, weight, bias, name=name, transB=1)
        return self.writer.add(
            "Conv",
            linear.source,
            weight,
            bias,
            name=name,
            strides=linear.strides,
            **_pads(linear.weight.shape[2:], linear.strides, linear.padding),
        )

    def _floats(self, name: str) -> NDArray[np.float32]:
        return self._constants[name].astype(np.float32)

    def _placeholder(self, node: Node) -> None:
        self._tensors[node.name] = "image"

    def _const(self, node: Node) -> None:
        if node.value is not None:
            self._constants[node.name] = node.value

    def _conv(self, node: Node) -> None:
        weight = self._floats(node.inputs[1]).transpose(3, 2, 0, 1)
        self._linear[node.name] = _Linear(
            source=self.tensor(node.inputs[0]),
            weight=weight,
            bias=np.zeros(len(weight), np.float32),
            strides=node.strides[1:3],
            padding=node.padding,
        )

    def _matmul(self, node: Node) -> None:
        weight = self._floats(node.inputs[1]).T
        zeros = np.zeros(len(weight), np.float32)
        self._linear[node.name] = _Linear(self.tensor(node.inputs[0]), weight, zeros)

    def _bias(self, node: Node) -> None:
        product, bias = node.inputs
        self._linear[node.name] = self._linear[product].plus(self._floats(bias))

    def _mul(self, node: Node) -> None:
        factor, product = node.inputs
        if factor in self._constants:
            scale = self._floats(factor)
            self._linear[node.name] = self._linear[product].scaled(scale, np.zeros_like(scale))
        else:
            self._plain("Mul", node)

    def _batch_norm(self, node: Node) -> None:
        product, *constants = node.inputs
        gamma, beta, mean, variance = (self._floats(name) for name in constants)
        factor = gamma / np.sqrt(variance + np.float32(node.epsilon))
        self._linear[node.name] = self._linear[product].scaled(factor, beta - mean * factor)

    def _reshape(self, node: Node) -> None:
        """Flatten a 1 x 1 map.

        An (N, C) product is passed on unchanged: it is reshaped only for batch normalisation.
        """
        source = node.inputs[0]
        if source in self._linear and self._linear[source].is_product:
            self._linear[node.name] = self._linear[source]
        else:
            self._tensors[node.name] = self.writer.add(
                "Flatten", self.tensor(source), name=node.name
            )

    def _concat(self, node: Node) -> None:
        *sources, axis = node.inputs
        if int(self._constants[axis]) != _CHANNELS:
            raise ModelCorrupt(f"{node.name} concatenates along an axis other than the channels")
        names = [self.tensor(source) for source in sources]
        self._tensors[node.name] = self.writer.add("Concat", *names, name=node.name, axis=1)

    def _pool(self, node: Node) -> None:
        op = {"MaxPool": "MaxPool", "AvgPool": "AveragePool"}[node.op]
        window, strides = node.window[1:3], node.strides[1:3]
        self._tensors[node.name] = self.writer.add(
            op,
            self.tensor(node.inputs[0]),
            name=node.name,
            kernel_shape=window,
            strides=strides,
            **_pads(window, strides, node.padding),
        )

    def _sum(self, node: Node) -> None:
        source, axes = node.inputs
        axis = self.writer.weight(axes, self._constants[axes].astype(np.int64).reshape(-1))
        self._tensors[node.name] = self.writer.add(
            "ReduceSum", self.tensor(source), axis, name=node.name, keepdims=1
        )

    def _rsqrt(self, node: Node) -> None:
        root = self.writer.add("Sqrt", self.tensor(node.inputs[0]), name=f"{node.name}/root")
        self._tensors[node.name] = self.writer.add("Reciprocal", root, name=node.name)

    def _square(self, node: Node) -> None:
        source = self.tensor(node.inputs[0])
        self._tensors[node.name] = self.writer.add("Mul", source, source, name=node.name)

    def _plain(self, op: str, node: Node) -> None:
        names = [self.tensor(source) for source in node.inputs]
        self._tensors[node.name] = self.writer.add(op, *names, name=node.name)


def _pads(
    window: tuple[int, ...], strides: tuple[int, ...], padding: str
) -> dict[str, list[int] | str]:
    """Translate TensorFlow's padding.

    With a stride, SAME depends on the input's size and pads at the end.
    """
    if padding == "VALID":
        return {"pads": [0, 0, 0, 0]}
    if padding == "SAME" and set(strides) == {1} and all(side % 2 for side in window):
        return {"pads": [side // 2 for side in window] * 2}
    if padding == "SAME":
        return {"auto_pad": "SAME_UPPER"}
    raise ModelCorrupt(f"the frozen graph holds the padding {padding!r}, not SAME or VALID")
