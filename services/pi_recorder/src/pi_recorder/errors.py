"""Errors that stop the recorder or keep it from starting.

::

    RecorderError
    ├── CameraError       the camera can't be opened, failed, or gave no frame
    ├── RecordingError    frames can't be written: disk full, no permission, no encoder
    ├── SpoolBusy         another recorder uses the same spool folder
    ├── SpoolFull         there is no room for a segment, and nothing may be dropped for it
    └── SettingsError     settings are missing or wrong; each is named with its fix
"""

from __future__ import annotations


class RecorderError(Exception):
    """Root of the errors that the recorder raises on purpose."""


class CameraError(RecorderError):
    """The camera can't be opened, failed while filming, or gave no frame at all."""


class RecordingError(RecorderError):
    """Frames can't be encoded or written."""


class SpoolBusy(RecorderError):
    """Another recorder uses the same spool folder."""


class SpoolFull(RecorderError):
    """There is no room for a segment, and nothing may be dropped for it."""


class SettingsError(RecorderError):
    """Settings are missing or wrong."""
