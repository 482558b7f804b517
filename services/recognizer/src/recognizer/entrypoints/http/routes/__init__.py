"""HTTP routes, one file per resource: read the request, call a use case, return the contract."""
