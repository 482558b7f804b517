"""Compare alternatives that might make recognition faster. The results are in docs/performance.md.

    python research/inference_speed.py

The alternatives run in turns, so that other load on the machine affects all alike. Times are in
milliseconds: the median of wall clock and of CPU time, and the least of wall clock.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

import cv2
import numpy as np
import onnx
from onnx import helper, version_converter

sys.path.insert(0, str(Path(__file__).parents[1]))

from facecore import models
from facecore.vision.analyzer import FaceAnalyzer, load_analyzer
from facecore.vision.backends.onnx_runtime import ort
from facecore.vision.detect import MIN_FACE_PX
from facecore.vision.image import RgbImage, decode
from facecore.vision.tensors import IntegralImage, Tensor, to_tensor
from libs.facecore.benchmarks.frames import crowded, everyday

# isort: split
# After facecore, which has disabled the telemetry of ONNX Runtime.
from onnxruntime.quantization import (  # noqa: TID251 - facecore exports the runtime only
    CalibrationDataReader,
    QuantType,
    quantize_static,
)

Alternatives = Mapping[str, Callable[[], object]]
_TURNS = int(os.environ.get("TURNS", "40"))
_WINDOW = 12
_NO_SPINNING = {"session.intra_op.allow_spinning": "0"}
_SPINNING = {"session.intra_op.allow_spinning": "1", "session.force_spinning_stop": "1"}


def main() -> None:
    """Run every trial."""
    mtcnn, sface = models.ensure_detector(), models.ensure_embedder("sface").onnx
    facenet = models.ensure_embedder("facenet-vggface2").onnx
    analyzer = load_analyzer("sface", threads=1)
    crops = _crops(analyzer)
    face = to_tensor(crops[:1])
    for name, path, batch in (
        ("SFace, one face", sface, face),
        ("P-Net, the largest level of 640x480", mtcnn.pnet, _noise(1, 145, 193)),
        ("R-Net, 32 crops", mtcnn.rnet, _noise(32, 24, 24)),
        ("O-Net, 8 crops", mtcnn.onet, _noise(8, 48, 48)),
    ):
        published = _with_prelu(onnx.load(path)).SerializeToString()
        _compare(
            f"PReLU: {name}",
            {"as published": _run(published, batch), "as sums and products": _run(path, batch)},
        )
    for name, path, side in (("SFace", sface, 112), ("FaceNet", facenet, 160)):
        _compare(f"{name}, eight faces by batches of", dict(_batches(path, _noise(8, side, side))))
        _compare(
            f"{name}: threads, spinning and arena", dict(_options(path, _noise(1, side, side)))
        )
    _compare("Load SFace", dict(_loads(sface)))
    _sizes()
    _quantized(sface, crops)


def _sizes() -> None:
    for width, height in ((640, 480), (1920, 1080)):
        image = decode(everyday(width, height)[0].jpeg)
        alternatives: Alternatives = {
            "each level by cv2.resize": partial(_by_resizing, image),
            "one integral image": partial(_by_sums, image),
        }
        _compare(f"A pyramid of {width}x{height}", alternatives)


def _by_resizing(image: RgbImage) -> list[Tensor]:
    levels = (cv2.resize(image, size, interpolation=cv2.INTER_AREA) for size in _levels(image))
    return [to_tensor([np.asarray(level, np.uint8)]) for level in levels]


def _by_sums(image: RgbImage) -> list[Tensor]:
    sums = IntegralImage(image)
    return [sums.resized(*size) for size in _levels(image)]


def _levels(image: RgbImage) -> Iterator[tuple[int, int]]:
    height, width = image.shape[:2]
    scale = _WINDOW / MIN_FACE_PX
    while min(height, width) * scale >= _WINDOW:
        yield int(width * scale + 1), int(height * scale + 1)
        scale *= 0.709


def _batches(path: Path, faces: Tensor) -> Iterator[tuple[str, Callable[[], object]]]:
    session = _session(path)
    for size in (1, 2, 4, 8):
        parts = [faces[start : start + size] for start in range(0, len(faces), size)]
        yield f"{size}", partial(_each, session, parts)


def _each(session: ort.InferenceSession, parts: Sequence[Tensor]) -> None:
    for part in parts:
        session.run(None, {"image": part})


def _options(path: Path, batch: Tensor) -> Iterator[tuple[str, Callable[[], object]]]:
    yield "one thread", _run(path, batch)
    yield "one thread, arena", _run(path, batch, arena=True)
    yield "two threads", _run(path, batch, threads=2)
    yield "two threads that spin", _run(path, batch, threads=2, entries=_SPINNING)


def _loads(path: Path) -> Iterator[tuple[str, Callable[[], object]]]:
    with tempfile.TemporaryDirectory() as name:
        saved = Path(name) / "optimised.onnx"
        options = ort.SessionOptions()
        options.optimized_model_filepath, options.log_severity_level = str(saved), 3
        ort.InferenceSession(path, options, providers=["CPUExecutionProvider"])
        content = saved.read_bytes()
    none = ort.GraphOptimizationLevel.ORT_DISABLE_ALL
    yield "as it is", lambda: _session(path)
    yield "optimised before", lambda: _session(content, level=none)


def _quantized(path: Path, crops: Sequence[RgbImage]) -> None:
    known, other = crops[::2], crops[1::2]
    alternatives: dict[str, Callable[[], object]] = {"float32": _run(path, to_tensor(other[:1]))}
    with tempfile.TemporaryDirectory() as name:
        plain, small = Path(name) / "plain.onnx", Path(name) / "int8.onnx"
        onnx.save(version_converter.convert_version(onnx.load(path), 17), plain)
        quantize_static(plain, small, _Calibration(known), per_channel=True,
                        weight_type=QuantType.QInt8)  # fmt: skip
        content = small.read_bytes()
    alternatives["int8"] = _run(content, to_tensor(other[:1]))
    _compare("SFace quantised", alternatives)
    int8, float32 = (_unit(_session(model), other) for model in (content, path))
    print(f"  least cosine between the two: {float(np.sum(int8 * float32, axis=1).min()):.4f}")


class _Calibration(CalibrationDataReader):  # type: ignore[misc] # onnxruntime has no types
    def __init__(self, crops: Sequence[RgbImage]) -> None:
        self._left = iter(crops)

    def get_next(self) -> dict[str, Tensor] | None:
        crop = next(self._left, None)
        return None if crop is None else {"image": to_tensor([crop])}


def _unit(session: ort.InferenceSession, crops: Sequence[RgbImage]) -> Tensor:
    vectors = np.vstack([session.run(None, {"image": to_tensor([crop])})[0] for crop in crops])
    unit: Tensor = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return unit


def _crops(analyzer: FaceAnalyzer) -> list[RgbImage]:
    frames = [*everyday(), *crowded()]
    return [face.crop for frame in frames for face in analyzer.analyze(frame.jpeg).faces]


def _noise(count: int, height: int, width: int) -> Tensor:
    random = np.random.default_rng(0)
    return random.uniform(-1, 1, (count, 3, height, width)).astype(np.float32)


def _with_prelu(model: onnx.ModelProto) -> onnx.ModelProto:
    """Return the model as it was before ``conversion.graph`` expanded its PReLU nodes."""
    made = {node.output[0]: node for node in model.graph.node}
    nodes = []
    for node in model.graph.node:
        if node.op_type == "Add" and node.input[0].endswith("_sloped"):
            sloped = made[node.input[0]]
            nodes.append(helper.make_node("PRelu", list(sloped.input), list(node.output)))
        elif not node.output[0].endswith(("_relu", "_above", "_sloped")):
            nodes.append(node)
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    return model


def _run(
    model: Path | bytes,
    batch: Tensor,
    *,
    threads: int = 1,
    arena: bool = False,
    entries: Mapping[str, str] = _NO_SPINNING,
) -> Callable[[], object]:
    session = _session(model, threads=threads, arena=arena, entries=entries)
    return lambda: session.run(None, {"image": batch})


def _session(
    model: Path | bytes,
    *,
    threads: int = 1,
    arena: bool = False,
    entries: Mapping[str, str] = _NO_SPINNING,
    level: ort.GraphOptimizationLevel = ort.GraphOptimizationLevel.ORT_ENABLE_ALL,
) -> ort.InferenceSession:
    options = ort.SessionOptions()
    options.intra_op_num_threads, options.enable_cpu_mem_arena = threads, arena
    options.graph_optimization_level, options.log_severity_level = level, 3
    for name, value in entries.items():
        options.add_session_config_entry(name, value)
    return ort.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def _compare(title: str, alternatives: Alternatives) -> None:
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in alternatives}
    for turn in range(_TURNS + 2):
        for name, run in alternatives.items():
            cpu, wall = time.process_time(), time.perf_counter()
            run()
            now = time.perf_counter() - wall, time.process_time() - cpu
            if turn > 1:  # the first two warm up
                taken[name].append(now)
    print(title)
    for name, times in taken.items():
        wall, cpu = (statistics.median(column) * 1000 for column in zip(*times, strict=True))
        least = min(one for one, _ in times) * 1000
        print(f"  {name:28} wall {wall:8.2f}  CPU {cpu:8.2f}  least wall {least:8.2f}")


if __name__ == "__main__":
    main()
