"""Check the connection to the recognizer: its name, its health, the clock, the token."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx

from facecore.client import RecognizerClient
from facecore.client.address import service_url
from facecore.client.transport import DeadlineTransport
from facecore.doctor_checks import Check, State
from facecore.errors import ApiProblem, ApiUnreachable, ClientError
from facecore.hosts import address_of
from pi_recorder.settings.schema import Settings

_ANSWERS_WITHIN_S = 10.0
_LITTLE_SKEW_S, _MUCH_SKEW_S = 5.0, 600.0
"""The first is a warning, the second a failure: S3 refuses requests from 15 minutes of skew.

Source: "RequestTimeTooSkewed" in S3's list of error responses.
"""
_NEW_TOKEN = "`recognizer devices add NAME` gives a new one, for device.env"  # noqa: S105 - a hint


class _Dated(httpx.BaseTransport):
    """A transport that measures how far this clock is ahead of the server's."""

    def __init__(self) -> None:
        self._network = DeadlineTransport()
        self.ahead_s: float | None = None

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        asked_at = datetime.now(UTC)
        response = self._network.handle_request(request)
        between = asked_at + (datetime.now(UTC) - asked_at) / 2
        self.ahead_s = _ahead(between, response.headers.get("date"))
        return response

    def close(self) -> None:
        self._network.close()


def server_checks(settings: Settings) -> Iterator[Check]:
    """Check the recognizer of the settings."""
    host = service_url(settings.url).host
    if name := _name_check(host):
        yield name
        if name.state is State.FAIL:
            return
    network = _Dated()
    with RecognizerClient(
        settings.url, settings.token, deadline_s=_ANSWERS_WITHIN_S, attempts=1, transport=network
    ) as client:
        server = _server_check(client, settings.url)
        yield server
        if network.ahead_s is not None:
            yield clock_check(network.ahead_s)
        if server.state is State.OK:
            yield _token_check(client)


def clock_check(ahead_s: float) -> Check:
    """Check how far this machine's clock is ahead of the server's."""
    found = f"{abs(ahead_s):.0f} seconds {'ahead of' if ahead_s > 0 else 'behind'} the server"
    fix = "`timedatectl` says whether it is synchronised; is NTP (UDP port 123) let through?"
    if abs(ahead_s) >= _MUCH_SKEW_S:
        return Check("clock", State.FAIL, f"{found}; the store refuses uploads", fix)
    if abs(ahead_s) >= _LITTLE_SKEW_S:
        return Check("clock", State.WARN, found, fix)
    return Check("clock", State.OK, "as the server's")


def _ahead(now: datetime, date: str | None) -> float | None:
    try:
        there = parsedate_to_datetime(date or "")
    except ValueError:
        return None
    # The header has whole seconds, so it is half a second behind on average.
    return (now - there.replace(tzinfo=there.tzinfo or UTC)).total_seconds() - 0.5


def _name_check(host: str) -> Check | None:
    """Check that the host has an address; return None if the settings contain the address."""
    if address_of(host):
        return None
    found: list[str] = []
    # On a thread, because the system's name lookup has no timeout that can be set.
    search = threading.Thread(target=_look_up, args=(host, found), daemon=True)
    search.start()
    search.join(_ANSWERS_WITHIN_S)
    if not found:
        fix = "check the network (`ping 1.1.1.1`), its name server (`resolvectl`), and the name"
        return Check("name", State.FAIL, f"{host} has no address", fix)
    return Check("name", State.OK, f"{host} is {found[0]}")


def _look_up(host: str, found: list[str]) -> None:
    try:
        found.extend(str(entry[4][0]) for entry in socket.getaddrinfo(host, None))
    except (OSError, UnicodeError):
        return  # ``found`` stays empty


def _server_check(client: RecognizerClient, url: str) -> Check:
    try:
        health = client.health()
    except ApiProblem as error:
        return Check("server", State.FAIL, str(error), "check the server's log")
    except ApiUnreachable as error:
        fix = "check `url`, the network, and whether the recognizer runs"
        return Check("server", State.FAIL, str(error), fix)
    except ClientError as error:
        fix = "check `url`; a captive portal answers like this too"
        return Check("server", State.FAIL, str(error), fix)
    what = f"{url} is {health.status}, version {health.version}, {health.gallery_people} people"
    return Check("server", State.OK, what)


def _token_check(client: RecognizerClient) -> Check:
    """Check the token; a device may not list people, so a refusal shows its role."""
    try:
        client.people(limit=1)
    except ApiProblem as error:
        if error.status == 403:  # noqa: PLR2004 - forbidden: the token is known
            return Check("token", State.OK, "accepted, role device")
        return Check("token", State.FAIL, str(error), _NEW_TOKEN)
    except ClientError as error:
        return Check("token", State.FAIL, str(error), "try again")
    found = "it is the admin's token: anybody who takes the card can change and delete everything"
    return Check("token", State.WARN, found, _NEW_TOKEN)
