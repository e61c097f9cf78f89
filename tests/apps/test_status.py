"""What `callsheet status` tells from the journal alone."""

import asyncio
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from callsheet.apps.cli import app
from callsheet.apps.tables import driver_in_words
from callsheet.graphs.desk import Driver, produce

HERE = Path(__file__).parents[1]
BRIEF, CREW = HERE / "small_brief.yaml", HERE / "fake_crew.toml"


@pytest.fixture
def castle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A finished production of which somebody wants one still again."""
    monkeypatch.setenv("CALLSHEET_HOME", "inprocess")
    folder = tmp_path / "castle"
    asyncio.run(produce(BRIEF, out=folder, crew=CREW, seed=7))
    assert CliRunner().invoke(app, ["retake", str(folder), "keep"]).exit_code == 0
    return folder


def test_it_tells_who_waits_for_whom_and_who_drives(castle: Path) -> None:
    said = CliRunner().invoke(app, ["status", str(castle)]).stdout
    assert "comp waits for keep (take 2 comes next)" in said
    assert "driven by process" in said
    row = json.loads(CliRunner().invoke(app, ["status", str(castle), "--json"]).stdout)
    assert row["who_waits"][0]["whom"] == "keep"
    assert row["driver"]["is_alive"] is True


@pytest.mark.parametrize(
    ("is_alive", "is_open", "said"),
    [
        (True, True, "driven by process 7 on x, last news 42 s ago"),
        (
            False,
            True,
            "nobody drives it: process 7 on x is gone, its last news came 42 s ago; the same",
        ),
        (None, True, "driven by process 7 on x, which cannot be asked from here: its last news came 42 s ago"),
        (False, False, "last driven by process 7 on x, 42 s ago"),
    ],
)
def test_a_driver_that_is_gone_is_told_from_one_that_lives(is_alive: bool | None, is_open: bool, said: str) -> None:
    driver = Driver(holder="process 7 on x", last_news_at="", silent_seconds=42.0, is_alive=is_alive)
    assert driver_in_words(driver, is_open=is_open).startswith(said)
