"""A small piece of the long runs, and that they can fail."""

import pytest

from callsheet.evals import bench_long
from callsheet.evals.bench_long import live_through, run_seeds
from callsheet.evals.long_days import Days, Hand


def test_a_day_with_everything_that_can_happen_ends_as_a_quiet_one_would() -> None:
    found = run_seeds(range(4, 5), 12.0)
    assert found["violations_by_seed"] == {}
    assert sum(found["faults"].values()) > 2


def test_a_seed_is_always_the_same_days() -> None:
    assert Days.of(3, 12.0) == Days.of(3, 12.0)
    assert Days.of(3, 12.0) != Days.of(4, 12.0)


def test_a_worker_that_makes_other_pictures_than_it_should_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    made = Hand._made

    async def other(hand: Hand, job: object, seconds: float) -> object:
        token, picture = await made(hand, job, seconds)
        if not hand.world.days.is_quiet:
            object.__setattr__(picture, "data", b"another " + picture.data)
        return token, picture

    monkeypatch.setattr(Hand, "_made", other)
    seed = next(number for number in range(9) if Days.of(number, 6.0).is_ample)
    found = run_seeds(range(seed, seed + 1), 6.0)
    assert "undisturbed with" in str(found["violations_by_seed"])


def test_a_production_that_never_ends_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench_long, "_MOST_HOURS_OVER", -1e3)
    assert any("nothing ended" in one for one in live_through(Days.of(4, 6.0), most_hours=0.1).broken)
