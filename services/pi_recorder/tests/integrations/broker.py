"""A real MQTT broker on loopback (amqtt), and a subscriber that keeps its messages."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion

from services.pi_recorder.tests.conftest import wait_until

_BROKER = """
import asyncio, sys
from amqtt.broker import Broker

async def serve(port):
    await Broker({
        "listeners": {"default": {"type": "tcp", "bind": f"127.0.0.1:{port}"}},
        "plugins": {"amqtt.plugins.authentication.AnonymousAuthPlugin": {}},
    }).start()
    await asyncio.Event().wait()

asyncio.run(serve(sys.argv[1]))
"""


@contextmanager
def broker(port: int) -> Iterator[None]:
    """Run a broker without authentication as a process; it is killed at the end."""
    command = [sys.executable, "-c", _BROKER, str(port)]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
        try:
            wait_until(lambda: _answers(port))
            yield
        finally:
            process.kill()


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


class Listener:
    """A subscriber to every topic."""

    def __init__(self, port: int) -> None:
        self.received: list[MQTTMessage] = []
        self._client = Client(CallbackAPIVersion.VERSION2)
        self._client.on_message = lambda _, __, message: self.received.append(message)
        self._client.on_connect = lambda client, *_: client.subscribe("#", 1)
        subscribed = threading.Event()
        self._client.on_subscribe = lambda *_: subscribed.set()
        self._client.connect("127.0.0.1", port)
        self._client.loop_start()
        wait_until(subscribed.is_set)

    def on(self, topic: str) -> list[bytes]:
        return [bytes(message.payload) for message in self.received if message.topic == topic]

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()


@contextmanager
def listening(port: int) -> Iterator[Listener]:
    listener = Listener(port)
    try:
        yield listener
    finally:
        listener.close()
