"""What runs a network; each backend answers the same call (``backends.base.Network``)."""
