"""Only the owner can read recordings, whatever the umask is and whoever starts the recorder."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from pi_recorder.spool import QuotaPolicy, Spool
from services.pi_recorder.tests.conftest import NOON, film, keep, mode


@pytest.mark.usefixtures("open_umask")
def test_everything_in_a_spool_is_its_owners_alone(tmp_path: Path) -> None:
    folder = tmp_path / "made" / "spool"
    film(folder, frames=60)
    assert len(list(folder.glob("*.mp4"))) == 2
    [part] = folder.glob("*.part")
    (folder / "20260101T000000.000000Z.part").write_bytes(b"nothing whole")
    open_to_all = {folder / "20260101T000000.000000Z.part"}
    _check(folder, besides=open_to_all)
    limits = QuotaPolicy(keep_uploaded=True)
    with Spool(folder, limits) as spool:
        spool.pause(NOON)
        spool.resume(NOON)
        spool.confirm(spool.queued()[0])
        while spool.recover():
            pass
    assert not part.exists()
    names = {path.name for path in folder.iterdir()}
    assert {"uploaded", "partial", "losses.jsonl", ".lock"} <= names
    _check(folder, besides={*(folder / "partial").iterdir()})


def _check(folder: Path, besides: set[Path]) -> None:
    for path in {folder, *folder.rglob("*")} - besides:
        assert oct(mode(path)) == ("0o700" if path.is_dir() else "0o600"), path


def test_a_spool_that_was_open_to_all_is_closed_at_the_start(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = tmp_path / "spool"
    folder.mkdir()
    folder.chmod(0o755)
    with Spool(folder) as spool:
        keep(spool, b"a face", NOON)
    assert mode(folder) == 0o700
    assert f"{folder} was open to everybody on this machine" in caplog.text


def test_permissions_of_a_group_stay(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    folder = tmp_path / "spool"
    folder.mkdir()
    folder.chmod(0o2770)
    with Spool(folder):
        pass
    assert mode(folder) == 0o2770
    assert not caplog.text


def test_a_shared_folder_is_unchanged_and_reported(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A folder like /tmp: everybody may make files there, nobody may delete another's."""
    folder = tmp_path / "shared"
    folder.mkdir()
    folder.chmod(0o1777)
    with Spool(folder):
        pass
    assert mode(folder) == 0o1777
    assert f"{folder}: everybody on this machine can look into it" in caplog.text
    shutil.rmtree(folder)
