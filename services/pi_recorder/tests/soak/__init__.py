"""``make soak``: a recorder with kills, outages and a full disk; then every frame is counted."""
