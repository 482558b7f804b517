"""``recognizer serve``: runs the service."""

from __future__ import annotations

import errno
import ipaddress
import signal
import socket
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from facecore.contract import AuditAction
from facecore.hosts import is_loopback
from recognizer.entrypoints.cli import credentials
from recognizer.entrypoints.cli.admin_token import print_token
from recognizer.entrypoints.cli.connection import DataDir, folder_of, settings_for
from recognizer.entrypoints.cli.output import InputRefused, warn
from recognizer.entrypoints.http.server import set_up_malloc
from recognizer.settings import Settings
from recognizer.use_cases.audit_trail import AT_THE_STORE

if TYPE_CHECKING:  # at run time it would load the models' runtime
    from recognizer.bootstrap import Services


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port to listen on; 0 picks a free one.")
    ] = 8000,
    data_dir: DataDir = None,
) -> None:
    """Run the service until Ctrl-C.

    Settings are read from the environment variables RECOGNIZER_…. The first start on a new data
    folder, or on a deployment's tables, makes the admin's token, prints it once, and stores it
    for this user's command line.
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # stops like Ctrl-C
    set_up_malloc()
    try:
        with _bound(host, port) as listener:
            _serve(settings_for(data_dir), listener)
    except KeyboardInterrupt:
        Console(stderr=True).print("stopped")


def _serve(settings: Settings, listener: socket.socket) -> None:
    from facecore.http_server import LimitedServer  # noqa: PLC0415 - no other command needs uvicorn
    from recognizer.bootstrap import build  # noqa: PLC0415 - see above
    from recognizer.entrypoints.http.app import create_app  # noqa: PLC0415 - it loads the models' runtime
    from recognizer.entrypoints.http.early_refusal import early_refusal  # noqa: PLC0415 - see above
    from recognizer.entrypoints.http.server import http_config  # noqa: PLC0415 - see above
    from recognizer.observability import configure_logging  # noqa: PLC0415 - see above

    configure_logging(settings.log_level)
    services = build(settings)
    try:
        url = _url(listener)
        _look_after_token(services, url)
    except BaseException:
        services.close()
        raise
    app = create_app(services)  # its lifespan closes the services
    config = http_config(app, settings, early_refusal(services))
    Console(stderr=True).print(f"The recognizer runs at {url} (Ctrl-C stops it)")
    Console(stderr=True).print(f"The console is at {url}/ (sign in with the admin's token)")
    LimitedServer(config).run(sockets=[listener])


def _look_after_token(services: Services, url: str) -> None:
    from recognizer.bootstrap import ensure_admin_token  # noqa: PLC0415 - loaded by now

    if services.settings.admin_token_sha256 is not None:
        return  # whoever configured the hash has the token
    folder = folder_of(services.settings)
    if token := ensure_admin_token(services.stores.admin_tokens):
        services.trail.note(AT_THE_STORE, AuditAction.ADMIN_TOKEN_MADE, None)
        print_token(token, url, folder)
    elif folder is not None:
        credentials.move(url, folder)


def _bound(host: str, port: int) -> socket.socket:
    """Bind the port before the models are loaded, so that early clients wait."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # The protocol is named because asyncio turns Nagle's algorithm off only where it reads TCP;
    # with it, an answer's body waits 40 ms for the client's acknowledgement of the head.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen()
    except OSError as error:
        listener.close()
        fix = (
            "give another --port" if error.errno == errno.EADDRINUSE else "check --host and --port"
        )
        raise InputRefused(f"can't listen on {host}:{port}: {error.strerror}; {fix}") from None
    if not is_loopback(listener.getsockname()[0]):
        warn(
            f"listening on {host}: tokens and pictures travel unencrypted on that network; "
            "put a TLS proxy in front of the service"
        )
    return listener


def _url(listener: socket.socket) -> str:
    address, port = listener.getsockname()[:2]
    found = ipaddress.ip_address(address)
    if found.is_unspecified:
        address = "127.0.0.1"  # the unspecified address includes loopback
    return f"http://[{address}]:{port}" if ":" in address else f"http://{address}:{port}"
