"""Upload the segments; a segment leaves the spool only when the store has confirmed it."""

from pi_recorder.uploads.sending import VideoStore
from pi_recorder.uploads.uploader import Uploader

__all__ = ["Uploader", "VideoStore"]
