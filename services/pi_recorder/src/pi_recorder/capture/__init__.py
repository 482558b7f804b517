"""Read frames from a camera and distribute each one without waiting."""
