"""Settings: the schema, the files they are read from, and how they are loaded and checked."""
