"""Adapt SFace, which is published as ONNX, to the input that all networks here share.

The published model takes one face at a time and maps 0..255 to (v - 127.5) / 128 itself. Here the
batch size is free and ``tensors.to_tensor`` has already mapped the image, so the two mapping nodes
are dropped. (OpenCV's FaceRecognizerSF takes BGR and swaps it: the network's input is RGB.)

Source: OpenCV Zoo's ``face_recognition_sface_2021dec``. Zhong et al., "SFace: Sigmoid-Constrained
Hypersphere Loss for Robust Face Recognition", IEEE Transactions on Image Processing 30 (2021).
"""

from __future__ import annotations

import onnx
from google.protobuf.message import DecodeError

from facecore.errors import ModelCorrupt

_FIRST = ["Sub", "Mul", "Conv"]
"""The first nodes of the published graph; the first two map the pixel values."""


def build_sface(data: bytes, *, input_size: int, dimension: int) -> onnx.ModelProto:
    """Build the ONNX model: image (N, 3, S, S) → embedding (N, D), of any length.

    The image is float32, RGB, ``(pixel - 127.5) / 128``.

    Raises:
        ModelCorrupt: the bytes are not such a graph.

    """
    try:
        model = onnx.load_model_from_string(data)
    except DecodeError as error:
        raise ModelCorrupt("the SFace file can't be parsed") from error
    if [node.op_type for node in model.graph.node[:3]] != _FIRST:
        raise ModelCorrupt("the SFace file does not start with the nodes that map the pixels")
    _take_mapped(model.graph)
    _drop_dropout(model.graph)
    _name_ends(model.graph, input_size, dimension)
    return model


def _take_mapped(graph: onnx.GraphProto) -> None:
    graph.node[2].input[0] = "image"
    del graph.node[:2]


def _drop_dropout(graph: onnx.GraphProto) -> None:
    """Remove the dropout nodes, which do nothing in inference."""
    dropped = {node.output[0]: node.input[0] for node in graph.node if node.op_type == "Dropout"}
    kept = [node for node in graph.node if node.op_type != "Dropout"]
    for node in kept:
        for index, name in enumerate(node.input):
            node.input[index] = dropped.get(name, name)
    del graph.node[:]
    graph.node.extend(kept)


def _name_ends(graph: onnx.GraphProto, input_size: int, dimension: int) -> None:
    """Name input and output; make every weight a constant, so that the runtime can fold it."""
    used = {name for node in graph.node for name in node.input}
    constants = [weight for weight in graph.initializer if weight.name in used]
    del graph.initializer[:], graph.input[:], graph.output[:]
    graph.initializer.extend(constants)
    graph.node[-1].output[0] = "embedding"
    graph.input.append(_value("image", "batch", 3, input_size, input_size))
    graph.output.append(_value("embedding", "batch", dimension))


def _value(name: str, *shape: str | int) -> onnx.ValueInfoProto:
    return onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, list(shape))
