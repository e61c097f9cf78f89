"""The journal against a model of a few lines, in every order hypothesis can think of."""

import asyncio
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from callsheet.core.call import CallUnknown, ChargeReconciled
from callsheet.core.errors import BudgetExceeded, Bug
from callsheet.core.fact import Fact
from callsheet.core.history import History
from callsheet.core.limits import CapsSet
from callsheet.core.money import Caps, to_micros, to_usd
from callsheet.evals.conformance import made, planned, reserved, sent, voided
from callsheet.tools.clock import SystemClock
from callsheet.tools.journal import SqliteJournal

NUMBERS, TOKENS, MICROS = st.integers(1, 3), st.sampled_from(["first", "second"]), st.integers(0, 40)
OPEN = ("reserved", "sent")


@dataclass
class Call:
    state: str
    token: str
    micros: int


class Money(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.journal = SqliteJournal.open(None, clock=SystemClock())
        self.calls: dict[int, Call] = {}
        self.doubts: dict[tuple[int, str], int] = {}
        self.found_out = 0
        self.budget = 0
        self.day_cap: int | None = None
        self.dropped = 0

    def teardown(self) -> None:
        self.runner.run(self.journal.close())
        self.runner.close()

    def record(self, fact: Fact) -> str:
        """Record one fact and say what became of it."""
        try:
            (entry,) = self.runner.run(self.journal.record(fact))
        except (BudgetExceeded, Bug) as refusal:
            return type(refusal).__name__
        return entry.fact.event

    def committed(self, *states: str) -> int:
        return sum(call.micros for call in self.calls.values() if call.state in states)

    @rule(budget=st.integers(0, 100))
    def plan(self, budget: int) -> None:
        assert self.record(planned(to_usd(budget))) == "production_planned"
        self.budget = budget

    @rule(number=NUMBERS, token=TOKENS, micros=MICROS)
    def reserve(self, number: int, token: str, micros: int) -> None:
        outcome, call = self.record(reserved(number, micros=micros, token=token)), self.calls.get(number)
        if call and (call.state == "settled" or (call.state in OPEN and call.token == token)):
            assert outcome == "Bug"
            return
        more = micros - (call.micros if call and call.state in OPEN else 0)
        held = self.committed("settled", *OPEN) + self.found_out + sum(self.doubts.values())
        if more > 0 and held + more > self.budget:
            assert outcome == "BudgetExceeded"
            return
        if self.day_cap is not None and micros and held + more > self.day_cap:
            assert outcome == "CapReached"
            return
        assert outcome == "call_reserved"
        self.calls[number] = Call("reserved", token, micros)

    @rule(number=NUMBERS, token=TOKENS)
    def send(self, number: int, token: str) -> None:
        outcome, call = self.record(sent(number, token=token)), self.calls.get(number)
        if not call or (call.state, call.token) != ("reserved", token):
            assert outcome == "Bug"
            return
        assert outcome == "call_sent"
        call.state = "sent"

    @rule(number=NUMBERS, token=TOKENS)
    def void(self, number: int, token: str) -> None:
        outcome, call = self.record(voided(number, token=token)), self.calls.get(number)
        if not call or call.state not in OPEN or call.token != token:
            assert outcome == "result_dropped"
            self.dropped += 1
            return
        assert outcome == "call_voided"
        call.state = "void"

    @rule(number=NUMBERS, token=TOKENS, micros=MICROS)
    def settle(self, number: int, token: str, micros: int) -> None:
        outcome, call = self.record(made(number, token=token, micros=micros)), self.calls.get(number)
        if not call or call.state not in OPEN or call.token != token:
            assert outcome == "result_dropped"
            self.dropped += 1
        elif micros > call.micros:
            assert outcome == "Bug"
        else:
            assert outcome == "take_made"
            call.state, call.micros = "settled", micros

    @rule(number=NUMBERS, token=TOKENS)
    def doubt(self, number: int, token: str) -> None:
        key, task, call = f"call{number}", f"task{number}", self.calls.get(number)
        again = (number, token) in self.doubts  # a token names one try, so one doubt
        if again:
            return
        outcome = self.record(CallUnknown(key=key, task=task, token=token, why=""))
        if not call or call.state not in OPEN or call.token != token:
            assert outcome == "result_dropped"
            self.dropped += 1
            return
        assert outcome == "call_unknown"
        call.state, self.doubts[number, token] = "void", call.micros

    @rule(number=NUMBERS, token=TOKENS, micros=MICROS)
    def find_out(self, number: int, token: str, micros: int) -> None:
        key, task, held = f"call{number}", f"task{number}", self.doubts.get((number, token))
        fact = ChargeReconciled(key=key, task=task, token=token, micros=micros, by="Ada", why="")
        outcome = self.record(fact)
        if held is None:
            assert outcome == "result_dropped"
            self.dropped += 1
        elif micros > held:
            assert outcome == "Bug"
        else:
            assert outcome == "charge_reconciled"
            del self.doubts[number, token]
            self.found_out += micros

    @rule(day=MICROS)
    def cap(self, day: int) -> None:
        assert self.record(CapsSet(caps=Caps(day_usd=to_usd(day)))) == "caps_set"
        self.day_cap = day

    @invariant()
    def the_bill_is_the_models(self) -> None:
        bill = self.journal.bill()
        assert to_micros(bill.settled_usd) == self.committed("settled") + self.found_out
        assert to_micros(bill.unknown_usd) == sum(self.doubts.values())
        assert to_micros(bill.reserved_usd) == self.committed(*OPEN) + sum(self.doubts.values())

    @invariant()
    def the_history_is_the_models(self) -> None:
        history = self.journal.history
        assert {(call.key, call.state) for call in history.calls.values()} == {
            (f"call{number}", call.state) for number, call in self.calls.items()
        }
        assert history.dropped == self.dropped
        assert history == History.of(history.entries)


TestMoney = pytest.mark.slow(Money.TestCase)
TestMoney.settings = settings(
    max_examples=20, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
)
