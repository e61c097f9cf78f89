"""The first take goes to whom a passed take is expected to cost least."""

import pytest

from callsheet.agents.forecast import forecast
from callsheet.agents.planning.odds import Odds
from callsheet.agents.router import route
from callsheet.core.crew import Crew, MakerSpec
from callsheet.core.plan import Department, Requirement, Task
from callsheet.graphs.planning import plan
from callsheet.models.catalog import load_crew

WEAK = MakerSpec(name="weak", kind="fake", makes=("still",), usd=0.002, passes={"existence": 0.1, "time": 0.9})
STRONG = MakerSpec(
    name="strong", kind="fake", makes=("still",), usd=0.006, strength=2, passes={"existence": 0.6, "time": 1.0}
)
CREW = Crew(name="two", makers=(WEAK, STRONG), critics=())
CASTLE = Requirement(id="existence:castle", kind="existence", subject="castle", value="")
NOTHING = Requirement(id="existence:nothing", kind="existence", subject="snow field", value="")
DUSK = Requirement(id="time=dusk", kind="time", subject="", value="dusk")


def still(*requirements: Requirement) -> Task:
    return Task(name="t", department="d", make="still", requirements=requirements, envelope_usd=1.0)


def first(task: Task, prefers: tuple[str, ...] = ()) -> str:
    chosen = route(task, CREW, attempt=1, seed=0, inputs=(), moves=(), prefers=prefers)
    assert chosen is not None
    return chosen.maker.name


def test_a_hard_picture_goes_to_the_stronger_maker_and_an_easy_one_does_not() -> None:
    assert first(still(CASTLE, DUSK)) == "strong"
    assert first(still(NOTHING, DUSK)) == "weak"


def test_a_departments_wish_comes_before_the_odds() -> None:
    assert first(still(CASTLE), prefers=("weak",)) == "weak"


def test_the_turned_down_maker_is_told_both_prices() -> None:
    chosen = route(still(CASTLE), CREW, attempt=1, seed=0, inputs=(), moves=())
    assert chosen is not None
    assert [one.why for one in chosen.turned_down] == ["a passed take is expected to cost 0.0200 USD, against 0.0100"]


def test_a_maker_without_rates_has_no_odds() -> None:
    unknown = MakerSpec(name="new", kind="fake", makes=("still",), usd=0.01)
    assert Odds().chance(still(CASTLE), unknown) is None
    assert not Odds().prices(still(CASTLE), [WEAK, unknown])


def test_the_forecast_starts_where_the_router_does() -> None:
    found = forecast([still(CASTLE)], CREW, [Department(name="d", workers=1, share=1.0)])
    takes = 1 + 0.4 + 0.4**2 + 0.4**3
    assert found.usd == pytest.approx(0.006 * takes, rel=1e-3)


def test_the_house_crew_draws_plates_small_and_subjects_large() -> None:
    found = plan("a red castle on snow at dusk in fog")
    crew = load_crew(None)
    names = {}
    for task in found.tasks:
        if task.make == "still":
            chosen = route(task, crew, attempt=1, seed=0, inputs=(), moves=())
            assert chosen is not None
            names[task.name] = chosen.maker.name
    assert (names["plate"], names["castle_key"]) == ("sketch-s", "sketch-l")
