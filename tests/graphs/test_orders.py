"""Which tasks a word means, and who goes first."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callsheet.core.decision import Order
from callsheet.core.errors import UnknownName
from callsheet.core.fact import Entry, Fact, OrderGiven, TakePublished
from callsheet.core.history import History
from callsheet.core.plan import Task
from callsheet.graphs.desk import plan
from callsheet.graphs.orders import in_force, meant, urgencies

HERE = Path(__file__).parents[1]
PLAN = plan(HERE / "small_brief.yaml", crew=HERE / "fake_crew.toml")
NAMES = tuple(f"t{number}" for number in range(8))
TASKS = {
    name: Task(name=name, department="d", make="still", inputs=(f"t{at - 2}",) if at > 3 else ())
    for at, name in enumerate(NAMES)
}


def first(*tasks: str) -> Order:
    return Order(kind="prioritise", what="", tasks=tasks, by="Ada")


@pytest.mark.parametrize(
    ("what", "tasks"),
    [
        ("keep", {"keep"}),
        ("plate", {"plate__dusk", "plate__night"}),
        ("sq010_sh010", {"comp", "grade"}),
        ("environment", {"plate__dusk", "plate__night"}),
        ("department:post", {"comp", "grade"}),
        ("", {"keep", "plate__dusk", "plate__night", "comp", "grade"}),
    ],
)
def test_a_word_means_a_task_its_variations_a_shot_a_department_or_everything(what: str, tasks: set[str]) -> None:
    assert set(meant(what, PLAN)) == tasks


@pytest.mark.parametrize("what", ["catering", "shot:keep", "stage:keep", "department:"])
def test_a_word_that_means_nothing_is_refused(what: str) -> None:
    with pytest.raises(UnknownName):
        meant(what, PLAN)


@given(
    st.fixed_dictionaries({name: st.floats(0, 1e5) for name in NAMES}),
    st.lists(st.sets(st.sampled_from(NAMES), min_size=1), max_size=5),
)
def test_what_is_prioritised_goes_before_the_rest_the_newest_first_and_longest_chain_first_among_equals(
    chain: dict[str, float], orders: list[set[str]]
) -> None:
    given_orders = [first(*sorted(names)) for names in orders]
    found = urgencies(chain, given_orders, TASKS)
    assert set(found) == set(chain)
    assert max(found.values()) <= 2 * (max(chain.values()) + 1)
    if not orders:
        assert found == chain
        return
    newest = orders[-1] | {source for name in orders[-1] for source in _sources(name)}
    others = set(NAMES) - newest
    assert all(found[name] > found[other] for name in newest for other in others)
    for one in newest:
        assert all(found[one] >= found[other] for other in newest if chain[one] > chain[other])


def _sources(name: str) -> set[str]:
    return {one for source in TASKS[name].inputs for one in {source, *_sources(source)}}


def test_an_order_is_in_force_for_what_no_newer_one_is_about() -> None:
    pause = Order(kind="pause", what="post", tasks=("comp", "grade"), by="Ada")
    resume = Order(kind="resume", what="comp", tasks=("comp",), by="Bob")
    published = TakePublished(task="keep", take="keep/t01", digest="d", version=1, accepted_by="gate")
    facts: list[Fact] = [
        OrderGiven(order=pause),
        OrderGiven(order=resume),
        OrderGiven(order=first("keep")),
        OrderGiven(order=first("plate__dusk")),
        published,
    ]
    history = History.of(Entry(seq=seq, at="", fact=fact) for seq, fact in enumerate(facts, 1))
    assert [(one.order.kind, one.tasks) for one in in_force(history)] == [
        ("pause", ("grade",)),
        ("prioritise", ("plate__dusk",)),
    ]
