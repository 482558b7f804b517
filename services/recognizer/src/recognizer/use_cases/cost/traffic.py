"""How much is filmed and asked in a month of thirty days."""

from __future__ import annotations

from dataclasses import dataclass

DAYS = 30
_HOUR_S = 3600
_REPORT_EVERY_S = 60
"""The recorder's default."""


@dataclass(frozen=True, slots=True)
class Traffic:
    """What the devices do, all alike.

    Attributes:
        pictures_per_hour: that one device sends while it films.
        visits_per_hour: that one device sees; where it asks whoever is there, a minute is one.
        tracks_per_hour: visits of which it tells the way; none where it asks whoever is there.
        faces_per_picture: known faces in a picture, on average.
        segment_s: length of one video segment.
        segment_mb: its size in megabytes of 1,000,000 bytes; 0 when no video is kept.
        sighting_days, crop_days, video_days: how long sightings, crops and video are kept.
    """

    devices: int
    hours_per_day: float
    pictures_per_hour: float
    visits_per_hour: float
    tracks_per_hour: float
    faces_per_picture: float
    segment_s: float
    segment_mb: float
    sighting_days: int
    crop_days: int
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
    def reports(self) -> float:
        """Of how the devices fare, while they film."""
        return self.seconds / _REPORT_EVERY_S

    @property
    def video_gb(self) -> float:
        """In the bucket, once the oldest are removed as fast as new ones come."""
        return self.segments * self.segment_mb / 1000 * self.video_days / DAYS

    @property
    def sightings(self) -> float:
        """In the table, likewise, when every face counted is a match."""
        return self.pictures * self.faces_per_picture * self.sighting_days / DAYS

    @property
    def tracks(self) -> float:
        """Told, once each; a visit of more than two minutes is told more often."""
        return self.seconds / _HOUR_S * self.tracks_per_hour

    @property
    def tracks_kept(self) -> float:
        """In the table, as long as sightings."""
        return self.tracks * self.sighting_days / DAYS

    @property
    def crops(self) -> float:
        """Written: one a face and visit, unless none are kept."""
        visits = self.seconds / _HOUR_S * self.visits_per_hour
        return visits * self.faces_per_picture if self.crop_days else 0.0

    @property
    def crops_kept(self) -> float:
        """In the table, as long as they are kept."""
        return self.crops * min(self.crop_days, self.sighting_days) / DAYS
