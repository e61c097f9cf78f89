"""The director agent looks up from the work, and corrects what goes otherwise than forecast or asks about it."""

import asyncio

from callsheet.core.brief import Delegation
from callsheet.core.course import CourseAsked, CourseCorrected, CourseDecided, CourseLooked
from callsheet.core.fact import PlanChanged
from callsheet.core.history import History
from callsheet.graphs.approvals import inbox
from callsheet.graphs.stage import Stage

from .production import AS_TOLD, WORSE, Production, brief


def test_a_production_that_goes_as_forecast_is_looked_at_and_left_alone() -> None:
    done = Production(brief(Delegation(reroute=True, reword=True, look=True)), AS_TOLD).drive()
    assert not done.facts(CourseCorrected, CourseAsked, PlanChanged)
    points = [one.point for one in done.facts(CourseLooked)]  # type: ignore[union-attr]
    assert {"first:cast:6", "first:cast:12", "first:cast:24", "tasks:25", "tasks:50", "tasks:75"} <= set(points)
    assert len(points) == len(set(points))


def test_without_a_policy_nothing_is_looked_at_and_the_same_is_made() -> None:
    alone, watched = (Production(brief(policy), AS_TOLD).drive() for policy in (None, Delegation(reroute=True)))
    assert not alone.facts(CourseLooked, CourseCorrected, CourseAsked)
    assert alone.accepted() == watched.accepted()


def test_a_department_whose_maker_passes_far_less_than_forecast_is_moved_to_the_other_maker_once() -> None:
    done = Production(brief(Delegation(reroute=True)), WORSE).drive()
    (corrected,) = done.facts(CourseCorrected)
    assert isinstance(corrected, CourseCorrected)
    one = corrected.correction
    assert (one.kind, one.department, one.to, corrected.by) == ("reroute", "cast", "fine", "policy:reroute")
    assert one.expected.usd / one.expected.passes < one.as_is.usd / one.as_is.passes
    (changed,) = done.facts(PlanChanged)
    assert isinstance(changed, PlanChanged)
    assert (changed.by, changed.tasks, changed.number) == ("policy:reroute", one.tasks, corrected.change)
    assert all(done.history.tasks[name].takes[0].recipe.maker == "fine" for name in one.tasks)  # type: ignore[union-attr]
    assert set(done.makers()[:6]) == {"draft"}


def test_what_was_begun_or_accepted_is_not_touched() -> None:
    done = Production(brief(Delegation(reroute=True)), {"draft": 0.3, "fine": 0.9}).drive()
    at = next(n for n, entry in enumerate(done.history.entries) if isinstance(entry.fact, CourseCorrected))
    before = History.of(done.history.entries[:at])
    (corrected,) = done.facts(CourseCorrected)
    assert isinstance(corrected, CourseCorrected)
    assert before.tasks
    assert all(not before.tasks[name].takes and not before.tasks[name].accepted for name in corrected.correction.tasks)


def test_moving_a_department_makes_it_cheaper_and_better() -> None:
    left, moved = (Production(brief(policy), WORSE).drive() for policy in (None, Delegation(reroute=True)))
    assert moved.spent_usd < left.spent_usd
    assert len(moved.accepted()) >= len(left.accepted())


def test_a_person_is_asked_once_with_the_evidence_where_no_policy_allows_it() -> None:
    done = Production(brief(Delegation()), WORSE).drive(meanwhile=None)
    (asked,) = [one for one in done.facts(CourseAsked) if isinstance(one, CourseAsked)][:1]
    assert sum(one.correction.kind == "reroute" for one in done.facts(CourseAsked)) == 1  # type: ignore[union-attr]
    assert "first takes of draft in cast passed" in asked.question
    assert "Shall I have fine make" in asked.question
    assert "USD" in asked.question
    assert not done.facts(CourseCorrected, PlanChanged)
    assert set(done.makers()) == {"draft"}


async def asked(stage: Stage) -> None:
    """Wait until something about the course is asked."""
    while not stage.journal.history.course_questions:  # noqa: ASYNC110 - a journal is all that a person sees
        await asyncio.sleep(1)


def test_what_a_person_agrees_to_is_carried_out_in_their_name() -> None:
    async def agree(stage: Stage) -> None:
        await asked(stage)
        (row,) = inbox(stage.journal.history)
        assert (row.task, row.about) == ("", "first:cast:6")
        await stage.journal.record(CourseDecided(point=row.point, is_agreed=True, by="Ada"))

    done = Production(brief(Delegation()), WORSE).drive(meanwhile=agree)
    (corrected,) = done.facts(CourseCorrected)
    assert isinstance(corrected, CourseCorrected)
    assert corrected.by == "person:Ada"
    (changed,) = done.facts(PlanChanged)
    assert isinstance(changed, PlanChanged)
    assert changed.by == "Ada"
    assert done.makers()[-1] == "fine"


def test_what_a_person_refuses_is_left_as_it_is() -> None:
    async def refuse(stage: Stage) -> None:
        await asked(stage)
        await stage.journal.record(CourseDecided(point="first:cast:6", is_agreed=False, by="Ada"))

    done = Production(brief(Delegation()), WORSE).drive(meanwhile=refuse)
    assert not done.facts(CourseCorrected, PlanChanged)
    assert not [row for row in inbox(done.history) if row.point == "first:cast:6"]
