"""A task's page: what it must show, its takes side by side, what was said and decided, what it cost."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ...core.fact import DecisionTaken, NoteMade, PlanChanged
from ...core.history import History
from ...core.plan import Requirement, Task
from ...core.take import Opinion, Recipe, Score, Take, Verdict
from ...core.task_record import TaskRecord
from ...graphs.desk import Onlooker
from ..looking import what_follows
from .cards import Bound, Card, card_of


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownScore:
    """What the critics gave one requirement of one take."""

    requirement: Requirement
    value: float | None
    """The mean of those that had an opinion."""
    says: str
    """What each critic said."""
    is_below: bool
    """A must-have under the gate's floor."""

    @property
    def is_routine(self) -> bool:
        """Whether it is worth no line of its own: technique that is sound."""
        return self.requirement.kind == "technical" and not self.is_below and self.value is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownTake:
    """One take with all that is known of it."""

    take: Take
    picture: str
    standing: str
    """What became of it, in a word or two."""
    is_standing: bool
    verdict: Verdict | None
    scores: tuple[ShownScore, ...]
    recipe: Recipe | None
    why_maker: str
    then: str
    """What followed."""

    @property
    def sound(self) -> tuple[str, ...]:
        """The technical checks it holds, in a word each."""
        return tuple(one.requirement.id.removeprefix("technical:") for one in self.scores if one.is_routine)


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """What a person said or decided, and when."""

    at: str
    by: str
    what: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskPage:
    """One task, for a person who decides about it."""

    task: Task
    card: Card
    question: str
    why: str
    """Why it is unfinished; empty where it is not."""
    takes: tuple[ShownTake, ...]
    remarks: tuple[Remark, ...]
    made_from: tuple[Card, ...]
    goes_into: tuple[Card, ...]
    money_moves: tuple[str, ...]
    before: str
    """The task before it on the grid; empty for the first."""
    after: str

    @property
    def bound(self) -> Bound:
        """What a decision taken here is bound to."""
        return self.card.bound

    @property
    def usd(self) -> float:
        """What its takes cost."""
        return sum(one.take.usd for one in self.takes)


def task_page(onlooker: Onlooker, name: str) -> TaskPage:
    """Gather a task's page; raises `UnknownName` with the nearest names."""
    standing = onlooker.standing
    task, record = standing.task(name)
    names = [one.name for one in standing.plan.tasks]
    place = names.index(name)
    opinions = {digest: given for (digest, _), given in standing.history.scores.items()}
    return TaskPage(
        task=task,
        card=card_of(onlooker, name),
        question=record.question.question if record.question else "",
        why=record.unfinished.why if record.unfinished and not record.approval else "",
        takes=tuple(_shown(task, record, take, opinions.get(take.digest, ())) for take in record.takes),
        remarks=tuple(_remarks(standing.history, name)),
        made_from=tuple(card_of(onlooker, one) for one in dict.fromkeys(task.inputs)),
        goes_into=tuple(card_of(onlooker, one.name) for one in standing.plan.tasks if name in one.inputs),
        money_moves=tuple(move.says for move in standing.history.money_moves if move.task == name),
        before=names[place - 1] if place else "",
        after=names[place + 1] if place + 1 < len(names) else "",
    )


def _shown(task: Task, record: TaskRecord, take: Take, opinions: Sequence[Opinion]) -> ShownTake:
    stands = record.standing_take
    route = record.routes.get(take.number)
    return ShownTake(
        take=take,
        picture=take.digest.removeprefix("sha256:"),
        standing=_standing(record, take),
        is_standing=stands is not None and stands.id == take.id,
        verdict=record.verdicts.get(take.id),
        scores=tuple(_scores(task, opinions)),
        recipe=take.recipe,
        why_maker=route.why if route and take.recipe else "",
        then=what_follows(record.moves.get(take.id)),
    )


def _standing(record: TaskRecord, take: Take) -> str:
    """Say what became of a take."""
    verdict = record.verdicts.get(take.id)
    publish = next((one for one in reversed(record.publishes) if one.take == take.id), None)
    if record.accepted and record.accepted.take == take.id:
        return f"accepted v{record.accepted.version:03d}"
    if record.question and record.question.take == take.id:
        return "waits for you"
    if publish:
        return f"was v{publish.version:03d}"
    if record.unfinished and record.unfinished.best == take.id:
        return "best"
    if verdict is None:
        return "not judged yet"
    return "passed" if verdict.passed else "refused"


def _scores(task: Task, opinions: Sequence[Opinion]) -> Iterator[ShownScore]:
    """List what the task must show with what each critic said, in the contract's order."""
    for one in task.requirements:
        given = [opinion for opinion in opinions if opinion.requirement == one.id]
        values = [opinion.value for opinion in given if isinstance(opinion, Score)]
        value = sum(values) / len(values) if values else None
        is_below = one.must and value is not None and value < task.gate.floor
        yield ShownScore(requirement=one, value=value, says="; ".join(map(_opinion_in_words, given)), is_below=is_below)


def _opinion_in_words(one: Opinion) -> str:
    if isinstance(one, Score):
        return f"{one.critic}: {one.value:.2f}{f', {one.evidence}' if one.evidence else ''}"
    return f"{one.critic}: no opinion, {one.reason}"


def _remarks(history: History, name: str) -> Iterator[Remark]:
    """List what people said and decided about a task, newest first; a note that came with a decision is told once."""
    takes: Mapping[str, str] = {take.digest: take.id for take in history.tasks[name].takes}
    for place in range(len(history.entries) - 1, -1, -1):
        entry = history.entries[place]
        match entry.fact:
            case DecisionTaken(task=task, decision=one) if task == name and one.action in _DID:
                what = f"{_DID[one.action]} {takes.get(one.digest, 'it')}"
                yield Remark(at=entry.at, by=one.by, what=what, note=one.note)
            case NoteMade(note=note) if note.about == name and not _is_beside_a_decision(history, place):
                yield Remark(at=entry.at, by=note.by, what="noted", note=note.text)
            case PlanChanged(tasks=tasks, by=by, note=why) if name in tasks:
                yield Remark(at=entry.at, by=by, what="changed what is asked for", note=why)


_DID: Mapping[str, str] = {
    "approve": "approved",
    "reject": "rejected",
    "retake": "asked for a retake of",
    "omit": "left out",
}


def _is_beside_a_decision(history: History, place: int) -> bool:
    """Say whether a note stands right behind the decision it explains."""
    note, before = history.entries[place].fact, history.entries[place - 1].fact
    return isinstance(note, NoteMade) and isinstance(before, DecisionTaken) and before.decision.note == note.note.text
