from itertools import pairwise

import pytest

from callsheet.tools.delivery.schedule_rows import MOST_TALL, lay_out
from callsheet.tools.delivery.workload import Load, by_maker, loads_of


def load(name: str, utilisation: float = 0.5) -> Load:
    return Load(name=name, workers=1, takes=1, busy_seconds=1.0, utilisation=utilisation)


def test_every_second_of_making_is_somebodys(production) -> None:
    loads = loads_of(production.history)
    assert sum(one.busy_seconds for one in loads) == pytest.approx(production.manifest.totals.worker_seconds)
    assert sum(one.takes for one in loads) == production.manifest.totals.takes
    assert all(
        one.utilisation == pytest.approx(one.busy_seconds / production.manifest.totals.wall_seconds, abs=1e-4)
        for one in loads
    )


def test_a_makers_workers_are_summed_up(production) -> None:
    loads = loads_of(production.history)
    makers = by_maker(loads, production.history)
    assert sum(one.busy_seconds for one in makers) == pytest.approx(sum(one.busy_seconds for one in loads))
    assert sum(one.workers for one in makers) == len(loads)


@pytest.mark.parametrize("count", [1, MOST_TALL, MOST_TALL + 1, 500, 3000])
def test_no_row_of_the_chart_overlaps_another(count: int) -> None:
    loads = [load(f"large/{number}") for number in range(count)] + [load("post/1")]
    sheet = lay_out(loads, 100)
    rows = sorted(sheet.rows.values(), key=lambda one: one.top)
    assert len(rows) == count + 1
    assert all(above.bottom < below.top for above, below in pairwise(rows))
    assert sheet.top <= rows[0].top
    assert rows[-1].bottom <= sheet.bottom
    labels = sorted(sheet.labels, key=lambda one: one.top)
    assert all(above.bottom < below.top for above, below in pairwise(labels))


def test_many_workers_are_named_together_with_how_busy_they_were() -> None:
    loads = [load(f"large/{number}", 0.9 if number % 2 else 0.7) for number in range(500)]
    label = lay_out([*loads, load("post/1", 0.1)], 100).labels
    assert [(one.says, one.aside, round(one.utilisation, 3)) for one in label] == [
        ("large", "500 workers", 0.8),
        ("post", "1 worker", 0.1),
    ]
