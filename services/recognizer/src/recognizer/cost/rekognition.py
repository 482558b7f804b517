"""What the same pictures cost with Amazon Rekognition, for comparison."""

from __future__ import annotations

from recognizer.cost.prices import REKOGNITION_SEARCH
from recognizer.cost.traffic import Traffic


def search_usd(traffic: Traffic) -> float:
    """USD a month for one SearchFacesByImage a picture, which looks at its largest face alone.

    Faces stored, sightings, video and the way there are not in it.
    https://docs.aws.amazon.com/rekognition/latest/APIReference/API_SearchFacesByImage.html
    """
    return REKOGNITION_SEARCH.of(traffic.pictures)
