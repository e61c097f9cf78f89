"""What one production shows, the next one's router knows; a production that is planned keeps the odds it has."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from callsheet.core.fact import Greenlit, ProductionPlanned, TakeMade, TaskRouted
from callsheet.core.settings import Settings
from callsheet.core.track_record import Seen
from callsheet.graphs.desk import Production, decide, plan, produce
from callsheet.graphs.learning import eyes_of
from callsheet.models.catalog import load_crew
from callsheet.tools.studio_history import StudioHistory

CREW = """
schema = "crew/1"
name = "rated"

[[makers]]
name = "small"
kind = "fake"
makes = ["still"]
usd = 0.002
passes = { existence = 0.95 }

[[makers]]
name = "large"
kind = "fake"
makes = ["still"]
usd = 0.003
strength = 2
passes = { existence = 0.95 }

[[critics]]
name = "eye"
kind = "fake"
checks = ["existence", "attribute", "technical"]
settings = { fail_on = "castle" }
"""
BRIEF = """
title: {title}
budget_usd: 5
deliver: [stills]
quality: {{gate: 0.6, rounds: {rounds}}}
tasks:
  keep: {{department: art, prompt: a castle on a plain backdrop, vary: {{seed: {tasks}}}}}
"""

Run = Callable[..., Awaitable[Production]]
Teach = Callable[[int], None]


@pytest.fixture
def run(tmp_path: Path, own_history: Path) -> Run:
    """Run a brief named by its title, in the folder of that name unless another is given."""
    (tmp_path / "crew.toml").write_text(CREW)

    async def produced(
        title: str, *, tasks: int = 40, rounds: int = 0, learn: bool = True, out: str = "", budget_usd: float = 5.0
    ) -> Production:
        (tmp_path / f"{title}.yaml").write_text(BRIEF.format(title=title, tasks=tasks, rounds=rounds))
        return await produce(
            tmp_path / f"{title}.yaml",
            out=tmp_path / (out or title),
            crew=tmp_path / "crew.toml",
            seed=7,
            budget_usd=budget_usd,
            settings=Settings(home="inprocess", workers=2, learn=learn, history=own_history),
        )

    return produced


@pytest.fixture
def teach(tmp_path: Path, own_history: Path) -> Teach:
    """Have other productions of the studio see takes of the small maker fail."""

    def taught(takes: int) -> None:
        crew = load_crew(tmp_path / "crew.toml")
        small = crew.maker("small").identity()
        seen = [Seen(work=f"other {number}", maker=small, kind="existence", score=0.1) for number in range(takes)]
        StudioHistory(own_history).add(seen, critics=eyes_of(crew))

    return taught


def routes(production: Production) -> list[TaskRouted]:
    return [entry.fact for entry in production.history.entries if isinstance(entry.fact, TaskRouted)]


def share_of(maker: str, production: Production) -> float:
    found = routes(production)
    return sum(route.maker == maker for route in found) / len(found)


def damage(history: Path) -> None:
    history.write_bytes(b"not a history" * 100)


async def test_a_first_production_teaches_and_the_second_routes_differently(run: Run) -> None:
    first = await run("first")
    second = await run("second", tasks=20)
    assert share_of("small", first) > 0.9
    assert first.plan.track_record
    assert first.plan.track_record.takes == 0
    assert second.plan.odds_say == "stand on 40 takes of this studio and the crew file's rates"
    assert share_of("large", second) > 0.5
    assert any("40 takes of this studio and the crew file's rates" in route.why for route in routes(second))


async def test_with_learning_off_nothing_is_read_or_written(run: Run, teach: Teach, own_history: Path) -> None:
    teach(200)
    production = await run("castle", tasks=5, learn=False)
    assert share_of("small", production) == 1.0
    assert production.plan.track_record is None
    assert "learning from the studio's history is off" in production.plan.odds_say
    assert StudioHistory(own_history).takes() == 200


async def test_a_production_that_goes_on_keeps_its_odds_and_its_pictures(run: Run, teach: Teach) -> None:
    before = await run("castle", tasks=5)
    teach(200)
    after = await run("castle", tasks=5)
    new = [entry.fact for entry in after.history.entries[len(before.history.entries) :]]
    assert not [fact for fact in new if isinstance(fact, (ProductionPlanned, Greenlit, TaskRouted, TakeMade))]
    assert after.plan == before.plan
    assert after.bill == before.bill
    digests = [
        {name: [take.digest for take in one.takes] for name, one in it.history.tasks.items()} for it in (before, after)
    ]
    assert digests[0] == digests[1]


async def test_a_retake_is_routed_by_the_odds_of_its_plan(run: Run, teach: Teach) -> None:
    before = await run("castle", tasks=3)
    teach(200)
    assert share_of("large", await run("later", tasks=3)) == 1.0  # as a plan of today would have it
    name = before.plan.tasks[0].name
    await decide(before.folder, name, "retake", by="ada")
    after = await run("castle", tasks=3)
    first, again = (after.history.tasks[name].routes[number] for number in (1, 2))
    assert (first.maker, first.why) == (again.maker, again.why)


async def test_another_budget_is_another_plan_with_the_same_odds(run: Run, teach: Teach) -> None:
    before = await run("castle", tasks=3)
    teach(200)
    after = await run("castle", tasks=3, budget_usd=6.0)
    assert after.plan.budget_usd == 6.0
    assert (after.plan.track_record, after.plan.odds_say) == (before.plan.track_record, before.plan.odds_say)
    assert len(routes(after)) == len(routes(before))


async def test_no_take_is_counted_twice_and_no_later_one_at_all(run: Run, own_history: Path) -> None:
    production = await run("castle", tasks=3, rounds=2)
    assert sum(len(record.takes) for record in production.history.tasks.values()) == 9
    assert StudioHistory(own_history).takes() == 3
    await run("castle", tasks=3, rounds=2)
    await run("castle", tasks=3, rounds=2, out="elsewhere")
    assert StudioHistory(own_history).takes() == 3


async def test_a_damaged_history_stops_nothing_and_is_named(run: Run, own_history: Path) -> None:
    damage(own_history)
    production = await run("castle", tasks=3)
    assert production.delivery
    assert len(routes(production)) == 3
    assert "history is left out" in production.plan.odds_say
    assert any("nothing was learnt" in note for note in production.delivery.notes)


def test_a_plan_learns_only_from_the_history_it_is_given(own_history: Path) -> None:
    assert plan("a castle at dusk").track_record is None
    assert plan("a castle at dusk", history=own_history).track_record is not None
    assert not own_history.exists()
