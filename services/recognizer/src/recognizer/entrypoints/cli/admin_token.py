"""``recognizer admin-token``: makes the admin's token in the store and shows it once."""

from __future__ import annotations

from pathlib import Path

import typer
from pydantic import SecretStr

from facecore.contract import AuditAction
from recognizer.domain.clock import utc_now
from recognizer.entrypoints.cli import credentials
from recognizer.entrypoints.cli.connection import (
    DEFAULT_URL,
    DataDir,
    connection,
    folder_of,
    settings_of_existing,
)
from recognizer.entrypoints.cli.output import say, warn
from recognizer.use_cases.audit_trail import AT_THE_STORE, AuditTrail


def admin_token(
    context: typer.Context,
    data_dir: DataDir = None,
) -> None:
    """Make a new admin token. The old one stops working at once.

    It is written to the store that RECOGNIZER_STORE names: a data folder on this machine, or a
    deployment's tables in AWS, with your AWS credentials. This user's command line keeps it for
    the server at --url.
    """
    from recognizer.bootstrap import (  # noqa: PLC0415 - it loads the models' runtime
        open_stores,
        reset_admin_token,
    )

    settings = settings_of_existing(data_dir)
    url, folder = connection(context).url, folder_of(settings)
    stores = open_stores(settings)
    try:
        trail = AuditTrail(stores.audit, utc_now)
        with trail.noting(AT_THE_STORE, AuditAction.ADMIN_TOKEN_MADE, None):
            token = reset_admin_token(stores.admin_tokens)
    finally:
        stores.close()
    print_token(token, url, folder)
    if folder is None and url == DEFAULT_URL:
        warn(
            f"the token is kept for {url}; give the deployment's address with --url or "
            "RECOGNIZER_URL"
        )


def print_token(token: str, url: str, folder: Path | None) -> None:
    """Print a new token once, and keep it for the server at ``url``."""
    say(f"The admin's token, shown only once: {token}")
    try:
        kept = credentials.keep(url, folder, SecretStr(token))
    except OSError as error:
        warn(f"the token could not be stored for this user ({error}); pass it as RECOGNIZER_TOKEN")
    else:
        say(f"This user's command line reads it from {kept}.")
