"""The bench of broken disks: its faults really happen, a production survives them, and a broken promise is counted."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from callsheet.evals.bench_positions import Case, Nurseries
from callsheet.evals.positions import play

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not shutil.which("cc"), reason="a disk that fails needs a C compiler"),
]


@pytest.fixture(scope="module")
def nurseries(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nurseries]:
    opened = Nurseries(tmp_path_factory.mktemp("positions"), 1)
    yield opened
    opened.close()


@pytest.mark.parametrize("attempt", ["full:120", "broken:150", "killed:200"])
def test_a_production_survives_each_kind_of_fault(nurseries: Nurseries, attempt: str) -> None:
    answer = nurseries.play(Case(kind="one", attempts=(attempt,)))
    assert (answer["violations"], answer["hits"]) == ([], 1)
    assert answer["ending"]


def test_what_was_acknowledged_and_is_gone_is_counted(tmp_path: Path) -> None:
    place = tmp_path / "case"
    play.prepare(place)
    assert play.perform(place, has_retake=False) == play.ENDED
    assert list(play.lost(place)) == []
    with (place / "told").open("a") as told:
        told.write('[999, "take_made"]\n')
    assert list(play.lost(place)) == ["lost: take_made at 999"]
