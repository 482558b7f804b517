"""Count the AWS calls of each read of the console, and those that run in sequence.

The service runs in this process over DynamoDB Local, or moto if that is missing, both on loopback.
So the network time of a call is not measured. An estimate adds a round trip to every call. It is
only an estimate: the stand-in and the service share this machine's processors, a function has a
different one, and API Gateway and cold starts are not included.
"""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Annotated

import httpx
import typer
from pydantic import BaseModel, ConfigDict
from rich.console import Console
from rich.table import Table

from facecore.models.catalogue import embedder
from recognizer.adapters.aws.clients import connect
from recognizer.adapters.aws.opening import assemble as assemble_stores
from recognizer.bootstrap import assemble, reset_admin_token
from recognizer.entrypoints.http.app import create_app
from recognizer.settings import Settings
from services.recognizer.benchmarks import console_aws_seed
from services.recognizer.benchmarks.console_aws_calls import AwsCalls
from services.recognizer.benchmarks.console_aws_seed import PERSON
from services.recognizer.benchmarks.machine import machine
from services.recognizer.benchmarks.speed_results import Spread
from tests.support import aws_resources, dynamodb_local, moto
from tests.support.fake_vision import FakeVision
from tests.support.transports import InProcess

_URL = "http://recognizer.localhost"
_MAX_ACTIONS = 10
"""Most actions in a transaction of DynamoDB Local; AWS allows more."""


class ReadTimes(BaseModel):
    """The times of one read, in milliseconds.

    Attributes:
        calls: the AWS calls, with authentication.
        in_sequence: the longest chain of calls that waited for each other.
        cpu_ms: processor time of this process in the median run.
        here: over the stand-in on loopback.
        estimate: with a round trip for each call.
    """

    model_config = ConfigDict(frozen=True)

    read: str
    calls: int
    in_sequence: int
    cpu_ms: float
    here: Spread
    estimate: Spread


class Report(BaseModel):
    """The times of all reads, and the machine."""

    model_config = ConfigDict(frozen=True)

    measured_on: date
    machine: str
    python: str
    stand_in: str
    people: int
    sightings: int
    days: int
    runs: int
    round_trip_ms: float
    reads: list[ReadTimes]


def main(
    people: Annotated[int, typer.Option(min=100)] = 200,
    sightings: Annotated[int, typer.Option(min=400, help="Four make a visit.")] = 6_000,
    days: Annotated[int, typer.Option(min=1, help="Days of the sightings.")] = 20,
    runs: Annotated[int, typer.Option(min=1, help="Of each read.")] = 10,
    *,
    round_trip_ms: Annotated[
        float, typer.Option(min=0, help="Assumed round trip of a call in AWS, in ms.")
    ] = 8.0,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for programs.")] = False,
) -> None:
    """Count and time the reads behind the console's pages over the AWS stores."""
    now = datetime.now(UTC)
    with _service(people, sightings, days, now) as (http, calls):
        reads = [
            _measured(http, calls, name, path, runs=runs, round_trip_ms=round_trip_ms)
            for name, path in _reads(now).items()
        ]
    report = Report(
        measured_on=now.date(),
        machine=machine(),
        python=platform.python_version(),
        stand_in=_stand_in(),
        people=people,
        sightings=sightings,
        days=days,
        runs=runs,
        round_trip_ms=round_trip_ms,
        reads=reads,
    )
    if as_json:
        typer.echo(report.model_dump_json(indent=2))
    else:
        _show(report)


