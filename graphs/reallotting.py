"""Where money is left when nothing else is due, and which takes it could still buy: read off the journal."""

from collections.abc import Iterator, Mapping

from ..agents.forecast import chance_to_pass
from ..agents.planning.envelopes import makers_for
from ..agents.planning.reallotment import Means, Wish, reallot
from ..agents.reviser import Attempt, chance_after, revise
from ..core.decision import Escalate, Retry
from ..core.fact import MoneyMoved
from ..core.money import to_micros, to_usd
from ..core.plan import Task
from ..core.task_record import TaskRecord
from .stage import Stage
from .standing import Step, attempts_of, current_takes, envelope_micros, input_digests, left_usd, step_of

_KEEPS = ("money", "world")
"""What ended a task that still needs its money: more of it, or another try in the next run."""


def money_moves(stage: Stage) -> tuple[MoneyMoved, ...]:
    """Say how money should move between tasks; none where it would buy nothing.

    The same journal gives the same moves, so a driver that is killed before they are written finds them again.
    """
    history = stage.journal.history
    steps = {name: step_of(task, history) for name, task in stage.tasks.items()}
    short = [name for name, step in steps.items() if _is_short(step, history.tasks[name])]
    if not short:
        return ()
    feeds, wishes = _feeds(stage.tasks), list[Wish]()
    for name in short:
        wishes += _wishes(stage, stage.tasks[name], follows=_follows(stage, name, feeds))
    bill, claims = stage.journal.bill(), sum(_claim(stage, name, step) for name, step in steps.items())
    return reallot(
        _means(stage, steps),
        wishes,
        budget=to_micros(bill.budget_usd),
        spare=to_micros(bill.left_usd) - to_micros(stage.rent_usd()) - claims,
    )


def chance_of(move: MoneyMoved, stage: Stage) -> float:
    """Give the chance that the take passes which a move buys."""
    follows = _follows(stage, move.task, _feeds(stage.tasks))
    wishes = _wishes(stage, stage.tasks[move.task], follows=follows)
    return next((one.chance for one in wishes if one.price - one.left == move.micros), 0.0)


def _is_short(step: Step, record: TaskRecord) -> bool:
    is_over = record.is_omitted or record.cancelled or record.paused
    ended = record.unfinished
    return step == "unfinished" and not is_over and ended is not None and ended.cause == "money"


def _means(stage: Stage, steps: Mapping[str, Step]) -> list[Means]:
    history = stage.journal.history
    spent = history.paid_by_task()
    return [
        Means(
            task=name,
            department=task.department,
            envelope=envelope_micros(task, history.tasks[name]),
            spent=spent.get(name, 0),
            gives=not _keeps(steps[name], history.tasks[name]),
        )
        for name, task in stage.tasks.items()
    ]


def _keeps(step: Step, record: TaskRecord) -> bool:
    if step not in ("accepted", "unfinished"):
        return True
    return step == "unfinished" and record.unfinished is not None and record.unfinished.cause in _KEEPS


def _claim(stage: Stage, name: str, step: Step) -> int:
    """Give what a task that has not ended for good may still spend."""
    task, record = stage.tasks[name], stage.journal.history.tasks[name]
    if not _keeps(step, record) or _is_short(step, record):
        return 0
    takes = current_takes(record, input_digests(task, stage.journal.history))
    return max(0, to_micros(left_usd(task, record, takes)))


def _wishes(stage: Stage, task: Task, *, follows: int) -> Iterator[Wish]:
    """Give the takes that would be made for a task if it had their price, one of each maker."""
    record = stage.journal.history.tasks[task.name]
    takes = current_takes(record, input_digests(task, stage.journal.history))
    attempts, makers = attempts_of(record, takes), {one.name: one for one in makers_for(task.make, stage.crew)}
    prices = sorted({to_micros(maker.usd or 0.0) for maker in makers.values()})
    names = dict.fromkeys(name for price in prices if (name := _next_maker(stage, task, attempts, price)))
    for maker in (makers[name] for name in names):
        failures = sum(one.maker == maker.name for one in attempts)
        yield Wish(
            task=task.name,
            department=task.department,
            left=to_micros(left_usd(task, record, takes)),
            price=to_micros(maker.usd or 0.0),
            chance=chance_after(chance_to_pass(task, maker, stage.odds), failures),
            buys=f"a take of {maker.name}",
            follows=follows,
        )


def _next_maker(stage: Stage, task: Task, attempts: list[Attempt], price: int) -> str:
    """Name who would make the next take for so much money; empty where another take would not be made."""
    ladder = stage.ladder(task)
    if not attempts:
        return next((rung.maker for rung in reversed(ladder) if to_micros(rung.usd) == price), "")
    move = revise(
        attempts,
        gate=task.gate,
        ladder=ladder,
        left_usd=to_usd(price),
        reseeds=task.make == "still",
        requirements=task.requirements,
    )
    if isinstance(move, Escalate):
        return move.maker
    return attempts[-1].maker if isinstance(move, Retry) else ""


def _feeds(tasks: Mapping[str, Task]) -> dict[str, list[str]]:
    feeds: dict[str, list[str]] = {name: [] for name in tasks}
    for task in tasks.values():
        for source in dict.fromkeys(task.inputs):
            feeds[source].append(task.name)
    return feeds


def _follows(stage: Stage, name: str, feeds: Mapping[str, list[str]]) -> int:
    """Give what it costs at least to make anew all that was made from a task's picture, one take each."""
    found, waiting, micros = {name}, list(feeds[name]), 0
    while waiting:
        after = waiting.pop()
        if after not in found:
            found.add(after)
            waiting += feeds[after]
            if stage.journal.history.tasks[after].takes:
                makers = makers_for(stage.tasks[after].make, stage.crew)
                micros += min((to_micros(maker.usd or 0.0) for maker in makers), default=0)
    return micros
