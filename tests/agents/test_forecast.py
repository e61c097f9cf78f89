"""What a plan will take."""

from dataclasses import replace
from time import process_time

import pytest

from callsheet.agents.forecast import forecast
from callsheet.core.crew import Crew, MakerSpec
from callsheet.core.plan import Department, Gate, Task

CREW = Crew(
    name="test",
    makers=(
        MakerSpec(name="small", kind="sketch", makes=("still",), usd=0.002, seconds=1.0),
        MakerSpec(name="post", kind="post", makes=("grade", "composite"), usd=0.001, seconds=2.0),
    ),
    critics=(),
    cores=2,
)
ONCE = Gate(rounds=0)


def still(name: str, department: str = "d") -> Task:
    return Task(name=name, department=department, make="still", gate=ONCE, envelope_usd=0.01)


def grade(name: str, source: str) -> Task:
    return Task(name=name, department="d", make="grade", inputs=(source,), gate=ONCE, envelope_usd=0.01)


def team(workers: int, name: str = "d") -> Department:
    return Department(name=name, workers=workers, share=1.0)


def test_a_chain_takes_the_sum_of_its_tasks() -> None:
    found = forecast([still("a"), grade("b", "a"), grade("c", "b")], CREW, [team(5)])
    assert found.seconds == found.critical_path_seconds == 5.0


def test_cores_bound_what_runs_at_once() -> None:
    assert forecast([still(f"t{at}") for at in range(4)], CREW, [team(9)]).seconds == 2.0


def test_a_departments_workers_bound_what_runs_at_once() -> None:
    assert forecast([still(f"t{at}") for at in range(4)], CREW, [team(1)]).seconds == 4.0


def test_a_department_borrows_what_another_leaves_idle_and_gives_way_to_it() -> None:
    alone = [still(f"t{at}", "x") for at in range(4)]
    crew = replace(CREW, cores=4)
    assert forecast(alone, crew, [team(1, "x"), team(3, "y")]).seconds == 1.0
    both = [*alone, *(still(f"u{at}", "y") for at in range(3))]
    assert forecast(both, crew, [team(1, "x"), team(3, "y")]).seconds == 2.0


def test_departments_work_side_by_side() -> None:
    tasks = [still("a", "x"), still("b", "y")]
    assert forecast(tasks, CREW, [team(1, "x"), team(1, "y")]).seconds == 1.0


def test_revisions_are_counted_in_by_the_chance_that_is_named() -> None:
    task = Task(name="a", department="d", make="still", gate=Gate(rounds=1), envelope_usd=0.004)
    found = forecast([task], CREW, [team(1)])
    assert (found.takes, found.usd_worst) == (pytest.approx(1.65, abs=0.06), 0.004)
    assert found.usd == pytest.approx(0.0033)
    assert "sketch 35%" in found.basis


def test_later_takes_cost_what_the_stronger_maker_asks() -> None:
    strong = MakerSpec(name="large", kind="sketch", makes=("still",), usd=0.01, seconds=4.0, strength=2)
    crew = replace(CREW, makers=(*CREW.makers, strong))
    task = Task(name="a", department="d", make="still", gate=Gate(rounds=2), envelope_usd=0.1)
    found = forecast([task], crew, [team(1)])
    assert found.usd == pytest.approx(0.002 * 1.65 + 0.01 * 0.65**2)
    assert found.critical_path_seconds == pytest.approx(1.65 + 4 * 0.65**2, abs=0.06)


@pytest.mark.slow
def test_the_time_to_forecast_grows_in_proportion_to_the_tasks() -> None:
    def seconds(count: int) -> float:
        tasks = [still(f"t{at}") for at in range(count)] + [grade(f"g{at}", f"t{at}") for at in range(count)]
        times = []
        for _ in range(3):
            start = process_time()
            forecast(tasks, CREW, [team(8)])
            times.append(process_time() - start)
        return min(times)

    assert seconds(5_000) < 15 * seconds(1_000)
