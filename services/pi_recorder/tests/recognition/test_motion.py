"""The motion gate: it ignores noise and light, and reports a person."""

from __future__ import annotations

import av
import numpy as np

from pi_recorder.capture.cameras.demo import demo_clip
from pi_recorder.recognition.motion import MotionGate
from services.pi_recorder.tests.recognition.people import moment

_NOISE = [np.random.default_rng(n).normal(0, 3, (480, 640, 3)).astype("f4") for n in range(16)]


def room(noise: int, light: int = 0, person: slice | None = None) -> av.VideoFrame:
    pixels = 120 + light + _NOISE[noise % len(_NOISE)]
    if person:
        pixels[100:400, person] = 60
    return av.VideoFrame.from_ndarray(pixels.clip(0, 255).astype(np.uint8), format="rgb24")


def gate() -> MotionGate:
    motion = MotionGate(level=12, area=0.002)
    assert motion.passes(room(0), moment(0)), "nothing is known before the first frame"
    return motion


def test_noise_and_a_lamp_are_no_motion() -> None:
    motion = gate()
    assert not any(motion.passes(room(n), moment(n / 10)) for n in range(1, 30))
    assert not motion.passes(room(30, light=60), moment(3.0))


def test_a_person_is_motion_and_what_stays_becomes_background() -> None:
    motion = gate()
    assert motion.passes(room(1, person=slice(0, 90)), moment(0.1))
    still = [motion.passes(room(n, person=slice(200, 290)), moment(n / 10)) for n in range(2, 600)]
    assert all(still[:50])
    assert not any(still[-50:])


def test_without_an_area_every_frame_passes() -> None:
    motion = MotionGate(level=12, area=0)
    assert all(motion.passes(room(0), moment(n)) for n in range(5))


def test_in_the_demo_frames_pass_only_once_somebody_moves() -> None:
    motion = MotionGate(level=12, area=0.002)
    with av.open(demo_clip()) as container:
        passed = [
            motion.passes(picture, moment(number / 15))
            for number, picture in enumerate(container.decode(video=0))
        ]
    assert not any(passed[1:6])  # the first visitor comes at 0.4 s
    assert all(passed[13:60])
