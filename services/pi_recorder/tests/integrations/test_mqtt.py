"""MQTT against a real broker: Home Assistant's discovery, visits, and reconnecting."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pi_recorder.capture.cameras.base import Frame
from pi_recorder.capture.latest_frame import LatestFrame
from pi_recorder.events import (
    CameraAway,
    Event,
    SinkAway,
    SinkBack,
    TrackState,
    VisitNamed,
)
from pi_recorder.integrations.mqtt import mqtt
from pi_recorder.operation.status import SpoolDisk
from pi_recorder.operation.status_aggregator import StatusAggregator
from pi_recorder.settings.values import BrokerAddress, broker_address
from pi_recorder.testing import numbered_picture
from services.pi_recorder.tests.conftest import NOON, Events, wait_until
from services.pi_recorder.tests.integrations.broker import broker, listening
from services.pi_recorder.tests.live.live_page import free_port
from services.pi_recorder.tests.small_recognizer import ADA

TOPIC = "pi-recorder/front door"
CONFIG = "homeassistant/device/pi-recorder_front_door/config"


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture(scope="module")
def shared() -> Iterator[int]:
    """The port of a broker that all tests share; each test has its own topic there."""
    port = free_port()
    with broker(port):
        yield port


@pytest.fixture
def aggregator(tmp_path: Path) -> StatusAggregator:
    pictures = LatestFrame()
    pictures.put(Frame(numbered_picture(0), NOON))
    return StatusAggregator("front door", pictures, SpoolDisk(tmp_path))


def address(port: int) -> BrokerAddress:
    return BrokerAddress("127.0.0.1", port, tls=False)


def visit(known: bool = True) -> VisitNamed:
    state = TrackState.MATCH if known else TrackState.UNKNOWN
    return VisitNamed("t1", NOON, state, ADA if known else None, 0.8, 0.2, late=False)


def test_home_assistant_finds_the_recorder(shared: int, aggregator: StatusAggregator) -> None:
    """Each component has what Home Assistant's schema for device discovery requires."""
    with (
        mqtt(address(shared), TOPIC, "front door", aggregator.status, Events().append),
        listening(shared) as listener,
    ):
        wait_until(lambda: listener.on(f"{TOPIC}/state"))
        config: dict[str, Any] = json.loads(listener.on(CONFIG)[0])
        state = json.loads(listener.on(f"{TOPIC}/state")[0])
        assert set(listener.on(f"{TOPIC}/availability")) == {b"online"}
    assert config["device"]["identifiers"]
    assert config["origin"]["name"]
    assert config["availability_topic"] == f"{TOPIC}/availability"
    components = config["components"]
    assert len({one["unique_id"] for one in components.values()}) == len(components) == 9
    assert {one["platform"] for one in components.values()} == {"event", "sensor", "binary_sensor"}
    assert components["visit"]["event_types"] == ["match", "uncertain", "unknown"]
    for name, one in components.items():
        if name not in ("visit", "person"):
            field = one["value_template"].removeprefix("{{ value_json.").removesuffix(" }}")
            assert field in state, name
    assert state["camera"] == "ON"
    assert state["queued"] == 0


def test_a_visit_is_published_and_no_name_is_retained(
    shared: int, aggregator: StatusAggregator
) -> None:
    topic = "pi-recorder/visits"
    with (
        listening(shared) as listener,
        mqtt(address(shared), topic, "front door", aggregator.status, Events().append) as take,
    ):
        wait_until(lambda: listener.on(f"{topic}/state"))
        take(visit())
        take(visit(known=False))
        wait_until(lambda: len(listener.on(f"{topic}/visit")) == 2)
        known, unknown = map(json.loads, listener.on(f"{topic}/visit"))
        [person] = map(json.loads, listener.on(f"{topic}/person"))
    with listening(shared) as late:
        wait_until(lambda: late.on(f"{topic}/availability"))
        assert not [m for m in late.received if b"Ada" in m.payload]
    assert (known["event_type"], known["person"], known["label"]) == ("match", "Ada", "ada")
    assert (unknown["event_type"], unknown["person"]) == ("unknown", None)
    assert person["attributes"] == ADA.attributes


def test_a_change_is_published_and_the_end_too(shared: int, aggregator: StatusAggregator) -> None:
    topic = "pi-recorder/changes"
    with listening(shared) as listener:
        with mqtt(address(shared), topic, "front door", aggregator.status, Events().append):
            wait_until(lambda: listener.on(f"{topic}/state"))
            aggregator.add(CameraAway("unplugged"))
            wait_until(lambda: b'"camera": "OFF"' in listener.on(f"{topic}/state")[-1])
        wait_until(lambda: listener.on(f"{topic}/availability")[-1] == b"offline")


@pytest.mark.exhaustive
def test_it_reconnects_and_publishes_nothing_old(port: int, aggregator: StatusAggregator) -> None:
    events = Events()
    with mqtt(address(port), TOPIC, "front door", aggregator.status, events.append) as take:
        wait_until(lambda: events.of(SinkAway))
        take(visit())
        with broker(port), listening(port) as listener:
            wait_until(lambda: events.of(SinkBack) and listener.on(f"{TOPIC}/state"))
        wait_until(lambda: len(events.of(SinkAway)) == 2)
        with broker(port), listening(port) as listener:
            wait_until(lambda: len(events.of(SinkBack)) == 2)
            wait_until(lambda: listener.on(f"{TOPIC}/state") and listener.on(CONFIG))
            assert not listener.on(f"{TOPIC}/visit")


@pytest.mark.exhaustive
def test_it_can_end_while_the_connection_goes(port: int, aggregator: StatusAggregator) -> None:
    """The callback for the loss blocks paho, which has closed but still says it is connected."""
    going, over = threading.Event(), threading.Event()

    def hold_up(event: Event) -> None:
        if isinstance(event, SinkAway):
            going.set()
            over.wait(2)  # closing waits for it, so it is no longer than closing needs to begin

    with mqtt(address(port), TOPIC, "front door", aggregator.status, hold_up):
        with broker(port), listening(port) as listener:
            wait_until(lambda: listener.on(f"{TOPIC}/state"))
        assert going.wait(120)
    over.set()


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://broker", "a broker is mqtt://"),
        ("mqtt://", "a broker is mqtt://"),
        ("mqtt://broker.example.org", "use mqtts"),
        ("mqtt://broker:99999", "port"),
        ("mqtt://broker/topic", "ends after its port"),
    ],
)
def test_an_address_that_cannot_be_used_is_explained(url: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        broker_address(url)


def test_an_address_holds_the_credentials_and_shows_no_password() -> None:
    found = broker_address("mqtts://door:p%40ss@broker.example.org")
    assert (found.host, found.port, found.tls) == ("broker.example.org", 8883, True)
    assert (found.user, found.password) == ("door", "p@ss")
    assert "p@ss" not in repr(found)
