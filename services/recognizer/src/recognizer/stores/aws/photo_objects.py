"""A photo's bytes in the faces bucket: ``photos/LABEL/RANDOM``; a name is never used twice."""

from __future__ import annotations

import secrets

from recognizer.stores.aws.objects import Objects


def new_photo_name(label: str) -> str:
    """128 random bits below the person's label; a label holds no slash."""
    return f"{photos_of(label)}{secrets.token_hex(16)}"


def photos_of(label: str) -> str:
    """What the names of a person's photos begin with, and nobody else's do."""
    return f"photos/{label}/"


def every_photo(objects: Objects, label: str) -> list[str]:
    """The names of all a person's photos, also of those that no record names."""
    return objects.names(photos_of(label))
