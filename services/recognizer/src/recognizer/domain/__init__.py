"""Value types, errors and ports. This package imports nothing else of the recognizer."""
