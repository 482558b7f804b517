"""How much is filmed and asked in a month of thirty days."""

from __future__ import annotations

from dataclasses import dataclass

DAYS = 30
_HOUR_S = 3600


@dataclass(frozen=True, slots=True)
class Traffic:
    """What the devices do, all alike.

    Attributes:
        pictures_per_hour: that one device sends while it films.
        faces_per_picture: known faces in a picture, on average.
        segment_s: length of one video segment.
        segment_mb: its size in megabytes of 1,000,000 bytes; 0 when no video is kept.
        sighting_days, video_days: how long these are kept.
    """

    devices: int
    hours_per_day: float
    pictures_per_hour: float
    faces_per_picture: float
    segment_s: float
    segment_mb: float
    sighting_days: int
    video_days: int

    @property
    def seconds(self) -> float:
        """Of filming, by all devices."""
        return self.devices * self.hours_per_day * DAYS * _HOUR_S

    @property
    def pictures(self) -> float:
        """Sent for recognition."""
        return self.seconds / _HOUR_S * self.pictures_per_hour

    @property
    def segments(self) -> float:
        """Uploaded."""
        return self.seconds / self.segment_s if self.segment_mb else 0.0

    @property
    def video_gb(self) -> float:
        """In the bucket, once the oldest are removed as fast as new ones come."""
        return self.segments * self.segment_mb / 1000 * self.video_days / DAYS

    @property
    def sightings(self) -> float:
        """In the table, likewise, when every face counted is a match."""
        return self.pictures * self.faces_per_picture * self.sighting_days / DAYS
