"""Metrics on Lambda: one object in CloudWatch's embedded metric format for each request.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html

The namespace is ``Recognizer``; the only dimension is ``service``. Each request has
``RequestDuration``. The first request of a process also has ``ColdStart``, and one that was
answered with a problem has ``Refusals``. A recognition has ``Recognitions``, ``Faces``, ``Match``,
``Uncertain``, ``Unknown`` and each stage's time, ``DecodeTime`` to ``TotalTime``. Times are in
milliseconds.
"""

from __future__ import annotations

import json
import sys

from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit

from recognizer.domain.request_report import RecognitionReport, RequestReport
from recognizer.observability.logs import service_name
from recognizer.observability.request import current_invocation

NAMESPACE = "Recognizer"


def emit_metrics(report: RequestReport) -> None:
    """Write a request's metrics to standard output, from where Lambda sends them to CloudWatch.

    Each request has its own object, so that concurrent requests share nothing.
    """
    metrics = EphemeralMetrics(namespace=NAMESPACE, service=service_name())
    metrics.add_metric("RequestDuration", MetricUnit.Milliseconds, report.duration_ms)
    if (invocation := current_invocation()) is not None and invocation.cold_start:
        metrics.add_metric("ColdStart", MetricUnit.Count, 1)
    if report.code is not None:
        metrics.add_metric("Refusals", MetricUnit.Count, 1)
    if report.recognition is not None:
        _add_recognition(metrics, report.recognition)
    _add_metadata(metrics, report)
    # One write, so that no log line comes in between.
    sys.stdout.write(json.dumps(metrics.serialize_metric_set(), separators=(",", ":")) + "\n")
    sys.stdout.flush()


def _add_recognition(metrics: EphemeralMetrics, recognition: RecognitionReport) -> None:
    metrics.add_metric("Recognitions", MetricUnit.Count, 1)
    metrics.add_metric("Faces", MetricUnit.Count, recognition.faces)
    for decision, count in recognition.decisions.items():
        metrics.add_metric(decision.value.title(), MetricUnit.Count, count)
    for stage, took_ms in recognition.stages_ms.items():
        metrics.add_metric(f"{stage.title()}Time", MetricUnit.Milliseconds, took_ms)


def _add_metadata(metrics: EphemeralMetrics, report: RequestReport) -> None:
    """Add what has too many values for a dimension, since each value costs. Logs are searchable."""
    metrics.add_metadata("request_id", report.request_id)
    metrics.add_metadata("method", report.method)
    metrics.add_metadata("route", report.route)
    metrics.add_metadata("status", report.status)
    metrics.add_metadata("code", report.code)
