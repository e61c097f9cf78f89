"""Productions on workers that only take time: the real scheduler, task graphs and journal in virtual time."""

import pytest

from callsheet.evals.schedule.rivals import RIVALS
from callsheet.evals.schedule.work import STEPS, jobs, run, run_rival, shots, takes_of
from callsheet.models.simulated import Pace


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


def test_a_shot_of_five_jobs_ends_with_its_edit() -> None:
    planned = {task.name: task for task in jobs(10)}
    assert len(planned) == 10 * STEPS
    assert planned["sh00001_comp_0"].inputs == ("sh00001_character_2", "sh00001_plate_2")
    used = {name for task in planned.values() for name in task.inputs}
    assert set(planned) - used == {"sh00000_edit_2", "sh00001_edit_2"}


@pytest.mark.parametrize("rival", RIVALS)
def test_a_rival_makes_the_very_same_takes(rival: str) -> None:
    ours, theirs = run(jobs(10), workers=4), run_rival(RIVALS[rival], jobs(10), workers=4)
    assert (theirs.takes, theirs.bound) == (ours.takes, pytest.approx(ours.bound))
    assert theirs.ratio >= 1 - 1e-9


def test_what_a_task_will_take_is_known_beforehand() -> None:
    tasks = shots(40)
    assert sum(map(len, takes_of(tasks, Pace(seed=3)).values())) == run(tasks, workers=9, seed=3).takes
