"""Test the queue of pictures by itself: expected waits, refusals, order."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass, field

import pytest

from facecore.contract import MAX_IMAGE_BYTES
from recognizer.domain.errors import Overloaded
from recognizer.use_cases.admission import MAX_HELD_BYTES, Place, VisionQueue

MEGA = 1_000_000


@dataclass(slots=True)
class Clock:
    time: float = 0.0

    def __call__(self) -> float:
        return self.time


async def never() -> None:
    await asyncio.Event().wait()


@dataclass
class Queue:
    """A queue, and its pictures by name."""

    slots: int = 1
    pixels: int = 32 * MEGA
    max_wait_s: float = 5.0
    clock: Clock = field(default_factory=Clock)
    working: list[str] = field(default_factory=list)
    done: dict[str, asyncio.Event] = field(default_factory=dict)
    tasks: dict[str, asyncio.Task[None]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.queue = VisionQueue(
            slots=self.slots, pixels=self.pixels, max_wait_s=self.max_wait_s, clock=self.clock
        )

    async def come(
        self,
        name: str,
        pixels: int = 0,
        *,
        urgent: bool = False,
        wait_s: float | None = None,
        gone: Callable[[], Awaitable[None]] = never,
    ) -> None:
        """Add a picture; return when it is analysed, waits, or was refused."""
        place = self.queue.place(wait_s, urgent=urgent)
        self.done[name] = asyncio.Event()
        self.tasks[name] = asyncio.create_task(self._live(name, place, pixels, gone))
        await settle()

    async def finish(self, name: str, took_s: float = 0.0) -> None:
        self.clock.time += took_s
        self.done[name].set()
        await self.tasks[name]
        await settle()

    async def _live(
        self, name: str, place: Place, pixels: int, gone: Callable[[], Awaitable[None]]
    ) -> None:
        async with self.queue.turn(place, pixels, gone):
            self.working.append(name)
            await self.done[name].wait()
        self.working.remove(name)


async def settle() -> None:
    """Let every task run as far as it can."""
    for _ in range(10):
        await asyncio.sleep(0)


@asynccontextmanager
async def ended(queue: Queue) -> AsyncIterator[Queue]:
    try:
        yield queue
    finally:
        for task in queue.tasks.values():
            task.cancel()
        await asyncio.gather(*queue.tasks.values(), return_exceptions=True)


def test_nothing_is_waited_for_while_a_slot_is_free() -> None:
    async def story() -> None:
        async with ended(Queue(slots=2)) as q:
            await q.come("a")
            assert q.queue.expected_wait() == 0
            await q.come("b")
            assert q.queue.expected_wait() > 0

    asyncio.run(story())


def test_the_expected_wait_follows_the_last_pictures_and_recovers() -> None:
    async def worked(q: Queue, pictures: int, took_s: float) -> float:
        """Return the expected wait behind one picture, after so many of this kind."""
        for _ in range(pictures):
            await q.come("one")
            await q.finish("one", took_s)
        await q.come("blocks")
        expected = q.queue.expected_wait()
        await q.finish("blocks", took_s)
        return expected

    async def story() -> None:
        async with ended(Queue()) as q:
            quick = await worked(q, 50, 0.02)
            slow = await worked(q, 50, 1.0)
            again = await worked(q, 100, 0.02)
        assert quick == pytest.approx(2 * 0.02, rel=0.1)
        assert slow == pytest.approx(2 * 1.0, rel=0.1)
        assert again == pytest.approx(quick, rel=0.1)

    asyncio.run(story())


def test_pictures_at_once_share_the_time_they_take() -> None:
    async def story() -> None:
        async with ended(Queue(slots=2)) as q:
            for _ in range(50):
                await q.come("a")
                await q.come("b")
                q.clock.time += 0.2
                q.done["b"].set()
                await q.finish("a")
                await q.tasks["b"]
            await q.come("a")
            await q.come("b")
            # Two pictures of 0.2 s each, done in 0.2 s: the first shared the time, the second not.
            assert 3 * 0.1 <= q.queue.expected_wait() <= 3 * 0.2

    asyncio.run(story())


def test_a_picture_is_refused_when_its_client_would_be_gone() -> None:
    async def story() -> None:
        async with ended(Queue()) as q:
            for _ in range(50):
                await q.come("one")
                await q.finish("one", 1.0)
            await q.come("a")
            await q.come("b")
            with pytest.raises(Overloaded) as refused:  # it would be the third, after 3 s
                q.queue.check(q.queue.place(2))
            assert refused.value.retry_after_s == 3
            q.queue.check(q.queue.place(4))
            for name in ("c", "d", "e"):
                await q.come(name)
            with pytest.raises(Overloaded):  # a client is gone after max_wait_s
                q.queue.check(q.queue.place(60))

    asyncio.run(story())


def test_a_waiting_picture_is_dropped_when_its_client_leaves() -> None:
    async def story() -> None:
        left = asyncio.Event()

        async def gone() -> None:
            await left.wait()

        async with ended(Queue()) as q:
            await q.come("a")
            await q.come("b", gone=gone)
            await q.come("c")
            left.set()
            with pytest.raises(Overloaded, match="left"):
                await q.tasks["b"]
            await q.finish("a")
            assert q.working == ["c"]

    asyncio.run(story())


def test_urgent_pictures_go_ahead_in_their_own_order() -> None:
    async def story() -> None:
        async with ended(Queue()) as q:
            await q.come("a")
            await q.come("b")
            await q.come("first", urgent=True)
            await q.come("second", urgent=True)
            order = []
            for name in ("a", "first", "second", "b"):
                order += q.working
                await q.finish(name)
        assert order == ["a", "first", "second", "b"]

    asyncio.run(story())


def test_an_urgent_picture_expects_to_wait_for_urgent_ones_only() -> None:
    async def story() -> None:
        async with ended(Queue()) as q:
            await q.come("a")
            for number in range(20):
                await q.come(f"b{number}")
            assert q.queue.expected_wait(urgent=True) < q.queue.expected_wait() / 5

    asyncio.run(story())


def test_large_pictures_take_turns_while_small_ones_go_on() -> None:
    async def story() -> None:
        async with ended(Queue(slots=4)) as q:
            await q.come("large", 25 * MEGA)
            await q.come("another", 25 * MEGA)
            await q.come("small", MEGA)
            await q.come("tiny")
            assert q.working == ["large", "small", "tiny"]
            await q.finish("large")
            assert "another" in q.working

    asyncio.run(story())


def test_a_large_picture_is_not_overtaken_for_ever() -> None:
    """Test pictures of 8 MP that would always fit, and one of 25 MP that never would."""

    async def story() -> None:
        async with ended(Queue(slots=4)) as q:
            await q.come("m1", 8 * MEGA)
            await q.come("m2", 8 * MEGA)
            await q.come("large", 25 * MEGA)
            await q.come("m3", 8 * MEGA)
            await q.finish("m1")
            assert q.working == ["m2"]
            await q.finish("m2")
            assert q.working == ["large"]

    asyncio.run(story())


def test_a_picture_beyond_the_budget_runs_alone() -> None:
    async def story() -> None:
        async with ended(Queue(slots=2, pixels=10 * MEGA)) as q:
            await q.come("large", 25 * MEGA)
            await q.come("small", MEGA)
            assert q.working == ["large"]
            await q.finish("large")
            assert q.working == ["small"]

    asyncio.run(story())


def test_the_bytes_of_pictures_are_bounded() -> None:
    queue = Queue().queue
    with ExitStack() as held:
        for _ in range(MAX_HELD_BYTES // MAX_IMAGE_BYTES):
            held.enter_context(queue.holding(MAX_IMAGE_BYTES))
        with pytest.raises(Overloaded), queue.holding(1):
            pass
    with queue.holding(MAX_IMAGE_BYTES):
        pass
