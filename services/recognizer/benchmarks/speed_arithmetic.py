"""Part of ``speed``: the networks' operations for a frame, and this machine's speed for them.

Each output of a convolution or matrix product with K terms counts as 2 K operations. Nothing else
counts.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median

import numpy as np
import onnx

from facecore import models
from facecore.vision.align import align
from facecore.vision.backends.onnx_runtime import OnnxNetwork
from facecore.vision.detect import DetectorSettings, MtcnnDetector
from facecore.vision.embed import FaceEmbedder
from facecore.vision.image import decode
from facecore.vision.quality import RECOGNITION_GATE
from facecore.vision.tensors import Tensor
from libs.facecore.benchmarks.frames import everyday
from services.recognizer.benchmarks.speed_results import Arithmetic

_SIDE = 2048
_PRODUCTS = 12


class Counted:
    """A network that counts its operations."""

    def __init__(self, path: Path) -> None:
        self._network = OnnxNetwork(path, threads=1)
        self._path = path
        self._known: dict[tuple[int, ...], float] = {}
        self.gflop = 0.0

    def __call__(self, batch: Tensor, /) -> tuple[Tensor, ...]:
        """Run one batch; see ``Network``."""
        shape = batch.shape[1:]
        if shape not in self._known:
            self._known[shape] = _gflop(self._path, shape)
        self.gflop += len(batch) * self._known[shape]
        return self._network(batch)


def main(model: str, threads: int, answer_ms: float) -> None:
    """Print the arithmetic of a median answer. The environment sets NumPy's threads."""
    detector_gflop, embedder_gflop = _per_frame(model)
    product = max(_product_gflops() for _ in range(_PRODUCTS))
    floor_ms = (detector_gflop + embedder_gflop) / product * 1000
    found = Arithmetic(
        threads=threads,
        product_gflops=round(product, 1),
        detector_gflop=round(detector_gflop, 3),
        embedder_gflop=round(embedder_gflop, 3),
        floor_ms=round(floor_ms, 2),
        share=round(floor_ms / answer_ms, 3),
    )
    sys.stdout.write(found.model_dump_json())


def _per_frame(model: str) -> tuple[float, float]:
    """Return billions of operations for the median frame: the detector's, the embedder's."""
    mtcnn, files = models.ensure_detector(), models.ensure_embedder(model)
    stages = [Counted(path) for path in (mtcnn.pnet, mtcnn.rnet, mtcnn.onet)]
    network = Counted(files.onnx)
    pnet, rnet, onet = stages
    detector = MtcnnDetector(pnet, rnet, onet, DetectorSettings())
    embedder = FaceEmbedder(network, files.id)
    found: list[tuple[float, float]] = []
    for frame in everyday():
        before = sum(stage.gflop for stage in stages), network.gflop
        image = decode(frame.jpeg)
        for face in detector.detect(image):
            crop = align(image, face.box, face.landmarks, files.model.preprocessing)
            if RECOGNITION_GATE.judge(crop, face.box, face.landmarks).accepted:
                embedder.embed([crop])
        found.append((sum(stage.gflop for stage in stages) - before[0], network.gflop - before[1]))
    return median(one for one, _ in found), median(other for _, other in found)


def _gflop(path: Path, shape: Sequence[int]) -> float:
    """Return billions of operations for one input of this shape, without the batch."""
    model = onnx.load(path)
    for dimension, size in zip(
        model.graph.input[0].type.tensor_type.shape.dim, (1, *shape), strict=True
    ):
        dimension.dim_value = size
    del model.graph.output[0].type.tensor_type.shape.dim[:]
    graph = onnx.shape_inference.infer_shapes(model).graph
    weights = {weight.name: weight.dims for weight in graph.initializer}
    sizes = {
        value.name: [d.dim_value for d in value.type.tensor_type.shape.dim]
        for value in (*graph.value_info, *graph.output)
    }
    total = 0
    for node in graph.node:
        if node.op_type == "Conv":
            _, *window = weights[node.input[1]]
            total += 2 * int(np.prod(sizes[node.output[0]])) * int(np.prod(window))
        elif node.op_type in {"Gemm", "MatMul"}:
            total += 2 * int(np.prod(weights[node.input[1]]))
    return total / 1e9


def _product_gflops() -> float:
    one = np.ones((_SIDE, _SIDE), np.float32)
    started = time.perf_counter()
    _ = one @ one
    return 2 * _SIDE**3 / (time.perf_counter() - started) / 1e9


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]))
