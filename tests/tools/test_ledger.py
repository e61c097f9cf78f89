"""Where the money went."""

from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from callsheet.core.call import CallUnknown, ChargeReconciled
from callsheet.core.fact import Entry, Fact, LeaseTaken
from callsheet.core.history import History
from callsheet.core.money import to_usd
from callsheet.evals.conformance import FIRST, PRICE, made, planned, reserved, sent, voided
from callsheet.tools.ledger import Purse

Step = Callable[[int], Fact]


def unknown(number: int) -> CallUnknown:
    return CallUnknown(key=f"call{number}", task=f"task{number}", token=FIRST, why="no answer")


def found_out(number: int, micros: int = PRICE) -> ChargeReconciled:
    return ChargeReconciled(
        key=f"call{number}", task=f"task{number}", token=FIRST, micros=micros, by="meter", why="its meter"
    )


def found_free(number: int) -> ChargeReconciled:
    return found_out(number, 0)


FROM: dict[Step, tuple[Step | None, ...]] = {
    reserved: (None, voided, found_free),
    sent: (reserved,),
    voided: (reserved, sent),
    made: (reserved, sent),
    unknown: (sent,),
    found_out: (unknown,),
    found_free: (unknown,),
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
            purse.add(fact, "2026-11-21T10:00:00Z")
    bill, calls, doubts = purse.bill(), history.calls.values(), history.doubts.values()
    found = sum(doubt.reconciled.micros for doubt in doubts if doubt.reconciled)
    doubted = sum(doubt.call.micros for doubt in doubts if doubt.is_open)
    held = sum(call.micros for call in calls if call.state in ("reserved", "sent"))
    assert bill.settled_usd == to_usd(found + sum(call.micros for call in calls if call.state == "settled"))
    assert bill.reserved_usd == to_usd(held + doubted)
    assert bill.unknown_usd == to_usd(doubted)
    assert sum(purse.spent.values()) == 2 * (purse.settled + purse.reserved)  # once by department, once by day


def test_a_call_is_unknown_only_when_its_driver_is_gone_before_it_ended() -> None:
    purse = Purse()
    for fact in (planned(1.0), reserved(1), sent(1), reserved(2), sent(2), made(2), reserved(3)):
        purse.add(fact)
    assert purse.bill().unknown_usd == 0
    purse.add(LeaseTaken(epoch=2, holder="next"))
    assert purse.bill().unknown_usd == to_usd(PRICE)
