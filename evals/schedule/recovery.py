"""How soon work goes on after a kill: of a worker, of a node of a real cluster, of the driver of 10,000 tasks.

Each figure is in seconds, from the kill (for the driver: from the start of the process that goes on) to the first new
dispatch. What was acknowledged before must be there afterwards, and nothing paid for twice; else `NotKept` is raised.
"""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from ...graphs.desk import check_production
from ...models.pool.rehearsal import Rehearsal
from ..conformance import NotKept

_CREW: Final = """
name = "recovery"
[[makers]]
name = "fake"
kind = "fake"
makes = ["still"]
usd = 0.001
load_seconds = 0.1
settings = { die_on = "dragon", hang_on = "moat" }
[[critics]]
name = "eye"
kind = "fake"
checks = ["existence", "count", "attribute", "technical"]
"""
_PATIENCE_SECONDS: Final = 600.0
_POLL_SECONDS: Final = 0.05
_LEAVING_SECONDS: Final = 60.0
_PROCESS: Final = (sys.executable, "-m", "callsheet.evals.schedule.killed")


def recover_worker() -> float:
    """Kill the worker of a maker under its call; seconds until a new one, which has nothing to load, has done it."""
    with tempfile.TemporaryDirectory() as scratch, _caller(Path(scratch), address="") as caller:
        began = caller.hears()
        return caller.hears() - began


def recover_node() -> float:
    """Cut the power of the node where the worker is; seconds until a new one on another node has done its call."""
    with tempfile.TemporaryDirectory() as scratch, Rehearsal() as cluster:
        cluster.add("head", cpus=0)
        cluster.add("first", cpus=1)
        with _caller(Path(scratch), address=cluster.address, environment=cluster.environment) as caller:
            caller.hears()
            cluster.add("second", cpus=1)
            began = time.monotonic()
            cluster.kill("first")
            return caller.hears() - began


@dataclass(frozen=True, slots=True)
class _Caller:
    """A process that has a call made, and made again."""

    process: "subprocess.Popen[str]"

    def hears(self) -> float:
        """Give when it said the next thing, on the clock all processes of a machine share."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise NotKept(f"the caller ended with {self.process.wait()}")
        return float(line)


@contextmanager
def _caller(folder: Path, *, address: str, environment: dict[str, str] | None = None) -> Iterator[_Caller]:
    (folder / "crew.toml").write_text(_CREW)
    inherited = {name: value for name, value in os.environ.items() if name != "RAY_AUTH_TOKEN"}
    command = [*_PROCESS, "call", str(folder), address]
    process = subprocess.Popen(command, env=inherited | (environment or {}), stdout=subprocess.PIPE, text=True)
    try:
        yield _Caller(process)
        process.wait(_LEAVING_SECONDS)  # it tidies up behind itself
    finally:
        process.kill()
        process.communicate()


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
    (folder / "crew.toml").write_text(_CREW)
    named = {f"sh{number:05d}": {"department": "lab", "prompt": "one large red castle"} for number in range(tasks)}
    brief = {"title": "recovery", "budget_usd": 1000, "departments": {"lab": {"workers": 64}}, "tasks": named}
    (folder / "brief.json").write_text(json.dumps(brief | {"deliver": []}))


@contextmanager
def _driver(folder: Path) -> Iterator[None]:
    """Have a process drive the production in a folder, and kill it afterwards."""
    with (folder / "driver.log").open("a") as told:
        process = subprocess.Popen([*_PROCESS, "drive", str(folder)], stdout=told, stderr=told)
    try:
        yield
        if process.poll() is not None:
            raise NotKept(f"the driver ended by itself: {(folder / 'driver.log').read_text()[-2000:]}")
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()


def _wait_for(done: Callable[[], bool]) -> None:
    until = time.monotonic() + _PATIENCE_SECONDS
    while not done():
        if time.monotonic() > until:
            raise NotKept(f"nothing happened for {_PATIENCE_SECONDS:g} s")
        time.sleep(_POLL_SECONDS)


def _count(folder: Path, event: str) -> int:
    rows = _rows(folder, "SELECT count(*) FROM entry WHERE event = ?", event)
    return int(str(rows[0][0])) if rows else 0


def _first_sent(folder: Path) -> float | None:
    """Give the wall clock at which the second driver of a production sent its first call; None while it has not."""
    leases = _rows(folder, "SELECT seq FROM entry WHERE event = ? ORDER BY seq", "lease_taken")
    if len(leases) < 2:
        return None
    sent = "SELECT at FROM entry WHERE event = ? AND seq > ? ORDER BY seq LIMIT 1"
    rows = _rows(folder, sent, "call_sent", leases[-1][0])
    return datetime.fromisoformat(str(rows[0][0])).timestamp() if rows else None


def _rows(folder: Path, sql: str, *values: object) -> list[tuple[object, ...]]:
    path = folder / "out" / ".callsheet" / "journal.db"
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as raw:
            return list(raw.execute(sql, values))
    except sqlite3.OperationalError:  # it is not there yet, or its tables are not
        return []


def _check_kept(folder: Path, kept: int) -> None:
    """Hold a production to its promises: what was there is there, and nothing was paid for twice."""
    if (left := _count(folder, "take_made")) < kept:
        raise NotKept(f"{kept - left} takes were lost")
    if troubles := check_production(folder / "out"):
        raise NotKept(f"{len(troubles)} troubles, first {troubles[0]}")
