"""The proof of a production's consistency, and every way it must be able to fail."""

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from callsheet.core.brief import Brief
from callsheet.core.canonical import digest_of_bytes, to_json
from callsheet.core.delivery import DeliveredAsset, Manifest, Totals
from callsheet.core.errors import OutputError
from callsheet.core.fact import DecisionTaken, DeliveryWritten, TakeJudged, TakeMade, TakePublished
from callsheet.core.plan import Forecast, Plan
from callsheet.core.take import Take, Verdict
from callsheet.evals.conformance import decided, made, planned, reserved, sent, voided
from callsheet.tools.assets import AssetStore
from callsheet.tools.clock import SystemClock
from callsheet.tools.fsck import Trouble, check_production
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


async def outage(path: Path, *, tries: int, sessions: int = 4) -> None:
    """Have a service turn the same call away, try after try and session after session."""
    for session in range(sessions):
        journal = SqliteJournal.open(path, clock=SystemClock())
        await journal.take_lease(f"session {session}")
        if not session:
            await journal.record(planned(1.0))
        tokens = [f"try{session}.{number}" for number in range(tries // sessions)]
        facts = [(reserved(1, token=one), sent(1, token=one), voided(1, token=one)) for one in tokens]
        await journal.record(*(fact for each in facts for fact in each))
        await journal.close()


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
    """A sound production: two paid takes and one brought in, published, one decision, one delivered file."""
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


def append(folder: Path, fact: TakeMade | TakePublished) -> None:
    change(
        folder,
        "INSERT INTO entry SELECT max(seq) + 1, '', ?, ?, ? FROM entry",
        fact.event,
        fact.task,
        to_json(fact),
    )


def blob(folder: Path, data: bytes) -> Path:
    return AssetStore(folder / ".callsheet" / "assets").path_of(digest_of_bytes(data))


def plant_a_double_charge(folder: Path) -> None:
    append(folder, made(1, picture=picture(1)))


def plant_a_charge_without_a_call(folder: Path) -> None:
    append(folder, made(9, picture=picture(1)))


def plant_a_foreign_settlement(folder: Path) -> None:
    change(folder, 'UPDATE entry SET body = replace(body, \'"token":"first"\', \'"token":"other"\') WHERE seq = 5')


def plant_overspending(folder: Path) -> None:
    change(folder, "UPDATE entry SET body = replace(body, '\"budget_usd\":0.01', '\"budget_usd\":0.001') WHERE seq = 2")


def plant_a_forged_call(folder: Path) -> None:
    change(folder, "UPDATE call SET micros = 1 WHERE key = 'call1'")


def plant_a_forged_purse(folder: Path) -> None:
    change(folder, "UPDATE purse SET settled = 0")


def lose_an_entry(folder: Path) -> None:
    change(folder, "DELETE FROM entry WHERE seq = 3")


def lose_the_newest_take(folder: Path) -> None:
    change(folder, "DELETE FROM entry WHERE seq = (SELECT max(seq) FROM entry WHERE event = 'take_made')")


def spoil_an_entry(folder: Path) -> None:
    change(folder, "UPDATE entry SET body = '{}' WHERE seq = 4")


def misfile_an_entry(folder: Path) -> None:
    change(folder, "UPDATE entry SET task = 'task7' WHERE seq = 5")


def lose_a_picture(folder: Path) -> None:
    blob(folder, picture(2)).unlink()


def lose_the_plan(folder: Path) -> None:
    blob(folder, PLAN).unlink()


def lose_the_brief(folder: Path) -> None:
    blob(folder, BRIEF).unlink()


def put_something_else_in_the_plans_place(folder: Path) -> None:
    other = AssetStore(folder / ".callsheet" / "assets").put(b"no plan")
    change(folder, "UPDATE entry SET body = replace(body, ?, ?) WHERE seq = 2", digest_of_bytes(PLAN), other)


def flip_a_byte(folder: Path) -> None:
    data = bytearray(picture(1))
    data[3] ^= 1
    blob(folder, picture(1)).write_bytes(data)


def flip_a_byte_of_what_nothing_refers_to(folder: Path) -> None:
    blob(folder, b"the crew").write_bytes(b"the crow")


def publish_a_stranger(folder: Path) -> None:
    append(folder, published(8, picture(1)))


def publish_another_picture(folder: Path) -> None:
    right, wrong = digest_of_bytes(picture(2)), digest_of_bytes(picture(1))
    change(folder, "UPDATE entry SET body = replace(body, ?, ?) WHERE seq = 10", right, wrong)


def pass_a_made_take_as_free(folder: Path) -> None:
    change(folder, "UPDATE entry SET body = replace(body, '\"ingested\"', '\"made\"') WHERE event = 'take_made'")


def forge_a_decision(folder: Path) -> None:
    change(folder, "UPDATE decision SET action = 'reject'")


def replace_a_delivered_file(folder: Path) -> None:
    (folder / "stills" / "v001.png").write_bytes(b"something else")


def lose_a_delivered_file(folder: Path) -> None:
    (folder / "stills" / "v001.png").unlink()


def delete_the_manifest(folder: Path) -> None:
    (folder / "manifest.json").unlink()


def replace_the_page(folder: Path) -> None:
    (folder / "index.html").write_text("mine")


def edit_the_manifest(folder: Path) -> None:
    path = folder / "manifest.json"
    told = json.loads(path.read_text())
    path.write_text(json.dumps(told | {"seed": 8}))


def point_the_manifest_elsewhere(folder: Path) -> None:
    path = folder / "manifest.json"
    path.write_text(path.read_text().replace("stills/v001.png", "../../etc/hostname"))


def deliver_what_nobody_made(folder: Path) -> None:
    path = folder / "manifest.json"
    path.write_text(path.read_text().replace(digest_of_bytes(picture(1)), digest_of_bytes(b"unknown")))


def decide_twice(folder: Path) -> None:
    change(folder, "INSERT INTO entry SELECT max(seq) + 1, '', ?, ?, ? FROM entry", *filed(decided("Bo")))


def filed(fact: DecisionTaken) -> tuple[str, str, str]:
    return fact.event, fact.task, to_json(fact)


def judge_before_it_is_made(folder: Path) -> None:
    verdict = Verdict(take="task9/t01", passed=True, right=1.0, close=1.0)
    fact = TakeJudged(task="task9", verdict=verdict)
    change(folder, "INSERT INTO entry SELECT max(seq) + 1, '', ?, ?, ? FROM entry", fact.event, "task9", to_json(fact))


def forge_a_price_in_table_and_entries(folder: Path) -> None:
    change(folder, "UPDATE call SET micros = 900 WHERE key = 'call1'")


def hide_a_loss_among_what_was_compacted(folder: Path) -> None:
    lose_an_entry(folder)
    change(folder, "INSERT INTO gone VALUES (3, 3)")


PLANTED: dict[Callable[[Path], None], str] = {
    plant_a_double_charge: "was charged already",
    plant_a_charge_without_a_call: "was never reserved",
    plant_a_foreign_settlement: "settled under token",
    plant_overspending: "0.0020 USD settled and reserved, 0.0010 allowed",
    plant_a_forged_call: "the entries say ('call1'",
    plant_a_forged_purse: "the table says (1, 10000, 0, 0)",
    lose_an_entry: "entries before 4 are missing",
    decide_twice: "Bo decided about task1 in round 0, which Ada had done",
    judge_before_it_is_made: "take_judged of 'task9/t01', which was not made before",
    forge_a_price_in_table_and_entries: "the calls add up to 1900 and 0",
    hide_a_loss_among_what_was_compacted: "of a call nobody reserved",
    lose_the_newest_take: "there is no such take",
    spoil_an_entry: "cannot be read",
    misfile_an_entry: "filed as take_made of 'task7'",
    lose_a_picture: "is missing",
    lose_the_plan: "is missing",
    lose_the_brief: "is missing",
    put_something_else_in_the_plans_place: "is no plan",
    flip_a_byte: "is damaged",
    flip_a_byte_of_what_nothing_refers_to: "is damaged",
    publish_a_stranger: "there is no such take",
    publish_another_picture: "its take is",
    pass_a_made_take_as_free: "never charged",
    forge_a_decision: "'reject'",
    replace_a_delivered_file: "not the one in the manifest",
    lose_a_delivered_file: "cannot be read",
    delete_the_manifest: "manifest of the delivery is missing",
    replace_the_page: "not the one in the manifest",
    edit_the_manifest: "not the one the journal says",
    point_the_manifest_elsewhere: "points out of the delivery",
    deliver_what_nobody_made: "which no take has",
}


def test_a_sound_production_has_no_trouble(folder: Path) -> None:
    assert check_production(folder) == ()


@pytest.mark.parametrize(("plant", "says"), PLANTED.items(), ids=[plant.__name__ for plant in PLANTED])
def test_planted_trouble_is_found(folder: Path, plant: Callable[[Path], None], says: str) -> None:
    plant(folder)
    assert any(says in trouble.what for trouble in check_production(folder)), check_production(folder)


def test_a_lost_picture_says_where_and_how_to_mend_it(folder: Path) -> None:
    lose_a_picture(folder)
    digest = digest_of_bytes(picture(2))
    assert check_production(folder) == (
        Trouble(
            what=f"asset {digest} is missing",
            where="task2/t01",
            mend=(
                f"restore {digest} from a backup, have `callsheet replay DIR task2 --take 1` make it again, "
                "or retake task2/t01"
            ),
            digest=digest,
        ),
    )


def test_a_damaged_database_is_trouble_and_no_crash(folder: Path) -> None:
    path = folder / ".callsheet" / "journal.db"
    data = bytearray(path.read_bytes())
    data[4096 * 2 :] = bytes(len(data) - 4096 * 2)
    path.write_bytes(data)
    assert check_production(folder)


def test_a_folder_without_a_production_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="no production here"):
        check_production(tmp_path)


async def test_a_production_can_be_proven_while_it_runs(folder: Path) -> None:
    journal = SqliteJournal.open(folder / ".callsheet" / "journal.db", clock=SystemClock())
    await journal.take_lease("me")
    await journal.record(reserved(4), sent(4))
    assert check_production(folder) == ()
    await journal.close()


def test_a_damaged_picture_is_set_aside_and_its_place_is_free_for_a_sound_one(folder: Path) -> None:
    flip_a_byte(folder)
    damaged = blob(folder, picture(1)).read_bytes()
    (found,) = check_production(folder, sets_aside=True)
    assert found.what.endswith("is damaged")
    assert found.digest == digest_of_bytes(picture(1))
    assert Path(found.set_aside).read_bytes() == damaged
    assert not blob(folder, picture(1)).exists()
    (again,) = check_production(folder, sets_aside=True)
    assert (again.what, again.set_aside) == (f"asset {found.digest} is missing", "")
    AssetStore(folder / ".callsheet" / "assets").put(picture(1))
    assert check_production(folder) == ()


def test_only_looking_moves_nothing(folder: Path) -> None:
    flip_a_byte(folder)
    before = blob(folder, picture(1)).read_bytes()
    (found,) = check_production(folder)
    assert found.set_aside == ""
    assert blob(folder, picture(1)).read_bytes() == before


async def test_what_was_compacted_is_no_loss(tmp_path: Path) -> None:
    path = tmp_path / ".callsheet" / "journal.db"
    await outage(path, tries=120)
    journal = SqliteJournal.open(path, clock=SystemClock())
    await journal.take_lease("me")
    await journal.close()
    assert len(journal.history.entries) < 120  # of 365
    assert [one for one in check_production(tmp_path) if "asset" not in one.what] == []
