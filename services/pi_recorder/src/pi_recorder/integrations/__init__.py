"""Send events and status to others; recording and recognition never wait for them."""
