"""A policy accepts, or gives rounds, only where the director would have been asked."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callsheet.agents.briefs import parse_brief
from callsheet.agents.delegation import accepting, is_over_rounds, widened
from callsheet.agents.director import plan_brief
from callsheet.agents.reviser import Attempt
from callsheet.core.brief import Brief, Delegation, Quality, TaskBrief
from callsheet.core.canonical import digest_of, from_json, to_json
from callsheet.core.certificate import Certificate
from callsheet.core.crew import Crew, CriticSpec, MakerSpec
from callsheet.core.decision import Ask, Stop
from callsheet.core.errors import BriefError
from callsheet.core.plan import Gate
from callsheet.core.take import Finding, Verdict

CREW = Crew(
    name="c",
    makers=(MakerSpec(name="m", kind="fake", makes=("still",), usd=0.01),),
    critics=(CriticSpec(name="eye", kind="fake", checks=("existence", "technical")),),
)
ASK = Ask(question="use it?", best="t/t01")


def attempt(*scores: float | None, ingested: bool = False) -> Attempt:
    findings = tuple(Finding(requirement=f"r{n}", says="wrong", score=score) for n, score in enumerate(scores))
    verdict = Verdict(take="t/t01", passed=not findings, right=0.5, close=0.5, findings=findings)
    return Attempt(take="t/t01", maker="m", verdict=verdict, is_ingested=ingested)


def certified(floor: float | None = 0.7) -> Quality:
    certificate = Certificate(
        promise=0.9, confidence=0.9, labels=80, floor=floor, critics=CREW.critics_identity(), why="too few"
    )
    return Quality(certificate=certificate)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=5), st.floats(0.01, 0.99))
def test_a_take_is_accepted_by_score_where_every_must_have_has_it(scores: list[float], bar: float) -> None:
    found = accepting([attempt(*scores)], Delegation(accept_above=bar), spent_usd=1.0)
    assert (found == "policy:accept_above") == (min(scores) >= bar)


def test_what_nobody_could_check_is_not_accepted_by_score() -> None:
    assert not accepting([attempt(0.9, None)], Delegation(accept_above=0.5), spent_usd=1.0)


@given(st.floats(0, 2), st.floats(0.01, 1))
def test_a_take_is_accepted_by_price_where_the_round_cost_less(spent: float, bar: float) -> None:
    found = accepting([attempt(0.1)], Delegation(accept_under_usd=bar), spent_usd=spent)
    assert (found == "policy:accept_under_usd") == (spent < bar)


def test_a_file_that_a_person_brought_in_is_theirs_to_decide_about() -> None:
    policy = Delegation(accept_above=0.01, accept_under_usd=10.0)
    assert not accepting([attempt(0.9, ingested=True)], policy, spent_usd=0.0)
    assert not is_over_rounds(ASK, [attempt(0.9, ingested=True)], Gate(rounds=0))


def test_without_a_policy_nothing_is_accepted_and_no_gate_is_wider() -> None:
    assert not accepting([attempt(0.9)], None, spent_usd=0.0)
    assert widened(Gate(rounds=2), None) == widened(Gate(rounds=2), Delegation()) == Gate(rounds=2)


def test_what_ended_for_want_of_money_gets_no_more_rounds() -> None:
    attempts = [attempt(0.1)] * 2
    assert is_over_rounds(ASK, attempts, Gate(rounds=1))
    assert not is_over_rounds(Stop(why="", best="", cause="money"), attempts, Gate(rounds=1))
    assert not is_over_rounds(ASK, attempts, Gate(rounds=2))


def test_a_brief_without_a_delegate_block_keeps_its_bytes() -> None:
    assert "delegate" not in to_json(Brief(title="x"))
    assert digest_of(Brief(title="x")) == "sha256:060f6b0d7a4effa86cc077042339a6e9175c6d99f332690abb981e8bad0b0ecb"


def test_a_delegate_block_is_read_back_and_strict() -> None:
    brief = parse_brief("title: x\ndelegate: {reroute: true, retake_up_to: 2, ask: digest}", "yaml")
    assert brief.delegate == Delegation(reroute=True, retake_up_to=2, ask="digest")
    assert from_json(Brief, to_json(brief)) == brief
    with pytest.raises(BriefError, match="delegate"):
        parse_brief("title: x\ndelegate: {rerout: true}", "yaml")


@pytest.mark.parametrize(
    ("quality", "bar", "says"),
    [
        (Quality(), 0.8, "stands on no certified gate"),
        (certified(None), 0.8, "stands on no certified gate"),
        (certified(0.7), 0.6, "below the certified floor"),
    ],
)
def test_accepting_by_score_needs_a_certificate_and_keeps_to_its_floor(quality: Quality, bar: float, says: str) -> None:
    tasks = {"t": TaskBrief(department="d", prompt="a castle")}
    with pytest.raises(BriefError, match=says):
        plan_brief(Brief(title="x", quality=quality, tasks=tasks, delegate=Delegation(accept_above=bar)), CREW)
    plan_brief(Brief(title="x", quality=certified(0.7), tasks=tasks, delegate=Delegation(accept_above=0.7)), CREW)


def test_rounds_that_a_policy_may_give_are_paid_for_in_the_plan() -> None:
    tasks = {"t": TaskBrief(department="d", prompt="a castle", rounds=1)}
    plain, wide = (
        plan_brief(Brief(title="x", tasks=tasks, delegate=policy), CREW)
        for policy in (None, Delegation(retake_up_to=2))
    )
    assert (plain.tasks[0].envelope_usd, wide.tasks[0].envelope_usd) == (0.02, 0.04)
    assert plain.tasks[0].gate == wide.tasks[0].gate
