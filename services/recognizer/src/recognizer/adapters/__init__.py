"""Adapters behind the ports: one folder a family."""
