"""Read frames from a camera and hand each one on without waiting."""
