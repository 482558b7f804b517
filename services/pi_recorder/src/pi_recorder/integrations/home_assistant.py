"""Describe the recorder for Home Assistant, which finds it by MQTT discovery of a device.

Source: Home Assistant, "MQTT", "Device discovery payload" (2024.11 or later).
"""

from __future__ import annotations

import json
import re
from typing import Any

from pi_recorder.events import TrackState

_HEALTH = {
    "platform": "binary_sensor",
    "device_class": "connectivity",
    "entity_category": "diagnostic",
}
_MEASURED = {
    "platform": "sensor",
    "state_class": "measurement",
    "entity_category": "diagnostic",
}


def discovery_topic(topic: str) -> str:
    """Return the discovery topic of the recorder that publishes below ``topic``."""
    return f"homeassistant/device/{_id(topic)}/config"


def discovery(topic: str, device: str) -> bytes:
    """Return the discovery configuration, as JSON; ``mqtt.py`` publishes below ``topic``."""
    identity = _id(topic)
    return json.dumps(
        {
            "device": {"identifiers": [identity], "name": device, "model": "pi-recorder"},
            "origin": {"name": "pi-recorder"},
            "availability_topic": f"{topic}/availability",
            "state_topic": f"{topic}/state",
            "qos": 1,
            "components": {
                name: {"unique_id": f"{identity}_{name}", **component}
                for name, component in _components(topic).items()
            },
        }
    ).encode()


def _components(topic: str) -> dict[str, dict[str, Any]]:
    return {
        "visit": {
            "platform": "event",
            "name": "Visit",
            "event_types": [TrackState.MATCH, TrackState.UNCERTAIN, TrackState.UNKNOWN],
            "state_topic": f"{topic}/visit",
            "icon": "mdi:account-eye",
        },
        "person": {
            "platform": "sensor",
            "name": "Last person",
            "state_topic": f"{topic}/person",
            "json_attributes_topic": f"{topic}/person",
            "value_template": "{{ value_json.person }}",
            "icon": "mdi:account-check",
        },
        "in_view": _of("in_view", "Faces in view", platform="sensor", icon="mdi:account-multiple"),
        "camera": _of("camera", "Camera", **_HEALTH),
        "recognition": _of("recognition", "Recognition", **_HEALTH),
        "uploads": _of("uploads", "Uploads", **_HEALTH),
        "queued": _of("queued", "Upload queue", unit_of_measurement="segments", **_MEASURED),
        "free": _of(
            "free_gb", "Disk free", device_class="data_size", unit_of_measurement="GB", **_MEASURED
        ),
        "latency": _of(
            "latency_s", "Latency", device_class="duration", unit_of_measurement="s", **_MEASURED
        ),
    }


def _of(field: str, name: str, **more: str) -> dict[str, Any]:
    return {"name": name, "value_template": f"{{{{ value_json.{field} }}}}", **more}


def _id(topic: str) -> str:
    return re.sub(r"[^a-zA-Z0-9_-]", "_", topic)
