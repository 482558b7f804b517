"""Publish visits and the device's status to a broker; paho-mqtt holds the connection.

| topic below the recorder's own | retained | content |
|---|---|---|
| ``availability`` | yes | ``online``, or ``offline`` once the connection is lost |
| ``state`` | yes | camera, recognition, uploads, queue, disk, latency, faces in view |
| ``visit`` | no | each decided visit: ``event_type``, and for a match the person |
| ``person`` | no | the same, but only for a match |

No name is retained, so the broker forgets people. Events that happen while the broker is away are
not published later: a door must not open for somebody who came an hour ago.
"""

from __future__ import annotations

import json
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from paho.mqtt.client import Client, ConnectFlags, DisconnectFlags
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from facecore.contract import PartState
from pi_recorder.events import Event, Publish, SinkAway, SinkBack, VisitNamed
from pi_recorder.integrations.home_assistant import discovery, discovery_topic
from pi_recorder.operation.status import Part, Status
from pi_recorder.settings.values import BrokerAddress

_STATE_EVERY_S = 1.0
_WAITING = 64
_LONGEST_PAUSE_S = 120
_CLOSE_TIMEOUT_S = 0.5


class Mqtt:
    """One connection, which reconnects by itself, and a thread that publishes."""

    def __init__(
        self,
        address: BrokerAddress,
        topic: str,
        device: str,
        status: Callable[[], Status],
        publish: Publish,
    ) -> None:
        self._address, self._topic, self._device = address, topic, device
        self._status, self._publish = status, publish
        self._changed = threading.Condition()
        self._visits: deque[VisitNamed] = deque(maxlen=_WAITING)
        self._closing = False
        self._greeted = False
        self._away_since: float | None = None
        self._client = self._made()

    def take(self, event: Event) -> None:
        """Take an event without waiting."""
        if isinstance(event, VisitNamed) and self._client.is_connected():
            with self._changed:
                self._visits.append(event)
                self._changed.notify_all()

    @contextmanager
    def running(self) -> Iterator[None]:
        """Connect, and publish until the block ends."""
        sender = threading.Thread(target=self._send, name="mqtt", daemon=True)
        self._client.connect_async(self._address.host, self._address.port, keepalive=30)
        self._client.loop_start()
        sender.start()
        try:
            yield
        finally:
            with self._changed:
                self._closing = True
                self._changed.notify_all()
            sender.join(_CLOSE_TIMEOUT_S)
            self._disconnect()

    def _made(self) -> Client:
        client = Client(CallbackAPIVersion.VERSION2)
        client.username_pw_set(self._address.user, self._address.password)
        if self._address.tls:
            client.tls_set()
        client.will_set(f"{self._topic}/availability", "offline", qos=1, retain=True)
        client.reconnect_delay_set(1, _LONGEST_PAUSE_S)
        client.max_queued_messages_set(_WAITING)
        client.on_connect = self._on_connect
        client.on_disconnect = self._on_disconnect
        client.on_connect_fail = lambda *_: self._publish_away("the broker can't be reached")
        return client

    def _on_connect(
        self, client: Client, _: Any, __: ConnectFlags, code: ReasonCode, ___: Properties | None
    ) -> None:
        if code.is_failure:
            self._publish_away(str(code))
            return
        client.publish(
            discovery_topic(self._topic), discovery(self._topic, self._device), 1, retain=True
        )
        client.publish(f"{self._topic}/availability", "online", 1, retain=True)
        self._greeted = True
        if self._away_since is not None:
            away_s, self._away_since = time.monotonic() - self._away_since, None
            self._publish(SinkBack("mqtt", away_s, 0))

    def _on_disconnect(
        self, _: Client, __: Any, ___: DisconnectFlags, code: ReasonCode, ____: Properties | None
    ) -> None:
        if code.is_failure:
            self._publish_away(str(code))

    def _publish_away(self, reason: str) -> None:
        if self._away_since is None:
            self._away_since = time.monotonic()
            self._publish(SinkAway("mqtt", reason))

    def _send(self) -> None:
        """Publish visits at once, and a changed state at most once a second."""
        sent, next_at = b"", 0.0
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._visits or self._closing, _STATE_EVERY_S)
                visits, closing = list(self._visits), self._closing
                self._visits.clear()
            for visit in visits:
                self._publish_visit(visit)
            if self._greeted:  # a restarted broker may have lost the state
                self._greeted, sent = False, b""
            if self._client.is_connected() and time.monotonic() >= next_at:
                state, next_at = _state(self._status()), time.monotonic() + _STATE_EVERY_S
                if state != sent:
                    self._client.publish(f"{self._topic}/state", state, 1, retain=True)
                    sent = state
            if closing:
                return

    def _publish_visit(self, visit: VisitNamed) -> None:
        fields = _visit(visit)
        body = json.dumps({"event_type": visit.state, **fields})
        self._client.publish(f"{self._topic}/visit", body, qos=1)
        if visit.person is not None:
            self._client.publish(f"{self._topic}/person", json.dumps(fields), qos=1)

    def _disconnect(self) -> None:
        if self._client.is_connected():
            last = self._client.publish(f"{self._topic}/availability", "offline", 1, retain=True)
            # If the connection is lost at this moment, the broker publishes the will.
            with suppress(RuntimeError, ValueError):
                last.wait_for_publish(_CLOSE_TIMEOUT_S)
        self._client.disconnect()
        stopping = threading.Thread(target=self._client.loop_stop, daemon=True)
        stopping.start()
        stopping.join(_CLOSE_TIMEOUT_S)  # a pending connection would take longer


@contextmanager
def mqtt(
    address: BrokerAddress,
    topic: str,
    device: str,
    status: Callable[[], Status],
    publish: Publish,
) -> Iterator[Publish]:
    """Publish to the broker until the block ends; yield the function that takes events."""
    client = Mqtt(address, topic, device, status, publish)
    with client.running():
        yield client.take


def _visit(visit: VisitNamed) -> dict[str, Any]:
    person = visit.person
    return {
        "person": person.name if person else None,
        "label": person.label if person else None,
        "attributes": person.attributes if person else {},
        "similarity": visit.similarity,
        "at": visit.at.isoformat(),
        "latency_s": round(visit.latency_s, 3),
        "late": visit.late,
        "track": visit.track,
    }


def _state(status: Status) -> bytes:
    disk, latency = status.disk, status.latency.median_s
    return json.dumps(
        {
            "camera": _on(status.camera),
            "recognition": _on(status.recognition),
            "uploads": "OFF" if status.uploads.state is PartState.AWAY else "ON",
            "in_view": len(status.faces),
            "queued": disk.queued if disk else None,
            "free_gb": round(disk.free_bytes / 1e9, 1) if disk else None,
            "latency_s": None if latency is None else round(latency, 2),
        }
    ).encode()


def _on(part: Part) -> str:
    return "ON" if part.state is PartState.ON else "OFF"
