"""Test the function's telemetry: log lines, metrics, traces, and no private data in them."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import pytest

from facecore.contract import Decision
from recognizer.domain.request_report import RecognitionReport, RequestReport
from recognizer.entrypoints.aws_lambda.metrics import emit_metrics
from recognizer.use_cases.authentication import hash_token
from tests.support.http_api import REQUEST_ID
from tests.support.lambda_events import JPEG, event
from tests.support.local_lambda import ARN, REGION, LocalLambda
from tests.support.moto import Moto, moto

__all__ = ["moto"]

ADMIN_TOKEN = "fra_of-this-test"
LABEL, NAME = "barack_o", "Barack Obama"
STAGES = ("decode", "detect", "align", "embed", "match", "record", "total")


@dataclass(frozen=True, slots=True)
class Telemetry:
    """The telemetry of a function in a run in which everything happens once.

    Attributes:
        logs: lines of the log that are no metrics.
        metrics: one object a request.
        traces: subsegments.
        text: all of it, as written.
        device_token: the token that the run made.
    """

    logs: list[dict[str, Any]]
    metrics: list[dict[str, Any]]
    traces: list[dict[str, Any]]
    text: str
    device_token: str


@pytest.fixture(scope="module")
def telemetry(moto: Moto, portraits: Mapping[str, bytes]) -> Telemetry:
    """Run the function at the most detailed log level."""
    moto.renew()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as daemon:
        daemon.bind(("127.0.0.1", 0))
        env = {
            **os.environ,
            **moto.environment(),
            "AWS_XRAY_DAEMON_ADDRESS": f"127.0.0.1:{daemon.getsockname()[1]}",
            "POWERTOOLS_SERVICE_NAME": "front-door",
            "RECOGNIZER_ADMIN_TOKEN_SHA256": hash_token(ADMIN_TOKEN),
            "RECOGNIZER_GALLERY_REFRESH_S": "0",
            "RECOGNIZER_LOG_LEVEL": "DEBUG",
            "RECOGNIZER_THREADS": "1",
        }
        with LocalLambda(env, memory_mb=1024) as function:
            token = story(function, portraits)
            log = function.logs()
        sent = list(datagrams(daemon))
    lines = [json.loads(line) for line in log.splitlines() if line.startswith("{")]
    return Telemetry(
        logs=[line for line in lines if "_aws" not in line],
        metrics=[line for line in lines if "_aws" in line],
        traces=[json.loads(datagram.partition("\n")[2]) for datagram in sent],
        text="\n".join([log, *sent]),
        device_token=token,
    )


def story(function: LocalLambda, portraits: Mapping[str, bytes]) -> str:
    """Enrol, recognize, request wrongly and delete a person; return the device's token."""

    def call(*request: Any) -> Any:
        answer = function.invoke(event(*request))
        return json.loads(answer["body"]) if answer.get("body") else None

    def as_json(value: object) -> tuple[bytes, str]:
        return json.dumps(value).encode(), "application/json"

    call("PUT", f"/v1/people/{LABEL}", ADMIN_TOKEN, *as_json({"name": NAME}))
    photo = call("POST", f"/v1/people/{LABEL}/photos", ADMIN_TOKEN, portraits["obama"], JPEG)
    token: str = call("POST", "/v1/devices", ADMIN_TOKEN, *as_json({"name": "door"}))["token"]
    call("POST", "/v1/recognitions", token, portraits["obama2"], JPEG)
    call("POST", "/v1/recognitions", token, b"no picture", JPEG)
    call("GET", f"/v1/sightings?label={LABEL}", ADMIN_TOKEN)
    call("GET", "/v1/people", token)
    call("GET", "/v1/people/nobody", ADMIN_TOKEN)
    call("DELETE", f"/v1/people/{LABEL}/photos/{photo['id']}", ADMIN_TOKEN)
    call("DELETE", f"/v1/people/{LABEL}", ADMIN_TOKEN)
    return token


def datagrams(daemon: socket.socket) -> Iterator[str]:
    """Return what was sent to X-Ray's daemon; all has arrived, as the sender has ended."""
    daemon.setblocking(False)
    while True:
        try:
            yield daemon.recv(1 << 16).decode()
        except BlockingIOError:
            return


def requests(telemetry: Telemetry) -> list[dict[str, Any]]:
    return [line for line in telemetry.logs if line["logger"] == "recognizer.request"]


def test_a_request_s_line_has_its_duration_and_result(telemetry: Telemetry) -> None:
    (line,) = [line for line in requests(telemetry) if line.get("faces")]
    assert (line["level"], line["message"], line["service"]) == ("INFO", "request", "front-door")
    assert line["timestamp"].endswith("+00:00")
    assert (line["method"], line["route"]) == ("POST", "/v1/recognitions")
    assert (line["status"], line["caller"], line["request_id"]) == (200, "door", REQUEST_ID)
    assert line["decisions"] == {"match": 1}
    assert set(line["stages_ms"]) == set(STAGES)
    assert line["duration_ms"] >= line["stages_ms"]["total"]


