"""What the service counts of its own work, and what ``GET /v1/statistics`` says of it."""
