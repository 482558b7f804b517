"""Scripted scenes: one visit for each person, few requests, and never an inherited name."""

from __future__ import annotations

from functools import partial

import pytest

from facecore.contract import Decision
from facecore.vision.overlap import overlap
from pi_recorder.events import Seen, TrackState, VisitBegan, VisitEnded, VisitNamed
from pi_recorder.recognition.shots import RequestPolicy
from pi_recorder.recognition.visits import Visits
from services.pi_recorder.tests.conftest import NOON, Events
from services.pi_recorder.tests.recognition.people import (
    STEP_S,
    Scene,
    Walker,
    answer_about,
    seen_at,
)
from services.pi_recorder.tests.small_recognizer import recognition

LIMIT = 4


def visits_for(events: Events) -> Visits:
    asking = partial(RequestPolicy, limit=LIMIT, first_pause_s=0.75)
    return Visits(events.append, ttl_s=1.5, new_policy=asking, missed=lambda _: None)


def play(scene: Scene, until_s: float) -> Events:
    """Play every observation; each request is answered before the next observation."""
    events = Events()
    visits = visits_for(events)
    for number in range(round(until_s / STEP_S)):
        second = number * STEP_S
        visits.observe(scene.observation(second))
        if visits.worth_requesting():
            asked = visits.begin_request()
            scene.asked.append(second)
            visits.answered(asked, scene.answer(second), at=second + 0.2, late=False)
    visits.end()
    return events


def outcome(events: Events) -> list[tuple[TrackState, str | None]]:
    return [(one.state, one.person.label if one.person else None) for one in events.of(VisitEnded)]


def test_a_known_person_takes_one_request_and_is_named_at_once() -> None:
    scene = Scene(Walker("ada", 1, 9, (100, 500)))
    events = play(scene, 12)
    assert scene.asked == pytest.approx([1.0])
    [began], [named], [ended] = events.of(VisitBegan), events.of(VisitNamed), events.of(VisitEnded)
    assert began.track == named.track == ended.track
    assert named.latency_s == pytest.approx(0.2)
    assert (ended.state, ended.requests) == (TrackState.MATCH, 1)
    assert (ended.ended_at - ended.began_at).total_seconds() == pytest.approx(7.9)


def test_an_unknown_person_stays_unknown_with_a_bounded_number_of_requests() -> None:
    scene = Scene(Walker(None, 0, 600, (100, 500)))
    events = play(scene, 602)
    assert outcome(events) == [(TrackState.UNKNOWN, None)]
    assert len(scene.asked) == LIMIT
    pauses = [after - before for before, after in zip(scene.asked, scene.asked[1:], strict=False)]
    assert pauses == sorted(pauses)
    assert len(events.of(VisitNamed)) == 1


def test_a_clearly_better_face_is_requested_and_outweighs_those_from_afar() -> None:
    events = Events()
    visits = visits_for(events)
    asked = 0
    for number in range(800):
        second = number * STEP_S
        width, label = (36, None) if second < 60 else (60, None) if second < 70 else (120, "ada")
        scene = Scene(Walker(label, 0, 100, (300, 320), width=width))
        visits.observe(scene.observation(second))
        if visits.worth_requesting():
            asked += 1
            visits.answered(visits.begin_request(), scene.answer(second), at=second, late=False)
    visits.end()
    assert asked == LIMIT + 1  # not at 60 pixels, which is better, but not by so much
    assert outcome(events) == [(TrackState.MATCH, "ada")]


def test_two_people_who_cross_keep_their_names_or_are_requested_again() -> None:
    scene = Scene(Walker("ada", 0, 6, (60, 580)), Walker("bob", 0, 6, (580, 60)))
    events = play(scene, 8)
    for seen in events.of(Seen):
        second = (seen.captured_at - NOON).total_seconds()
        if second < 1 or 2.2 < second < 4.8:  # one is behind the other, or they have just parted
            continue
        for face in seen.faces:
            assert face.person
            [walker] = [
                w for w in scene.walkers if (f := w.face(second)) and overlap(f.box, face.box) > 0.9
            ]
            assert face.person.label == walker.label
    assert {label for _, label in outcome(events)} == {"ada", "bob"}


