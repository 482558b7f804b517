"""Use cases: what the service does. They call ports, and know no HTTP, DynamoDB or SQLite."""
