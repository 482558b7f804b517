"""Keeps to the limits of local video while the service runs: now, and every hour."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio
from anyio import to_thread

from recognizer.adapters.sqlite import LocalStores
from recognizer.adapters.sqlite.video_retention import VideoRetention, log_pruned
from recognizer.domain.errors import StoreUnavailable
from recognizer.domain.ports import Stores

logger = logging.getLogger(__name__)

_EVERY_S = 3600


@asynccontextmanager
async def video_pruned(stores: Stores) -> AsyncIterator[None]:
    """Prune in the background until the context ends. In AWS the bucket's own rule does it."""
    if not isinstance(stores, LocalStores):
        yield
        return
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(_prune_hourly, stores.video_retention)
        yield
        tasks.cancel_scope.cancel()


async def _prune_hourly(retention: VideoRetention) -> None:
    while True:
        try:
            while await to_thread.run_sync(_prune_batch, retention):
                pass
        except StoreUnavailable as error:
            logger.warning("old video could not be removed: %s", error)
        await anyio.sleep(_EVERY_S)


def _prune_batch(retention: VideoRetention) -> bool:
    """Remove one batch, so that a stop waits for no more; whether there may be another."""
    removed = retention.prune(retention.standing_rules())
    log_pruned(removed)
    return bool(removed)
