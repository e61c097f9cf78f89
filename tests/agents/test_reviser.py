"""The reviser chooses moves."""

from hypothesis import given
from hypothesis import strategies as st

from callsheet.agents.reviser import Attempt, Rung, revise
from callsheet.core.decision import Accept, Ask, Escalate, Reseed, Stop
from callsheet.core.plan import Gate
from callsheet.core.take import Finding, Verdict

LADDER = [Rung(maker="small", usd=0.002), Rung(maker="large", usd=0.006)]


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
