"""The reviser chooses moves."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callsheet.agents.reviser import Attempt, Rung, best_attempt, chance_after, revise
from callsheet.core.decision import Accept, Ask, Escalate, Move, Repair, Reseed, Rewrite, Stop
from callsheet.core.plan import Gate, Requirement
from callsheet.core.take import Finding, Verdict

LADDER = [Rung(maker="small", usd=0.002), Rung(maker="large", usd=0.006)]
PAINTER = [Rung(maker="small", usd=0.002, repairs=True, rewords=True)]
RED = Requirement(id="red", kind="attribute", subject="castle", value="red", other="colour")
LARGE = Requirement(id="large", kind="attribute", subject="castle", value="large", other="size")
DUSK = Requirement(id="dusk", kind="time", subject="", value="dusk")
TWO = Requirement(id="two", kind="count", subject="castle", value="2")
BESIDE = Requirement(id="beside", kind="relation", subject="castle", value="left of", other="tree")
ALL = (RED, LARGE, DUSK, TWO, BESIDE)


def attempt(number: int, right: float, *, maker: str = "small", ingested: bool = False) -> Attempt:
    passed = right >= 0.6
    findings = () if passed else (Finding(requirement="count", says="asked for two towers", score=right),)
    take = f"keep/t{number:02d}"
    verdict = Verdict(take=take, passed=passed, right=right, close=right, findings=findings)
    return Attempt(take=take, maker=maker, verdict=verdict, is_ingested=ingested)


def test_a_take_that_passes_is_accepted_and_nothing_else_happens() -> None:
    move = revise([attempt(1, 0.9)], gate=Gate(), ladder=LADDER, left_usd=1, reseeds=True)
    assert move == Accept(take="keep/t01")


def test_a_take_below_the_floor_is_reseeded_while_rounds_remain() -> None:
    assert isinstance(revise([attempt(1, 0.3)], gate=Gate(), ladder=LADDER, left_usd=1, reseeds=True), Reseed)


def test_after_its_tries_a_maker_hands_over_to_a_stronger_one() -> None:
    move = revise([attempt(1, 0.3), attempt(2, 0.4)], gate=Gate(), ladder=LADDER, left_usd=1, reseeds=True)
    assert isinstance(move, Escalate)
    assert move.maker == "large"


def test_without_money_for_the_stronger_maker_the_present_one_tries_again() -> None:
    move = revise([attempt(1, 0.3), attempt(2, 0.4)], gate=Gate(), ladder=LADDER, left_usd=0.003, reseeds=True)
    assert isinstance(move, Reseed)


def test_money_is_compared_in_whole_micros() -> None:
    tries = [attempt(1, 0.3, maker="large"), attempt(2, 0.3, maker="large")]
    assert isinstance(revise(tries, gate=Gate(), ladder=LADDER, left_usd=0.018 - 2 * 0.006, reseeds=True), Reseed)


def test_a_stop_says_whether_rounds_or_money_ran_out() -> None:
    broke = revise([attempt(1, 0.3)], gate=Gate(), ladder=LADDER, left_usd=0.001, reseeds=True)
    spent = revise([attempt(1, 0.3)], gate=Gate(rounds=0), ladder=LADDER, left_usd=1, reseeds=True)
    assert isinstance(broke, Stop)
    assert isinstance(spent, Stop)
    assert (broke.cause, spent.cause) == ("money", "gate")


def test_the_best_take_is_kept_when_rounds_are_spent() -> None:
    tries = [attempt(1, 0.3), attempt(2, 0.5), attempt(3, 0.1)]
    move = revise(tries, gate=Gate(rounds=2), ladder=LADDER, left_usd=1, reseeds=True)
    assert isinstance(move, Stop)
    assert move.best == "keep/t02"


def test_spent_rounds_ask_the_director_when_the_gate_says_so() -> None:
    move = revise([attempt(1, 0.3)], gate=Gate(rounds=0, when_spent="ask"), ladder=LADDER, left_usd=1, reseeds=True)
    assert isinstance(move, Ask)


def test_a_maker_without_chance_is_not_asked_twice_for_the_same_picture() -> None:
    assert isinstance(revise([attempt(1, 0.3)], gate=Gate(), ladder=LADDER, left_usd=1, reseeds=False), Stop)


def test_a_file_a_person_brought_in_is_never_painted_over() -> None:
    move = revise([attempt(1, 0.3, ingested=True)], gate=Gate(), ladder=LADDER, left_usd=1, reseeds=True)
    assert isinstance(move, Ask)


def test_a_must_have_nobody_can_check_is_not_chased_with_new_seeds() -> None:
    verdict = Verdict(
        take="keep/t01", passed=False, right=0.9, close=0.9, findings=(Finding(requirement="x", says="nobody can"),)
    )
    tries = [Attempt(take="keep/t01", maker="small", verdict=verdict)]
    assert isinstance(revise(tries, gate=Gate(), ladder=LADDER, left_usd=1, reseeds=True), Stop)


@given(st.lists(st.floats(0, 0.59), min_size=1, max_size=12), st.integers(0, 6), st.floats(0, 0.1))
def test_no_loop_goes_past_its_rounds_or_its_money(scores: list[float], rounds: int, left: float) -> None:
    tries = [attempt(number, score) for number, score in enumerate(scores, 1)]
    move = revise(tries, gate=Gate(rounds=rounds), ladder=LADDER, left_usd=left, reseeds=True)
    if len(tries) > rounds or left < LADDER[0].usd:
        assert isinstance(move, Stop)
        assert move.best == max(tries, key=lambda one: one.verdict.right).take


def failing(number: int, *faults: str, right: float = 0.3, repaired: str = "", prompt: str = "a castle") -> Attempt:
    findings = tuple(Finding(requirement=one, says=f"not {one}", score=0.1) for one in faults)
    verdict = Verdict(take=f"t{number}", passed=False, right=right, close=right, findings=findings)
    return Attempt(take=f"t{number}", maker="small", verdict=verdict, repaired=repaired, prompt=prompt)


def chosen(*attempts: Attempt, ladder: Sequence[Rung] = PAINTER) -> Move:
    gate = Gate(rounds=9)
    return revise(attempts, gate=gate, ladder=ladder, left_usd=1, reseeds=True, requirements=ALL)


def test_a_wrong_colour_alone_repairs_the_subject_and_a_wrong_light_alone_its_backdrop() -> None:
    assert chosen(failing(1, "red")) == Repair(take="t1", region="subject", why="not red")
    assert chosen(failing(1, "dusk")) == Repair(take="t1", region="backdrop", why="not dusk")


@pytest.mark.parametrize("faults", [("two",), ("large",), ("red", "dusk"), ("red", "two")])
def test_a_wrong_layout_or_faults_in_both_regions_are_made_anew(faults: tuple[str, ...]) -> None:
    assert isinstance(chosen(failing(1, *faults)), Reseed)


def test_a_maker_that_cannot_repair_makes_the_picture_anew() -> None:
    assert isinstance(chosen(failing(1, "red"), ladder=[Rung(maker="small", usd=0.002)]), Reseed)


def test_a_maker_that_other_words_do_not_help_gets_another_seed() -> None:
    one = failing(1, "beside", prompt="a castle left of a tree")
    assert isinstance(chosen(one, ladder=[Rung(maker="small", usd=0.002, repairs=True)]), Reseed)


def test_a_repair_that_did_not_help_is_not_tried_again_at_once() -> None:
    assert isinstance(chosen(failing(1, "red", right=0.4), failing(2, "red", right=0.3, repaired="t1")), Reseed)


def test_a_repair_that_breaks_what_held_is_never_built_upon_nor_kept() -> None:
    attempts = failing(1, "red", right=0.3), failing(2, "two", right=0.5, repaired="t1")
    assert best_attempt(attempts).take == "t1"
    assert isinstance(chosen(*attempts), Reseed)


def test_repairs_are_never_chained_past_two() -> None:
    lines = [failing(1, "red", right=0.3), failing(2, "red", right=0.4, repaired="t1")]
    assert chosen(*lines) == Repair(take="t2", region="subject", why="not red")
    assert isinstance(chosen(*lines, failing(3, "red", right=0.5, repaired="t2")), Reseed)


def test_a_wrong_relation_is_said_in_other_words_once() -> None:
    move = chosen(failing(1, "beside", prompt="a castle left of a tree"))
    assert isinstance(move, Rewrite)
    assert move.prompt.endswith("the castle on the left, the tree on the right")
    again = failing(2, "beside", right=0.4, prompt=move.prompt)
    assert isinstance(chosen(failing(1, "beside", prompt="a castle left of a tree"), again), Reseed)


def test_two_takes_in_a_row_that_are_no_better_end_it_on_the_strongest_maker() -> None:
    flat = [failing(1, "two", right=0.4), failing(2, "two", right=0.41), failing(3, "two", right=0.2)]
    assert isinstance(chosen(*flat), Stop)
    assert isinstance(chosen(*flat, ladder=LADDER), Escalate)
    assert isinstance(chosen(*flat[:2]), Reseed)
    assert isinstance(chosen(*flat[:2], failing(3, "two", right=0.5)), Reseed)


@given(
    st.lists(st.tuples(st.sets(st.sampled_from([one.id for one in ALL]), min_size=1), st.floats(0, 0.59)), max_size=8)
)
def test_whatever_fails_the_take_kept_at_the_end_never_lost_what_its_source_had(
    ways: list[tuple[set[str], float]],
) -> None:
    attempts = [failing(1, "red")]
    for number, (faults, right) in enumerate(ways, 2):
        move = chosen(*attempts)
        if isinstance(move, Stop):
            break
        source = move.take if isinstance(move, Repair) else ""
        attempts.append(failing(number, *faults, right=right, repaired=source))
    best = best_attempt(attempts)
    source = next((one for one in attempts if one.take == best.repaired), None)
    if source:
        had = {one.requirement for one in source.verdict.findings}
        assert {one.requirement for one in best.verdict.findings} <= had


@given(st.floats(0.05, 1.0), st.integers(0, 6))
def test_every_failure_lowers_the_chance_of_the_next_take(passes: float, failures: int) -> None:
    assert chance_after(passes, 0) == pytest.approx(passes)
    assert 0 < chance_after(passes, failures + 1) < chance_after(passes, failures)


@pytest.mark.parametrize(("worth_usd", "is_made"), [(None, True), (0.1, True), (0.005, False)])
def test_no_take_is_made_that_costs_more_than_its_chance_is_worth(worth_usd: float | None, is_made: bool) -> None:
    ladder = [Rung(maker="small", usd=0.002, passes=0.6)]  # 0.2 after one failure
    move = revise([attempt(1, 0.3)], gate=Gate(worth_usd=worth_usd), ladder=ladder, left_usd=1, reseeds=True)
    assert isinstance(move, Reseed) == is_made
    if isinstance(move, Stop):
        assert "costs 0.0020 USD, and its chance of 0.20 is worth 0.0010 USD" in move.why
        assert move.cause == "gate"


def test_what_nobody_knows_the_chance_of_is_tried_whatever_it_is_worth() -> None:
    ladder = [Rung(maker="small", usd=0.002)]
    move = revise([attempt(1, 0.3)], gate=Gate(worth_usd=1e-6), ladder=ladder, left_usd=1, reseeds=True)
    assert isinstance(move, Reseed)


@pytest.mark.parametrize(
    ("rates", "worth_usd", "move"),
    [
        ((0.2, 0.9), 0.02, Escalate),  # the small one is not worth another take, the large one is
        ((0.9, 0.1), 0.02, Reseed),
        ((0.2, 0.1), 0.02, Stop),
    ],
)
def test_the_stronger_maker_is_asked_early_where_only_its_take_is_worth_its_price(
    rates: tuple[float, float], worth_usd: float, move: type
) -> None:
    ladder = [Rung(maker="small", usd=0.002, passes=rates[0]), Rung(maker="large", usd=0.006, passes=rates[1])]
    chosen_move = revise([attempt(1, 0.3)], gate=Gate(worth_usd=worth_usd), ladder=ladder, left_usd=1, reseeds=True)
    assert isinstance(chosen_move, move)
