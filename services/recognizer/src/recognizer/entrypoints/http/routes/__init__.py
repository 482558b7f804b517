"""HTTP: one file a resource. Reads the request, calls a use case, answers the contract."""
