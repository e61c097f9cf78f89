"""What the facts add up to."""

from dataclasses import replace
from typing import Literal

import pytest

from callsheet.core.call import ResultDropped
from callsheet.core.canonical import digest_of_bytes
from callsheet.core.decision import Decision, Order
from callsheet.core.fact import (
    DecisionTaken,
    Entry,
    Fact,
    LeaseTaken,
    OrderGiven,
    QuestionAsked,
    TakeJudged,
    TakeMade,
    TakePublished,
    TakeScored,
    TaskUnfinished,
)
from callsheet.core.history import History
from callsheet.core.take import Score, Verdict
from callsheet.evals.conformance import made, planned, reserved, sent, voided

DIGEST = digest_of_bytes(b"picture")


def told(*facts: Fact) -> History:
    return History.of(Entry(seq=seq, at="", fact=fact) for seq, fact in enumerate(facts, 1))


def free(number: int) -> TakeMade:
    """Give the task's next take without a call, to leave money out of it."""
    first = made(1)
    take = replace(first.take, id=f"task1/t{number:02d}", number=number)
    return TakeMade(task="task1", key="", token="", micros=0, take=take)


def judged(number: int, *, right: float, close: float = 0.5, passed: bool = False) -> TakeJudged:
    verdict = Verdict(take=f"task1/t{number:02d}", passed=passed, right=right, close=close)
    return TakeJudged(task="task1", verdict=verdict)


def decided(action: Literal["retake", "reject", "approve"], nth: int = 0) -> DecisionTaken:
    return DecisionTaken(
        task="task1", decision=Decision(task="task1", digest=DIGEST, round=nth, action=action, by="Ada")
    )


def ordered(kind: Literal["pause", "resume", "cancel", "prioritise"]) -> OrderGiven:
    return OrderGiven(order=Order(kind=kind, what="task1", tasks=("task1",), by="Ada"))


CANCELLED = TaskUnfinished(task="task1", why="cancelled by Ada", cause="cancelled")


def test_a_call_goes_from_reserved_over_sent_to_settled() -> None:
    steps = (reserved(1), sent(1), made(1, micros=400))
    states = [told(*steps[:count]).calls["call1"].state for count in (1, 2, 3)]
    assert states == ["reserved", "sent", "settled"]
    assert told(*steps).calls["call1"].micros == 400


def test_a_voided_call_may_be_reserved_again() -> None:
    history = told(reserved(1), sent(1), voided(1), reserved(1, token="second"))
    assert (history.calls["call1"].state, history.calls["call1"].token) == ("reserved", "second")


def test_an_ingested_take_settles_no_call() -> None:
    history = told(free(1))
    assert history.calls == {}
    assert len(history.tasks["task1"].takes) == 1


def test_a_decision_answers_the_question() -> None:
    question = QuestionAsked(task="task1", take="task1/t01", digest=DIGEST, round=0, question="keep it?")
    assert told(free(1), question).tasks["task1"].question == question
    assert told(free(1), question, decided("approve")).tasks["task1"].question is None


@pytest.mark.parametrize(("action", "reopened"), [("retake", True), ("reject", True), ("approve", False)])
def test_asking_for_more_reopens_an_unfinished_task(
    action: Literal["retake", "reject", "approve"], reopened: bool
) -> None:
    unfinished = TaskUnfinished(task="task1", why="rounds used up")
    history = told(free(1), unfinished, decided(action))
    assert (history.tasks["task1"].unfinished is None) == reopened


def test_a_reopened_task_remembers_which_takes_are_of_an_earlier_round() -> None:
    record = told(free(1), free(2), decided("retake"), free(3)).tasks["task1"]
    assert [take.number for take in record.takes[record.reopened_at :]] == [3]


def test_an_approval_waits_until_it_is_carried_out() -> None:
    publish = TakePublished(task="task1", take="task1/t01", digest=DIGEST, version=1, accepted_by="person:Ada")
    approved = told(free(1), decided("approve"))
    assert approved.tasks["task1"].approval is not None
    carried_out = told(free(1), decided("approve"), publish).tasks["task1"]
    assert (carried_out.approval, carried_out.accepted) == (None, publish)


def test_a_retake_takes_the_acceptance_back_and_keeps_the_publish() -> None:
    publish = TakePublished(task="task1", take="task1/t01", digest=DIGEST, version=1, accepted_by="gate")
    record = told(free(1), publish, decided("retake")).tasks["task1"]
    assert (record.accepted, record.publishes) == (None, [publish])


def test_a_published_task_is_no_longer_unfinished() -> None:
    publish = TakePublished(task="task1", take="task1/t01", digest=DIGEST, version=1, accepted_by="person:Ada")
    history = told(free(1), TaskUnfinished(task="task1", why="rounds used up"), publish)
    assert history.tasks["task1"].unfinished is None


def test_scores_are_found_by_picture_and_panel() -> None:
    opinions = (Score(requirement="count", critic="clip", value=0.5),)
    scored = TakeScored(task="task1", take="task1/t01", digest=DIGEST, panel="p", opinions=opinions)
    assert told(scored).scores == {(DIGEST, "p"): opinions}


def test_dropped_results_and_leases_are_counted() -> None:
    dropped = ResultDropped(key="k", task="t", token="x", why="late")
    history = told(planned(1.0), LeaseTaken(epoch=3, holder="me"), dropped, dropped)
    assert (history.dropped, history.epoch) == (2, 3)


def test_a_task_is_paused_until_it_is_resumed() -> None:
    pause = ordered("pause")
    assert told(pause).tasks["task1"].paused == pause.order
    assert told(pause, ordered("resume")).tasks["task1"].paused is None


def test_a_cancelled_task_is_neither_paused_nor_asked_about() -> None:
    question = QuestionAsked(task="task1", take="task1/t01", digest=DIGEST, round=0, question="keep it?")
    record = told(free(1), question, ordered("pause"), ordered("cancel")).tasks["task1"]
    assert record.cancelled
    assert (record.paused, record.question) == (None, None)


@pytest.mark.parametrize("again", [ordered("resume"), decided("retake")], ids=["resumed", "retaken"])
def test_a_cancelled_task_is_open_again_once_somebody_asks_for_it(again: Fact) -> None:
    record = told(ordered("cancel"), CANCELLED, again).tasks["task1"]
    assert (record.cancelled, record.unfinished) == (None, None)


@pytest.mark.parametrize("again", [ordered("resume"), decided("retake")], ids=["resumed", "retaken"])
def test_who_asks_for_a_task_as_its_cancelling_is_carried_out_has_it(again: Fact) -> None:
    assert told(ordered("cancel"), again, CANCELLED).tasks["task1"].unfinished is None


def test_a_run_by_itself_does_not_open_what_was_cancelled() -> None:
    record = told(ordered("cancel"), CANCELLED, LeaseTaken(epoch=2, holder="next"), planned(9.0)).tasks["task1"]
    assert record.cancelled
    assert record.unfinished


def test_folding_twice_gives_the_same_history() -> None:
    facts = (planned(1.0), reserved(1), sent(1), made(1), decided("approve"))
    assert told(*facts) == told(*facts)
