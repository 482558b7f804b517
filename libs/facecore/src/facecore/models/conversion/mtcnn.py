"""Build MTCNN's three networks from facenet-pytorch's checkpoints.

Architecture: Zhang et al., "Joint Face Detection and Alignment using Multi-task Cascaded
Convolutional Networks", 2016, with the layer names of facenet-pytorch 2.5.3. Every network takes
``image``: float32, NCHW, RGB, ``(pixel - 127.5) / 128``.

Two operations are folded into the weights: the difference d of the two logits "no face" and "face",
of which the softmax is 1 / (1 + exp(-d)); and the transposition before the first dense layer, a
legacy of Caffe, which is a reordering of that layer's columns.

The softmax is written out, because ONNX Runtime's Sigmoid is an approximation. Its error of 1e-7 is
enough to change the order of the best proposals, whose scores are all close to 1. The order decides
which proposals are suppressed, and so the edges of a face's box.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import onnx
from numpy.typing import NDArray

from facecore.models.conversion.graph import GraphWriter, Shape

Weights = Mapping[str, NDArray[np.float32]]


def build_pnet(weights: Weights) -> onnx.ModelProto:
    """Build P-Net: image (N, 3, H, W) → score (N, H', W'), offsets (N, 4, H', W').

    H' is ceil((H - 2) / 2) - 4, and W' likewise; H and W are at least 12.
    """
    net = _Net(weights)
    net.conv("1").pool(2).conv("2").conv("3")
    net.score(net.head_conv("conv4_1", _face(weights, "conv4_1")))
    net.head_conv("offsets", (weights["conv4_2.weight"], weights["conv4_2.bias"]))
    cells: Shape = ("rows", "columns")
    return net.writer.model(
        "pnet",
        {"image": ("batch", 3, "height", "width")},
        {"score": ("batch", *cells), "offsets": ("batch", 4, *cells)},
    )


def build_rnet(weights: Weights) -> onnx.ModelProto:
    """Build R-Net: image (N, 3, 24, 24) → score (N,), offsets (N, 4)."""
    net = _Net(weights)
    net.conv("1").pool(3).conv("2").pool(3).conv("3").dense("4", side=3)
    net.dense_score("dense5_1").head("offsets", "dense5_2")
    return net.writer.model(
        "rnet",
        {"image": ("batch", 3, 24, 24)},
        {"score": ("batch",), "offsets": ("batch", 4)},
    )


def build_onet(weights: Weights) -> onnx.ModelProto:
    """Build O-Net: image (N, 3, 48, 48) → score (N,), offsets (N, 4), landmarks (N, 10).

    Landmarks are five x, then five y, as fractions of the box.
    """
    net = _Net(weights)
    net.conv("1").pool(3).conv("2").pool(3).conv("3").pool(2).conv("4").dense("5", side=3)
    net.dense_score("dense6_1").head("offsets", "dense6_2").head("landmarks", "dense6_3")
    return net.writer.model(
        "onet",
        {"image": ("batch", 3, 48, 48)},
        {"score": ("batch",), "offsets": ("batch", 4), "landmarks": ("batch", 10)},
    )


Layer = tuple[NDArray[np.float32], NDArray[np.float32]]


class _Net:
    """A sequence of layers; ``last`` is the name of the next layer's input."""

    def __init__(self, weights: Weights) -> None:
        self.writer = GraphWriter()
        self.weights = weights
        self.last = "image"

    def conv(self, number: str) -> _Net:
        layer = (self.weights[f"conv{number}.weight"], self.weights[f"conv{number}.bias"])
        self.last = self.head_conv(f"conv{number}", layer)
        return self._prelu(number, (-1, 1, 1))

    def pool(self, size: int) -> _Net:
        self.last = self.writer.add(
            "MaxPool",
            self.last,
            name=f"{self.last}_pool",
            kernel_shape=[size, size],
            strides=[2, 2],
            ceil_mode=1,
        )
        return self

    def dense(self, number: str, *, side: int) -> _Net:
        """Add the first dense layer; reorder its columns from (x, y, channel) to NCHW."""
        weight, bias = self._layer(f"dense{number}")
        columns = weight.reshape(len(weight), side, side, -1).transpose(0, 3, 2, 1)
        self.last = self.writer.add("Flatten", self.last, name="flat")
        self.last = self._gemm(f"dense{number}", (columns.reshape(weight.shape), bias))
        return self._prelu(number, (-1,))

    def dense_score(self, layer: str) -> _Net:
        self.score(self._gemm(layer, _face(self.weights, layer)))
        return self

    def score(self, logit: str) -> None:
        axis = self.writer.weight("face_axis", np.array([1], np.int64))
        flat = self.writer.add("Squeeze", logit, axis, name="logit")
        one = self.writer.weight("one", np.array(1, np.float32))
        odds = self.writer.add("Exp", self.writer.add("Neg", flat, name="minus"), name="odds")
        total = self.writer.add("Add", one, odds, name="total")
        self.writer.add("Div", one, total, name="score")

    def head(self, name: str, layer: str) -> _Net:
        self._gemm(name, self._layer(layer))
        return self

    def head_conv(self, name: str, layer: Layer) -> str:
        return self.writer.add("Conv", self.last, *self._constants(name, layer), name=name)

    def _gemm(self, name: str, layer: Layer) -> str:
        constants = self._constants(name, layer)
        return self.writer.add("Gemm", self.last, *constants, name=name, transB=1)

    def _constants(self, name: str, layer: Layer) -> tuple[str, str]:
        weight, bias = layer
        return (
            self.writer.weight(f"{name}.weight", weight),
            self.writer.weight(f"{name}.bias", bias),
        )

    def _layer(self, name: str) -> Layer:
        return self.weights[f"{name}.weight"], self.weights[f"{name}.bias"]

    def _prelu(self, number: str, shape: tuple[int, ...]) -> _Net:
        slope = self.weights[f"prelu{number}.weight"].reshape(shape)
        constant = self.writer.weight(f"prelu{number}.weight", slope)
        self.last = self.writer.add("PRelu", self.last, constant, name=f"prelu{number}")
        return self


def _face(weights: Weights, layer: str) -> Layer:
    """Return one row of weights for "face": softmax(no, yes)[yes] = sigmoid(yes - no)."""
    weight, bias = weights[f"{layer}.weight"], weights[f"{layer}.bias"]
    return weight[1:] - weight[:1], bias[1:] - bias[:1]
