"""Value types, errors and ports. Imports nothing else of the recognizer."""
