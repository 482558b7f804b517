"""Traces on Lambda: AWS X-Ray, through Powertools' tracer.

Each recognition and each AWS call is a subsegment. Private data stays in the process: a trace holds
no object keys (a photo's key begins with its person's label) and no error messages (which may name
a person or an object).
"""

from __future__ import annotations

import os
from dataclasses import replace
from typing import Any, Protocol

from aws_lambda_powertools import Tracer

from recognizer.bootstrap import Services, crop_retention
from recognizer.domain.capture import Capture, Crops
from recognizer.observability.logs import service_name
from recognizer.use_cases.recognition import Recognized, Recognizer

_DISABLED = "POWERTOOLS_TRACE_DISABLED"
_ALLOWED_AWS_FIELDS = frozenset(
    {"bucket_name", "id_2", "index_name", "operation", "region", "request_id", "retries",
     "table_name", "table_names"}
)  # fmt: skip


def is_wanted() -> bool:
    """Return whether tracing is enabled. If not, X-Ray's library is not even imported."""
    return os.environ.get(_DISABLED, "").lower() not in {"1", "true", "yes", "on"}


def new_tracer() -> Tracer:
    """Return a tracer that sends nothing private. ``trace_aws`` adds the AWS calls."""
    from aws_xray_sdk.core import xray_recorder  # noqa: PLC0415 - a tenth of a second, and only here

    xray_recorder.configure(emitter=PrivateEmitter(xray_recorder.emitter))
    return Tracer(service=service_name(), auto_patch=False)


def trace_aws(tracer: Tracer) -> None:
    """Make every boto3 call a subsegment from now on.

    Call this after the function has started: before its first invocation there is no trace, and
    the library would warn about every call.
    """
    tracer.patch(["botocore"])


def with_tracing(services: Services, tracer: Tracer) -> Services:
    """Return the same services with traced recognitions."""
    return replace(services, recognizer=_TracedRecognizer(services, tracer))


class _TracedRecognizer(Recognizer):
    """A recognizer that traces each recognition as a subsegment, on its own thread."""

    def __init__(self, services: Services, tracer: Tracer) -> None:
        super().__init__(
            services.vision,
            services.gallery,
            services.stores.people,
            services.stores.sightings,
            services.now,
            retention=crop_retention(services.settings, services.vision, services.stores),
        )
        self._tracer = tracer

    def recognize(self, sent: bytes | Crops, capture: Capture) -> Recognized:
        with self._tracer.provider.in_subsegment(name="recognition"):
            recognized = super().recognize(sent, capture)
            report = recognized.report
            self._annotate("faces", report.faces)
            for decision, count in report.decisions.items():
                self._annotate(decision.value, count)
            self._tracer.put_metadata("stages_ms", dict(report.stages_ms))
            return recognized

    def _annotate(self, key: str, count: int) -> None:
        self._tracer.put_annotation(key, count)  # type: ignore[arg-type]  # typed numbers.Number, which mypy does not accept for int


class Emitter(Protocol):
    """Sends parts of a trace to X-Ray."""

    def send_entity(self, entity: Any) -> None:
        """Send one subsegment with its children."""
        ...


class PrivateEmitter:
    """An emitter that removes private data before it sends."""

    def __init__(self, emitter: Emitter) -> None:
        self._emitter = emitter

    def send_entity(self, entity: Any) -> None:
        """Send one subsegment with its children."""
        _strip(entity)
        self._emitter.send_entity(entity)


def _strip(entity: Any) -> None:
    entity.aws = {name: value for name, value in entity.aws.items() if name in _ALLOWED_AWS_FIELDS}
    if isinstance(entity.cause, dict):  # else it is the id of an error sent before
        for error in entity.cause.get("exceptions", []):
            error.message = None
    for part in entity.subsegments:
        _strip(part)
