"""What is corrected rests on more than chance, keeps to the policy, and never touches what is begun."""

from dataclasses import replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callsheet.agents.planning.odds import Odds
from callsheet.agents.remedies import First, Last, Situation, Team
from callsheet.agents.steering import ALPHA, corrected, in_order, learnt, steer, surprise
from callsheet.core.brief import Delegation, Look
from callsheet.core.crew import Crew, MakerSpec
from callsheet.core.plan import Gate, Requirement, Task
from callsheet.core.take import Finding, Verdict

CASTLE = Requirement(id="existence:castle", kind="existence", subject="castle", value="", asks="a castle")
FOG = Requirement(id="weather=fog", kind="weather", subject="", value="fog", asks="fog")
BEFORE = Requirement(
    id="relation:knight left of tree", kind="relation", subject="knight", value="left of", other="tree", asks="left"
)


def maker(name: str, strength: int, usd: float, told: float = 0.9) -> MakerSpec:
    passes = {"existence": told, "weather": told, "relation": told}
    return MakerSpec(name=name, kind="fake", makes=("still",), usd=usd, strength=strength, passes=passes, rewords=True)


CREW = Crew(name="c", makers=(maker("draft", 1, 0.001), maker("fine", 2, 0.0011)), critics=())


def task(name: str, *asked: Requirement, envelope: float = 0.1, prompt: str = "a castle") -> Task:
    return Task(
        name=name,
        department="cast",
        make="still",
        prompt=prompt,
        requirements=asked or (CASTLE,),
        envelope_usd=envelope,
        gate=Gate(rounds=3),
    )


def first(one: Task, *failed: str, maker: str = "draft") -> First:
    findings = tuple(Finding(requirement=name, says=name, score=0.1) for name in failed)
    verdict = Verdict(take=f"{one.name}/t01", passed=not failed, right=0.5, close=0.5, findings=findings)
    return First(task=one, maker=maker, verdict=verdict)


def firsts(passed: int, failed: int, *, maker: str = "draft") -> tuple[First, ...]:
    made = [first(task(f"p{number}"), maker=maker) for number in range(passed)]
    return (*made, *(first(task(f"f{number}"), CASTLE.id, maker=maker) for number in range(failed)))


def now(policy: Delegation, **more: object) -> Situation:
    return Situation(crew=CREW, odds=Odds(), policy=policy, **more)  # type: ignore[arg-type]


WAITING = tuple(task(f"w{number}") for number in range(10))
ALL = Delegation(reroute=True, reword=True, look=True)
COUNTS = st.tuples(st.integers(0, 30), st.integers(0, 30))


@given(st.lists(st.floats(0, 1), max_size=30), st.integers(0, 30))
def test_a_surprise_is_a_probability_and_grows_with_what_passed(chances: list[float], passed: int) -> None:
    assert 0 <= surprise(chances, passed) <= surprise(chances, passed + 1) + 1e-12 <= 1 + 1e-9


@given(st.integers(1, 40), st.floats(0.01, 0.99))
def test_that_none_passes_is_as_likely_as_that_each_fails(count: int, chance: float) -> None:
    assert surprise([chance] * count, 0) == pytest.approx((1 - chance) ** count)


@given(COUNTS)
def test_nothing_is_corrected_unless_so_few_come_by_chance_less_often_than_is_agreed(counts: tuple[int, int]) -> None:
    passed, failed = counts
    course = steer([Team(name="cast", firsts=firsts(passed, failed), waiting=WAITING)], now(ALL))
    if course.corrections or course.question:
        assert passed + failed >= 6
        assert surprise([0.9] * (passed + failed), passed) < ALPHA


@given(COUNTS, st.booleans(), st.booleans(), st.sampled_from(["each", "digest", "never"]))
def test_what_the_policy_does_not_allow_is_asked_once_and_never_done(
    counts: tuple[int, int], reroute: bool, reword: bool, ask: str
) -> None:
    policy = Delegation(reroute=reroute, reword=reword, ask=ask)  # type: ignore[arg-type]
    course = steer([Team(name="cast", firsts=firsts(*counts), waiting=WAITING)], now(policy))
    assert all(name == "policy:reroute" and reroute for name, _ in course.corrections)
    if reroute or ask == "never":
        assert course.question is None


@given(COUNTS)
def test_only_what_nobody_has_begun_is_changed_and_a_passed_take_gets_cheaper(counts: tuple[int, int]) -> None:
    course = steer([Team(name="cast", firsts=firsts(*counts), waiting=WAITING)], now(ALL))
    for _, one in course.corrections:
        assert set(one.tasks) <= {task.name for task in WAITING}
        assert one.expected.usd / one.expected.passes < one.as_is.usd / one.as_is.passes


@given(st.permutations(range(12)), COUNTS)
def test_the_order_in_which_departments_are_told_decides_nothing_for_each(
    order: list[int], counts: tuple[int, int]
) -> None:
    teams = [Team(name=f"d{number}", firsts=firsts(*counts), waiting=WAITING) for number in range(12)]
    told = steer(teams, now(ALL, departments=12))
    again = steer([teams[number] for number in order], now(ALL, departments=12))
    assert {one.theme for _, one in told.corrections} == {one.theme for _, one in again.corrections}


def test_hardly_any_department_that_goes_as_forecast_is_touched() -> None:
    dice, touched = Random(1), 0
    for _ in range(1000):
        passed = sum(dice.random() < 0.9 for _ in range(24))
        touched += bool(
            steer([Team(name="cast", firsts=firsts(passed, 24 - passed), waiting=WAITING)], now(ALL)).corrections
        )
    assert touched <= 5


