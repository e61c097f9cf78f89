"""Kill a production at every named point, go on each time, and end where an undisturbed one ends."""

import asyncio
from pathlib import Path

import pytest

from callsheet.core.crash import POINTS
from callsheet.core.fact import TakeMade
from callsheet.graphs.desk import Standing, check_production, look

from ..launcher import Launcher

HERE = Path(__file__).parents[1]
KILLED = -9
UNREACHED = {
    "after_decision",  # nobody decides in this run
    *("before_backup", "after_backup", "before_upgrade", "after_upgrade"),  # of journals of an older version
    *("before_compaction", "after_compaction"),  # of long ones
}
BUDGET_USD = "0.012"
"""Too little for every task's rounds: what some leave over is moved to others."""


def run(launcher: Launcher, folder: Path, crash_at: str = "") -> int:
    crew = folder.parent / "crew.toml"
    crew.write_text((HERE / "fake_crew.toml").read_text().replace("pass_rate = 0.97", "pass_rate = 0.75"))
    environment = {
        "CALLSHEET_HOME": "inprocess",
        "CALLSHEET_CREW": str(crew),
        "CALLSHEET_CRASH_AT": crash_at,
        "CALLSHEET_LEARN": "false",  # what one folder shows must not route the other
    }
    told = ["--out", str(folder), "--seed", "7", "--budget", BUDGET_USD, "--yes"]
    return launcher.run(["run", str(HERE / "small_brief.yaml"), *told], environment, folder.with_suffix(".told"))


def accepted(standing: Standing) -> set[tuple[str, str]]:
    return {(name, record.accepted.digest) for name, record in standing.history.tasks.items() if record.accepted}


@pytest.mark.slow
def test_a_production_killed_at_every_point_ends_as_an_undisturbed_one(launcher: Launcher, tmp_path: Path) -> None:
    assert run(launcher, tmp_path / "calm") in (0, 3)
    calm = asyncio.run(look(tmp_path / "calm"))
    killed = [point for point in POINTS if run(launcher, tmp_path / "hit", point) == KILLED]
    assert run(launcher, tmp_path / "hit") in (0, 3)
    hit = asyncio.run(look(tmp_path / "hit"))
    assert set(killed) == set(POINTS) - UNREACHED
    assert accepted(hit) == accepted(calm)
    assert hit.history.money_moves == calm.history.money_moves
    assert hit.bill.settled_usd == calm.bill.settled_usd
    assert hit.bill.reserved_usd == 0
    paid = [entry.fact.key for entry in hit.history.entries if isinstance(entry.fact, TakeMade)]
    last = {key: at for at, entry in enumerate(hit.history.entries) if (key := getattr(entry.fact, "key", ""))}
    assert all(isinstance(hit.history.entries[last[key]].fact, TakeMade) for key in paid)  # nothing paid is sent again
    assert not check_production(tmp_path / "hit")
