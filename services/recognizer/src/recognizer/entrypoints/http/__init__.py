"""HTTP: routes, middleware, problem details, and the console that a browser loads."""