def test_a_line_names_its_invocation(telemetry: Telemetry) -> None:
    lines = requests(telemetry)
    assert [line["cold_start"] for line in lines] == [True] + [False] * (len(lines) - 1)
    assert len({line["function_request_id"] for line in lines}) == len(lines)
    assert len({line["xray_trace_id"] for line in lines}) == len(lines)
    for line in lines:
        assert (line["function_name"], line["function_arn"]) == ("recognizer", ARN)
        assert line["function_memory_size"] == "1024"


def test_a_refusal_s_line_has_its_code(telemetry: Telemetry) -> None:
    codes = [line.get("code") for line in requests(telemetry)]
    assert [code for code in codes if code] == [
        "image_unsupported",
        "forbidden",
        "person_not_found",
    ]


def test_each_request_is_one_object_of_metrics(telemetry: Telemetry) -> None:
    assert len(telemetry.metrics) == len(requests(telemetry))
    for one in telemetry.metrics:
        (directive,) = one["_aws"]["CloudWatchMetrics"]
        assert directive["Namespace"] == "Recognizer"
        assert directive["Dimensions"] == [["service"]]
        assert one["service"] == "front-door"
        assert one["RequestDuration"][0] > 0
        units = {metric["Name"]: metric["Unit"] for metric in directive["Metrics"]}
        timed = {name for name in units if name.endswith(("Time", "Duration"))}
        assert {name for name, unit in units.items() if unit == "Milliseconds"} == timed
        assert {units[name] for name in units.keys() - timed} <= {"Count"}


def test_a_recognition_s_results_are_counted_and_its_stages_timed(telemetry: Telemetry) -> None:
    (one,) = [one for one in telemetry.metrics if "Recognitions" in one]
    assert (one["Recognitions"], one["Faces"]) == ([1], [1])
    assert (one["Match"], one["Uncertain"], one["Unknown"]) == ([1], [0], [0])
    (line,) = [line for line in requests(telemetry) if line.get("faces")]
    for stage in STAGES:
        assert one[f"{stage.title()}Time"] == [line["stages_ms"][stage]]


def test_cold_starts_and_refusals_are_counted(telemetry: Telemetry) -> None:
    assert ["ColdStart" in one for one in telemetry.metrics].index(True) == 0
    assert sum("ColdStart" in one for one in telemetry.metrics) == 1
    refused = [one for one in telemetry.metrics if one.get("Refusals") == [1]]
    assert [one["code"] for one in refused] == [
        "image_unsupported",
        "forbidden",
        "person_not_found",
    ]


def test_a_recognition_is_traced_with_its_aws_calls(telemetry: Telemetry) -> None:
    (traced,) = [
        one for one in telemetry.traces if one["name"] == "recognition" and "metadata" in one
    ]
    assert traced["annotations"] == {"faces": 1, "match": 1, "uncertain": 0, "unknown": 0}
    assert set(traced["metadata"]["front-door"]["stages_ms"]) == set(STAGES)
    within = [part["aws"] for part in telemetry.traces if part.get("parent_id") == traced["id"]]
    within += [part["aws"] for part in traced.get("subsegments", [])]
    assert {(call["operation"], call["region"]) for call in within} >= {("GetItem", REGION)}
    (line,) = [line for line in requests(telemetry) if line.get("faces")]
    assert traced["trace_id"] == line["xray_trace_id"]


def test_a_failed_recognition_s_trace_has_the_error_type_without_the_message(
    telemetry: Telemetry,
) -> None:
    (failed,) = [
        one for one in telemetry.traces if one["name"] == "recognition" and one.get("fault")
    ]
    (cause,) = failed["cause"]["exceptions"]
    assert cause["type"] == "ImageUnsupported"
    assert "message" not in cause


def test_telemetry_has_no_private_data(telemetry: Telemetry) -> None:
    assert len(telemetry.traces) > len(telemetry.metrics)
    for private in (
        telemetry.device_token, ADMIN_TOKEN, "Bearer", LABEL, NAME, "embedding", "Signature",
        "photos/",
    ):  # fmt: skip
        assert private not in telemetry.text.replace("/v1/people/{label}/photos/", ""), private
    # Other loggers would write of pictures and of requests to AWS.
    assert {line["logger"].partition(".")[0] for line in telemetry.logs} == {"recognizer"}


def test_requests_at_once_share_no_metrics(capsys: pytest.CaptureFixture[str]) -> None:
    def report(number: int) -> RequestReport:
        recognition = RecognitionReport(number, dict.fromkeys(Decision, number), {"total": number})
        return RequestReport(str(number), "POST", None, 200, None, number, None, recognition)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(emit_metrics, map(report, range(200))))
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert sorted(int(line["request_id"]) for line in lines) == list(range(200))
    for line in lines:
        number = [float(line["request_id"])]
        for name in ("RequestDuration", "Faces", "Match", "TotalTime"):
            assert line[name] == number
