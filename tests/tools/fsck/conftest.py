"""A sound production on disk, whose consistency is proven, and hands that spoil it."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from callsheet.core.brief import Brief
from callsheet.core.canonical import digest_of_bytes, to_json
from callsheet.core.delivery import DeliveredAsset, Manifest, Totals
from callsheet.core.fact import DeliveryWritten, TakeMade, TakePublished
from callsheet.core.limits import CapsSet
from callsheet.core.money import Caps
from callsheet.core.plan import Forecast, Plan
from callsheet.core.take import Take
from callsheet.evals.conformance import decided, made, planned, reserved, sent
from callsheet.tools.assets import AssetStore
from callsheet.tools.clock import SystemClock
from callsheet.tools.journal import SqliteJournal

HAND_MADE = b"drawn by hand"
BRIEF = to_json(Brief(title="p")).encode()
PLAN = to_json(
    Plan(
        title="p",
        brief_digest=digest_of_bytes(BRIEF),
        crew_digest="",
        seed=7,
        budget_usd=0.01,
        aspect="1:1",
        palette=(),
        departments=(),
        tasks=(),
        shots=(),
        deliver=(),
        preflight=(),
        forecast=Forecast(tasks=0, takes=0, usd=0, usd_worst=0, seconds=0, critical_path_seconds=0, basis=""),
    )
).encode()


def picture(number: int) -> bytes:
    return f"picture {number}".encode()


def published(number: int, data: bytes) -> TakePublished:
    task = f"task{number}"
    return TakePublished(task=task, take=f"{task}/t01", digest=digest_of_bytes(data), version=1, accepted_by="gate")


def ingested(number: int) -> TakeMade:
    task = f"task{number}"
    take = Take(
        id=f"{task}/t01",
        task=task,
        number=1,
        origin="ingested",
        recipe=None,
        digest=digest_of_bytes(HAND_MADE),
        width=8,
        height=8,
        usd=0.0,
        seconds=0.0,
        worker="Ada",
    )
    return TakeMade(task=task, key="", token="", micros=0, take=take)


def manifest_of(number: int) -> Manifest:
    delivered = DeliveredAsset(
        task=f"task{number}",
        department="art",
        shot=None,
        entity=None,
        version=1,
        path="stills/v001.png",
        digest=digest_of_bytes(b"as delivered"),
        asset_digest=digest_of_bytes(picture(number)),
        recipe=None,
        verdict=None,
        accepted_by="gate",
        takes=1,
        usd=0.001,
        seconds=0.5,
    )
    totals = Totals(
        takes=1,
        accepted=1,
        usd=0.001,
        usd_per_accepted=0.001,
        wall_seconds=1.0,
        critical_path_seconds=1.0,
        worker_seconds=1.0,
        utilisation=1.0,
    )
    return Manifest(
        production="p",
        brief_digest="",
        plan_digest="",
        crew="sketch",
        stand_in="",
        seed=7,
        assets=(delivered,),
        unfinished=(),
        totals=totals,
        files={"index.html": digest_of_bytes(b"the page")},
    )


@pytest.fixture
async def folder(tmp_path: Path) -> Path:
    """A sound production: two paid takes and one brought in, published, one decision, two caps, one delivered file."""
    store = AssetStore(tmp_path / ".callsheet" / "assets")
    for data in (BRIEF, PLAN, b"the crew", picture(1), picture(2), HAND_MADE):
        store.put(data)
    journal = SqliteJournal.open(tmp_path / ".callsheet" / "journal.db", clock=SystemClock())
    await journal.take_lease("me")
    await journal.record(replace(planned(0.01), plan_digest=digest_of_bytes(PLAN)))
    for number in (1, 2):
        await journal.record(reserved(number), sent(number))
        await journal.record(made(number, picture=picture(number)))
        await journal.record(published(number, picture(number)))
    await journal.record(ingested(3), published(3, HAND_MADE), decided("Ada"))
    await journal.record(CapsSet(caps=Caps(day_usd=1.0, departments_usd={"art": 0.5})))
    text = to_json(manifest_of(1)).encode()
    (tmp_path / "manifest.json").write_bytes(text)
    (tmp_path / "index.html").write_bytes(b"the page")
    (tmp_path / "stills").mkdir()
    (tmp_path / "stills" / "v001.png").write_bytes(b"as delivered")
    delivery = DeliveryWritten(folder=".", manifest_digest=digest_of_bytes(text), accepted=3, unfinished=0)
    await journal.record(delivery)
    await journal.close()
    return tmp_path


def change(folder: Path, sql: str, *values: str | int) -> None:
    with closing(sqlite3.connect(folder / ".callsheet" / "journal.db")) as raw, raw:
        assert raw.execute(sql, values).rowcount > 0


def blob(folder: Path, data: bytes) -> Path:
    return AssetStore(folder / ".callsheet" / "assets").path_of(digest_of_bytes(data))
