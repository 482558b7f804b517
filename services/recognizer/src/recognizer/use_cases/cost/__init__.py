"""The cost of a deployment, estimated or from counters: quantities times the prices of AWS."""
