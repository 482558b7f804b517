"""Measure how many labelled faces the detector finds.

    python research/detection_recall.py FOLDER [FRAMES]

``FOLDER`` is LFW's, deep-funneled: the labelled face is in the middle of each picture and two
fifths as wide. FRAMES (150) of 640 x 480 are tiled with each person's first picture, so that faces
are from 41 to 91 pixels wide. The results are in docs/performance.md.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from facecore import models
from facecore.contract import Box
from facecore.vision.backends.onnx_runtime import OnnxNetwork
from facecore.vision.detect import DetectorSettings, MtcnnDetector
from facecore.vision.image import RgbImage, decode

WIDTH, HEIGHT = 640, 480
SIDES = (107, 120, 140, 160, 200, 240)
"""Sides of the tiles in pixels; all tiles of a frame have the same."""
OFF_CENTRE, SMALLEST, LARGEST = 0.15, 0.25, 0.7
"""Limits of a face's box, as fractions of its tile's side."""


@dataclass(frozen=True, slots=True)
class Tile:
    """A picture's square in a frame, in pixels."""

    left: int
    top: int
    side: int

    def holds(self, box: Box) -> bool:
        """Return whether a box fits the tile's labelled face: in the middle and of its size."""
        half = self.side / 2
        across = box.x + box.width / 2 - self.left - half
        down = box.y + box.height / 2 - self.top - half
        centred = max(abs(across), abs(down)) < OFF_CENTRE * self.side
        return centred and SMALLEST < box.width / self.side < LARGEST


def main(folder: Path, frames: int = 150) -> None:
    """Print how many faces were found, and the CPU time of a frame."""
    mtcnn = models.ensure_detector()
    pnet, rnet, onet = (
        OnnxNetwork(path, threads=1) for path in (mtcnn.pnet, mtcnn.rnet, mtcnn.onet)
    )
    detector = MtcnnDetector(pnet, rnet, onet, DetectorSettings())
    shown = found = others = 0
    taken = 0.0
    for image, tiles in _frames(sorted(folder.glob("images/*/*_0001.jpg")), frames):
        started = time.process_time()
        boxes = [face.box for face in detector.detect(image)]
        taken += time.process_time() - started
        shown += len(tiles)
        found += sum(any(tile.holds(box) for box in boxes) for tile in tiles)
        others += sum(not any(tile.holds(box) for tile in tiles) for box in boxes)
    print(
        f"{found} of {shown} labelled faces found, and {others} others in the backgrounds; "
        f"{taken / frames * 1000:.1f} ms of CPU time per frame"
    )


def _frames(pictures: Sequence[Path], count: int) -> Iterator[tuple[RgbImage, list[Tile]]]:
    random = np.random.default_rng(5)
    order = iter(np.resize(random.permutation(len(pictures)), 100 * count).tolist())
    for _ in range(count):
        side = int(random.choice(SIDES))
        image = np.full((HEIGHT, WIDTH, 3), random.integers(60, 190), np.uint8)
        tiles = [
            Tile(left, top, side)
            for top in range(0, HEIGHT - side + 1, side)
            for left in range(0, WIDTH - side + 1, side)
        ]
        for tile in tiles:
            picture = decode(pictures[next(order)].read_bytes())
            image[tile.top : tile.top + side, tile.left : tile.left + side] = cv2.resize(
                picture, (side, side), interpolation=cv2.INTER_AREA
            )
        yield image, tiles


if __name__ == "__main__":
    main(Path(sys.argv[1]), *map(int, sys.argv[2:]))
