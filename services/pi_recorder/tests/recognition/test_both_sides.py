"""Device and recognizer see the same face in the same frame: real models, real HTTP."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path

import av
import pytest
from PIL import Image

from facecore.client import RecognizerClient
from facecore.contract import CropMetadata, PersonUpdate
from facecore.models.catalogue import embedder
from facecore.vision.align import align
from facecore.vision.analyzer import FaceAnalyzer, load_analyzer
from facecore.vision.image import decode
from facecore.vision.overlap import overlap
from pi_recorder.capture.cameras.demo import demo_clip
from pi_recorder.capture.cameras.demo_scene import FRAMES_PER_SECOND, demo_people
from pi_recorder.capture.scaling import rgb
from pi_recorder.events import TrackState, VisitEnded
from pi_recorder.recognition.connection import Connection
from pi_recorder.recognition.device_faces import DeviceFaces
from pi_recorder.recognition.face import Followed
from pi_recorder.recognition.sending import RecognitionRequest, Sender, jpeg, png
from pi_recorder.recognition.shots import RequestPolicy
from pi_recorder.recognition.visit_state import Observation
from pi_recorder.recognition.visits import Visits
from pi_recorder.settings.values import RequestContent
from services.pi_recorder.tests.conftest import Events
from services.pi_recorder.tests.recognition.people import moment
from tests.support.api import Api
from tests.support.recognizers import behind_uvicorn

EVERY = 25
SAME = 0.999
NEARLY = 0.996


@pytest.fixture(scope="module")
def analyzer() -> FaceAnalyzer:
    return load_analyzer(threads=1)


@pytest.fixture(scope="module")
def finder() -> DeviceFaces:
    return DeviceFaces(min_face_px=40)


@pytest.fixture(scope="module")
def pictures() -> list[av.VideoFrame]:
    with av.open(demo_clip()) as container:
        return list(container.decode(video=0))


@pytest.fixture(scope="module")
def api(analyzer: FaceAnalyzer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """A recognizer that knows the demo's people."""
    folder: Path = tmp_path_factory.mktemp("recognizer")
    with behind_uvicorn(folder, analyzer) as api:
        for person in demo_people():
            api.admin.put_person(person.label, PersonUpdate(name=person.name))
            api.admin.add_photo(person.label, person.photo().read_bytes())
        yield api


@pytest.fixture
def client(api: Api) -> RecognizerClient:
    """Its device."""
    return api.device


def sampled(pictures: list[av.VideoFrame]) -> list[av.VideoFrame]:
    return pictures[::EVERY]


def test_a_crop_made_here_and_one_made_there_give_the_same_embedding(
    analyzer: FaceAnalyzer, finder: DeviceFaces, pictures: list[av.VideoFrame]
) -> None:
    compared = 0
    for picture in sampled(pictures):
        lossless = io.BytesIO()
        Image.fromarray(rgb(picture)).save(lossless, "PNG", compress_level=1)
        there = analyzer.analyze(lossless.getvalue()).faces
        faces = finder.find(picture)
        here = analyzer.analyze_crops(
            [png(face.crop) for face in faces if face.crop is not None],
            [
                CropMetadata(box=f.box, landmarks=f.landmarks, score=f.score, model=f.model)
                for f in faces
            ],
        ).faces
        assert len(here) == len(there)
        for one, other in zip(here, there, strict=True):
            assert one.embedding
            assert other.embedding
            assert one.embedding.vector @ other.embedding.vector >= SAME
            compared += 1
    assert compared >= 10


def test_a_face_cut_from_the_jpeg_has_nearly_the_embedding_of_the_frame_itself(
    analyzer: FaceAnalyzer, finder: DeviceFaces, pictures: list[av.VideoFrame]
) -> None:
    """By the same box; a detector would place it a little otherwise in any JPEG."""
    for picture in sampled(pictures):
        received = decode(jpeg(picture))
        for face in finder.find(picture):
            assert face.crop is not None
            again = align(received, face.box, face.landmarks, embedder().preprocessing)
            here, there = analyzer.embed([face.crop, again])
            assert here.vector @ there.vector >= NEARLY


