"""Webhooks against a real server: signed, in order, retried, and never blocking."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading

import pytest
from pydantic import SecretStr

from pi_recorder.events import RecognitionAway, SinkAway, SinkBack, TrackState, VisitNamed
from pi_recorder.integrations.webhook import signature, webhook
from pi_recorder.settings.values import webhook_key
from services.pi_recorder.tests.conftest import NOON, Events, wait_until
from services.pi_recorder.tests.integrations.receiver import Receiver, receiving
from services.pi_recorder.tests.live.live_page import free_port
from services.pi_recorder.tests.small_recognizer import ADA

SECRET = SecretStr("whsec_" + base64.b64encode(b"k" * 32).decode())
NAMES = frozenset({"visit_named"})


def visit(number: int) -> VisitNamed:
    return VisitNamed(f"t{number}", NOON, TrackState.MATCH, ADA, 0.8, 0.2, late=False)


def tracks(receiver: Receiver) -> list[str]:
    return [json.loads(post.body)["track"] for post in receiver.posts]


def test_an_event_is_posted_as_json_with_the_record() -> None:
    events = Events()
    with (
        receiving() as receiver,
        webhook(SecretStr(receiver.url), None, NAMES, "door", events.append) as take,
    ):
        take(RecognitionAway("not asked for"))
        take(visit(1))
        wait_until(lambda: receiver.posts)
    [post] = receiver.posts
    assert post.path == "/hooks/secret-path?key=secret-key"
    assert post.headers["content-type"] == "application/json"
    assert "webhook-signature" not in post.headers
    body = json.loads(post.body)
    assert (body["event"], body["device"], body["state"]) == ("visit_named", "door", "match")
    assert body["person"] == {"label": "ada", "name": "Ada", "attributes": ADA.attributes}
    assert not events


def test_the_signature_is_that_of_the_specification() -> None:
    """The example of the Standard Webhooks libraries."""
    key = webhook_key("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    signed = signature(key, "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", b'{"test": 2432232314}')
    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_receiver_can_check_the_sender_and_recognise_repetitions() -> None:
    events = Events()
    with (
        receiving() as receiver,
        webhook(
            SecretStr(receiver.url), SECRET, NAMES, "door", events.append, first_pause_s=0.01
        ) as take,
    ):
        receiver.statuses.append(500)
        take(visit(1))
        take(visit(2))
        wait_until(lambda: len(receiver.posts) == 3)
    first, again, second = receiver.posts
    assert first.body == again.body
    assert first.headers["webhook-id"] == again.headers["webhook-id"]
    assert first.headers["webhook-id"] != second.headers["webhook-id"]
    for post in receiver.posts:
        signed = f"{post.headers['webhook-id']}.{post.headers['webhook-timestamp']}.".encode()
        expected = hmac.digest(b"k" * 32, signed + post.body, hashlib.sha256)
        assert post.headers["webhook-signature"] == f"v1,{base64.b64encode(expected).decode()}"


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_temporary_failure_is_retried_in_order(status: int) -> None:
    events = Events()
    with (
        receiving() as receiver,
        webhook(
            SecretStr(receiver.url), None, NAMES, "door", events.append, first_pause_s=0.01
        ) as take,
    ):
        receiver.statuses.extend([status, status])
        for number in range(3):
            take(visit(number))
        wait_until(lambda: len(receiver.posts) == 5)
    assert tracks(receiver) == ["t0", "t0", "t0", "t1", "t2"]
    [away], [back] = events.of(SinkAway), events.of(SinkBack)
    assert str(status) in away.reason
    assert "secret" not in away.reason
    assert back.lost == 0


@pytest.mark.parametrize("status", [301, 400, 410])
def test_a_refused_event_is_counted_as_lost_and_the_next_is_sent(status: int) -> None:
    events = Events()
    with (
        receiving() as receiver,
        webhook(SecretStr(receiver.url), None, NAMES, "door", events.append) as take,
    ):
        receiver.statuses.append(status)
        take(visit(1))
        take(visit(2))
        wait_until(lambda: events.of(SinkBack))
    assert tracks(receiver) == ["t1", "t2"]
    assert events.of(SinkBack)[0].lost == 1


def test_a_receiver_gets_the_latest_events_after_an_outage() -> None:
    """The queue is bounded: the oldest events are lost, and the loss is reported."""
    events = Events()
    port = free_port()
    url = SecretStr(f"http://127.0.0.1:{port}/")
    with webhook(url, None, NAMES, "door", events.append, first_pause_s=0.01) as take:
        take(visit(0))
        wait_until(lambda: events.of(SinkAway))
        for number in range(1, 300):
            take(visit(number))
        with receiving(port) as receiver:
            wait_until(lambda: events.of(SinkBack) and tracks(receiver)[-1:] == ["t299"])
    assert tracks(receiver)[-256:] == [f"t{number}" for number in range(44, 300)]
    # One more came if it was being sent when it was dropped.
    assert len(receiver.posts) + events.of(SinkBack)[0].lost == 300


def test_an_event_that_is_dropped_while_being_sent_and_arrives_is_not_lost() -> None:
    events = Events()
    with (
        receiving() as receiver,
        webhook(
            SecretStr(receiver.url), None, NAMES, "door", events.append, first_pause_s=2
        ) as take,
    ):
        receiver.statuses.append(503)
        take(visit(0))
        wait_until(lambda: events.of(SinkAway))
        receiver.may_answer.clear()
        wait_until(lambda: len(receiver.posts) == 2)
        for number in range(1, 300):
            take(visit(number))
        receiver.may_answer.set()
        wait_until(lambda: tracks(receiver)[-1] == "t299")
    assert tracks(receiver)[:3] == ["t0", "t0", "t44"]
    assert events.of(SinkBack)[0].lost == 43


def test_a_receiver_that_hangs_blocks_nothing() -> None:
    events = Events()
    with (
        receiving() as receiver,
        webhook(SecretStr(receiver.url), None, NAMES, "door", events.append) as take,
    ):
        receiver.may_answer.clear()
        take(visit(0))
        wait_until(lambda: receiver.posts)
        for number in range(1, 1000):
            take(visit(number))  # returns although nobody answers
        assert len(receiver.posts) == 1
        receiver.may_answer.set()


def test_queued_events_are_sent_at_the_end() -> None:
    with receiving() as receiver:
        with webhook(SecretStr(receiver.url), None, NAMES, "door", Events().append) as take:
            for number in range(20):
                take(visit(number))
        assert len(receiver.posts) == 20
    assert not [t for t in threading.enumerate() if t.name == "webhook"]


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_!!!", "whsec_c2hvcnQ="])
def test_a_bad_secret_is_refused_without_repeating_it(secret: str) -> None:
    with pytest.raises(ValueError, match="openssl rand -base64 32") as refused:
        webhook_key(secret)
    assert not secret or secret not in str(refused.value)
