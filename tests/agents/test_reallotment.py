"""Money that is left over goes where it buys most, and never beyond what there is."""

from collections.abc import Sequence
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from callsheet.agents.planning.reallotment import Means, Wish, reallot
from callsheet.core.fact import MoneyMoved

TEAMS = ("architecture", "characters", "post")
KEEP = Means(task="keep", department="architecture", envelope=9000, spent=3000, gives=True)
EDDA = Means(task="edda", department="characters", envelope=3000, spent=3000, gives=False)
TOWER = Means(task="tower", department="architecture", envelope=3000, spent=3000, gives=False)


def wish(of: Means, *, price: int = 3000, chance: float = 0.5, left: int = 0, follows: int = 0) -> Wish:
    return Wish(
        task=of.task,
        department=of.department,
        left=left,
        price=price,
        chance=chance,
        buys="a take of s",
        follows=follows,
    )


@st.composite
def productions(draw: st.DrawFn) -> tuple[list[Means], list[Wish], int, int]:
    """Give tasks whose envelopes fit the budget, wishes of those that are short, the budget and what is spare."""
    means, wishes = list[Means](), list[Wish]()
    for number in range(draw(st.integers(1, 12))):
        envelope, gives = draw(st.integers(0, 9)), draw(st.booleans())
        # A person may have had a task done again: it has then spent more than its envelope.
        spent = draw(st.integers(0, envelope + 3))
        one = Means(
            task=f"t{number}", department=draw(st.sampled_from(TEAMS)), envelope=envelope, spent=spent, gives=gives
        )
        means.append(one)
        for _ in range(0 if gives else draw(st.integers(0, 2))):
            price, chance = draw(st.integers(0, 6)), draw(st.floats(0, 1))
            left, follows = draw(st.integers(-2, 6)), draw(st.integers(0, 3))
            wishes.append(wish(one, price=price, chance=chance, left=left, follows=follows))
    budget = sum(one.envelope for one in means) + draw(st.integers(0, 6))
    return means, wishes, budget, draw(st.integers(-3, budget))


def after(means: Sequence[Means], moves: Sequence[MoneyMoved]) -> dict[str, int]:
    """Give every envelope once the moves are made."""
    envelopes = {one.task: one.envelope for one in means}
    for move in moves:
        envelopes[move.task] += move.micros
        for name, micros in move.gave.items():
            envelopes[name] -= micros
    return envelopes


@settings(max_examples=80, deadline=None)
@given(productions())
def test_the_envelopes_together_stay_within_the_budget(case: tuple[list[Means], list[Wish], int, int]) -> None:
    means, wishes, budget, spare = case
    assert sum(after(means, reallot(means, wishes, budget=budget, spare=spare)).values()) <= budget


@settings(max_examples=80, deadline=None)
@given(productions())
def test_no_task_is_left_with_less_than_it_has_spent(case: tuple[list[Means], list[Wish], int, int]) -> None:
    means, wishes, budget, spare = case
    envelopes = after(means, reallot(means, wishes, budget=budget, spare=spare))
    assert all(envelopes[one.task] >= min(one.envelope, one.spent) for one in means)
    assert all(envelopes[one.task] >= one.envelope for one in means if not one.gives)


@settings(max_examples=80, deadline=None)
@given(productions())
def test_what_is_bought_costs_no_more_than_is_spare_and_is_what_the_tasks_lacked(
    case: tuple[list[Means], list[Wish], int, int],
) -> None:
    means, wishes, budget, spare = case
    moves = reallot(means, wishes, budget=budget, spare=spare)
    assert len({move.task for move in moves}) == len(moves)
    lacked = {one.task: [other.price - other.left for other in wishes if other.task == one.task] for one in wishes}
    assert all(move.micros > 0 and move.micros in lacked[move.task] for move in moves)
    assert all(sum(move.gave.values()) <= move.micros for move in moves)
    prices = {name: min(one.price for one in wishes if one.task == name) for name in lacked}
    assert sum(prices[move.task] for move in moves) <= max(0, spare)


@settings(max_examples=50, deadline=None)
@given(productions(), st.randoms(use_true_random=False))
def test_the_order_in_which_tasks_are_told_decides_nothing(
    case: tuple[list[Means], list[Wish], int, int],
    random: object,
) -> None:
    means, wishes, budget, spare = case
    first = reallot(means, wishes, budget=budget, spare=spare)
    random.shuffle(means)  # type: ignore[attr-defined]
    random.shuffle(wishes)  # type: ignore[attr-defined]
    assert reallot(means, wishes, budget=budget, spare=spare) == first


def test_a_department_mends_its_own_tasks_before_it_lends_even_where_another_would_do_more_with_the_money() -> None:
    wishes = [wish(EDDA, chance=0.9), wish(TOWER, chance=0.1)]
    (moved,) = reallot([replace(KEEP, spent=6000), EDDA, TOWER], wishes, budget=15000, spare=9000)
    assert moved.task == "tower"


def test_what_is_lent_goes_to_whoever_buys_most_passes_for_it() -> None:
    ava = replace(EDDA, task="ava", department="post")
    wishes = [wish(ava, price=2000, chance=0.2), wish(EDDA, price=3000, chance=0.9)]
    (moved,) = reallot([replace(KEEP, spent=6000), EDDA, ava], wishes, budget=15000, spare=3000)
    assert (moved.task, moved.gave) == ("edda", {"keep": 3000})


def test_money_nobody_was_allotted_is_moved_before_another_departments_is() -> None:
    (moved,) = reallot([KEEP, EDDA], [wish(EDDA)], budget=14000, spare=14000)
    assert (moved.micros, moved.gave) == (3000, {"keep": 1000})


def test_a_take_after_which_others_could_not_be_made_anew_is_not_bought() -> None:
    assert not reallot([KEEP, EDDA], [wish(EDDA, follows=2000)], budget=12000, spare=4999)
    assert reallot([KEEP, EDDA], [wish(EDDA, follows=2000)], budget=12000, spare=5000)
