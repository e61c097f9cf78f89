"""The morning after: what was finished, what waits for whom, what it cost, and what went wrong and was dealt with."""

import asyncio
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from rich.text import Text

from ..core.call import CallVoided
from ..core.canonical import to_plain
from ..core.fact import LeaseTaken
from ..core.history import History
from ..core.money import to_usd
from ..core.outage import OutageBegan, OutageEnded
from ..core.plan import Task
from ..core.thought import DIRECTION
from ..graphs.desk import Board, Standing, board_of, inbox, look, stopped_all, waits_of
from .accounts import rent_in_words, rent_so_far
from .door import OK, WAITING, say
from .tables import in_time_units, people, state_on, tasks_in_words

_MOST_NAMES: Final = 12
_LOST: Final = re.compile(r"worker '.*?' was lost: (.*)", re.DOTALL)
_POISON: Final = "took down"


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """A production as somebody wants to hear of it who was not there; every list is sentences."""

    title: str
    headline: str
    hours: str
    """When it began and when anything last happened."""
    finished: tuple[str, ...]
    waits: tuple[str, ...]
    costs: tuple[str, ...]
    troubles: tuple[str, ...]
    """What went wrong, each with what was done about it."""
    left: tuple[str, ...]
    """Tasks that ended without a picture that passed, and what each would take."""


def show_summary(folder: Path, *, as_json: bool) -> int:
    """Print the summary of a production; exit 4 while it waits for a person."""
    standing = asyncio.run(look(folder))
    found = summary_of(standing, datetime.now(UTC), stopped=stopped_all())
    if as_json:
        say({"event": "summary", **dict(to_plain(found).items())})  # type: ignore[attr-defined]
        return WAITING if found.waits else OK
    console = people()
    console.print(Text(found.title, style="bold"))
    console.print(f"{found.headline}\n{found.hours}", soft_wrap=True)
    sections = {
        "finished": found.finished,
        "waits": found.waits,
        "cost": found.costs,
        "went wrong, and was dealt with": found.troubles,
        "left": found.left,
    }
    for heading, lines in sections.items():
        if lines:
            console.print(Text(f"\n{heading}", style="italic"))
        for line in lines:
            console.print(f"  {line}", soft_wrap=True)
    return WAITING if found.waits else OK


def summary_of(standing: Standing, now: datetime, *, stopped: str = "") -> Summary:
    """Sum a production up, from its journal alone.

    Args:
        standing: as it stands.
        now: UTC; what is rented costs until then.
        stopped: who stopped all spending of this machine; empty where nobody did.
    """
    board, history = board_of(standing.plan, standing.history), standing.history
    states = Counter(state_on(board, task.name) for task in standing.plan.tasks)
    parts = [f"{states['accepted']} of {tasks_in_words(len(standing.plan.tasks))} accepted"]
    parts += [f"{states[state]} {state}" for state in ("unfinished", "waiting", "paused", "open") if states[state]]
    parts.append("delivered" if history.delivery else "not delivered yet")
    return Summary(
        title=standing.plan.title,
        headline=", ".join(parts),
        hours=_hours(history),
        finished=tuple(_finished(standing, board)),
        waits=tuple(_waits(standing, board, stopped)),
        costs=tuple(_costs(standing, now)),
        troubles=tuple(_troubles(standing)),
        left=tuple(_left(standing.plan.tasks, standing)),
    )


def _hours(history: History) -> str:
    if not history.entries:
        return "nothing has happened"
    first, last = (datetime.fromisoformat(history.entries[place].at) for place in (0, -1))
    spent = in_time_units(max(0.0, (last - first).total_seconds()))
    return f"{spent}, from {first:%Y-%m-%d %H:%M} to {last:%Y-%m-%d %H:%M} UTC"


def _finished(standing: Standing, board: Board) -> Iterator[str]:
    for department in standing.plan.departments:
        names = [task.name for task in standing.plan.tasks if task.department == department.name]
        accepted = sum(state_on(board, name) == "accepted" for name in names)
        takes = sum(len(standing.history.tasks[name].takes) for name in names)
        if names:
            yield f"{department.name}: {accepted} of {len(names)}, from {takes} {'take' if takes == 1 else 'takes'}"


def _waits(standing: Standing, board: Board, stopped: str) -> Iterator[str]:
    if not standing.history.is_greenlit:
        yield "everything waits for your greenlight"
        return
    if stopped and any(_would_go_on(standing, board, task.name) for task in standing.plan.tasks):
        yield f"spending is stopped on this machine ({stopped}): `callsheet stop --lift` has it go on"
    for question in inbox(standing.history):
        if question.point or state_on(board, question.task) == "waiting":
            yield f"for you: {question.about}: {question.question}"
    yield from (wait.says for wait in waits_of(board) if wait.kind == "paused")
    yield from (f"for you: charge of {why}" for why in _doubts(standing.history))


