"""Checks of the store, on this machine or in AWS, and of the models. They change nothing."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing

from botocore.exceptions import BotoCoreError, ClientError

from facecore.doctor_checks import Check, State, free_disk, writable
from facecore.errors import ModelError
from facecore.models import catalogue, store
from recognizer.adapters.aws.clients import Clients, connect
from recognizer.adapters.sqlite.connections import damaged, translated
from recognizer.adapters.sqlite.folder import DataFolder
from recognizer.adapters.sqlite.orphans import set_aside
from recognizer.domain.errors import SettingsInvalid, StoreUnavailable
from recognizer.entrypoints.cli.output import counted
from recognizer.settings import Settings

_OTHER_FOLDER = (
    "make the folder accessible to this user, or name another with RECOGNIZER_DATA_DIR or "
    "--data-dir"
)


def folder_checks(settings: Settings) -> Iterator[Check]:
    """Check the data folder."""
    yield writable("data folder", settings.data_dir, _OTHER_FOLDER)
    yield free_disk(settings.data_dir, "move the data folder to another disk")
    folder = DataFolder(settings.data_dir)
    try:
        yield _database(folder)
        counts = set_aside(folder)
    except OSError as error:  # a folder that this user may not read
        found = f"{error.filename} can't be read: {error.strerror}"
        yield Check("database", State.FAIL, found, _OTHER_FOLDER)
        return
    for kind, count in counts.items():
        found = f"no record names {counted(count, kind.removesuffix('s'))} in {folder.orphaned}"
        fix = "restore the database that names each, or delete the file"
        yield Check(kind, State.WARN, found, fix)


def _database(folder: DataFolder) -> Check:
    path = folder.database
    if not folder.has_database():
        if not folder.is_in_use():
            return Check("database", State.OK, "none yet; the first start creates it")
        found = f"{path} is missing or empty, but there are photos or videos"
        fix = "restore it from a backup, or move the folder's contents away to start afresh"
        return Check("database", State.FAIL, found, fix)
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as database:
            (answer,) = database.execute("PRAGMA integrity_check(1)").fetchone()
            (journal,) = database.execute("PRAGMA journal_mode").fetchone()
    except sqlite3.DatabaseError as error:
        return _refused(translated(error, path))
    if answer != "ok":
        return _refused(damaged(path, answer))
    if journal != "wal":
        found = f"intact, but its journal mode is {journal}, not wal"
        return Check("database", State.WARN, found, "`recognizer serve` sets it again")
    return Check("database", State.OK, "intact, journal mode wal")


def _refused(error: StoreUnavailable) -> Check:
    """Return a failed check with the same message that a start prints."""
    found, _, fix = str(error).partition("; ")
    return Check("database", State.FAIL, found, fix)


def model_checks(settings: Settings) -> Iterator[Check]:
    """Check the models that a server on this machine needs."""
    try:
        wanted = catalogue.needed(catalogue.embedder(settings.model), settings.backend)
    except ModelError as error:
        yield Check("models", State.FAIL, str(error), "correct RECOGNIZER_MODEL")
        return
    for model in wanted:
        yield _model(model)


def _model(model: catalogue.Model) -> Check:
    name = f"model {model.name}"
    fix = f"`facecore models fetch {model.name}`"
    if not store.model_path(model).exists():
        return Check(name, State.WARN, "not on this machine; the first start downloads it", fix)
    problems = store.problems(model, full=True)
    if problems:
        return Check(name, State.FAIL, "; ".join(problems), fix)
    return Check(name, State.OK, f"{model.id}, checksums match")


_TABLES = ("people", "faces", "gallery", "sightings", "crops", "videos", "devices")
_BUCKETS = ("videos", "faces")
_MISSING = ("404", "ResourceNotFoundException")


def aws_checks(settings: Settings) -> Iterator[Check]:
    """Check every table and bucket, with the user's credentials. Stop if AWS does not answer."""
    try:
        clients = connect()
    except SettingsInvalid as error:
        yield Check("AWS", State.FAIL, str(error), "correct the setting and try again")
        return
    with closing(clients):
        try:
            yield from _table_and_bucket_checks(clients, settings)
        except BotoCoreError as error:
            fix = "check the network, AWS_REGION and AWS_ENDPOINT_URL"
            yield Check("AWS", State.FAIL, str(error), fix)


def _table_and_bucket_checks(clients: Clients, settings: Settings) -> Iterator[Check]:
    for name in _TABLES:
        yield _aws_check("table", f"{name}_table", settings, lambda table: _table(clients, table))
    for name in _BUCKETS:
        yield _aws_check(
            "bucket", f"{name}_bucket", settings, lambda bucket: _bucket(clients, bucket)
        )


def _table(clients: Clients, name: str) -> str:
    return str(clients.dynamodb.describe_table(TableName=name)["Table"]["TableStatus"]).lower()


def _bucket(clients: Clients, name: str) -> str:
    clients.s3.head_bucket(Bucket=name)
    return "active"


def _aws_check(kind: str, setting: str, settings: Settings, look: Callable[[str], str]) -> Check:
    name = str(getattr(settings, setting))
    title = f"{kind} {name}"
    try:
        found = look(name)
    except ClientError as error:
        return Check(title, State.FAIL, *_refused_by_aws(error, setting))
    if found != "active":
        return Check(title, State.WARN, found, "wait until it is active")
    return Check(title, State.OK, "exists")


def _refused_by_aws(error: ClientError, setting: str) -> tuple[str, str]:
    code = str(error.response.get("Error", {}).get("Code"))
    variable = f"RECOGNIZER_{setting.upper()}"
    if code in _MISSING:
        return "not found", f"check {variable} and AWS_REGION; `terraform output` prints both"
    return f"AWS refuses: {code}", f"use credentials that may read it, or correct {variable}"
