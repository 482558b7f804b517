"""What can be chosen about recognition."""

from __future__ import annotations

from enum import StrEnum


class RecognitionMode(StrEnum):
    """When it is asked who is there."""

    TRACK = "track"
    """A few times a visit: faces are followed, and asked about when it is worth it."""
    INTERVAL = "interval"
    """Every so often, whoever is there or not."""
    OFF = "off"
    """Never; video is recorded all the same."""


class FaceGate(StrEnum):
    """Who finds the faces that are followed."""

    DEVICE = "device"
    """This device, with facecore's vision extra; nothing is asked before there is a face."""
    RECOGNIZER = "recognizer"
    """The recognizer, in its answers; it is asked when something moves."""


class Send(StrEnum):
    """What a question holds."""

    FRAME = "frame"
    """The whole frame, as a JPEG."""
    CROPS = "crops"
    """The faces alone, each as a PNG; the recognizer need not find them again."""