def test_a_department_is_left_with_its_maker_where_the_other_is_too_dear_or_cannot_be_paid() -> None:
    dear = replace(CREW, makers=(CREW.makers[0], maker("fine", 2, 0.01)))
    team = Team(name="cast", firsts=firsts(0, 12), waiting=WAITING)
    assert not steer([team], replace(now(ALL), crew=dear)).corrections
    poor = tuple(replace(one, envelope_usd=0.001) for one in WAITING)
    assert not steer([replace(team, waiting=poor)], now(ALL)).corrections


def test_a_maker_a_person_asked_for_is_kept() -> None:
    pinned = tuple(replace(one, maker="draft") for one in WAITING)
    assert not steer([Team(name="cast", firsts=firsts(0, 12), waiting=pinned)], now(ALL)).corrections


def test_what_was_settled_before_is_neither_done_nor_asked_again() -> None:
    team = Team(name="cast", firsts=firsts(0, 12), waiting=WAITING)
    settled = frozenset({("reroute", "cast", "fine")})
    for policy in (ALL, Delegation()):
        course = steer([team], now(policy, settled=settled))
        assert not course.corrections
        assert course.question is None


def test_what_the_look_asks_for_and_hardly_any_take_shows_becomes_a_wish() -> None:
    foggy = [task(f"f{number}", CASTLE, FOG) for number in range(12)]
    waiting = tuple(task(f"w{number}", CASTLE, FOG) for number in range(4))
    team = Team(name="cast", firsts=tuple(first(one, FOG.id) for one in foggy), waiting=waiting)
    (allowed,) = steer([team], now(ALL, look=Look(weather="fog"))).corrections
    policy, one = allowed
    assert (policy, one.kind, one.to) == ("policy:look", "ease", "weather=fog")
    assert one.expected.passes > one.as_is.passes
    eased = corrected(waiting[0], one, "why")
    assert [asked.must for asked in eased.requirements] == [True, False]


def test_what_a_task_itself_asks_for_is_never_eased() -> None:
    foggy = [task(f"f{number}", CASTLE, FOG) for number in range(12)]
    waiting = tuple(task(f"w{number}", CASTLE, FOG) for number in range(4))
    team = Team(name="cast", firsts=tuple(first(one, FOG.id) for one in foggy), waiting=waiting)
    found = [one.kind for _, one in steer([team], now(ALL, look=Look(weather="rain"))).corrections]
    assert "ease" not in found


def test_prompts_are_reworded_where_saying_places_was_seen_to_help() -> None:
    prompt = "a knight left of a tree"
    made = [task(f"r{number}", BEFORE, prompt=prompt) for number in range(12)]
    waiting = tuple(task(f"w{number}", BEFORE, prompt=prompt) for number in range(4))
    failed = tuple(first(one, BEFORE.id) for one in made)
    team = Team(name="cast", firsts=failed, waiting=waiting, reworded=(True,) * 8)
    ((policy, one),) = steer([team], now(ALL)).corrections
    assert (policy, one.kind) == ("policy:reword", "reword")
    assert "the knight on the left" in corrected(waiting[0], one, "why").prompt
    unsure = replace(team, reworded=(True, True, False))
    assert [found.kind for _, found in steer([unsure], now(ALL)).corrections] == ["reroute"]


def test_more_rounds_are_only_ever_asked_about() -> None:
    alone = replace(CREW, makers=CREW.makers[:1])
    ended = tuple((one.task, False) for one in firsts(0, 12))
    team = Team(name="cast", ended=ended, waiting=tuple(replace(one, gate=Gate(rounds=1)) for one in WAITING))
    course = steer([team], replace(now(ALL), crew=alone))
    assert not course.corrections
    assert course.question is not None
    assert (course.question.kind, course.question.rounds) == ("rounds", 1)
    assert course.question.expected.passes > course.question.as_is.passes


def test_a_last_round_that_hardly_ever_passes_is_asked_about_and_given_up_by_nobody_else() -> None:
    made = [task(f"l{number}") for number in range(60)]
    lasts = tuple(Last(task=one, maker="fine", failures=0, is_passed=False) for one in made)
    team = Team(name="cast", ended=tuple((one, True) for one in made), lasts=lasts, waiting=WAITING)
    course = steer([team], now(ALL))
    assert not course.corrections
    assert course.question is not None
    assert (course.question.kind, course.question.rounds) == ("rounds", -1)
    assert course.question.expected.usd < course.question.as_is.usd
    assert "1 round less each" in course.question.does
    assert corrected(WAITING[0], course.question, "why").gate.rounds == WAITING[0].gate.rounds - 1
    assert steer([team], now(Delegation(retake_up_to=1))).question is None


def test_what_is_learnt_is_what_the_studios_history_would_learn() -> None:
    odds = learnt(Odds(), firsts(3, 9))
    assert odds.record is not None
    (tally,) = odds.record.tallies
    assert (tally.maker, tally.kind, tally.seen, tally.passed) == ("draft", "existence", 12, 3)
    both = learnt(odds, firsts(3, 9))
    assert both.record is not None
    assert both.record.tallies[0].seen == 24


@settings(max_examples=30)
@given(st.permutations(range(8)))
def test_tasks_are_looked_at_in_the_order_of_what_they_wait_for(order: list[int]) -> None:
    chain = [replace(task(f"t{number}"), inputs=(f"t{number - 1}",) if number else ()) for number in range(8)]
    assert in_order([chain[number] for number in order]) == {"cast": tuple(f"t{number}" for number in range(8))}
