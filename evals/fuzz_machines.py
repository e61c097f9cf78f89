"""The journal and its ledger as Hypothesis drives them: operations in every order, shrunk to the shortest that breaks.

The machine knows what was acknowledged and nothing of how the journal does it.
"""

import asyncio
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from hypothesis import HealthCheck, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from ..core.errors import BudgetExceeded, Bug, StaleDecision
from ..core.fact import Entry, Fact
from ..core.history import History
from ..core.money import to_micros, to_usd
from ..tools.clock import SystemClock
from ..tools.journal import SqliteJournal
from .conformance import decided, made, planned, reserved, sent, voided

STEPS: Final = 30
_MEMORY: Final = Path("/dev/shm")  # noqa: S108 - a folder of random name below it
_NUMBERS = st.integers(1, 4)
_TOKENS = st.sampled_from(["first", "second", "third"])
_MICROS = st.integers(0, 60)


class Ledger(RuleBasedStateMachine):
    """Money and rows of a journal in a file that is closed and opened again at any moment."""

    def __init__(self) -> None:
        super().__init__()
        self._runner, self._folder = asyncio.Runner(), TemporaryDirectory(dir=_MEMORY if _MEMORY.is_dir() else None)
        self._kept: list[Entry] = []
        self._journal = self._opened()

    def teardown(self) -> None:
        """Let go of the file."""
        self._runner.run(self._journal.close())
        self._runner.close()
        self._folder.cleanup()

    def _opened(self) -> SqliteJournal:
        journal = SqliteJournal.open(Path(self._folder.name) / "journal.db", clock=SystemClock())
        self._runner.run(journal.take_lease("machine"))
        self._kept = [*self._kept, *journal.history.entries[len(self._kept) :]]
        return journal

    def _record(self, *facts: Fact) -> None:
        before = len(self._journal.history.entries)
        try:
            written = self._runner.run(self._journal.record(*facts))
        except (BudgetExceeded, Bug, StaleDecision):
            assert len(self._journal.history.entries) == before, "a refused request left rows behind"
            return
        self._kept += written

    @rule(micros=st.integers(0, 200))
    def plan(self, micros: int) -> None:
        """Change the budget."""
        self._record(planned(to_usd(micros)))

    @rule(number=_NUMBERS, token=_TOKENS, micros=_MICROS)
    def reserve(self, number: int, token: str, micros: int) -> None:
        """Set money aside."""
        self._record(reserved(number, micros=micros, token=token))

    @rule(number=_NUMBERS, token=_TOKENS, micros=_MICROS)
    def reserve_and_send(self, number: int, token: str, micros: int) -> None:
        """Set money aside and send, in one transaction."""
        self._record(reserved(number, micros=micros, token=token), sent(number, token=token))

    @rule(number=_NUMBERS, token=_TOKENS)
    def send(self, number: int, token: str) -> None:
        """Send a call."""
        self._record(sent(number, token=token))

    @rule(number=_NUMBERS, token=_TOKENS)
    def void(self, number: int, token: str) -> None:
        """Give money back."""
        self._record(voided(number, token=token))

    @rule(number=_NUMBERS, token=_TOKENS, micros=_MICROS)
    def settle(self, number: int, token: str, micros: int) -> None:
        """Pay for a take, in time or too late, the right one or another."""
        self._record(made(number, micros=micros, token=token))

    @rule(number=_NUMBERS, by=st.sampled_from(["mara", "tom"]), nth=st.integers(0, 2))
    def decide(self, number: int, by: str, nth: int) -> None:
        """Decide, first or second."""
        self._record(decided(by, task=f"task{number}", nth=nth))

    @precondition(lambda self: len(self._kept) > 1)
    @rule()
    def restart(self) -> None:
        """Close the file and open it again."""
        self._runner.run(self._journal.close())
        self._journal = self._opened()

    @invariant()
    def nothing_acknowledged_is_lost(self) -> None:
        """Every row that was answered for is there, unchanged and in its place."""
        assert self._journal.history.entries == self._kept
        assert [entry.seq for entry in self._kept] == list(range(1, len(self._kept) + 1))

    @invariant()
    def money_is_what_the_rows_say(self) -> None:
        """The bill is the fold of the rows; a call is paid for once."""
        history, bill = self._journal.history, self._journal.bill()
        calls = history.calls.values()
        assert to_micros(bill.settled_usd) == sum(call.micros for call in calls if call.state == "settled")
        held = sum(call.micros for call in calls if call.state in ("reserved", "sent"))
        assert to_micros(bill.reserved_usd) == held
        assert history == History.of(history.entries)

    @invariant()
    def one_decision_stands_for_each_round(self) -> None:
        """A second one for the same task and round was refused."""
        rounds = [(name, one.round) for name, task in self._journal.history.tasks.items() for one in task.decisions]
        assert len(rounds) == len(set(rounds))


class Budget(Ledger):
    """The same with a budget that only grows: settled and reserved never exceed it, at any instant."""

    def __init__(self) -> None:
        super().__init__()
        self._most = 0

    @rule(micros=st.integers(0, 40))
    def plan(self, micros: int) -> None:
        """Raise the budget."""
        self._most += micros
        self._record(planned(to_usd(self._most)))

    @invariant()
    def the_budget_holds(self) -> None:
        """Never a micro-dollar more."""
        bill = self._journal.bill()
        assert to_micros(bill.settled_usd) + to_micros(bill.reserved_usd) <= self._most


def run_machines(steps: int, number: int) -> dict[str, tuple[int, str]]:
    """Run every machine for about so many steps together; give each one's steps, and what broke it."""
    found: dict[str, tuple[int, str]] = {}
    for machine in (Ledger, Budget):
        examples = max(1, steps // (2 * STEPS))
        chosen = settings(
            max_examples=examples, stateful_step_count=STEPS, deadline=None, database=None,
            suppress_health_check=list(HealthCheck), print_blob=True,
        )  # fmt: skip
        seeded = seed(number)(machine)
        try:
            run_state_machine_as_test(seeded, settings=chosen)
            found[machine.__name__.lower()] = (examples * STEPS, "")
        except Exception as error:  # noqa: BLE001 - whatever broke it
            notes = " ".join(getattr(error, "__notes__", ()))
            found[machine.__name__.lower()] = (examples * STEPS, f"{type(error).__name__}: {error} {notes}"[:1500])
    return found
