"""How the service is called: HTTP, AWS Lambda, the command line."""