def test_one_person_twice_in_succession_is_two_visits() -> None:
    scene = Scene(Walker("ada", 0, 3, (100, 500)), Walker("ada", 5, 8, (100, 500)))
    events = play(scene, 10)
    assert outcome(events) == [(TrackState.MATCH, "ada")] * 2
    assert len({one.track for one in events.of(VisitEnded)}) == 2


def test_an_unknown_person_in_anothers_place_does_not_inherit_the_name() -> None:
    scene = Scene(Walker("ada", 0, 3, (300, 300)), Walker(None, 3.8, 8, (300, 300)))
    events = play(scene, 10)
    assert outcome(events) == [(TrackState.MATCH, "ada"), (TrackState.UNKNOWN, None)]


def test_a_face_that_is_gone_for_a_moment_is_the_same_visit() -> None:
    scene = Scene(Walker("ada", 0, 3, (300, 320)), Walker("ada", 3.8, 8, (320, 330)))
    assert outcome(play(scene, 10)) == [(TrackState.MATCH, "ada")]


def test_a_face_at_the_edge_or_too_poor_begins_no_visit() -> None:
    events = Events()
    visits = visits_for(events)
    scene = Scene(Walker("ada", 0, 1, (10, 10)), Walker("bob", 0, 1, (300, 300), width=30))
    visits.observe(scene.observation(0.5))
    assert not visits.worth_requesting()
    assert not events.of(VisitBegan)
    assert len(visits) == 2


def test_several_faces_share_one_request() -> None:
    scene = Scene(Walker("ada", 0, 3, (100, 120)), Walker("bob", 0, 3, (400, 420)))
    events = play(scene, 5)
    assert len(scene.asked) == 1
    assert {label for _, label in outcome(events)} == {"ada", "bob"}


def test_votes_are_aggregated_and_a_name_survives_one_other_answer() -> None:
    events = Events()
    visits = visits_for(events)
    face = seen_at(300)
    verdict = ["ada", None, "ada"]
    for number, label in enumerate(verdict):
        visits.observe(Scene(Walker("ada", 0, 99, (300, 300))).observation(float(number)))
        answer = recognition(answer_about(face, label))
        visits.answered(visits.begin_request(), answer, at=number, late=False)
    states = [named.state for named in events.of(VisitNamed)]
    assert states == [TrackState.MATCH, TrackState.UNCERTAIN, TrackState.MATCH]


def test_an_uncertain_answer_is_uncertain_until_a_name_comes() -> None:
    events = Events()
    visits = visits_for(events)
    scene = Scene(Walker("ada", 0, 99, (300, 300)))
    for second, decision in enumerate([Decision.UNCERTAIN, Decision.MATCH]):
        visits.observe(scene.observation(float(second)))
        face = answer_about(seen_at(300), "ada", 0.8, decision)
        if decision is Decision.UNCERTAIN:
            face = face.model_copy(update={"person": None, "similarity": 0.6})
        visits.answered(visits.begin_request(), recognition(face), at=second, late=False)
    named = [(one.state, one.similarity) for one in events.of(VisitNamed)]
    assert named == [(TrackState.UNCERTAIN, 0.6), (TrackState.MATCH, 0.8)]


def test_a_visit_ends_after_its_pending_answer() -> None:
    events = Events()
    visits = visits_for(events)
    scene = Scene(Walker("ada", 0, 1, (300, 300)))
    visits.observe(scene.observation(0.5))
    asked = visits.begin_request()
    visits.observe(scene.observation(9.0))
    assert not events.of(VisitEnded)
    visits.answered(asked, scene.answer(0.5), at=9.5, late=True)
    assert [named.late for named in events.of(VisitNamed)] == [True]
    assert outcome(events) == [(TrackState.MATCH, "ada")]


def test_an_unanswered_visit_ends_without_a_decision() -> None:
    events = Events()
    visits = visits_for(events)
    visits.observe(Scene(Walker("ada", 0, 1, (300, 300))).observation(0.5))
    visits.cancel_request(visits.begin_request())
    visits.end()
    assert outcome(events) == [(TrackState.UNSEEN, None)]
    assert [one.requests for one in events.of(VisitEnded)] == [1]
