"""Test that recorded AWS calls name the permissions that they need."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from recognizer.adapters.aws.clients import connect
from recognizer.adapters.aws.opening import assemble
from recognizer.domain.ports import SightingFilter
from recognizer.settings import Settings
from services.recognizer.tests.service import SettableClock
from services.recognizer.tests.stores.conftest import person, sighting, video
from tests.support import aws_calls
from tests.support.aws_calls import Call
from tests.support.moto import Moto


def test_calls_and_presigned_links_are_recorded(
    aws: Moto, clock: SettableClock, tmp_path: Path
) -> None:
    clients = connect()
    aws_calls.record([clients.dynamodb, clients.s3], tmp_path / "calls")
    stores = assemble(clients, Settings(), clock)
    names = aws.names
    person(stores, "ada")
    (tmp_path / "calls").unlink()
    stores.sightings.add([sighting(1, label="ada")])
    stores.sightings.list(SightingFilter(), after=None, limit=1)
    stores.video_store.presign_upload(video(1))
    stores.video_store.is_stored(video(1))
    stores.close()
    a_video = f"{names.videos_bucket}/{video(1).key}"
    assert aws_calls.actions(aws_calls.read(tmp_path / "calls")) == {
        ("dynamodb:ConditionCheckItem", names.people),
        ("dynamodb:PutItem", names.sightings),
        ("dynamodb:Query", f"{names.sightings}/index/by_time"),
        ("s3:PutObject", a_video),
        ("s3:GetObject", a_video),
        ("s3:ListBucket", names.videos_bucket),
    }


def test_a_batch_records_each_part(aws: Moto) -> None:
    calls: list[Call] = []
    clients = connect()
    dynamodb, s3 = clients.dynamodb, clients.s3
    for client in (dynamodb, s3):
        aws_calls.observe(client, calls.append)
    table, bucket = aws.names.people, aws.names.faces_bucket
    dynamodb.batch_get_item(RequestItems={table: {"Keys": [{"label": {"S": "x"}}]}})
    s3.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": "a"}, {"Key": "b"}]})
    s3.list_objects_v2(Bucket=bucket)
    assert aws_calls.actions(calls) == {
        ("dynamodb:BatchGetItem", table),
        ("s3:DeleteObject", f"{bucket}/a"),
        ("s3:DeleteObject", f"{bucket}/b"),
        ("s3:ListBucket", bucket),
    }


def test_a_call_without_a_known_permission_is_an_error() -> None:
    with pytest.raises(LookupError, match="DropEverything"):
        aws_calls.actions([Call("dynamodb", "DropEverything", "table")])


def test_moto_refuses_what_s3_would(aws: Moto) -> None:
    """Test that an unsigned request is refused; else the tests of links prove nothing."""
    s3 = aws.s3()
    s3.put_object(Bucket=aws.names.faces_bucket, Key="a", Body=b"a")
    url = s3.generate_presigned_url(
        "get_object", Params={"Bucket": aws.names.faces_bucket, "Key": "a"}, ExpiresIn=60
    )
    assert httpx.get(url).content == b"a"
    assert httpx.get(url.replace("X-Amz-Signature=", "X-Amz-Signature=0")).status_code == 403
