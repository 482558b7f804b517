"""Write frames into segments: MP4 files that survive a kill."""
