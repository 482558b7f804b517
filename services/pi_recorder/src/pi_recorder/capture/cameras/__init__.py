"""Cameras behind one small interface, ``base.Camera``; ``open.open_camera`` finds one by name."""
