"""The AWS Lambda function: initialisation, and the handler of API Gateway events."""
