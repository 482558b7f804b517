"""Traces on Lambda: AWS X-Ray, through Powertools' tracer.

A recognition is a subsegment, and so is every call of AWS, within it or not. What is sent holds no
key of an object (a photo's begins with its person's label) and no error's message (which may name a
person, or an object): those stay in the process.
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
_TOLD_OF_AWS = frozenset(
    {"bucket_name", "id_2", "index_name", "operation", "region", "request_id", "retries",
     "table_name", "table_names"}
)  # fmt: skip


def is_wanted() -> bool:
    """Whether this function is traced. Where it is not, X-Ray's library is not even imported."""
    return os.environ.get(_DISABLED, "").lower() not in {"1", "true", "yes", "on"}


def new_tracer() -> Tracer:
    """A tracer that sends nothing private; ``trace_aws`` makes it follow the calls of AWS."""
    from aws_xray_sdk.core import xray_recorder  # noqa: PLC0415 - a tenth of a second, and only here

    xray_recorder.configure(emitter=PrivateEmitter(xray_recorder.emitter))
    return Tracer(service=service_name(), auto_patch=False)


def trace_aws(tracer: Tracer) -> None:
    """From now on every call by boto3 is a subsegment.

    To be called when the function has started: before its first invocation there is no trace to
    belong to, and the library would warn of every call.
    """
    tracer.patch(["botocore"])


def traced(services: Services, tracer: Tracer) -> Services:
    """The same services, whose recognitions are traced."""
    return replace(services, recognizer=_TracedRecognizer(services, tracer))


class _TracedRecognizer(Recognizer):
    """Each recognition is a subsegment, on the thread that works on it."""

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
        self._tracer.put_annotation(key, count)  # type: ignore[arg-type]  # says numbers.Number, which mypy takes no int for


class Emitter(Protocol):
    """What brings a part of a trace to X-Ray."""

    def send_entity(self, entity: Any) -> None:
        """Sends one subsegment with those within it."""
        ...


class PrivateEmitter:
    """Takes out what is private, then sends."""

    def __init__(self, emitter: Emitter) -> None:
        self._emitter = emitter

    def send_entity(self, entity: Any) -> None:
        """Sends one subsegment with those within it."""
        _strip(entity)
        self._emitter.send_entity(entity)


def _strip(entity: Any) -> None:
    entity.aws = {name: told for name, told in entity.aws.items() if name in _TOLD_OF_AWS}
    if isinstance(entity.cause, dict):  # else the id of an error that was told before
        for error in entity.cause.get("exceptions", []):
            error.message = None
    for part in entity.subsegments:
        _strip(part)
