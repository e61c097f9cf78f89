"""What the doors say of money: machines, forgotten ones, and what was moved between tasks."""

import asyncio
import json
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from callsheet.apps.cli import app
from callsheet.core.machines import MachineCame
from callsheet.tools.clock import SystemClock
from callsheet.tools.journal import SqliteJournal

HERE = Path(__file__).parents[1]
BRIEF = HERE / "small_brief.yaml"
RENTED = "\n[machines]\nusd_per_hour = 0.36\nboot_seconds = 0\nidle_seconds = 10\n"


@pytest.fixture(autouse=True)
def no_cluster(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    crew = tmp_path / "crew.toml"
    crew.write_text((HERE / "fake_crew.toml").read_text().replace("pass_rate = 0.97", "pass_rate = 0.75") + RENTED)
    monkeypatch.setenv("CALLSHEET_HOME", "inprocess")
    monkeypatch.setenv("CALLSHEET_CREW", str(crew))
    monkeypatch.setenv("CALLSHEET_LEARN", "false")


def call(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture
def castle(tmp_path: Path) -> Path:
    """A production that rented a machine and moved money."""
    folder = tmp_path / "castle"
    result = call("run", BRIEF, "--out", folder, "--seed", 7, "--budget", 0.016, "--yes")
    assert result.exit_code in (0, 3), result.output
    assert "machines: 0.00" in result.output
    assert " USD more (" in result.output
    return folder


def test_status_and_the_manifest_tell_what_machines_cost_and_which_tasks_got_more_money(castle: Path) -> None:
    said = call("status", castle).output
    assert "USD for 1 machine so far, beside the calls" in said
    assert "plate__night got 0.0010 USD more (0.0010 left over from plate__dusk)" in said
    assert "not given back" not in said
    row = json.loads(call("status", castle, "--json").output)
    assert row["machines"]["up"] == []
    assert [move["task"] for move in row["money_moves"]] == ["plate__night"]
    bill = json.loads((castle / "manifest.json").read_text())["totals"]["machines"]
    assert bill["usd"] >= 0.001  # the last idle time alone
    assert sum(bill["usd_by_department"].values()) == pytest.approx(bill["usd"])


def test_takes_tells_that_a_task_got_more_money_and_from_where(castle: Path) -> None:
    assert "left over from plate__dusk" in call("takes", castle, "plate__night").output
    assert "left over" not in call("takes", castle, "keep").output
    rows = [json.loads(line) for line in call("takes", castle, "plate__night", "--json").output.splitlines()]
    assert [row["gave"] for row in rows if row["event"] == "money_moved"] == [{"plate__dusk": 1000}]


def test_a_machine_that_a_killed_run_left_up_is_named_with_what_it_costs(castle: Path) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()

    async def die() -> None:
        journal = SqliteJournal.open(castle / ".callsheet" / "journal.db", clock=SystemClock())
        await journal.take_lease(f"process {gone.pid} on {socket.gethostname()}")
        await journal.record(MachineCame(machine="i-0abc", usd_per_hour=3600.0, idle_seconds=10))
        await journal.close()

    asyncio.run(die())
    said = call("status", castle).output.replace("\n", " ")
    assert "not given back as far as is known: i-0abc, up since 20" in said
    assert "nobody drives it: `callsheet doctor` says what is up" in said
    (up,) = json.loads(call("status", castle, "--json").output)["machines"]["up"]
    assert up["machine"] == "i-0abc"
    assert up["usd"] > 0
