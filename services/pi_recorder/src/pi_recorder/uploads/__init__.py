"""The queue → the store; a segment leaves the spool only when the store has confirmed it.

- ``uploader.py``  the loop, on a thread of its own
- ``turns.py``     whose turn it is, and how long to wait after a failure
- ``window.py``    the time of day in which uploads may be
- ``sending.py``   one segment: announced, sent, confirmed; and what a failure means
- ``state.py``     how it is doing, for whoever shows it
"""

from pi_recorder.uploads.scheduler import UploadOrder, UploadWindow
from pi_recorder.uploads.sending import VideoStore
from pi_recorder.uploads.state import Activity, UploaderState
from pi_recorder.uploads.uploader import Uploader

__all__ = ["Activity", "UploadOrder", "UploadWindow", "Uploader", "UploaderState", "VideoStore"]
