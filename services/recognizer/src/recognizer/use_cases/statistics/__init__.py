"""What the service counts of its own work, and what it tells of it.

``counting`` gathers, ``names`` says what a count is called, ``histogram`` is how times are counted,
``summary`` makes ``GET /v1/statistics`` of the tallies that are kept.
"""
