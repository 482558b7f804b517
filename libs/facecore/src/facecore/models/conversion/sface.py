"""SFace, which is ONNX already: made to take what every network of this project takes.

The published file wants one face at a time, and maps 0..255 to (v - 127.5) / 128 itself. Here the
batch is free and the image comes mapped, as ``tensors.to_tensor`` makes it; so the two nodes that
map are dropped. (OpenCV's FaceRecognizerSF takes BGR, and swaps it: the network sees RGB.)

Source: OpenCV Zoo's ``face_recognition_sface_2021dec``. Zhong et al., "SFace: Sigmoid-Constrained
Hypersphere Loss for Robust Face Recognition", IEEE Transactions on Image Processing 30 (2021).
"""

from __future__ import annotations

import onnx
from google.protobuf.message import DecodeError

from facecore.errors import ModelCorrupt

_FIRST = ["Sub", "Mul", "Conv"]
"""What the published graph starts with; the first two map the pixels' values."""


def build_sface(data: bytes, *, input_size: int, dimension: int) -> onnx.ModelProto:
    """Build the ONNX model: image (N, 3, S, S) → embedding (N, D), of any length.

    The image is float32, RGB, ``(pixel - 127.5) / 128``.

    Raises:
        ModelCorrupt: the bytes are no such graph.

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
    """Leave out what does nothing when a network is used."""
    dropped = {node.output[0]: node.input[0] for node in graph.node if node.op_type == "Dropout"}
    kept = [node for node in graph.node if node.op_type != "Dropout"]
    for node in kept:
        for place, name in enumerate(node.input):
            node.input[place] = dropped.get(name, name)
    del graph.node[:]
    graph.node.extend(kept)


def _name_ends(graph: onnx.GraphProto, input_size: int, dimension: int) -> None:
    """Name input and output, and make every weight a constant, so that the runtime folds it."""
    used = {name for node in graph.node for name in node.input}
    constants = [weight for weight in graph.initializer if weight.name in used]
    del graph.initializer[:], graph.input[:], graph.output[:]
    graph.initializer.extend(constants)
    graph.node[-1].output[0] = "embedding"
    graph.input.append(_value("image", "batch", 3, input_size, input_size))
    graph.output.append(_value("embedding", "batch", dimension))


def _value(name: str, *shape: str | int) -> onnx.ValueInfoProto:
    return onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, list(shape))
