"""Traffic of a month of thirty days: how much is filmed and recognised."""

from __future__ import annotations

from dataclasses import dataclass

DAYS = 30
_HOUR_S = 3600
_REPORT_EVERY_S = 60
"""The recorder's default."""


@dataclass(frozen=True, slots=True)
class Traffic:
    """What the devices send; all devices are alike.

    Attributes:
        pictures_per_hour: pictures that one device sends per hour of filming.
        visits_per_hour: visits that one device sees; without tracking, each minute is one.
        tracks_per_hour: visits whose trajectory it reports; 0 without tracking.
        faces_per_picture: known faces in a picture, on average.
        segment_s: length of one video segment, in seconds.
        segment_mb: its size in megabytes of 1,000,000 bytes; 0 if no video is kept.
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
        """Seconds of filming, by all devices together."""
        return self.devices * self.hours_per_day * DAYS * _HOUR_S

    @property
    def pictures(self) -> float:
        """Pictures sent for recognition."""
        return self.seconds / _HOUR_S * self.pictures_per_hour

    @property
    def segments(self) -> float:
        """Segments uploaded."""
        return self.seconds / self.segment_s if self.segment_mb else 0.0

    @property
    def announcements(self) -> float:
        """Announcements of segments: one before each upload, and one after it."""
        return 2 * self.segments

    @property
    def reports(self) -> float:
        """Status reports of the devices while they film."""
        return self.seconds / _REPORT_EVERY_S

    @property
    def video_gb(self) -> float:
        """Gigabytes in the bucket, once the oldest are removed as fast as new ones arrive."""
        return self.segments * self.segment_mb / 1000 * self.video_days / DAYS

    @property
    def sightings(self) -> float:
        """Sightings in the table, likewise, if every counted face is a match."""
        return self.pictures * self.faces_per_picture * self.sighting_days / DAYS

    @property
    def tracks(self) -> float:
        """Tracks reported, once each; one of more than two minutes is reported more often."""
        return self.seconds / _HOUR_S * self.tracks_per_hour

    @property
    def tracks_kept(self) -> float:
        """Tracks in the table, kept as long as sightings."""
        return self.tracks * self.sighting_days / DAYS

    @property
    def crops(self) -> float:
        """Crops written: one per face and visit, unless crops are off."""
        visits = self.seconds / _HOUR_S * self.visits_per_hour
        return visits * self.faces_per_picture if self.crop_days else 0.0

    @property
    def crops_kept(self) -> float:
        """Crops in the table."""
        return self.crops * min(self.crop_days, self.sighting_days) / DAYS
