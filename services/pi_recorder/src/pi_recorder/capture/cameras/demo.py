"""The demo clip, as a file and as a camera: cut-out portraits move between a wall and a counter.

It is rendered once on this machine, from public-domain pictures, into the user's cache.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from facecore import cache, samples
from facecore.cache import Progress, Step, silent
from pi_recorder.capture.cameras.demo_scene import (
    FRAME_COUNT,
    FRAMES_PER_SECOND,
    HEIGHT,
    VISITS,
    WIDTH,
    Portrait,
    Pose,
    pose,
)
from pi_recorder.capture.cameras.file import FileCamera
from pi_recorder.clock import Timeline
from pi_recorder.settings.values import Pace

_HEAD_PX = 190
"""Head width of a cut-out, which is the largest width shown."""
_ABOVE_PX = 2 * _HEAD_PX
"""Distance from a cut-out's top to the head's middle."""
_FOCAL = 1100.0
_COUNTER_TOP = 408
_GREY = 16


def draw_frames(pictures: Mapping[str, Path]) -> Iterator[Image.Image]:
    """Yield the clip's frames, RGB, 640 x 480; the same pictures always give the same frames.

    Args:
        pictures: the files of the samples that ``demo_scene`` names.
    """
    cutouts = {visit.portrait: _cut_out(visit.portrait, pictures) for visit in VISITS}
    wall, counter, grain = _wall(), _counter(), _grain()
    for number in range(FRAME_COUNT):
        picture = wall.copy()
        for visit in VISITS:
            if at := pose(visit, number / FRAMES_PER_SECOND):
                _paste(picture, cutouts[visit.portrait], at)
        picture.paste(counter, (0, _COUNTER_TOP))
        yield ImageChops.add(picture, grain[number % len(grain)], offset=-_GREY)


def _wall() -> Image.Image:
    """Return the picture of a wall with light from the upper left."""
    rows, columns = np.mgrid[0:HEIGHT, 0:WIDTH]
    shade = 208 - 40 * rows / HEIGHT - 30 * columns / WIDTH
    colour = np.stack([shade, shade * 0.985, shade * 0.94], axis=-1)
    return Image.fromarray(colour.astype(np.uint8))


def _counter() -> Image.Image:
    """Return the picture of the counter; it hides the lower ends of the portraits."""
    shade = np.linspace(120, 60, HEIGHT - _COUNTER_TOP)[:, None, None]
    colour = shade * np.array([1.0, 0.78, 0.58])
    return Image.fromarray(np.repeat(colour, WIDTH, axis=1).astype(np.uint8))


def _grain() -> list[Image.Image]:
    """Return pictures of sensor noise around ``_GREY``, to be used in turn."""
    random = np.random.default_rng(seed=20)
    noise = (random.normal(_GREY, 1.2, (HEIGHT, WIDTH)).round() for _ in range(8))
    return [Image.fromarray(np.clip(n, 0, 255).astype(np.uint8)).convert("RGB") for n in noise]


def _cut_out(portrait: Portrait, pictures: Mapping[str, Path]) -> Image.Image:
    """Cut a person out as RGBA with soft edges; the head's middle is the middle column."""
    x, y, width, height = portrait.head
    scale = _HEAD_PX / width
    left, top = x - 2 * width, y - _ABOVE_PX / scale
    size = 4 * _HEAD_PX, round((portrait.bottom - top) * scale)
    box = round(left), round(top), round(left + 4 * width), portrait.bottom
    with Image.open(pictures[portrait.sample]) as picture:
        person = picture.convert("RGB").crop(box).resize(size, Image.Resampling.LANCZOS)
        columns = -left * scale, (picture.width - left) * scale
    person.putalpha(_silhouette(size, height * scale, columns))
    return person


