"""Cameras with one interface, ``base.Camera``; ``open.open_camera`` opens one by its name."""
