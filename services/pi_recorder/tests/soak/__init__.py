"""``make soak``: a recorder is killed, cut off and short of room; then every frame is counted."""
