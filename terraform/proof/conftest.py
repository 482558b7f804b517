"""Fixtures that are made once: a deployment, the image's folder, a stand-in for AWS."""

from __future__ import annotations

from terraform.proof.assembled import assembled_root
from terraform.proof.cloud import cloud
from tests.support.moto import moto

__all__ = ["assembled_root", "cloud", "moto"]
