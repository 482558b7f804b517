"""Test the cost of a deployment: quantities, price tiers, options that exclude each other."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from facecore.contract import Decision, StageTimes
from recognizer.domain.request_report import RecognitionReport, RequestReport
from recognizer.entrypoints.aws_lambda.metrics import emit_metrics
from recognizer.entrypoints.cli import app
from recognizer.observability.request import during
from recognizer.use_cases.cost import bill
from services.recognizer.benchmarks.invocation_run import Context

ONE_CAMERA = ("--devices", "1", "--hours-per-day", "12")
ROOT = Path(__file__).parents[4]
TERRAFORM = ROOT / "terraform"


def run(*words: str) -> Result:
    return CliRunner(env={"COLUMNS": "200"}).invoke(app, ["cost", *words])


def estimated(*words: str) -> dict[str, Any]:
    result = run(*words, "--json")
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def line(found: dict[str, Any], service: str, what: str) -> dict[str, Any]:
    (one,) = [n for n in found["lines"] if (n["service"], n["what"]) == (service, what)]
    return dict(one)


def test_a_frame_every_half_second_is_billed_by_quantity_and_price() -> None:
    found = estimated(
        *ONE_CAMERA, "--interval-s", "0.5", "--duration-ms", "100", "--memory-mb", "2048"
    )
    assert found["pictures"] == 12 * 30 * 3600 * 2
    compute = line(found, "Lambda", "compute")
    assert compute["quantity"] == pytest.approx(found["pictures"] * 0.1 * 2)
    assert compute["usd"] == pytest.approx(compute["quantity"] * 0.0000133334)
    assert line(found, "Lambda", "requests")["usd"] == pytest.approx(2.592 * 0.20)
    assert line(found, "API Gateway", "HTTP API")["usd"] == pytest.approx(2.592)
    assert line(found, "S3", "video kept")["quantity"] == pytest.approx(12 * 30 * 360 * 0.0012)
    assert found["usd"] == pytest.approx(sum(one["usd"] for one in found["lines"]))
    without = sum(one["usd"] for one in found["lines"] if not one["video"])
    assert found["usd_without_video"] == pytest.approx(without)
    assert found["usd_per_1000_pictures"] == pytest.approx(without / 2592)


def test_half_a_second_is_the_default_interval() -> None:
    assert estimated(*ONE_CAMERA) == estimated(*ONE_CAMERA, "--interval-s", "0.5")


def test_each_visit_makes_so_many_requests() -> None:
    visits = ("--visits-per-hour", "20", "--requests-per-visit", "3")
    found = estimated("--devices", "2", "--hours-per-day", "8", *visits)
    assert found["pictures"] == 2 * 8 * 30 * 20 * 3
    reads = line(found, "DynamoDB", "reads")["quantity"]
    crops = 2 * 8 * 30 * 20  # each visit's is read before it is replaced
    assert reads == pytest.approx(found["pictures"] * (3 + 2) + crops)
    filmed_minutes = 2 * 8 * 30 * 60
    assert line(found, "DynamoDB", "reads for reports")["quantity"] == filmed_minutes * 3
    assert line(found, "API Gateway", "HTTP API for reports")["quantity"] == filmed_minutes


def test_a_visit_s_trajectory_is_one_small_request_and_frames_report_none() -> None:
    visits = ("--visits-per-hour", "20", "--requests-per-visit", "3")
    found = estimated(*ONE_CAMERA, *visits)
    trajectories = 12 * 30 * 20
    assert line(found, "API Gateway", "HTTP API for tracks")["quantity"] == trajectories
    assert line(found, "DynamoDB", "writes for tracks")["quantity"] == trajectories * 5
    lines = [one for one in found["lines"] if one["what"].endswith("for tracks")]
    assert sum(one["usd"] for one in lines) < 0.1
    always = estimated(*ONE_CAMERA, "--interval-s", "2")
    assert not [one for one in always["lines"] if one["what"].endswith("for tracks")]


def test_crops_cost_a_little_and_none_costs_nothing() -> None:
    visits = ("--visits-per-hour", "20", "--requests-per-visit", "3")
    kept, none = (estimated(*ONE_CAMERA, *visits, "--crop-days", days) for days in ("7", "0"))
    written = [line(found, "DynamoDB", "writes")["quantity"] for found in (kept, none)]
    assert written[0] - written[1] == pytest.approx(12 * 30 * 20 * (2 + 2 * 7))
    assert line(kept, "DynamoDB", "storage")["usd"] > line(none, "DynamoDB", "storage")["usd"]
    assert none["usd_without_video"] < kept["usd_without_video"]


def test_more_pictures_reach_cheaper_price_tiers() -> None:
    found = estimated(*ONE_CAMERA)
    assert found["rekognition_usd"] == pytest.approx(1000 + 1_592_000 * 0.0008)
    many = estimated("--devices", "200", "--hours-per-day", "12")
    api = line(many, "API Gateway", "HTTP API")
    assert api["usd"] == pytest.approx(300 + (many["pictures"] / 1e6 - 300) * 0.90)
    assert api["usd_per_unit"] < 1e-6


def test_less_than_a_core_takes_longer_and_more_is_not_faster() -> None:
    whole = estimated(*ONE_CAMERA)["duration_ms"]
    assert estimated(*ONE_CAMERA, "--memory-mb", "4096")["duration_ms"] == whole
    half = estimated(*ONE_CAMERA, "--memory-mb", "885")["duration_ms"]
    assert half == pytest.approx(whole * 1769 / 885)


def test_arm_costs_less_than_x86() -> None:
    arm, x86 = (estimated(*ONE_CAMERA, "--architecture", name) for name in ("arm64", "x86_64"))
    assert line(arm, "Lambda", "compute")["usd"] < line(x86, "Lambda", "compute")["usd"]


def test_unused_services_are_not_listed() -> None:
    found = estimated(*ONE_CAMERA, "--segment-mb", "0", "--no-tracing", "--faces-per-picture", "0")
    assert not [one for one in found["lines"] if one["video"] or one["service"] == "X-Ray"]
    assert found["usd"] == found["usd_without_video"]
    counted = found["pictures"] / 50 * 3  # counters are written every fifty requests
    assert line(found, "DynamoDB", "writes")["quantity"] == counted


def test_the_table_names_its_assumptions() -> None:
    shown = run(*ONE_CAMERA).stdout
    assert "us-east-1" in shown
    assert "2,273.60" in shown  # Rekognition
    assert "Free tiers are not included" in shown
    assert f"measured {estimated(*ONE_CAMERA)['measured']['measured_on']}" in shown


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--devices", "0", "--hours-per-day", "12"), "--devices"),
        (("--devices", "1"), "--hours-per-day"),
        ((*ONE_CAMERA, "--visits-per-hour", "3"), "--requests-per-visit"),
        (
            (*ONE_CAMERA, "--visits-per-hour", "3", "--requests-per-visit", "2", "--interval-s=1"),
            "not both",
        ),
        ((*ONE_CAMERA, "--architecture", "mips"), "arm64"),
    ],
)
def test_invalid_options_are_exit_code_2(words: tuple[str, ...], message: str) -> None:
    result = run(*words)
    assert (result.exit_code, message in result.stderr) == (2, True), result.output


@pytest.mark.exhaustive
def test_the_benchmark_measures_the_real_handler() -> None:
    module = "services.recognizer.benchmarks.invocation"
    words = [sys.executable, "-m", module, "--runs", "20", "--json"]
    done = subprocess.run(words, capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert 0 < found["median_ms"] <= found["p95_ms"]
    assert found["log_bytes"] > 100
    assert found["answer_bytes"] > 500
    assert found["runs"] == 20


def test_the_defaults_are_those_of_terraform() -> None:
    texts = "\n".join(file.read_text() for file in TERRAFORM.glob("variables*.tf"))
    variables = dict(re.findall(r'variable "(\w+)" \{[^}]*?\n  default +=\s*(.+)\n', texts))
    options = {
        "memory-mb": variables["memory_mb"],
        "architecture": json.loads(variables["architecture"]),
        "retention-days": variables["video_retention_days"],
        "sighting-days": variables["sighting_days"],
        "crop-days": variables["crop_days"],
    }
    given = [f"--{name}={value}" for name, value in options.items()]
    given.append({"true": "--tracing", "false": "--no-tracing"}[variables["tracing"]])
    assert estimated(*ONE_CAMERA, *given) == estimated(*ONE_CAMERA)


def test_every_alarm_and_dashboard_is_billed() -> None:
    texts = "\n".join(file.read_text() for file in TERRAFORM.glob("*.tf"))
    assert len(re.findall(r'namespace += "AWS/', texts)) == bill.ALARMS
    assert texts.count('resource "aws_cloudwatch_dashboard"') == bill.DASHBOARDS


def test_every_metric_is_billed(capsys: pytest.CaptureFixture[str]) -> None:
    recognition = RecognitionReport(
        faces=1,
        decisions=dict.fromkeys(Decision, 1),
        stages_ms={name.removesuffix("_ms"): 1.0 for name in StageTimes.model_fields},
    )
    with during(Context(), cold_start=True):
        emit_metrics(
            RequestReport("r", "POST", "/", 400, "no_face", 1.0, "door", recognition=recognition)
        )
    (told_of,) = json.loads(capsys.readouterr().out)["_aws"]["CloudWatchMetrics"]
    assert len(told_of["Dimensions"]) == 1
    assert len(told_of["Metrics"]) == bill.METRICS
