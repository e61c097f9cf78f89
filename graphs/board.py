"""The board: where every task stands, kept up to date entry by entry at the cost of what changed."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from ..core.call import CallReserved, CallVoided, ResultDropped
from ..core.fact import Fact, LeaseTaken, OrderGiven, ProductionPlanned, TakeMade
from ..core.history import History
from ..core.plan import Department, Plan, Task
from ..core.progress import TeamProgress
from ..core.task_record import TaskRecord
from ..core.timing import chain_seconds
from .standing import standing_digest, step_of

State = Literal["accepted", "unfinished", "waiting", "paused", "making", "looking", "ready", "blocked", "stuck"]
"""`stuck` tasks lack a picture that will not come; `waiting` ones wait for a person."""

DONE: tuple[State, ...] = ("accepted", "unfinished", "stuck")
OPEN: tuple[State, ...] = ("making", "looking", "ready", "blocked")
"""What the crew will still work on, as things are."""

HELD: tuple[State, ...] = ("waiting", "paused")
"""What a person must let go on."""

_STATES: Mapping[str, State] = {
    "accepted": "accepted",
    "unfinished": "unfinished",
    "waiting": "waiting",
    "paused": "paused",
    "route": "ready",
    "make": "ready",
}
"""Of the steps that say it by themselves; at the others a take is looked at, or an answer carried out."""


@dataclass(slots=True, eq=False)
class Card:
    """One task on the board."""

    task: Task
    seconds: float
    """Expected of the task, revisions counted in."""
    state: State | None = None
    takes: int = 0
    refused: int = 0
    token: str = ""
    """Of its call that is out; empty when there is none."""
    maker: str = ""
    """Whom that call asks."""
    chain: float = 0.0
    """Expected seconds of the longest chain that starts with it."""
    picture: str = ""
    """Digest of what others work from; empty while there is none."""
    children: list["Card"] = field(default_factory=list)


@dataclass(slots=True)
class Sums:
    """Seconds of work; what ended before the board was put up sets no pace and is left out."""

    open_seconds: float = 0.0
    """Expected of the tasks the crew will still work on."""
    ended_seconds: float = 0.0
    """Expected of the tasks that ended."""
    making_seconds: float = 0.0
    """Their takes really took."""


class Board:
    """Every task of a production by where it stands; reads the journal's history and writes nothing."""

    def __init__(
        self,
        tasks: Mapping[str, Task],
        departments: Sequence[Department],
        history: History,
        seconds_of: Callable[[Task], float],
    ) -> None:
        """Put up what is known.

        Args:
            tasks: by name; more may join.
            departments: in the order people know.
            history: that of a journal, which grows.
            seconds_of: expected seconds of one task.
        """
        self._tasks, self._history, self._seconds_of = tasks, history, seconds_of
        self._departments = departments
        self.cards: dict[str, Card] = {}
        # Dicts where sets would do: they keep the order, so that the same history gives the same words.
        self.by_state: dict[State, dict[str, Card]] = {state: {} for state in (*DONE, *OPEN, *HELD)}
        self._counts: dict[str, Counter[str]] = {one.name: Counter() for one in departments}
        self._read = 0
        self._dirty: dict[str, None] = {}
        self._ended_here: dict[str, float] = {}
        """Worker seconds of the takes of every task that ended since the board was put up."""
        self.sums = Sums()
        self.refresh()
        self._ended_here.clear()
        self.sums = Sums(open_seconds=self.sums.open_seconds)

    def refresh(self) -> bool:
        """Take in what was written since the last time; say whether any of it was about a task."""
        if len(self.cards) < len(self._tasks):
            self._enlist([task for name, task in self._tasks.items() if name not in self.cards])
        entries = self._history.entries
        for entry in entries[self._read :]:
            self._hear(entry.fact)
        self._read = len(entries)
        has_news = bool(self._dirty)
        while self._dirty:
            name, _ = self._dirty.popitem()
            if name in self.cards:
                self._look_at(self.cards[name])
        return has_news

    def teams(self) -> tuple[TeamProgress, ...]:
        """Count every department's tasks."""
        places = {one.name: one.workers for one in self._departments}
        return tuple(
            TeamProgress(
                department=name,
                workers=places.get(name, 1),
                tasks=counts["tasks"],
                accepted=counts["accepted"],
                unfinished=counts["unfinished"] + counts["stuck"],
                live=counts["making"] + counts["looking"],
                ready=counts["ready"],
                blocked=counts["blocked"],
                for_you=counts["waiting"],
                paused=counts["paused"],
                takes=counts["takes"],
                refused=counts["refused"],
            )
            for name, counts in self._counts.items()
        )

    def record(self, card: Card) -> TaskRecord:
        """Give what the journal says of a task."""
        return self._history.tasks[card.task.name]

    def longest_seconds(self) -> float:
        """Give the expected seconds of the longest chain that is left."""
        return max((card.chain for state in OPEN for card in self.by_state[state].values()), default=0.0)

    def _hear(self, fact: Fact) -> None:
        match fact:
            case LeaseTaken() | ProductionPlanned():
                self._dirty.update(dict.fromkeys(self.cards))
            case OrderGiven(order=order):
                self._dirty.update(dict.fromkeys(order.tasks))
            case CallReserved(task=name) if card := self.cards.get(name):
                card.token, card.maker = fact.token, fact.maker
                self._dirty[name] = None
            case CallVoided(task=name) | TakeMade(task=name) | ResultDropped(task=name):
                if (card := self.cards.get(name)) and card.token == fact.token:
                    card.token = ""
                self._dirty[name] = None
            case _:
                if name := getattr(fact, "task", ""):
                    self._dirty[name] = None

    def _enlist(self, new: Sequence[Task]) -> None:
        for task in new:
            self.cards[task.name] = Card(task, self._seconds_of(task))
            self._counts.setdefault(task.department, Counter())["tasks"] += 1
        for task in new:
            for name in dict.fromkeys(task.inputs):
                self.cards[name].children.append(self.cards[task.name])
            self._dirty[task.name] = None
        chain = chain_seconds([card.task for card in self.cards.values()], lambda task: self.cards[task.name].seconds)
        for name, seconds in chain.items():
            self.cards[name].chain = seconds

    def _look_at(self, card: Card) -> None:
        """Find out anew where a task stands, and have those looked at who work from its picture."""
        card.task = self._tasks[card.task.name]
        record, before = self.record(card), (card.state in DONE, card.picture)
        counts = self._counts[card.task.department]
        takes, refused = len(record.takes), sum(not one.passed for one in record.verdicts.values())
        counts["takes"] += takes - card.takes
        counts["refused"] += refused - card.refused
        card.takes, card.refused, card.picture = takes, refused, standing_digest(record)
        self._move(card, self._state(card))
        if before != (card.state in DONE, card.picture):
            self._dirty.update((child.task.name, None) for child in card.children)

    def _move(self, card: Card, state: State) -> None:
        if state == card.state:
            return
        name, counts = card.task.name, self._counts[card.task.department]
        if card.state:
            counts[card.state] -= 1
            del self.by_state[card.state][name]
        self.sums.open_seconds += card.seconds * ((state in OPEN) - (card.state in OPEN))
        self._note_end(card, is_end=state in ("accepted", "unfinished", "waiting"))
        card.state = state
        counts[state] += 1
        self.by_state[state][name] = card

    def _note_end(self, card: Card, *, is_end: bool) -> None:
        """Count a task that ends as part of the pace, as long as it stays ended."""
        name = card.task.name
        if is_end and name not in self._ended_here:
            self._ended_here[name] = sum(take.seconds for take in self.record(card).takes)
            self.sums.ended_seconds += card.seconds
            self.sums.making_seconds += self._ended_here[name]
        elif not is_end and name in self._ended_here:
            self.sums.ended_seconds -= card.seconds
            self.sums.making_seconds -= self._ended_here.pop(name)

    def _state(self, card: Card) -> State:
        step = step_of(card.task, self._history)
        if step == "blocked":
            is_over = all(self.cards[name].state in DONE for name in card.task.inputs)
            return "stuck" if is_over else "blocked"
        state = _STATES.get(step, "looking")
        return "making" if state == "ready" and card.token else state


def board_of(plan: Plan, history: History) -> Board:
    """Put up a production that is only looked at; a task is expected to take what others of its kind took."""
    took: dict[str, list[float]] = {}
    for task in plan.tasks:
        took.setdefault(task.make, []).extend(take.seconds for take in history.tasks[task.name].takes)
    means = {make: sum(seconds) / len(seconds) for make, seconds in took.items() if seconds}
    tasks = {task.name: task for task in plan.tasks}
    return Board(tasks, plan.departments, history, lambda task: means.get(task.make, 1.0))
