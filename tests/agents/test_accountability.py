"""Who decided what is counted once each, and what a correction brought is held against what was expected."""

from callsheet.agents.accountability import decisions_of
from callsheet.core.course import Correction, CourseAsked, CourseCorrected, CourseDecided, Effect
from callsheet.core.decision import Accept, Decision, Reseed
from callsheet.core.fact import (
    DecisionTaken,
    Entry,
    Fact,
    MoveChosen,
    PlanChanged,
    QuestionAsked,
    TakeJudged,
    TakeMade,
    TakePublished,
)
from callsheet.core.history import History
from callsheet.core.take import Take, Verdict

MOVE = Correction(
    kind="reroute",
    department="cast",
    tasks=("a", "b"),
    to="fine",
    instead="draft",
    as_is=Effect(takes=6.0, usd=0.6, passes=1.0),
    expected=Effect(takes=3.0, usd=0.3, passes=1.9),
)


def told(*facts: Fact) -> History:
    return History.of(Entry(seq=n, at="2026-01-01T00:00:00+00:00", fact=fact) for n, fact in enumerate(facts, 1))


def corrected(by: str) -> CourseCorrected:
    return CourseCorrected(point="first:cast:6", correction=MOVE, evidence=(), why="cheaper", by=by, change=1)


def made(task: str, number: int, *, passed: bool) -> list[Fact]:
    take = Take(
        id=f"{task}/t{number:02d}", task=task, number=number, recipe=None, digest=f"{task}{number}",
        width=8, height=8, usd=0.1, seconds=1.0, worker="w",
    )  # fmt: skip
    verdict = Verdict(take=take.id, passed=passed, right=0.5, close=0.5)
    return [
        TakeMade(task=task, key="", token="", micros=100_000, take=take),
        TakeJudged(task=task, verdict=verdict),
    ]


def changed(by: str) -> PlanChanged:
    return PlanChanged(number=1, tasks=("a", "b"), change_digest="d", about="cast", by=by)


def test_what_came_of_a_correction_is_what_its_tasks_took_from_then_on() -> None:
    before, after = made("a", 1, passed=False), [*made("a", 2, passed=True), *made("b", 1, passed=False)]
    found = decisions_of(told(*before, corrected("policy:reroute"), *after, *made("other", 1, passed=True)), 2)
    (one,) = found.corrections
    assert one.came == Effect(takes=2, usd=0.2, passes=1)
    assert (one.expected, one.as_is, one.tasks) == (MOVE.expected, MOVE.as_is, 2)
    assert found.by_policy == {"reroute": 1}


def test_questions_are_counted_per_accepted_asset() -> None:
    asked = [QuestionAsked(task="a", take="a/t01", digest="d", round=n, question="?") for n in range(2)]
    course = CourseAsked(point="p", question="?", correction=MOVE, evidence=())
    assert decisions_of(told(*asked, course), 6).asked_per_accepted == 0.5
    assert decisions_of(told(*asked), 0).asked_per_accepted is None


def test_what_a_person_agrees_to_is_one_decision_of_theirs_and_none_of_a_policy() -> None:
    agreed = CourseDecided(point="first:cast:6", is_agreed=True, by="Ada")
    found = decisions_of(told(agreed, corrected("person:Ada"), changed("Ada")), 1)
    assert (found.by_people, dict(found.by_policy)) == (1, {})


def test_a_persons_change_counts_once_however_many_tasks_it_is_about() -> None:
    modified = [
        DecisionTaken(task=name, decision=Decision(task=name, digest="", round=0, action="modify", by="Ada"))
        for name in "ab"
    ]
    assert decisions_of(told(changed("Ada"), *modified), 1).by_people == 1


def test_policies_are_counted_by_name_and_gates_and_people_are_none() -> None:
    def published(by: str) -> TakePublished:
        return TakePublished(task="a", take="a/t01", digest="d", version=1, accepted_by=by)

    moves = [
        MoveChosen(task="a", take="a/t01", move=Reseed(why="w"), by="policy:retake_up_to"),
        MoveChosen(task="a", take="a/t02", move=Accept(take="a/t02")),
    ]
    facts = [*made("a", 1, passed=True), published("gate"), published("person:Ada"), published("policy:accept_above")]
    assert decisions_of(told(*facts, *moves), 1).by_policy == {"accept_above": 1, "retake_up_to": 1}
