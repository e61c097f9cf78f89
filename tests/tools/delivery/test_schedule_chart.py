from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from PIL import ImageColor

from callsheet.core.fact import Entry, LeaseTaken
from callsheet.core.history import History
from callsheet.tools.delivery.palette import CHAIN, team_colours
from callsheet.tools.delivery.schedule_chart import blocks, schedule_chart
from callsheet.tools.delivery.schedule_rows import natural


def test_a_block_ends_when_its_take_was_recorded_and_lasts_as_long_as_its_making(production) -> None:
    first = next(one for one in blocks(production.plan, production.history) if one.take == "keep_day/t03")
    assert (first.worker, first.department) == ("sketch-l/0", "architecture")
    assert (first.start, first.end) == (pytest.approx(2.6), pytest.approx(4.0))


def test_breaks_between_sittings_take_no_room(production) -> None:
    entries = list(production.history.entries)
    cut = next(number for number, entry in enumerate(entries) if entry.at > "2026-11-20T12:00:05.9")
    late = [replace(entry, at=_later(entry.at)) for entry in entries[cut:]]
    at = datetime(2026, 11, 21, 12, 0, 5, 900_000, tzinfo=UTC).isoformat()
    lease = Entry(seq=0, at=at, fact=LeaseTaken(epoch=2, holder="me"))
    history = History.of([*entries[:cut], lease, *late])
    assert max(one.end for one in blocks(production.plan, history)) < 9.5
    assert schedule_chart(production.plan, history).width == 1600


def _later(at: str) -> str:
    return (datetime.fromisoformat(at) + timedelta(days=1)).isoformat()


def test_departments_and_the_slowest_chain_are_seen_in_their_colours(production) -> None:
    chart = schedule_chart(production.plan, production.history)
    for colour in (*team_colours(production.plan).values(), CHAIN):
        assert (np.asarray(chart) == ImageColor.getrgb(colour)).all(axis=2).any()


def test_a_production_without_takes_gives_a_chart_that_says_so(production) -> None:
    assert schedule_chart(production.plan, History()).size[0] == 1600


def test_the_chart_is_the_same_every_time(production) -> None:
    one, two = (schedule_chart(production.plan, production.history).tobytes() for _ in range(2))
    assert one == two


def test_the_tenth_worker_stands_below_the_second() -> None:
    assert sorted(["post/10", "post/2", "a/1"], key=natural) == ["a/1", "post/2", "post/10"]
