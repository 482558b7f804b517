"""Upload the segments; a segment leaves the spool only when the service says it is stored."""

from pi_recorder.uploads.sending import VideoStore
from pi_recorder.uploads.uploader import Uploader

__all__ = ["Uploader", "VideoStore"]
