"""A short form of ``make soak``; and the reconciliation itself must be able to fail."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from pi_recorder.spool.loss_journal import LossKind
from services.pi_recorder.tests.conftest import NOON
from services.pi_recorder.tests.soak.evidence import FoundFrame, FoundVideo, Missing
from services.pi_recorder.tests.soak.journal import INTERVAL
from services.pi_recorder.tests.soak.reconciliation import Ledger, Place, Run
from services.pi_recorder.tests.soak.soak import soak

SEED = 4


@pytest.mark.exhaustive
def test_every_second_is_accounted_for(tmp_path: Path) -> None:
    result = soak(tmp_path, seed=SEED, seconds=24, on_progress=lambda progress, passed: None)
    log = (tmp_path / "recorder.log").read_text()
    assert result.progress.failures == [], log
    assert result.reconciliation.inconsistencies == []
    assert result.reconciliation.frames[Place.NOWHERE] == 0, result.reconciliation
    assert result.reconciliation.frames[Place.STORE] > 0
    assert result.progress.kills >= 2


@pytest.fixture
def ledger() -> Ledger:
    """A hundred frames."""
    return Ledger([NOON + number * INTERVAL for number in range(100)])


def video(first: int, end: int, longer: timedelta = timedelta()) -> FoundVideo:
    frames = [FoundFrame(NOON + number * INTERVAL, number) for number in range(first, end)]
    return FoundVideo("v.mp4", (end - first) * INTERVAL + longer, frames)


def test_a_frame_that_is_found_nowhere_is_unaccounted(ledger: Ledger) -> None:
    ledger.found(Place.STORE, [video(0, 40)])
    ledger.found(Place.SPOOL, [video(41, 80)])
    ledger.lost([Missing(LossKind.DROPPED, NOON + 80 * INTERVAL, NOON + 90 * INTERVAL)])
    ledger.killed([Run(0, 100, killed=True)])
    account = ledger.close()
    assert account.frames == {
        Place.STORE: 40,
        Place.SPOOL: 39,
        Place.DROPPED: 10,
        Place.PAUSED: 0,
        Place.KILLED: 10,
        Place.NOWHERE: 1,
    }
    assert not account.adds_up


def test_a_kill_excuses_the_end_of_its_own_run_only(ledger: Ledger) -> None:
    ledger.found(Place.STORE, [video(0, 40), video(60, 95)])
    ledger.killed([Run(0, 50, killed=True), Run(50, 100, killed=False)])
    assert ledger.close().frames[Place.NOWHERE] == 10 + 5


def test_a_kill_does_not_excuse_more_than_a_fragment(ledger: Ledger) -> None:
    ledger.found(Place.STORE, [video(0, 20)])
    ledger.killed([Run(0, 100, killed=True)])
    assert ledger.close().frames[Place.NOWHERE] == 80


def test_a_partial_video_announced_as_whole_is_inconsistent(ledger: Ledger) -> None:
    ledger.found(Place.STORE, [video(0, 100, longer=timedelta(seconds=1))])
    assert not ledger.close().adds_up
