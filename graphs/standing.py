"""Where a task stands, read off the journal. Pure: this is what makes every node of the task graph idempotent."""

from collections.abc import Sequence
from typing import Literal

from ..agents.reviser import Attempt
from ..core.decision import Move, Retry
from ..core.history import History
from ..core.money import to_micros, to_usd
from ..core.plan import Task
from ..core.take import Take, Verdict
from ..core.task_record import TaskRecord

Step = Literal[
    "route", "make", "inspect", "move", "publish", "omit", "waiting", "paused", "accepted", "unfinished", "blocked"
]
"""What is due next; at the last five, nothing is."""

ENDED: tuple[Step, ...] = ("waiting", "paused", "accepted", "unfinished", "blocked")


def input_digests(task: Task, history: History) -> tuple[str, ...] | None:
    """Give the pictures a task works from: the accepted take of each input, or its best where it stays unfinished.

    None while an input has no picture that stands.
    """
    digests = [standing_digest(history.tasks[name]) for name in task.inputs if name in history.tasks]
    found = tuple(digest for digest in digests if digest)
    return found if len(found) == len(task.inputs) else None


def standing_digest(record: TaskRecord) -> str:
    """Give the picture others work from: the accepted one, else the best of a task that stays unfinished, else none."""
    if record.accepted:
        return record.accepted.digest
    best = record.take(record.unfinished.best) if record.unfinished else None
    return best.digest if best else ""


def current_takes(record: TaskRecord, inputs: Sequence[str] | None) -> list[Take]:
    """List the takes of the present round that were made from the present inputs; files brought in always count."""
    return [take for take in record.takes[record.reopened_at :] if _is_fresh(take, inputs)]


def _is_fresh(take: Take, inputs: Sequence[str] | None) -> bool:
    if take.recipe is None:
        return True
    worked_from = tuple(one.digest for one in take.recipe.ingredients if one.role in ("layer", "source", "reference"))
    # A still drawn from words alone, by a maker that takes no references, owes nothing to the reference it waited for.
    is_from_words = take.recipe.make == "still" and not worked_from
    return inputs is not None and (is_from_words or worked_from == tuple(inputs))


def where(record: TaskRecord, inputs: Sequence[str] | None) -> Step:  # noqa: PLR0911 - one line per case is clearest
    """Say what is due next for a task, whatever happened before and whoever did it.

    Args:
        record: what the journal says of the task.
        inputs: the pictures it works from; None while one is missing.

    >>> where(TaskRecord(), []), where(TaskRecord(), None)
    ('route', 'blocked')
    """
    if record.approval:
        return "publish" if record.approval.action == "approve" else "omit"
    if record.is_omitted:
        return "unfinished"
    if _stands(record, inputs):
        return "accepted"
    if record.cancelled:
        return "unfinished"
    takes = current_takes(record, inputs)
    if record.question and any(take.id == record.question.take for take in takes):
        return "waiting"
    if record.unfinished and inputs is not None and record.unfinished.inputs == tuple(inputs):
        return "unfinished"
    if not takes:
        return "blocked" if inputs is None else _making(record)
    last = takes[-1].id
    if last not in record.verdicts or _is_stale(record.verdicts[last], inputs):
        return "inspect"
    return _making(record) if isinstance(record.moves.get(last), Retry) else "move"


def _making(record: TaskRecord) -> Step:
    """Go on to the next take, unless a person paused the task: what was made is still judged."""
    return "paused" if record.paused else "route"


def step_of(task: Task, history: History) -> Step:
    """Say what is due next for a task of a plan."""
    return where(history.tasks[task.name], input_digests(task, history))


def _is_stale(verdict: Verdict, inputs: Sequence[str] | None) -> bool:
    """Say whether a take was compared with a reference that is no longer the one."""
    return bool(verdict.compared_with) and inputs is not None and verdict.compared_with != tuple(inputs)


def _stands(record: TaskRecord, inputs: Sequence[str] | None) -> bool:
    """Say whether the publish stands: until its inputs change, and for good where a person brought the picture."""
    if record.accepted is None:
        return False
    take = record.take(record.accepted.take)
    is_ours = take is not None and take.recipe is not None
    return not is_ours or (inputs is not None and record.accepted.inputs == tuple(inputs))


def attempts_of(record: TaskRecord, takes: Sequence[Take]) -> list[Attempt]:
    """List the judged takes of the round as the reviser wants them."""
    return [
        Attempt(
            take=take.id,
            maker=take.recipe.maker if take.recipe else "",
            verdict=record.verdicts[take.id],
            repaired=_repaired(take, takes),
            prompt=take.recipe.prompt if take.recipe else "",
            is_ingested=take.origin == "ingested",
        )
        for take in takes
        if take.id in record.verdicts
    ]


def _repaired(take: Take, takes: Sequence[Take]) -> str:
    """Name the take that this one is a repair of; empty for one made from nothing."""
    images = {one.digest for one in take.recipe.ingredients if one.role == "image"} if take.recipe else set()
    return next((one.id for one in takes if one.digest in images), "")


def moves_of(record: TaskRecord, takes: Sequence[Take]) -> list[Move]:
    """List the moves chosen so far in the round."""
    return [record.moves[take.id] for take in takes if take.id in record.moves]


def envelope_micros(task: Task, record: TaskRecord) -> int:
    """Give a task's envelope as it is now: as allotted, with what it got from others and without what it gave."""
    return to_micros(task.envelope_usd) + record.moved_micros


def left_usd(task: Task, record: TaskRecord, takes: Sequence[Take]) -> float:
    """Give what a task may still spend in the present round.

    Each round has the whole envelope: a person who has a task done again, or changes what it is made from, means it
    to be paid for. The hard budget of the production stands over all rounds.
    """
    return to_usd(envelope_micros(task, record) - sum(to_micros(take.usd) for take in takes))
