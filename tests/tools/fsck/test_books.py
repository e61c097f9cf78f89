"""The proof that a journal agrees with itself, its tables and its money, and every way it must be able to fail."""

from collections.abc import Callable
from pathlib import Path

import pytest

from callsheet.core.canonical import digest_of_bytes, to_json
from callsheet.core.errors import OutputError
from callsheet.core.fact import DecisionTaken, TakeJudged, TakeMade, TakePublished
from callsheet.core.take import Verdict
from callsheet.evals.conformance import decided, made, planned, reserved, sent, voided
from callsheet.tools.clock import SystemClock
from callsheet.tools.fsck import check_production
from callsheet.tools.journal import SqliteJournal

from .conftest import change, picture, published


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


def append(folder: Path, fact: TakeMade | TakePublished) -> None:
    change(
        folder,
        "INSERT INTO entry SELECT max(seq) + 1, '', ?, ?, ? FROM entry",
        fact.event,
        fact.task,
        to_json(fact),
    )


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


def lift_a_cap(folder: Path) -> None:
    change(folder, "DELETE FROM cap WHERE scope = 'day'")


def raise_a_cap(folder: Path) -> None:
    change(folder, "UPDATE cap SET micros = 9000000 WHERE scope = 'department:art'")


def publish_a_stranger(folder: Path) -> None:
    append(folder, published(8, picture(1)))


def publish_another_picture(folder: Path) -> None:
    right, wrong = digest_of_bytes(picture(2)), digest_of_bytes(picture(1))
    change(folder, "UPDATE entry SET body = replace(body, ?, ?) WHERE seq = 10", right, wrong)


def pass_a_made_take_as_free(folder: Path) -> None:
    change(folder, "UPDATE entry SET body = replace(body, '\"ingested\"', '\"made\"') WHERE event = 'take_made'")


def forge_a_decision(folder: Path) -> None:
    change(folder, "UPDATE decision SET action = 'reject'")


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
    publish_a_stranger: "there is no such take",
    publish_another_picture: "its take is",
    pass_a_made_take_as_free: "never charged",
    forge_a_decision: "'reject'",
    lift_a_cap: "the entries say ('day', 1000000), the table does not",
    raise_a_cap: "the table says ('department:art', 9000000), the entries do not",
}


def test_a_sound_production_has_no_trouble(folder: Path) -> None:
    assert check_production(folder) == ()


@pytest.mark.parametrize(("plant", "says"), PLANTED.items(), ids=[plant.__name__ for plant in PLANTED])
def test_planted_trouble_is_found(folder: Path, plant: Callable[[Path], None], says: str) -> None:
    plant(folder)
    assert any(says in trouble.what for trouble in check_production(folder)), check_production(folder)


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


async def test_what_was_compacted_is_no_loss(tmp_path: Path) -> None:
    path = tmp_path / ".callsheet" / "journal.db"
    await outage(path, tries=120)
    journal = SqliteJournal.open(path, clock=SystemClock())
    await journal.take_lease("me")
    await journal.close()
    assert len(journal.history.entries) < 120  # of 365
    assert [one for one in check_production(tmp_path) if "asset" not in one.what] == []
