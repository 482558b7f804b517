"""The current visits: begin them, apply the answers to them, and end them.

A visit begins with the first usable shot of a new track and ends when the track is lost, but not
before a pending answer. When an answer says that a doubtful track is another person now, the visit
ends and another begins: nobody inherits a name.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import UTC
from threading import Lock

from facecore.contract import Decision, Recognition, RecognizedFace
from pi_recorder.events import (
    Publish,
    Seen,
    TrackedFace,
    TrackState,
    VisitBegan,
    VisitEnded,
    VisitNamed,
)
from pi_recorder.recognition.shots import RequestPolicy, Shot, shot
from pi_recorder.recognition.tracker import Track, Tracker
from pi_recorder.recognition.visit_state import Observation, Visit, VisitRequest, matched
from pi_recorder.recognition.vote_aggregation import Verdict


class Visits:
    """The visits of one camera. Thread-safe: observations and answers come from two threads.

    Args:
        ttl_s: see ``Tracker``.
        new_policy: makes the request policy of a new visit.
        missed: called with each visit that ends without an answer.
    """

    def __init__(
        self,
        publish: Publish,
        *,
        ttl_s: float,
        new_policy: Callable[[], RequestPolicy],
        missed: Callable[[Visit], None],
    ) -> None:
        self._publish = publish
        self._tracker = Tracker(ttl_s=ttl_s)
        self._new_policy = new_policy
        self._missed = missed
        self._visits: dict[Track, Visit] = {}
        self._now: list[tuple[Track, Shot]] = []
        self._numbers = itertools.count(1)
        self._lock = Lock()

    def __len__(self) -> int:
        """Return how many faces are followed, including those without a usable shot yet."""
        return len(self._tracker)

    def observe(self, observation: Observation) -> None:
        """Follow the faces of a frame, begin and end visits, and publish ``Seen``."""
        with self._lock:
            for track in self._tracker.lost(observation.captured_at):
                self._leave(track)
            shots = [
                shot(face, observation.captured_at, observation.at, observation.size)
                for face in observation.faces
            ]
            tracks = self._tracker.follow(observation.captured_at, observation.faces)
            self._now = list(zip(tracks, shots, strict=True))
            for track, now in self._now:
                if visit := self._visits.get(track):
                    visit.last_seen_at = observation.captured_at
                    if now.usable and now.score > visit.best.score:
                        visit.best = now
                elif now.usable:
                    self._begin(track, now)
            self._publish_seen(observation)

    def worth_requesting(self) -> bool:
        """Return whether the latest observation holds a shot that is worth a request."""
        with self._lock:
            return any(
                visit.policy.is_due(now, visit.verdict.state, doubtful=track.doubtful)
                for track, now in self._now
                if (visit := self._visits.get(track))
            )

    def settled(self) -> bool:
        """Return whether every visit has a name or the most answers that time alone allows."""
        with self._lock:
            return all(
                visit.policy.is_exhausted(visit.verdict.state) for visit in self._visits.values()
            )

    def begin_request(self) -> VisitRequest:
        """Begin a request about all visits of the latest observation.

        The caller must end it with ``answered`` or ``cancel_request``.
        """
        with self._lock:
            about = [(v, now) for track, now in self._now if (v := self._visits.get(track))]
            for visit, _ in about:
                visit.under_way = True
                visit.requests += 1
            return VisitRequest(tuple(about))

    def answered(
        self, request: VisitRequest, answer: Recognition, *, at: float, late: bool
    ) -> None:
        """Count the answer's faces as votes of their visits.

        Args:
            request: the result of ``begin_request``.
            answer: the answer, with boxes in pixels of the frame.
            at: when it arrived, on the monotonic clock.
            late: whether it was late.
        """
        faces = matched([about.face.box for _, about in request.about], answer)
        with self._lock:
            for (visit, about), face in zip(request.about, faces, strict=True):
                visit.policy.record(about)
                if face is not None and face.quality.accepted:
                    self._count(visit, about, face, at, late=late)
            self._cancel(request)

    def cancel_request(self, request: VisitRequest) -> None:
        """End a request that got no answer."""
        with self._lock:
            self._cancel(request)

    def end(self) -> None:
        """End all visits, because no observation follows."""
        with self._lock:
            for track in list(self._visits):
                self._leave(track)

    def _begin(self, track: Track, first: Shot) -> Visit:
        began = f"{first.captured_at.astimezone(UTC):%Y%m%dT%H%M%S}-{next(self._numbers)}"
        visit = Visit(began, track, first, first, self._new_policy(), first.captured_at)
        self._visits[track] = visit
        self._publish(VisitBegan(visit.id, first.captured_at))
        return visit

    def _count(
        self, visit: Visit, about: Shot, face: RecognizedFace, at: float, *, late: bool
    ) -> None:
        if visit.track.doubtful and not visit.gone:
            if _somebody_else(visit.verdict, face):
                self._leave(visit.track, answered=True)
                visit = self._begin(visit.track, about)
                visit.requests = 1
                visit.policy.record(about)
            visit.track.doubtful = face.decision is Decision.UNCERTAIN
        visit.votes.add(face, about.score, about.captured_at)
        verdict = visit.votes.verdict()
        changed = not verdict.same_as(visit.verdict)
        visit.verdict = verdict
        if changed:
            latency_s = at - visit.first.at
            self._publish(
                VisitNamed(
                    visit.id,
                    about.captured_at,
                    verdict.state,
                    verdict.person,
                    verdict.similarity,
                    latency_s,
                    late,
                )
            )

    def _cancel(self, request: VisitRequest) -> None:
        for visit, _ in request.about:
            visit.under_way = False
            if visit.gone:
                self._publish_ended(visit)

    def _leave(self, track: Track, *, answered: bool = False) -> None:
        visit = self._visits.pop(track, None)
        if visit is None:
            return
        if visit.under_way and not answered:
            visit.gone = True
        else:
            self._publish_ended(visit)

    def _publish_ended(self, visit: Visit) -> None:
        verdict = visit.verdict
        if verdict.state is TrackState.UNSEEN:
            self._missed(visit)
        self._publish(
            VisitEnded(
                visit.id,
                visit.first.captured_at,
                visit.last_seen_at,
                verdict.state,
                verdict.person,
                verdict.similarity,
                visit.requests,
            )
        )

    def _publish_seen(self, observation: Observation) -> None:
        faces = [
            _tracked(visit, now) for track, now in self._now if (visit := self._visits.get(track))
        ]
        self._publish(Seen(observation.captured_at, *observation.size, tuple(faces)))


def _tracked(visit: Visit, now: Shot) -> TrackedFace:
    verdict = visit.verdict
    return TrackedFace(visit.id, now.face.box, verdict.state, verdict.person, verdict.similarity)


def _somebody_else(verdict: Verdict, face: RecognizedFace) -> bool:
    if verdict.state not in (TrackState.MATCH, TrackState.UNKNOWN):
        return False
    if face.decision is Decision.UNCERTAIN:
        return False
    now = Verdict(TrackState(face.decision.value), face.person)
    return not now.same_as(verdict)
