"""What a policy allows is done in its name, within the money there is."""

import asyncio

import pytest

from callsheet.core.brief import Delegation, Quality
from callsheet.core.course import CourseAsked, QuestionsPut
from callsheet.core.fact import MoneyMoved, MoveChosen, QuestionAsked, TakePublished
from callsheet.graphs.approvals import inbox
from callsheet.graphs.stage import Stage
from callsheet.graphs.standing import step_of

from .production import AS_TOLD, WORSE, Production, brief


def test_nobody_is_asked_where_the_director_wants_no_questions() -> None:
    quality = Quality(rounds=0, when_spent="ask")
    done = Production(brief(Delegation(ask="never"), quality=quality), WORSE).drive()
    assert not done.facts(QuestionAsked, CourseAsked)
    ended = [record.unfinished for record in done.history.tasks.values() if record.unfinished]
    assert ended
    assert {one.by for one in ended} == {"policy:ask"}


def test_questions_of_a_digest_come_together_once_nothing_else_is_left_to_do() -> None:
    seen: list[int] = []

    async def watch(stage: Stage) -> None:
        while not any(isinstance(entry.fact, QuestionsPut) for entry in stage.journal.history.entries):
            seen.append(len(inbox(stage.journal.history)))
            await asyncio.sleep(5)

    quality = Quality(rounds=0, when_spent="ask")
    done = Production(brief(Delegation(ask="digest"), quality=quality), {"draft": 0.8, "fine": 0.9}).drive(
        meanwhile=watch
    )
    asked = done.facts(QuestionAsked)
    (put,) = done.facts(QuestionsPut)
    assert isinstance(put, QuestionsPut)
    assert asked
    assert len(asked) == put.questions == len(inbox(done.history))
    assert set(seen) == {0}


def test_a_policy_gives_rounds_beyond_a_tasks_own_and_says_so() -> None:
    rates = {"draft": 0.5, "fine": 0.5}
    quality = Quality(rounds=0, when_spent="ask")
    asked, given = (
        Production(brief(policy, quality=quality), rates).drive()
        for policy in (
            None,
            Delegation(retake_up_to=2, ask="each"),
        )
    )
    beyond = [one for one in given.facts(MoveChosen) if isinstance(one, MoveChosen) and one.by]
    assert beyond
    assert {one.by for one in beyond} == {"policy:retake_up_to"}
    assert max(len(record.takes) for record in given.history.tasks.values()) <= 3
    assert len(given.facts(QuestionAsked)) < len(asked.facts(QuestionAsked))


def test_a_cheap_task_that_would_ask_is_accepted_by_the_policy_and_in_nobodys_name() -> None:
    quality = Quality(rounds=0, when_spent="ask")
    done = Production(brief(Delegation(accept_under_usd=0.01), quality=quality), {"draft": 0.8, "fine": 0.9}).drive()
    by = {one.accepted_by for one in done.facts(TakePublished)}  # type: ignore[union-attr]
    assert by == {"gate", "policy:accept_under_usd"}
    assert not done.facts(QuestionAsked)
    assert not any(one.is_by_person for one in done.facts(TakePublished))  # type: ignore[union-attr]


@pytest.mark.parametrize("rates", [AS_TOLD, WORSE, {"draft": 0.02, "fine": 0.02}])
def test_steering_never_spends_beyond_the_budget(rates: dict[str, float]) -> None:
    policy = Delegation(reroute=True, retake_up_to=3)
    done = Production(brief(policy, budget=0.05), rates).drive()
    assert done.spent_usd <= 0.05
    assert {step_of(task, done.history) for task in done.stage.tasks.values()} <= {"accepted", "unfinished"}


def test_money_that_is_left_over_is_asked_about_where_no_policy_moves_it() -> None:
    rates = {"draft": 0.6, "fine": 0.6}
    kept, moved = (Production(brief(Delegation(move_money=may), budget=0.04), rates).drive() for may in (False, True))
    assert moved.facts(MoneyMoved)
    assert not kept.facts(MoneyMoved)
    asked = [one for one in kept.facts(CourseAsked) if isinstance(one, CourseAsked)]
    assert [one.correction.kind for one in asked].count("money") == 1
