"""The grid: every task as a card with the picture that stands for it, and what a decision about it is bound to."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from ...core.plan import Department, Shot
from ...core.take import Take
from ...core.task_record import TaskRecord
from ...graphs.desk import Onlooker, inbox

Sort = Literal["cut", "score"]

_SAYS: Final[Mapping[str, str]] = {
    "accepted": "accepted",
    "unfinished": "unfinished",
    "waiting": "waits for you",
    "paused": "paused",
    "making": "being made",
    "looking": "being looked at",
    "ready": "comes next",
    "blocked": "waits for others",
    "stuck": "cannot be made",
}
_PENDING: Final = {"approve": "approved", "omit": "left out"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """What a person was shown, and therefore decides about."""

    task: str
    take: str
    """Its id; empty where no take stands."""
    digest: str
    round: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One task at a glance."""

    id: str
    """Of its element."""
    bound: Bound
    title: str
    beside: str
    """What else it is called: a shot's task, or nothing."""
    state: str
    """As the board says it."""
    says: str
    """The same in words."""
    picture: str
    """Hex digits of the digest; empty where there is none."""
    width: int
    height: int
    is_past: bool
    """The picture is of an earlier round, and is being done again."""
    score: float | None
    passed: bool
    takes: int
    prompt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Asks:
    """One row of the inbox: a task's card with its question, or a question about the course of the whole."""

    question: str
    card: Card | None
    point: str = ""
    """Where on the course it was asked; empty for a task's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """Cards that belong together: the cut, or a department."""

    name: str
    says: str
    colour: int
    """Which of the departments' colours; -1 for the cut."""
    cards: tuple[Card, ...]


def bound_of(task: str, record: TaskRecord) -> Bound:
    """Give what a decision about a task as it stands is bound to.

    >>> bound_of("keep", TaskRecord())
    Bound(task='keep', take='', digest='', round=0)
    """
    take = record.standing_take
    return Bound(
        task=task, take=take.id if take else "", digest=take.digest if take else "", round=len(record.decisions)
    )


def shown_take(record: TaskRecord) -> Take | None:
    """Give the take whose picture a person sees: the one that stands, else the newest of an earlier round."""
    return record.standing_take or (record.takes[-1] if record.takes else None)


def card_of(onlooker: Onlooker, name: str, shot: Shot | None = None) -> Card:
    """Give a task's card."""
    card, record = onlooker.board.cards[name], onlooker.standing.history.tasks[name]
    take, state = shown_take(record), card.state or "ready"
    verdict = record.verdicts.get(take.id) if take else None
    return Card(
        id=f"shot-{shot.code}" if shot else f"task-{name}",
        bound=bound_of(name, record),
        title=shot.code if shot else name,
        beside=f"{name}, {shot.seconds:g} s" if shot else "",
        state=state,
        says=state_in_words(state, record),
        picture=take.digest.removeprefix("sha256:") if take else "",
        width=take.width if take else 1,
        height=take.height if take else 1,
        is_past=take is not None and record.standing_take is None,
        score=verdict.right if verdict else None,
        passed=verdict is not None and verdict.passed,
        takes=len(record.takes),
        prompt=card.task.prompt or card.task.make,
    )


def state_in_words(state: str, record: TaskRecord) -> str:
    """Say where a task stands, with whoever's word made it so.

    >>> state_in_words("making", TaskRecord())
    'being made'
    """
    if record.approval:
        return f"{_PENDING.get(record.approval.action, record.approval.action)} by {record.approval.by}"
    if state == "accepted" and record.accepted:
        by = record.accepted.accepted_by
        version = f"v{record.accepted.version:03d}"
        return f"{version}, {by.removeprefix('person:')}" if record.accepted.is_by_person else f"accepted {version}"
    if state == "unfinished" and record.is_omitted:
        return "left out"
    if state == "paused" and record.paused:
        return f"paused by {record.paused.by}"
    return _SAYS.get(state, state)


def cards_of(onlooker: Onlooker, name: str) -> tuple[Card, ...]:
    """Give every card of a task on the grid: one for each shot that shows it, or its own."""
    shots = [shot for shot in onlooker.standing.plan.shots if shot.from_task == name]
    return tuple(card_of(onlooker, name, shot) for shot in shots) or (card_of(onlooker, name),)


def asks_of(onlooker: Onlooker) -> tuple[Asks, ...]:
    """List what waits for the person, in the order it was asked."""
    waiting = onlooker.board.by_state["waiting"]
    return tuple(
        Asks(question=one.question, card=card_of(onlooker, one.task) if one.task else None, point=one.point)
        for one in inbox(onlooker.standing.history)
        if one.point or one.task in waiting
    )


def sections_of(onlooker: Onlooker, sort: Sort = "cut") -> tuple[Section, ...]:
    """Lay the tasks out: the shots in the order of the cut, then what else each department makes."""
    plan = onlooker.standing.plan
    shown = {shot.from_task for shot in plan.shots}
    cut = [card_of(onlooker, shot.from_task, shot) for shot in plan.shots]
    found = [Section(name="The cut", says=_counted(cut, "shot"), colour=-1, cards=_sorted(cut, sort))] if cut else []
    return (*found, *_teams(onlooker, plan.departments, shown, sort))


def _teams(
    onlooker: Onlooker, departments: Sequence[Department], shown: Collection[str], sort: Sort
) -> Iterator[Section]:
    by_team: dict[str, list[Card]] = {one.name: [] for one in departments}
    for task in onlooker.standing.plan.tasks:
        if task.name not in shown:
            by_team.setdefault(task.department, []).append(card_of(onlooker, task.name))
    for number, (name, cards) in enumerate(by_team.items()):
        if cards:
            yield Section(name=name, says=_counted(cards, "task"), colour=number % 8, cards=_sorted(cards, sort))


def _counted(cards: Sequence[Card], what: str) -> str:
    return f"{len(cards)} {what}{'s' if len(cards) != 1 else ''}"


def _sorted(cards: Sequence[Card], sort: Sort) -> tuple[Card, ...]:
    """Keep the plan's order, or put the worst first; what has no score yet goes last."""
    if sort == "cut":
        return tuple(cards)
    return tuple(sorted(cards, key=lambda card: (card.score is None, card.score or 0.0)))
