"""Send events and status to sinks; recording and recognition never wait for them."""
