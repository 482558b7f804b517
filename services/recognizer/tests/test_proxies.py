"""Test that a client's address and scheme are taken only from the configured proxies."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest

from facecore.http_server import LimitedServer
from recognizer.domain.errors import SettingsInvalid
from recognizer.entrypoints.http.server import http_config
from recognizer.settings import Settings, load_settings

CLAIM = {
    "x-forwarded-for": "198.51.100.1, 203.0.113.7",
    "x-forwarded-proto": "https",
    "x-forwarded-host": "evil.example",
    "x-real-ip": "198.51.100.2",
    "forwarded": "for=198.51.100.3;proto=https;host=evil.example",
}


async def _echo(scope: Any, receive: Any, send: Any) -> None:
    """Answer with the client that the application sees."""
    host = dict(scope["headers"])[b"host"].decode()
    text = f"{scope['client'][0]} {scope['scheme']} {host.partition(':')[0]}".encode()
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": text})


@contextmanager
def _served(settings: Settings, family: int, address: str) -> Iterator[int]:
    with socket.socket(family) as listener:
        if family == socket.AF_INET6:
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        listener.bind((address, 0))
        listener.listen()
        config = http_config(_echo, settings)
        config.lifespan = "off"
        server = LimitedServer(config)
        thread = threading.Thread(target=server.run, args=([listener],))
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            server.should_exit = True
            thread.join()


def _seen_client(trusted: str, monkeypatch: pytest.MonkeyPatch, *, six: bool = False) -> str:
    monkeypatch.setenv("RECOGNIZER_TRUSTED_PROXIES", trusted)
    monkeypatch.setenv("FORWARDED_ALLOW_IPS", "*")  # uvicorn's own variable has no effect
    family, address = (socket.AF_INET6, "::") if six else (socket.AF_INET, "127.0.0.1")
    with _served(load_settings(), family, address) as port:
        return httpx.get(f"http://127.0.0.1:{port}/", headers=CLAIM, timeout=300).text


@pytest.mark.parametrize("trusted", ["", "10.0.0.1", "::1,192.168.0.0/16"])
def test_an_unconfigured_proxy_is_not_trusted(
    trusted: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _seen_client(trusted, monkeypatch) == "127.0.0.1 http 127.0.0.1"


@pytest.mark.parametrize("trusted", ["127.0.0.1", "10.0.0.1, 127.0.0.0/8"])
def test_a_configured_proxy_is_trusted_for_the_client_it_saw(
    trusted: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Test that only the last address counts: the proxy set it; those before it are claims."""
    assert _seen_client(trusted, monkeypatch) == "203.0.113.7 https 127.0.0.1"


def test_a_chain_of_proxies_is_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _seen_client("127.0.0.1,203.0.113.7", monkeypatch) == "198.51.100.1 https 127.0.0.1"


def test_a_proxy_is_known_on_a_dual_stack_socket(monkeypatch: pytest.MonkeyPatch) -> None:
    if not socket.has_dualstack_ipv6():
        pytest.skip("this machine has no IPv6")
    assert _seen_client("127.0.0.1", monkeypatch, six=True) == "203.0.113.7 https 127.0.0.1"


@pytest.mark.parametrize("wrong", ["*", "proxy.example", "10.0.0.1/8", "10.0.0.1;10.0.0.2"])
def test_an_invalid_network_is_refused_at_the_start(
    wrong: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RECOGNIZER_TRUSTED_PROXIES", wrong)
    with pytest.raises(SettingsInvalid, match="RECOGNIZER_TRUSTED_PROXIES"):
        load_settings()