def _reads(now: datetime) -> dict[str, str]:
    """Return the paths that the pages request. A page requests several at once."""
    hour = f"since={_text(now - timedelta(hours=1))}&until={_text(now)}"
    return {
        "session": "/v1/session",
        "people": "/v1/people?limit=50",
        "people, searched": "/v1/people?limit=50&search=example%2099",
        "one person": f"/v1/people/{PERSON}",
        "photos of a person": f"/v1/people/{PERSON}/photos",
        "export of a person": f"/v1/people/{PERSON}/export",
        "visits": "/v1/visits?limit=50",
        "visits of a person": f"/v1/visits?limit=50&label={PERSON}",
        "visits of a camera": "/v1/visits?limit=50&device=door",
        "visits that are unknown": "/v1/visits?limit=50&decision=unknown",
        "sightings": "/v1/sightings?limit=50",
        "unknown_people": "/v1/unknown-people?limit=24",
        "unknown people who are ignored": "/v1/unknown-people/ignored",
        "playback: tracks": f"/v1/tracks?device=door&limit=100&{hour}",
        "playback: sightings": f"/v1/sightings?device=door&{hour}",
        "playback: videos": f"/v1/videos?device=door&{hour}",
        "videos": "/v1/videos?limit=50",
        "cameras": "/v1/devices",
        "health": "/v1/statistics?days=30",
        "data: audit log": "/v1/audit?limit=50",
        "data: retention": "/v1/retention",
    }


def _text(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


@contextmanager
def _service(
    people: int, sightings: int, days: int, now: datetime
) -> Iterator[tuple[httpx.Client, AwsCalls]]:
    """Yield a client of the app over filled stores, signed in like the console."""
    os.environ.update(_empty_stand_in())
    settings = Settings()
    clients = connect()
    stores = assemble_stores(clients, settings, lambda: now, max_actions=_MAX_ACTIONS)
    console_aws_seed.fill(stores, people, sightings, days, now)
    model = embedder()
    services = assemble(settings, FakeVision(model.id, model.dimension), stores)
    token = reset_admin_token(stores.admin_tokens)
    with httpx.Client(
        transport=InProcess(create_app(services, reporters=())), base_url=_URL
    ) as http:
        http.post("/v1/session", json={"token": token}).raise_for_status()
        yield http, AwsCalls(clients)
    services.close()


def _stand_in() -> str:
    return "DynamoDB Local" if dynamodb_local.missing() is None else "moto"


def _empty_stand_in() -> dict[str, str]:
    """Return the environment of an empty stand-in. moto always stands in for S3."""
    server = moto.running()
    if dynamodb_local.missing() is not None:
        server.renew()
        return server.environment()
    dynamodb = dynamodb_local.running()
    dynamodb.renew()
    aws_resources.create_buckets(server.s3())
    return {**server.environment(), **dynamodb.environment()}


def _measured(
    http: httpx.Client, calls: AwsCalls, name: str, path: str, *, runs: int, round_trip_ms: float
) -> ReadTimes:
    _timed(http, path)
    with calls.counting() as count:
        _timed(http, path)
    here = sorted(_timed(http, path) for _ in range(runs))
    with calls.taking(round_trip_ms / 1000):
        estimate = [_timed(http, path)[0] for _ in range(runs)]
    return ReadTimes(
        read=name,
        calls=count.calls,
        in_sequence=count.in_sequence,
        cpu_ms=round(here[len(here) // 2][1], 1),
        here=Spread.of([wall for wall, _ in here]),
        estimate=Spread.of(estimate),
    )


def _timed(http: httpx.Client, path: str) -> tuple[float, float]:
    """Return milliseconds of wall clock and of processor time."""
    begun, worked = time.perf_counter(), time.process_time()
    http.get(path).raise_for_status()
    return (time.perf_counter() - begun) * 1000, (time.process_time() - worked) * 1000


def _show(report: Report) -> None:
    console = Console(highlight=False, width=100)
    console.print(
        f"{report.measured_on}, {report.machine}, Python {report.python}, {report.stand_in}; "
        f"{report.people:,} people, {report.sightings:,} sightings in {report.days} days",
        markup=False,
    )
    table = Table("read", title="median milliseconds", title_justify="left")
    waited = f"{report.round_trip_ms:g} ms a call"
    for column in ("AWS calls", "in sequence", "processor", "here", f"estimate, {waited}"):
        table.add_column(column, justify="right")
    for one in report.reads:
        table.add_row(
            one.read,
            str(one.calls),
            str(one.in_sequence),
            f"{one.cpu_ms:.0f}",
            f"{one.here.median:.0f}",
            f"{one.estimate.median:.0f}",
        )
    console.print(table)
    console.print(
        f"The last column is an estimate, not measured on AWS: each call waits {waited} more.",
        markup=False,
    )


if __name__ == "__main__":
    typer.run(main)
