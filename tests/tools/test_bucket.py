"""Assets in a bucket, against a real S3 server on this machine."""

import os
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from uuid import uuid4

import httpx
import obstore
import pytest

from callsheet.core.canonical import digest_of_bytes
from callsheet.core.errors import AssetDamaged, AssetMissing, OutputError, StoreAway
from callsheet.core.settings import SettingsWrong
from callsheet.evals.conformance import check_store
from callsheet.tools.assets import place_of
from callsheet.tools.bucket import BucketStore, bucket_at

pytestmark = pytest.mark.slow


@pytest.fixture
def address(s3_server: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """Give the address of a new bucket."""
    bucket = f"studio-{uuid4().hex}"
    httpx.put(f"{s3_server}/{bucket}").raise_for_status()
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    return f"s3://{bucket}/shows?endpoint={s3_server}&region=eu-west-3"


@pytest.fixture
def store(address: str) -> BucketStore:
    return bucket_at(address)


@pytest.fixture
def strict(s3_server: str) -> Iterator[None]:
    """Have the server refuse keys it does not know."""
    httpx.post(f"{s3_server}/moto-api/reset-auth", content=b"0").raise_for_status()
    yield
    httpx.post(f"{s3_server}/moto-api/reset-auth", content=b"inf").raise_for_status()


async def test_a_bucket_keeps_every_promise_of_a_store(store: BucketStore) -> None:
    await check_store(lambda: store)


def test_an_asset_lies_under_its_own_digest(store: BucketStore) -> None:
    digest = store.put(b"picture")
    assert store.address_of(digest) == f"s3://{store.bucket}/shows/{place_of(digest)}"
    assert list(store.digests()) == [digest]
    assert obstore.get(store._objects, place_of(digest)).bytes() == b"picture"


def test_two_productions_of_one_bucket_share_what_is_the_same(address: str) -> None:
    digests = {bucket_at(address).put(b"the same plate") for _ in range(2)}
    assert list(bucket_at(address).digests()) == [*digests]


def test_32_writers_of_the_same_bytes_leave_one_whole_object(store: BucketStore) -> None:
    data = os.urandom(1 << 16)
    with ThreadPoolExecutor(32) as pool:
        digests = set(pool.map(lambda _: store.put(data), range(32)))
    assert digests == {digest_of_bytes(data)}
    assert store.get(digests.pop()) == data


def test_a_changed_object_is_found_on_reading_and_mended_by_putting_it_again(store: BucketStore) -> None:
    digest = store.put(b"a picture")
    obstore.put(store._objects, place_of(digest), b"another picture")
    with pytest.raises(AssetDamaged):
        store.get(digest)
    store.put(b"a picture")
    assert store.get(digest) == b"a picture"


def test_a_bucket_that_is_not_there_is_named_with_what_to_do(store: BucketStore) -> None:
    lost = replace(store, bucket="nobody-made-it")
    for use in (lambda: lost.put(b"x"), lambda: lost.get(digest_of_bytes(b"x")), lambda: list(lost.digests())):
        with pytest.raises(OutputError, match="s3://nobody-made-it: there is no such bucket; make it"):
            use()


def test_a_key_without_permission_is_named_with_what_to_do(store: BucketStore, strict: None) -> None:
    with pytest.raises(OutputError, match="refuses these credentials; give this key or role s3:GetObject"):
        store.put(b"picture")


def test_a_server_that_is_away_may_be_tried_again(store: BucketStore) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    away = replace(store, options={"endpoint": f"http://127.0.0.1:{port}", "region": "x"}, patience_seconds=0.2)
    with pytest.raises(StoreAway, match="run the same command again") as caught:
        away.put(b"picture")
    assert caught.value.retryable


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("s3://", "no name of a bucket"),
        ("s3://Upper_case/x", "no name of a bucket"),
        ("s3://bucket/x?secret_access_key=y", "knows no option 'secret_access_key'"),
        ("s3://key:secret@bucket/x", "credentials"),
    ],
)
def test_what_does_not_belong_into_an_address_is_refused(address: str, says: str) -> None:
    with pytest.raises(SettingsWrong, match=says):
        bucket_at(address)


def test_nothing_but_a_digest_becomes_part_of_a_path(store: BucketStore) -> None:
    for text in ("sha256:../../etc/passwd", "", "sha256:" + "0" * 65):
        with pytest.raises(AssetMissing):
            store.get(text)
