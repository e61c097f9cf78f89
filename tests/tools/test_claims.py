"""What calls hold of the money: caps, doubts and the word to stop, decided inside the transaction."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from callsheet.core.call import CallUnknown, ChargeReconciled, ResultDropped
from callsheet.core.errors import BudgetExceeded, Bug, CapReached, LeaseLost, SpendingStopped
from callsheet.core.limits import CapsSet, SpendingAllowed, SpendingHalted
from callsheet.core.money import Caps, to_micros, to_usd
from callsheet.evals.conformance import FIRST, PRICE, made, planned, reserved, sent, voided
from callsheet.tools.clock import SystemClock
from callsheet.tools.fsck import check_production
from callsheet.tools.journal import SqliteJournal


@dataclass
class Calendar:
    """A clock whose days a test turns, forward or back."""

    day: str = "2026-11-21"

    def now(self) -> str:
        return f"{self.day}T10:00:00.000Z"

    def seconds(self) -> float:
        return 0.0


@pytest.fixture
def calendar() -> Calendar:
    return Calendar()


@pytest.fixture
async def journal(tmp_path: Path, calendar: Calendar) -> AsyncIterator[SqliteJournal]:
    opened = SqliteJournal.open(
        tmp_path / ".callsheet" / "journal.db", clock=calendar, stop_file=tmp_path / "machine" / "stop"
    )
    await opened.take_lease("me")
    await opened.record(planned(1.0))
    yield opened
    await opened.close()


def unknown(number: int, token: str = FIRST) -> CallUnknown:
    return CallUnknown(key=f"call{number}", task=f"task{number}", token=token, why="no answer")


def found_out(number: int, micros: int, token: str = FIRST) -> ChargeReconciled:
    return ChargeReconciled(key=f"call{number}", task=f"task{number}", token=token, micros=micros, by="Ada", why="")


def capped(**usd: float | dict[str, float]) -> CapsSet:
    return CapsSet(caps=Caps(**usd))  # type: ignore[arg-type]


async def refusals(*asked: Awaitable[object]) -> list[BaseException]:
    return [one for one in await asyncio.gather(*asked, return_exceptions=True) if isinstance(one, BaseException)]


async def test_a_call_dearer_than_one_call_may_be_is_refused_with_the_figures_and_what_to_do(
    journal: SqliteJournal,
) -> None:
    await journal.record(capped(call_usd=to_usd(PRICE - 1)))
    with pytest.raises(CapReached, match=r"needs 0\.\d+ USD.* allowed for one call.*`caps\.call_usd`.*`most_call_usd`"):
        await journal.record(reserved(1))
    assert journal.bill().reserved_usd == 0
    await journal.record(capped(call_usd=to_usd(PRICE)))
    await journal.record(reserved(1))


@pytest.mark.parametrize(
    ("caps", "says"),
    [
        ({"day_usd": to_usd(3 * PRICE)}, r"allowed for 2026-11-21 \(UTC\).*wait for the next day"),
        ({"production_usd": to_usd(3 * PRICE)}, "allowed for one production.*`most_production_usd`"),
        ({"departments_usd": {"art": to_usd(3 * PRICE)}}, r"department 'art'.*`departments\.art\.most_usd`"),
    ],
)
async def test_of_forty_calls_at_once_no_more_are_reserved_than_a_cap_covers(
    journal: SqliteJournal, caps: dict[str, float | dict[str, float]], says: str
) -> None:
    await journal.record(capped(**caps))
    refused = await refusals(*(journal.record(reserved(number)) for number in range(40)))
    assert len(refused) == 37
    assert all(isinstance(one, CapReached) for one in refused)
    with pytest.raises(CapReached, match=says):
        await journal.record(reserved(99))
    assert to_micros(journal.bill().reserved_usd) == 3 * PRICE


async def test_a_department_without_a_cap_spends_what_another_may_not(journal: SqliteJournal) -> None:
    await journal.record(capped(departments_usd={"art": to_usd(PRICE)}))
    await journal.record(reserved(1))
    await journal.record(replace(reserved(2), department="post"))
    with pytest.raises(CapReached):
        await journal.record(reserved(3))


async def test_what_is_void_or_settled_for_less_may_be_spent_again_under_a_cap(journal: SqliteJournal) -> None:
    await journal.record(capped(day_usd=to_usd(PRICE)), reserved(1))
    await journal.record(voided(1))
    await journal.record(reserved(2), sent(2))
    await journal.record(made(2, micros=PRICE // 2))
    with pytest.raises(CapReached):
        await journal.record(reserved(3))
    await journal.record(reserved(4, micros=PRICE // 2))


async def test_another_day_by_name_has_its_own_money_and_a_clock_put_back_has_none_left(
    journal: SqliteJournal, calendar: Calendar
) -> None:
    await journal.record(capped(day_usd=to_usd(PRICE)), reserved(1))
    calendar.day = "2026-11-22"
    await journal.record(reserved(2))
    for calendar.day in ("2026-11-21", "2026-11-22"):
        with pytest.raises(CapReached):
            await journal.record(reserved(3))


async def test_taking_a_call_over_counts_once_under_a_cap(journal: SqliteJournal) -> None:
    await journal.record(capped(day_usd=to_usd(PRICE), departments_usd={"art": to_usd(PRICE)}), reserved(1), sent(1))
    await journal.record(reserved(1, token="second"))
    await journal.record(sent(1, token="second"))
    await journal.record(made(1, token="second"))
    assert to_micros(journal.bill().settled_usd) == PRICE


async def test_a_cap_refuses_the_whole_request(journal: SqliteJournal) -> None:
    await journal.record(capped(day_usd=to_usd(PRICE)))
    with pytest.raises(CapReached):
        await journal.record(reserved(1), reserved(2))
    await journal.record(reserved(3))


async def test_an_unknown_charge_counts_until_somebody_finds_out_also_after_the_next_start(
    journal: SqliteJournal, tmp_path: Path
) -> None:
    await journal.record(planned(to_usd(PRICE)), reserved(1), sent(1))
    await journal.record(unknown(1))
    with pytest.raises(BudgetExceeded):
        await journal.record(reserved(2))
    await journal.close()
    again = SqliteJournal.open(tmp_path / ".callsheet" / "journal.db", clock=SystemClock())
    await again.take_lease("next")
    assert to_micros(again.bill().unknown_usd) == to_micros(again.bill().reserved_usd) == PRICE
    with pytest.raises(BudgetExceeded):
        await again.record(reserved(2))
    await again.record(found_out(1, 0))
    await again.record(reserved(2))
    await again.close()


async def test_a_call_made_again_costs_on_top_of_what_its_earlier_try_may_have(journal: SqliteJournal) -> None:
    await journal.record(reserved(1), sent(1))
    await journal.record(unknown(1))
    await journal.record(reserved(1, token="second"), sent(1, token="second"))
    await journal.record(made(1, token="second"))
    bill = journal.bill()
    assert (to_micros(bill.settled_usd), to_micros(bill.unknown_usd)) == (PRICE, PRICE)
    await journal.record(found_out(1, PRICE))
    bill = journal.bill()
    assert (to_micros(bill.settled_usd), to_micros(bill.unknown_usd), bill.calls) == (2 * PRICE, 0, 2)


async def test_of_many_who_find_out_at_once_one_counts_and_the_others_are_dropped(journal: SqliteJournal) -> None:
    await journal.record(reserved(1), sent(1))
    await journal.record(unknown(1))
    written = await asyncio.gather(*(journal.record(found_out(1, PRICE * (number % 2))) for number in range(16)))
    assert sum(isinstance(one.fact, ResultDropped) for (one,) in written) == 15
    assert journal.history.dropped == 15
    first = next(one.fact for (one,) in written if isinstance(one.fact, ChargeReconciled))
    assert to_micros(journal.bill().settled_usd) == first.micros
    assert journal.bill().reserved_usd == 0


async def test_a_late_answer_to_an_unknown_call_changes_nothing_and_is_counted(journal: SqliteJournal) -> None:
    await journal.record(reserved(1), sent(1))
    await journal.record(unknown(1))
    for late in (made(1), voided(1), unknown(1)):
        (entry,) = await journal.record(late)
        assert isinstance(entry.fact, ResultDropped)
    assert to_micros(journal.bill().unknown_usd) == PRICE


async def test_nothing_is_reconciled_beyond_what_was_set_aside_or_without_doubt(journal: SqliteJournal) -> None:
    await journal.record(reserved(1), sent(1))
    (entry,) = await journal.record(found_out(1, PRICE))
    assert isinstance(entry.fact, ResultDropped)
    await journal.record(unknown(1))
    with pytest.raises(Bug, match="would be reconciled"):
        await journal.record(found_out(1, PRICE + 1))


async def test_stopped_spending_refuses_every_call_that_costs_until_it_is_allowed(journal: SqliteJournal) -> None:
    await journal.record(reserved(1), sent(1))
    await journal.record(SpendingHalted(by="Ada"))
    with pytest.raises(SpendingStopped, match="by Ada; `callsheet resume DIR`"):
        await journal.record(reserved(2))
    await journal.record(reserved(3, micros=0), made(1))
    assert to_micros(journal.bill().settled_usd) == PRICE
    await journal.record(SpendingAllowed(by="Ada"))
    await journal.record(reserved(2))


async def test_the_word_of_another_process_stops_the_very_next_reservation(
    journal: SqliteJournal, tmp_path: Path
) -> None:
    other = SqliteJournal.open(tmp_path / ".callsheet" / "journal.db", clock=SystemClock(), mode="write")
    await other.record(SpendingHalted(by="Ada"))
    with pytest.raises(SpendingStopped):
        await journal.record(reserved(1))
    await other.close()


async def test_one_file_stops_every_production_of_a_machine_while_it_is_there(
    journal: SqliteJournal, tmp_path: Path
) -> None:
    place = tmp_path / "machine" / "stop"
    place.parent.mkdir()
    place.touch()
    with pytest.raises(SpendingStopped, match=r"machine/stop; `callsheet stop --lift`"):
        await journal.record(reserved(1))
    place.unlink()
    await journal.record(reserved(1))


async def test_the_tables_are_what_the_entries_add_up_to(journal: SqliteJournal, tmp_path: Path) -> None:
    await journal.record(capped(day_usd=1.0, departments_usd={"art": 1.0}))
    await journal.record(reserved(1), sent(1), reserved(2), sent(2), reserved(3), sent(3), reserved(4))
    await journal.record(unknown(1))
    await journal.record(unknown(2))
    await journal.record(voided(3))
    await journal.record(found_out(2, PRICE // 2))
    troubles = [one.what for one in check_production(tmp_path) if one.where.startswith("table")]
    assert not troubles


async def test_who_does_not_drive_may_find_out_but_not_doubt(journal: SqliteJournal, tmp_path: Path) -> None:
    await journal.record(reserved(1), sent(1))
    await journal.record(unknown(1))
    visitor = SqliteJournal.open(tmp_path / ".callsheet" / "journal.db", clock=SystemClock(), mode="write")
    (entry,) = await visitor.record(found_out(1, 0))
    assert isinstance(entry.fact, ChargeReconciled)
    with pytest.raises(LeaseLost):
        await visitor.record(unknown(1))
    await visitor.close()
