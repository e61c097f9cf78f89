"""What the director hears while the talk goes on: the entries of the journal that are worth a sentence."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from ...core.course import CourseAsked, CourseCorrected
from ...core.fact import (
    DecisionTaken,
    Entry,
    OrderGiven,
    PlanChanged,
    QuestionAsked,
    TakeJudged,
    TakeMade,
    TakePublished,
    TasksAdded,
    TaskUnfinished,
)
from ...core.machines import MachineLeft
from ...core.money import Bill

MARKS = (0.5, 0.8, 0.95)
"""Shares of the budget at which the director is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """One thing that happened."""

    kind: Literal["take", "refused", "accepted", "unfinished", "question", "money", "order", "run"]
    text: str
    task: str = ""
    digest: str = ""
    """Of the picture it is about, where there is one."""


def news_of(entries: Iterable[Entry]) -> Iterator[News]:
    """Say what happened, where it is worth a sentence."""
    for entry in entries:
        if found := _news(entry):
            yield found


def _news(entry: Entry) -> News | None:  # noqa: PLR0911 - one sentence per fact
    match entry.fact:
        case TakeMade(task=task, take=take):
            return News(kind="take", text=f"{take.id} is made", task=task, digest=take.digest)
        case TakeJudged(task=task, verdict=verdict) if not verdict.passed:
            return News(kind="refused", text=f"{verdict.take} fails its gate: {verdict.findings[0].says}", task=task)
        case TakePublished() as fact:
            text = f"{fact.take} is accepted as v{fact.version:03d} by {fact.accepted_by}"
            return News(kind="accepted", text=text, task=fact.task, digest=fact.digest)
        case TaskUnfinished(task=task, why=why):
            return News(kind="unfinished", text=f"{task} ends unfinished: {why}", task=task)
        case QuestionAsked(task=task, question=question, digest=digest):
            return News(kind="question", text=f"{task} waits for you: {question}", task=task, digest=digest)
        case CourseCorrected() as fact:
            return News(kind="order", text=fact.says)
        case CourseAsked(question=question):
            return News(kind="question", text=f"the crew asks: {question}")
        case OrderGiven(order=order):
            return News(kind="order", text=f"{order.kind}: {order.what or 'everything'}, by {order.by}")
        case PlanChanged() as fact:
            return News(kind="order", text=f"changed by {fact.by}: {', '.join(fact.tasks[:5])}")
        case TasksAdded() as fact:
            return News(kind="order", text=f"added by {fact.by}: {', '.join(fact.tasks[:5])}")
        case MachineLeft(machine=machine, how="lost"):
            return News(kind="money", text=f"machine {machine} was left up by an earlier run, and is gone now")
        case _:
            return None


def asks_for_work(entry: Entry) -> bool:
    """Say whether an entry may give the crew something to do."""
    match entry.fact:
        case DecisionTaken() | OrderGiven() | TasksAdded() | PlanChanged() | TakeMade(key=""):
            return True
        case _:
            return False


def marks_passed(bill: Bill, before: float) -> tuple[News | None, float]:
    """Say when another mark of the budget is passed.

    Args:
        bill: as it is.
        before: the share that was told last.

    Returns:
        What to tell, and the share that is told then.
    """
    share = bill.settled_usd / bill.budget_usd if bill.budget_usd else 0.0
    passed = max((mark for mark in MARKS if mark <= share), default=0.0)
    if passed <= before:
        return None, before
    text = f"{passed:.0%} of the budget is spent: {bill.settled_usd:.4f} of {bill.budget_usd:.2f} USD"
    return News(kind="money", text=text), passed
