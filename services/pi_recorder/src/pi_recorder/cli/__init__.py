"""The commands beside ``run``: one module each, with what they share."""
