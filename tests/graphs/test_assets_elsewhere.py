"""A production whose pictures lie in a bucket: made, gone on with, looked at, brought into and proven."""

from pathlib import Path
from uuid import uuid4

import httpx
import obstore
import pytest

from callsheet.core.errors import AssetMissing, OutputError
from callsheet.core.settings import Settings
from callsheet.graphs.desk import Production, check_production, ingest, look, produce
from callsheet.tools.asset_home import open_assets, recorded_in
from callsheet.tools.assets import place_of
from callsheet.tools.bucket import bucket_at

HERE = Path(__file__).parents[1]

pytestmark = pytest.mark.slow


@pytest.fixture
def bucket(s3_server: str, monkeypatch: pytest.MonkeyPatch) -> str:
    name = f"studio-{uuid4().hex}"
    httpx.put(f"{s3_server}/{name}").raise_for_status()
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    return f"s3://{name}/shows?endpoint={s3_server}&region=eu-west-3"


async def test_every_door_of_a_production_finds_its_assets_in_the_bucket(tmp_path: Path, bucket: str) -> None:
    out, here = tmp_path / "castle", Settings(home="inprocess", learn=False)
    made = await _produce(out, Settings(home="inprocess", learn=False, assets=bucket))
    assert made.status == "delivered"
    assert recorded_in(out / ".callsheet") == bucket
    assert not (out / ".callsheet" / "assets").exists()

    assert check_production(out) == ()
    standing = await look(out, here)
    take = standing.task("keep")[1].standing_take
    assert take is not None
    assert standing.picture_at(take).startswith(bucket.partition("?")[0] + "/sha256/")
    again = await _produce(out, here)
    assert len(again.history.calls) == len(made.history.calls)
    with pytest.raises(OutputError, match="keeps its assets at s3://"):
        await _produce(out, Settings(home="inprocess", learn=False, assets=(tmp_path / "elsewhere").as_uri()))

    brought = await ingest(out, made.folder / "contact_sheet.png", "keep", here)
    assert open_assets(out / ".callsheet").get(brought.digest).startswith(b"\x89PNG")

    obstore.delete(bucket_at(bucket)._objects, place_of(take.digest))
    assert [trouble.what for trouble in check_production(out)] == [f"asset {take.digest} is missing"]
    with pytest.raises(AssetMissing):
        open_assets(out / ".callsheet").get(take.digest)


async def test_a_bucket_that_is_not_there_stops_a_production_before_it_spends(tmp_path: Path, bucket: str) -> None:
    lost = bucket.replace("studio-", "nobody-")
    with pytest.raises(OutputError, match="there is no such bucket"):
        await _produce(tmp_path / "castle", Settings(home="inprocess", learn=False, assets=lost))
    made = await _produce(tmp_path / "castle", Settings(home="inprocess", learn=False, assets=bucket))
    assert made.status == "delivered"


async def _produce(out: Path, settings: Settings) -> Production:
    return await produce(HERE / "small_brief.yaml", out=out, seed=7, crew=HERE / "fake_crew.toml", settings=settings)
