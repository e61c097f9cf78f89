"""What somebody reads the next morning."""

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from typer.testing import CliRunner

from callsheet.apps.cli import app
from callsheet.core.call import CallVoided
from callsheet.core.errors import DiskFull, MakerFailed, WorkerLost
from callsheet.core.fact import Fact, TaskUnfinished
from callsheet.core.outage import OutageBegan, OutageEnded
from callsheet.core.settings import Settings
from callsheet.evals.conformance import reserved, sent
from callsheet.graphs.deciding import opened
from callsheet.graphs.desk import produce

HERE = Path(__file__).parents[1]
FULL = str(DiskFull("/out", "No space left on device"))
LOST = WorkerLost("small/3", "no sign of life for 30 s: it hangs or is paused (setting `heartbeat_seconds`)")
POISON = MakerFailed("small", "this work took down 3 workers (small/1, small/2, small/3); reword the task")


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A production to which much happened after it was delivered."""
    folder = tmp_path_factory.mktemp("night") / "castle"
    settings = Settings(home="inprocess", learn=False)
    asyncio.run(produce(HERE / "small_brief.yaml", out=folder, crew=HERE / "fake_crew.toml", seed=7, settings=settings))
    asyncio.run(_happened(folder, settings))
    return folder


async def _happened(folder: Path, settings: Settings) -> None:
    async with opened(folder, settings, mode="write") as (_, journal):
        await journal.take_lease("the next driver")
        for number in (1, 2):
            await journal.record(*_lost(number))
        ended = TaskUnfinished(task="keep", why=str(POISON), cause="maker")
        outage = OutageBegan(cause="disk", what=FULL), OutageEnded(cause="disk", what=FULL, seconds=4800.0)
        await journal.record(*outage, ended, OutageBegan(cause="network", what="maker 'gpt': connection refused"))


def _lost(number: int) -> Sequence[Fact]:
    void = CallVoided(key=f"call{number}", task=f"task{number}", token="first", why=str(LOST))
    return reserved(number, micros=10), sent(number), void


def said(night: Path) -> str:
    return CliRunner().invoke(app, ["summary", str(night)]).stdout


def test_it_tells_what_was_finished_and_what_it_cost_by_department(night: Path) -> None:
    assert "3 of 5 tasks accepted, 1 unfinished, 1 open" in said(night)  # a grade waits for it
    assert "environment: 2 of 2, from 2 takes" in said(night)
    assert "0.0070 of 1.00 USD for 5 calls" in said(night)
    assert "by department: environment 0.0040, architecture 0.0020, post 0.0010" in said(night)


def test_it_tells_what_went_wrong_and_how_that_was_dealt_with(night: Path) -> None:
    assert "2 times a worker was lost (no sign of life for 30 s: it hangs or is paused): replaced" in said(night)
    assert f"once {FULL}: waited 80 min in all, then it went on" in said(night)
    assert "now it waits for a service that cannot be reached: maker 'gpt': connection refused" in said(night)
    assert "it was driven 2 times; each time it went on where the facts ended" in said(night)


def test_it_names_what_was_parked_and_why(night: Path) -> None:
    assert "keep parked: maker 'small' failed: this work took down 3 workers" in said(night)


def test_programs_get_the_same_sentences(night: Path) -> None:
    row = json.loads(CliRunner().invoke(app, ["summary", str(night), "--json"]).stdout)
    assert row["event"] == "summary"
    assert all(line in said(night) for name in ("finished", "costs", "troubles", "left") for line in row[name])
