"""The measure of recovery, on a small production: what it kills comes back, with nothing lost or paid for twice."""

import pytest

from callsheet.evals.schedule.recovery import recover_driver

pytestmark = pytest.mark.slow


def test_a_killed_driver_s_production_is_gone_on_with() -> None:
    assert 0 < recover_driver(tasks=60) < 120