def _silhouette(
    size: tuple[int, int], head_height: float, columns: tuple[float, float]
) -> Image.Image:
    """Return a mask of head and shoulders with a soft edge, limited to ``columns``."""
    mask = Image.new("L", size, 0)
    draw = ImageDraw.Draw(mask)
    middle, chin = size[0] / 2, _ABOVE_PX + head_height / 2
    head, shoulder, edge = _HEAD_PX / 2, 1.1 * _HEAD_PX, 0.06 * _HEAD_PX
    top, bottom = chin - 0.1 * _HEAD_PX, chin + 1.1 * _HEAD_PX
    draw.ellipse((middle - head, chin - head_height, middle + head, chin), fill=255)
    draw.ellipse((middle - shoulder, top, middle + shoulder, bottom), fill=255)
    draw.rectangle((middle - shoulder, (top + bottom) / 2, middle + shoulder, size[1]), fill=255)
    draw.rectangle((0, 0, max(0, columns[0] + edge), size[1]), fill=0)
    draw.rectangle((min(size[0], columns[1] - edge), 0, size[0], size[1]), fill=0)
    return mask.filter(ImageFilter.GaussianBlur(edge / 2))


def _paste(picture: Image.Image, cutout: Image.Image, at: Pose) -> None:
    """Draw the cut-out as the camera sees it, down to the counter."""
    left = max(0, round(at.x - 1.4 * at.head_width))
    right = min(WIDTH, round(at.x + 1.4 * at.head_width))
    if left >= right:
        return
    person = cutout.transform(
        (right - left, _COUNTER_TOP),
        Image.Transform.PERSPECTIVE,
        _coefficients(cutout.width, at, left),
        Image.Resampling.BILINEAR,
    )
    picture.paste(person, (left, 0), mask=person)


def _coefficients(width: int, at: Pose, left: int) -> tuple[float, ...]:
    """Return Pillow's coefficients from the picture, from column ``left`` on, to the cut-out."""
    to_middle = np.array([[1, 0, -width / 2], [0, 1, -_ABOVE_PX], [0, 0, 1]])
    turned = np.array([[np.cos(at.yaw), 0, 0], [0, 1, 0], [np.sin(at.yaw) / _FOCAL, 0, 1]])
    scale = at.head_width / _HEAD_PX
    cosine, sine = scale * np.cos(at.roll), scale * np.sin(at.roll)
    into_place = np.array([[cosine, -sine, at.x - left], [sine, cosine, at.y], [0, 0, 1]])
    back = np.linalg.inv(into_place @ turned @ to_middle)
    return tuple((back / back[2, 2]).flatten()[:8].tolist())


VERSION = "1"
"""Increase it with every change of the clip."""

_FILE = "demo.mp4"
_NAME = "demo clip"


def demo_camera(
    *,
    pace: Pace = Pace.OWN,
    loop: bool = False,
    timeline: Timeline | None = None,
    progress: Progress = silent,
) -> FileCamera:
    """Return a camera that plays the demo clip, rendered first if needed. Raises ``ModelError``."""
    return FileCamera(demo_clip(progress), pace=pace, loop=loop, timeline=timeline)


def demo_clip(progress: Progress = silent) -> Path:
    """Return the clip's path; render it first if needed.

    It is H.264, 640 x 480, 15 frames a second, 25 seconds.

    Args:
        progress: called while pictures are fetched, then while frames are drawn (``building``).

    Raises:
        ModelError: a picture could not be fetched, or the cache can't be written.
    """

    def render(made: Path, _work: Path) -> None:
        write_demo_clip(made / _FILE, progress)

    folder = cache.Folder(cache.home() / "demo-clip", VERSION, (_FILE,), render)
    return cache.ensure(folder, lambda: progress(Step(_NAME, "waiting"))) / _FILE


def write_demo_clip(path: Path, progress: Progress = silent) -> None:
    """Render the clip into a new file in a few seconds. Raises ``ModelError``."""
    names = {visit.portrait.sample for visit in VISITS}
    pictures = {name: samples.path(name, progress=progress) for name in sorted(names)}
    with av.open(path, "w", format="mp4", options={"movflags": "+faststart"}) as container:
        stream = container.add_stream("libx264", rate=FRAMES_PER_SECOND)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        stream.options = {"preset": "veryfast", "crf": "20"}
        for number, picture in enumerate(draw_frames(pictures)):
            frame = av.VideoFrame.from_ndarray(np.asarray(picture), format="rgb24")
            frame.pts, frame.time_base = number, Fraction(1, FRAMES_PER_SECOND)
            container.mux(stream.encode(frame))
            progress(Step(_NAME, "building", number + 1, FRAME_COUNT))
        container.mux(stream.encode())
    progress(Step(_NAME, "ready"))
