"""How soon work goes on after a kill: of a worker, of a node of a real cluster, of the driver of 10,000 tasks.

Each figure is in seconds, from the kill (for the driver: from the start of the process that goes on) to the first new
dispatch. What was acknowledged before must be there afterwards, and nothing paid for twice; else `NotKept` is raised.

`python -m callsheet.evals.schedule.recovery drive FOLDER` is the driver that is killed.
"""

import asyncio
import json
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Final

from ...core.settings import Settings
from ...graphs.desk import check_production, produce
from ..conformance import NotKept

_CREW: Final = """
name = "recovery"
[[makers]]
name = "fake"
kind = "fake"
makes = ["still"]
usd = 0.001
replicas_max = 8
settings = {{ seconds = {seconds} }}
[[critics]]
name = "eye"
kind = "fake"
checks = ["existence", "count", "attribute", "technical"]
"""
_PATIENCE_SECONDS: Final = 600.0


def recover_driver(tasks: int = 10_000) -> float:
    """Kill a driver in the middle of so many tasks, start another; seconds from its start to its first new call."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        _write_production(folder, tasks)
        with _driver(folder):
            _wait_for(lambda: _count(folder, "take_made") >= tasks // 2)
        kept = _count(folder, "take_made")
        began = time.time()
        with _driver(folder):
            _wait_for(lambda: _first_sent(folder) is not None)
        first = _first_sent(folder)
        assert first is not None
        _check_kept(folder, kept)
        return first - began


def _write_production(folder: Path, tasks: int) -> None:
    (folder / "crew.toml").write_text(_CREW.format(seconds=0))
    named = {f"sh{number:05d}": {"department": "lab", "prompt": "one large red castle"} for number in range(tasks)}
    brief = {"title": "recovery", "budget_usd": 1000, "departments": {"lab": {"workers": 64}}, "tasks": named}
    (folder / "brief.json").write_text(json.dumps(brief | {"deliver": []}))


@contextmanager
def _driver(folder: Path) -> Iterator[None]:
    """Have a process drive the production in a folder, and kill it afterwards."""
    command = [sys.executable, "-m", __spec__.name if __spec__ else __name__, "drive", str(folder)]
    with (folder / "driver.log").open("a") as told:
        process = subprocess.Popen(command, stdout=told, stderr=told)
        try:
            yield
            if process.poll() is not None:
                raise NotKept(f"the driver ended by itself: {(folder / 'driver.log').read_text()[-2000:]}")
        finally:
            process.send_signal(signal.SIGKILL)
            process.wait()


async def _drive(folder: Path) -> None:
    settings = Settings(home="inprocess", learn=False, workers=2)
    await produce(folder / "brief.json", out=folder / "out", crew=folder / "crew.toml", settings=settings)


def _wait_for(done: Callable[[], bool], seconds: float = _PATIENCE_SECONDS) -> None:
    until = time.monotonic() + seconds
    while not done():
        if time.monotonic() > until:
            raise NotKept(f"nothing happened for {seconds:g} s")
        time.sleep(0.05)


def _count(folder: Path, event: str) -> int:
    rows = _rows(folder, "SELECT count(*) FROM entry WHERE event = ?", event)
    return int(str(rows[0][0])) if rows else 0


def _first_sent(folder: Path) -> float | None:
    """Give the wall clock at which the second driver of a production sent its first call."""
    leases = _rows(folder, "SELECT seq FROM entry WHERE event = ? ORDER BY seq", "lease_taken")
    if len(leases) < 2:
        return None
    sent = "SELECT at FROM entry WHERE event = ? AND seq > ? ORDER BY seq LIMIT 1"
    rows = _rows(folder, sent, "call_sent", int(str(leases[-1][0])))
    return datetime.fromisoformat(str(rows[0][0])).timestamp() if rows else None


def _rows(folder: Path, sql: str, *values: object) -> list[tuple[object, ...]]:
    path = folder / "out" / ".callsheet" / "journal.db"
    if not path.exists():
        return []
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as raw:
            return list(raw.execute(sql, values))
    except sqlite3.OperationalError:  # its tables are not made yet
        return []


def _check_kept(folder: Path, kept: int) -> None:
    """Hold a production to its promises: what was there is there, and nothing was paid for twice."""
    if _count(folder, "take_made") < kept:
        raise NotKept(f"{kept - _count(folder, 'take_made')} takes were lost")
    if troubles := check_production(folder / "out"):
        raise NotKept(f"{len(troubles)} troubles, first {troubles[0]}")


if __name__ == "__main__":
    asyncio.run(_drive(Path(sys.argv[2])))
