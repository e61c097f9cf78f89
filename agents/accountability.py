"""Who decided what in a production, and what came of each correction of its course. Pure."""

from collections import Counter
from collections.abc import Iterator

from ..core.course import CourseAsked, CourseCorrected, CourseDecided, Effect
from ..core.delivery import Corrected, Decisions
from ..core.fact import (
    DecisionTaken,
    Fact,
    MoveChosen,
    PlanChanged,
    QuestionAsked,
    TakeJudged,
    TakeMade,
    TakePublished,
    TaskUnfinished,
)
from ..core.history import History
from ..core.money import to_usd


def decisions_of(history: History, accepted: int) -> Decisions:
    """Count who decided what.

    Args:
        history: of the production.
        accepted: how many of its assets are accepted.

    >>> decisions_of(History(), 0)
    Decisions(asked=0, asked_per_accepted=None, by_people=0, by_policy={}, corrections=())
    """
    facts = [entry.fact for entry in history.entries]
    asked = sum(isinstance(fact, QuestionAsked | CourseAsked) for fact in facts)
    return Decisions(
        asked=asked,
        asked_per_accepted=round(asked / accepted, 4) if accepted else None,
        by_people=sum(_is_by_person(fact, history) for fact in facts),
        by_policy=dict(sorted(Counter(name for fact in facts if (name := _policy_of(fact))).items())),
        corrections=tuple(_corrections(history)),
    )


def _is_by_person(fact: Fact, history: History) -> bool:
    match fact:
        case DecisionTaken():  # a change has one about each of its tasks beside it, and counts once
            return fact.decision.action not in ("modify", "escalate")
        case PlanChanged():  # what carries out a correction was decided with that
            return fact.number not in {one.change for one in history.corrections}
        case _:
            return isinstance(fact, CourseDecided)


def _policy_of(fact: Fact) -> str:
    match fact:
        case TakePublished(accepted_by=by) | MoveChosen(by=by) | TaskUnfinished(by=by) | CourseCorrected(by=by):
            who, _, name = by.partition(":")
            return name if who == "policy" else ""
        case _:
            return ""


def _corrections(history: History) -> Iterator[Corrected]:
    for place, entry in enumerate(history.entries):
        if isinstance(entry.fact, CourseCorrected):
            fact = entry.fact
            yield Corrected(
                point=fact.point,
                says=fact.says,
                by=fact.by,
                tasks=len(fact.correction.tasks),
                as_is=fact.correction.as_is,
                expected=fact.correction.expected,
                came=_what_came(history, fact, place),
            )


def _what_came(history: History, fact: CourseCorrected, place: int) -> Effect:
    """Add up what the tasks of a correction took from then on; a task that passed counts once."""
    about, takes, micros, passed = set(fact.correction.tasks), 0, 0, set[str]()
    for entry in history.entries[place:]:
        match entry.fact:
            case TakeMade(task=task) if task in about:
                takes, micros = takes + 1, micros + entry.fact.micros
            case TakeJudged(task=task, verdict=verdict) if task in about and verdict.passed:
                passed.add(task)
    return Effect(takes=takes, usd=to_usd(micros), passes=len(passed))
