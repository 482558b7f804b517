"""What the service does, without HTTP, DynamoDB or SQLite. Use cases call ports."""
