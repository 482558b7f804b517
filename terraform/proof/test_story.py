"""An end-to-end test: the function from the image's folder, on Terraform's resources."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

import httpx
import pytest

from facecore.client import RecognizerClient
from facecore.contract import Decision, PersonUpdate, VideoAnnouncement, VideoState
from facecore.errors import ApiProblem
from terraform.proof.assembled import Assembled
from terraform.proof.cloud import Cloud
from terraform.proof.function import client, portrait, token_setting
from tests.support.local_lambda import LocalLambda

SEGMENT = bytes(range(256)) * 400
STARTED_AT = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def function(cloud: Cloud, assembled_root: Assembled) -> Iterator[LocalLambda]:
    """Start the function with the deployment's variables."""
    given = {**cloud.settings(), **cloud.aws.environment(), **token_setting()}
    with LocalLambda(
        {**assembled_root.environment(), **given},
        command=assembled_root.command,
        task_root=assembled_root.task_root,
        memory_mb=cloud.function()["Configuration"]["MemorySize"],
        timeout_s=cloud.function()["Configuration"]["Timeout"],
    ) as running:
        yield running


@pytest.fixture(scope="module")
def admin(function: LocalLambda) -> Iterator[RecognizerClient]:
    with client(function) as opened:
        yield opened


@pytest.fixture(scope="module")
def door(admin: RecognizerClient, function: LocalLambda) -> Iterator[RecognizerClient]:
    token = admin.add_device("door").token.get_secret_value()
    with client(function, token) as opened:
        yield opened


def announced() -> VideoAnnouncement:
    return VideoAnnouncement(
        started_at=STARTED_AT,
        duration_ms=10_000,
        size_bytes=len(SEGMENT),
        sha256=hashlib.sha256(SEGMENT).hexdigest(),
    )


def test_a_person_is_enrolled_filmed_recognised_found_and_forgotten(
    cloud: Cloud, admin: RecognizerClient, door: RecognizerClient
) -> None:
    admin.put_person("obama", PersonUpdate(name="Barack Obama", attributes={"year": 1991}))
    admin.add_photo("obama", portrait("obama"))

    ticket = door.announce_video(announced())
    assert ticket.upload is not None
    sent = httpx.put(ticket.upload.url, headers=ticket.upload.headers, content=SEGMENT)
    assert sent.is_success, sent.text
    assert door.announce_video(announced()).state is VideoState.STORED
    assert httpx.get(admin.video_link(ticket.key).url).content == SEGMENT

    answer = door.recognize(
        portrait("obama2"), captured_at=STARTED_AT, video=ticket.key, offset_ms=1500
    )
    (face,) = answer.faces
    assert face.decision is Decision.MATCH
    assert face.person is not None
    assert (face.person.name, face.person.attributes) == ("Barack Obama", {"year": 1991})

    (sighting,) = admin.sightings(label="obama").sightings
    assert (sighting.device, sighting.video, sighting.offset_ms) == ("door", ticket.key, 1500)

    receipt = admin.delete_person("obama")
    assert (receipt.records, receipt.photos, receipt.embeddings) == (1, 1, 1)
    assert (receipt.sightings, receipt.crops) == (1, 1)
    (face,) = door.recognize(portrait("obama2"), captured_at=STARTED_AT).faces
    assert face.decision is Decision.UNKNOWN
    with pytest.raises(ApiProblem):
        admin.person("obama")
    assert everything_kept(cloud).count("obama") == 0


def test_the_upload_lies_in_the_bucket_that_was_made(cloud: Cloud, door: RecognizerClient) -> None:
    key = door.announce_video(announced()).key
    bucket = cloud.outputs["buckets"]["videos"]
    head = cloud.aws.client("s3").head_object(Bucket=bucket, Key=key, ChecksumMode="ENABLED")
    assert head["ContentType"] == "video/mp4"
    assert base64.b64decode(head["ChecksumSHA256"]) == hashlib.sha256(SEGMENT).digest()


def test_a_device_s_token_opens_nothing_of_the_admin_s(door: RecognizerClient) -> None:
    with pytest.raises(ApiProblem) as refused:
        door.people()
    assert refused.value.status == 403


def test_the_log_is_json_and_its_metrics_are_there(function: LocalLambda) -> None:
    lines = [json.loads(line) for line in function.logs().splitlines() if line.startswith("{")]
    metrics = [line for line in lines if "_aws" in line]
    assert any("Recognitions" in line for line in metrics)
    assert "Bearer" not in function.logs()


def everything_kept(cloud: Cloud) -> str:
    """Return every item of every table and every object's name and bytes, as text.

    The audit log is left out, since it keeps the label of a deleted person.
    """
    dynamodb, s3 = cloud.aws.client("dynamodb"), cloud.aws.client("s3")
    found = [
        str([item for item in dynamodb.scan(TableName=table)["Items"] if not of_the_log(item)])
        for table in cloud.outputs["tables"].values()
    ]
    bucket = cloud.outputs["buckets"]["faces"]
    for one in s3.list_objects_v2(Bucket=bucket).get("Contents", []):
        found += [one["Key"], str(s3.get_object(Bucket=bucket, Key=one["Key"])["Body"].read())]
    return "\n".join(found)


def of_the_log(item: Mapping[str, object]) -> bool:
    return item.get("kind") == {"S": "audit"}
