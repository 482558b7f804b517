"""Test the AWS clients: what they need, and what they do when AWS is busy or out of reach."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from recognizer.adapters.aws import open_aws
from recognizer.adapters.aws.clients import connect
from recognizer.adapters.aws.dynamo import Dynamo
from recognizer.adapters.aws.dynamo_requests import Put
from recognizer.adapters.aws.videos import AwsVideoStore
from recognizer.domain.errors import SettingsInvalid, StoreUnavailable
from recognizer.settings import Settings
from services.recognizer.tests.stores.conftest import video
from services.recognizer.tests.stores.store_backends import LINK_LIFETIME
from tests.support.moto import CREDENTIALS

Reply = tuple[int, dict[str, Any]]
OK: Reply = (200, {})
THROTTLED = (400, {"__type": "com.amazonaws.dynamodb.v20120810#ThrottlingException"})
BROKEN = (500, {"__type": "com.amazonaws.dynamodb.v20120810#InternalServerError"})
REFUSED = (400, {"__type": "com.amazon.coral.service#AccessDeniedException", "message": "arn:x"})
MOST_TRIES = 4


def cancelled(*codes: str) -> Reply:
    kind = "com.amazonaws.dynamodb.v20120810#TransactionCanceledException"
    return 400, {"__type": kind, "CancellationReasons": [{"Code": code} for code in codes]}


@pytest.fixture(autouse=True)
def known(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Set region and credentials, and hide the machine's own."""
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)
    for name in ("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "none"))


@contextmanager
def answering(*answers: Reply) -> Iterator[tuple[str, list[str]]]:
    """Serve these answers in turn, the last one for ever; yield the requests too."""
    requests: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            status, body = answers[min(len(requests), len(answers) - 1)]
            requests.append(self.headers["x-amz-target"].split(".")[1])
            content = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", requests
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def dynamo(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    with_clients = []

    def opened(url: str) -> Dynamo:
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        clients = connect()
        with_clients.append(clients)
        return Dynamo(clients.dynamodb)

    yield opened
    for clients in with_clients:
        clients.close()


@pytest.mark.parametrize("busy", [THROTTLED, BROKEN], ids=["throttled", "broken"])
def test_a_passing_error_is_retried(dynamo: Any, busy: Reply) -> None:
    with answering(busy, busy, OK) as (url, requests):
        dynamo(url).put("table", {"key": "x"})
    assert requests == ["PutItem"] * 3


@pytest.mark.exhaustive
def test_a_lasting_error_is_given_up(dynamo: Any) -> None:
    with (
        answering(THROTTLED) as (url, requests),
        pytest.raises(StoreUnavailable, match="PutItem: ThrottlingException"),
    ):
        dynamo(url).put("table", {"key": "x"})
    assert requests == ["PutItem"] * MOST_TRIES


MISSING = (400, {"__type": "com.amazonaws.dynamodb.v20120810#ResourceNotFoundException"})


@pytest.mark.parametrize("answer", [THROTTLED, BROKEN, MISSING], ids=["busy", "broken", "missing"])
def test_health_gives_up_after_one_try(monkeypatch: pytest.MonkeyPatch, answer: Reply) -> None:
    monkeypatch.setenv("RECOGNIZER_VIDEOS_BUCKET", "videos")
    monkeypatch.setenv("RECOGNIZER_FACES_BUCKET", "faces")
    with answering(answer) as (url, requests):
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        stores = open_aws(Settings())
        with pytest.raises(StoreUnavailable, match="GetItem"):
            stores.readiness.gallery_version()
        stores.close()
    assert requests == ["GetItem"]


def test_a_refusal_is_not_retried_and_its_message_has_no_account(dynamo: Any) -> None:
    with (
        answering(REFUSED) as (url, requests),
        pytest.raises(StoreUnavailable, match="AccessDeniedException") as refused,
    ):
        dynamo(url).put("table", {"key": "x"})
    assert len(requests) == 1
    assert "arn:x" not in str(refused.value)


def test_a_conflicting_transaction_is_retried(dynamo: Any) -> None:
    conflict = cancelled("None", "TransactionConflict")
    with answering(conflict, conflict, OK) as (url, requests):
        dynamo(url).transact([Put("table", {"key": "x"})])
    assert requests == ["TransactWriteItems"] * 3


def test_a_transaction_that_always_conflicts_is_given_up(dynamo: Any) -> None:
    with (
        answering(cancelled("TransactionConflict")) as (url, requests),
        pytest.raises(StoreUnavailable, match="try again"),
    ):
        dynamo(url).transact([Put("table", {"key": "x"})])
    assert 1 < len(requests) <= 10


def test_unprocessed_keys_are_requested_again(dynamo: Any) -> None:
    def found(*keys: str) -> dict[str, Any]:
        return {"table": [{"key": {"S": key}} for key in keys]}

    left = {"table": {"Keys": [{"key": {"S": "b"}}]}}
    first = (200, {"Responses": found("a"), "UnprocessedKeys": left})
    rest = (200, {"Responses": found("b"), "UnprocessedKeys": {}})
    with answering(first, rest) as (url, requests):
        items = dynamo(url).get_many("table", [{"key": "a"}, {"key": "b"}])
    assert items == [{"key": "a"}, {"key": "b"}]
    assert len(requests) == 2


def test_an_unreachable_service_is_unavailable(
    dynamo: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with answering(OK) as (url, _):
        pass
    with pytest.raises(StoreUnavailable, match="DynamoDB can't be used"):
        dynamo(url).get("table", {"key": "x"})
    clients = connect()
    with pytest.raises(StoreUnavailable, match="S3 can't be used"):
        AwsVideoStore(clients.s3, "bucket", LINK_LIFETIME).is_stored(video(1))
    clients.close()


@pytest.mark.parametrize("region", ["eu-central-1", "us-east-1"])
def test_a_link_leads_to_the_bucket_s_own_region(
    monkeypatch: pytest.MonkeyPatch, region: str
) -> None:
    monkeypatch.setenv("AWS_REGION", region)
    clients = connect()
    url = AwsVideoStore(clients.s3, "bucket", LINK_LIFETIME).presign_upload(video(1)).url
    clients.close()
    assert url.startswith(f"https://bucket.s3.{region}.amazonaws.com/vidinput/door/0001.mp4?")


def test_without_a_region_the_message_says_what_to_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name)
    with pytest.raises(SettingsInvalid, match="AWS_REGION"):
        connect()


def test_without_credentials_the_message_says_how_to_get_some(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    with pytest.raises(SettingsInvalid, match="AWS_ACCESS_KEY_ID"):
        connect()


@pytest.mark.parametrize(
    ("name", "value"), [("AWS_PROFILE", "nobody-s"), ("AWS_ENDPOINT_URL", "no url")]
)
def test_an_invalid_setting_is_named(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsInvalid, match=value):
        connect()
