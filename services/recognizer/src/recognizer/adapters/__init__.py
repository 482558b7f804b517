"""Adapters behind the ports: one folder for each store."""