def _would_go_on(standing: Standing, board: Board, name: str) -> bool:
    """Say whether the next run would have something made for a task, if that were allowed to cost."""
    ended = standing.history.tasks[name].unfinished
    return state_on(board, name) == "open" or (ended is not None and ended.cause == "world")


def _doubts(history: History) -> Iterator[str]:
    for doubt in history.doubts.values():
        if doubt.is_open:
            yield (
                f"{to_usd(doubt.call.micros):.4f} USD for {doubt.about} at {doubt.call.maker} is unknown "
                f"({doubt.why}); `callsheet reconcile` settles it"
            )


def _costs(standing: Standing, now: datetime) -> Iterator[str]:
    bill, history = standing.bill, standing.history
    calls = "1 call" if bill.calls == 1 else f"{bill.calls} calls"
    yield f"{bill.settled_usd:.4f} of {bill.budget_usd:.2f} USD for {calls}"
    if bill.reserved_usd:
        yield f"{bill.reserved_usd:.4f} USD reserved for what is under way"
    if bill.unknown_usd:
        yield f"{bill.unknown_usd:.4f} USD may have been charged and nobody knows yet"
    accepted = sum(bool(record.accepted) for record in history.tasks.values())
    if accepted:
        yield f"{bill.settled_usd / accepted:.4f} USD per accepted picture"
    teams = Counter[str]()
    for call in history.calls.values():
        if call.state == "settled":
            teams[call.department] += call.micros
    teams[DIRECTION] += sum(history.thinking_micros().values())
    shares = [f"{name} {to_usd(micros):.4f}" for name, micros in teams.most_common() if micros]
    if shares:
        yield f"by department: {', '.join(shares)}"
    rent, up = rent_so_far(history, now)
    if rent:
        yield from (f"machines: {line}" for line in rent_in_words(rent, up, now, is_driven=None))


def _troubles(standing: Standing) -> Iterator[str]:
    """Tell what the journal says went wrong, by kind, the most frequent first."""
    history = standing.history
    leases = sum(isinstance(entry.fact, LeaseTaken) for entry in history.entries)
    if leases > 1:
        yield f"it was driven {leases} times; each time it went on where the facts ended"
    voided = [entry.fact for entry in history.entries if isinstance(entry.fact, CallVoided)]
    lost = Counter(found[1].partition(" (")[0] for fact in voided if (found := _LOST.match(fact.why)))
    for why, times in lost.most_common():
        yield f"{_times(times)} a worker was lost ({why[:120]}): replaced, and the work given to another"
    others = Counter(fact.why for fact in voided if not _LOST.match(fact.why) and _POISON not in fact.why)
    for why, times in others.most_common(_MOST_NAMES):
        yield f"{_times(times)} a call came to nothing and was not charged: {why[:200]}"
    yield from _outages(history)
    if history.dropped:
        yield f"{_times(history.dropped)} a result came late or twice: dropped, and paid for once at most"
    refused = sum(not verdict.passed for record in history.tasks.values() for verdict in record.verdicts.values())
    if refused:
        yield f"{_times(refused)} a take was refused by its gate"
    for why, times in Counter(one.says for one in history.fallbacks).most_common(_MOST_NAMES):
        yield f"{_times(times)} {why}"


def _outages(history: History) -> Iterator[str]:
    waited, open_ones = Counter[str](), dict[str, OutageBegan]()
    seconds: dict[str, float] = {}
    for entry in history.entries:
        match entry.fact:
            case OutageBegan() as fact:
                open_ones[fact.what] = fact
            case OutageEnded() as fact:
                open_ones.pop(fact.what, None)
                waited[fact.what] += 1
                seconds[fact.what] = seconds.get(fact.what, 0.0) + fact.seconds
            case LeaseTaken():
                open_ones.clear()
    for what, times in waited.most_common(_MOST_NAMES):
        yield f"{_times(times)} {what}: waited {in_time_units(seconds[what])} in all, then it went on"
    yield from (f"now it {fact.says}" for fact in open_ones.values())


def _left(tasks: Sequence[Task], standing: Standing) -> Iterator[str]:
    ended = [(task.name, record) for task in tasks if (record := standing.history.tasks[task.name]).unfinished]
    for name, record in ended[:_MOST_NAMES]:
        assert record.unfinished
        parked = "parked" if _POISON in record.unfinished.why else "unfinished"
        yield f"{name} {parked}: {record.unfinished.why}"
    if len(ended) > _MOST_NAMES:
        yield f"and {len(ended) - _MOST_NAMES} more: `callsheet status {standing.folder}`"


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"
