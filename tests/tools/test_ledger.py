"""Where the money went."""

from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from callsheet.core.canonical import digest_of_bytes
from callsheet.core.fact import Entry, Fact, LeaseTaken, TakePublished
from callsheet.core.history import History
from callsheet.core.money import to_usd
from callsheet.evals.conformance import PRICE, made, planned, reserved, sent, voided
from callsheet.tools.ledger import Purse, by_asset, by_department, by_maker, by_task


def told(*facts: Fact) -> History:
    return History.of(Entry(seq=seq, at="", fact=fact) for seq, fact in enumerate(facts, 1))


def published(number: int) -> TakePublished:
    task, digest = f"task{number}", digest_of_bytes(b"picture")
    return TakePublished(task=task, take=f"{task}/t01", digest=digest, version=1, accepted_by="gate")


def test_a_department_pays_for_its_refused_takes_too() -> None:
    history = told(planned(1.0), reserved(1), made(1), reserved(2), made(2), published(1), reserved(3))
    (line,) = by_department(history)
    assert (line.name, line.calls, line.accepted) == ("art", 2, 1)
    assert line.settled_usd == to_usd(2 * PRICE)
    assert line.reserved_usd == to_usd(PRICE)
    assert line.usd_per_accepted == to_usd(2 * PRICE)


def test_nothing_accepted_has_no_price_per_accepted_asset() -> None:
    (line,) = by_maker(told(planned(1.0), reserved(1), made(1)))
    assert line.usd_per_accepted is None


def test_a_voided_call_costs_nobody_anything() -> None:
    (line,) = by_task(told(planned(1.0), reserved(1), sent(1), voided(1)))
    assert (line.calls, line.settled_usd, line.reserved_usd) == (0, 0.0, 0.0)


def test_an_accepted_asset_knows_its_own_price_and_its_tasks() -> None:
    (asset,) = by_asset(told(planned(1.0), reserved(1), made(1), published(1), reserved(2), made(2)))
    assert (asset.task, asset.version, asset.takes) == ("task1", 1, 1)
    assert (asset.usd, asset.usd_all) == (to_usd(PRICE), to_usd(PRICE))


Step = Callable[[int], Fact]
FROM: dict[Step, tuple[Step | None, ...]] = {
    reserved: (None, voided),
    sent: (reserved,),
    voided: (reserved, sent),
    made: (reserved, sent),
}
"""Each step, and the steps it may follow."""


@given(steps=st.lists(st.tuples(st.sampled_from(list(FROM)), st.integers(0, 3)), max_size=40))
def test_the_purse_agrees_with_the_calls_of_the_history(steps: list[tuple[Step, int]]) -> None:
    purse, history, newest = Purse(), History(), dict[int, Step]()
    for step, number in steps:
        if newest.get(number) in FROM[step]:
            newest[number] = step
            fact = step(number)
            history.add(Entry(seq=1, at="", fact=fact))
            purse.add(fact)
    bill, calls = purse.bill(), history.calls.values()
    assert bill.settled_usd == to_usd(sum(call.micros for call in calls if call.state == "settled"))
    assert bill.reserved_usd == to_usd(sum(call.micros for call in calls if call.state in ("reserved", "sent")))


def test_a_call_is_unknown_only_when_its_driver_is_gone_before_it_ended() -> None:
    purse = Purse()
    for fact in (planned(1.0), reserved(1), sent(1), reserved(2), sent(2), made(2), reserved(3)):
        purse.add(fact)
    assert purse.bill().unknown_usd == 0
    purse.add(LeaseTaken(epoch=2, holder="next"))
    assert purse.bill().unknown_usd == to_usd(PRICE)
