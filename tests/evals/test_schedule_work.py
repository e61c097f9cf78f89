"""Productions on workers that only take time: the real scheduler, task graphs and journal in virtual time."""

import pytest

from callsheet.evals.schedule_work import STEPS, run, shots


def test_every_task_is_done_and_no_schedule_beats_its_bound() -> None:
    ran = run(shots(12), workers=3)
    assert ran.tasks == 12 * STEPS
    assert ran.takes >= ran.tasks
    assert ran.ratio >= 1 - 1e-9


def test_a_crowd_of_workers_takes_as_long_as_the_slowest_chain() -> None:
    ran = run(shots(8), workers=1000)
    assert ran.ratio == pytest.approx(1.0, abs=1e-6)


def test_another_seed_is_another_production() -> None:
    assert run(shots(6), workers=2, seed=1).makespan != run(shots(6), workers=2, seed=2).makespan