def test_frames_and_crops_give_the_same_names(
    client: RecognizerClient, finder: DeviceFaces, pictures: list[av.VideoFrame]
) -> None:
    named = set()
    for number, picture in enumerate(sampled(pictures)):
        if not (faces := finder.find(picture)):
            continue
        request = RecognitionRequest(picture, moment(number), 0.0, faces)
        frame, crops = (
            {
                (face.decision, face.person.label if face.person else None)
                for face in Sender(client, content, deadline_s=120)(request).faces
            }
            for content in RequestContent
        )
        assert frame == crops
        named |= {label for _, label in frame}
    assert named == {person.label for person in demo_people()} | {None}


@pytest.mark.parametrize("content", RequestContent)
def test_the_frame_that_a_box_lies_in_is_known_either_way(
    api: Api, finder: DeviceFaces, pictures: list[av.VideoFrame], content: RequestContent
) -> None:
    picture = next(picture for picture in pictures if finder.find(picture))
    at = moment(1000 + list(RequestContent).index(content))
    Sender(api.device, content, deadline_s=120)(
        RecognitionRequest(picture, at, 0.0, finder.find(picture))
    )
    (seen,) = api.admin.sightings(since=at, until=at + timedelta(milliseconds=1)).sightings
    assert (seen.image_width, seen.image_height) == (picture.width, picture.height)


@pytest.mark.parametrize(
    "content",
    [RequestContent.FRAME, pytest.param(RequestContent.CROPS, marks=pytest.mark.exhaustive)],
)
def test_the_visit_that_a_face_belongs_to_is_known_either_way(
    api: Api, finder: DeviceFaces, pictures: list[av.VideoFrame], content: RequestContent
) -> None:
    picture = next(picture for picture in pictures if len(finder.find(picture)) > 1)
    faces = finder.find(picture)
    followed = [Followed(f"v{number}", face.box) for number, face in enumerate(faces)]
    at = moment(2000 + list(RequestContent).index(content))
    request = RecognitionRequest(picture, at, 0.0, faces, followed[::-1])
    Sender(api.device, content, deadline_s=120)(request)
    seen = api.admin.sightings(since=at, until=at + timedelta(milliseconds=1)).sightings
    assert len(seen) == len([face for face in faces if face.quality.accepted])
    for one in seen:
        [own] = [other for other in followed if other.track == one.track]
        assert overlap(own.box, one.box) > 0.8


@pytest.mark.parametrize(
    "content",
    [RequestContent.FRAME, pytest.param(RequestContent.CROPS, marks=pytest.mark.exhaustive)],
)
def test_every_visit_of_the_demo_is_named_with_few_requests(
    client: RecognizerClient,
    finder: DeviceFaces,
    pictures: list[av.VideoFrame],
    content: RequestContent,
) -> None:
    """Frame by frame and each answer awaited, so that a busy machine changes nothing."""
    events = Events()
    asking = partial(RequestPolicy, limit=4, first_pause_s=0.75)
    visits = Visits(events.append, ttl_s=1.5, new_policy=asking, missed=lambda _: None)
    connection = Connection(Sender(client, content, deadline_s=120), events.append, late_after_s=60)
    for number in range(0, len(pictures), 3):
        picture, second = pictures[number], number / FRAMES_PER_SECOND
        faces = finder.find(picture)
        visits.observe(Observation(moment(second), second, (picture.width, picture.height), faces))
        if visits.worth_requesting():
            asked = visits.begin_request()
            answer = connection.send(
                RecognitionRequest(picture, moment(second), second, faces, asked.followed)
            )
            assert answer
            visits.answered(asked, answer, at=second, late=False)
    visits.end()
    ended = events.of(VisitEnded)
    labels = [visit.person.label if visit.person else None for visit in ended]
    assert labels == ["barack_obama", "joe_biden", "eileen_collins", None, "barack_obama"]
    assert [visit.state for visit in ended].count(TrackState.UNKNOWN) == 1
    assert all(1 <= visit.requests <= 4 for visit in ended)
