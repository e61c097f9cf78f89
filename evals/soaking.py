"""A real soak: productions one after another on real Ray workers, while workers and drivers are killed and paused.

`python -m callsheet.evals.soaking FOLDER` is the driver that `soak` starts, and starts again whenever it killed it.
"""

import asyncio
import json
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from ..core.log import set_up_log
from ..core.settings import Settings
from ..graphs.desk import check_production, produce
from ..tools.arenas import keep_memory_together
from .reporting import tell

TASKS: Final = 60
POISON_EVERY: Final = 4
"""One production in so many has a task that takes its worker down, every time."""
_SHOWN: Final = 24
"""Laps of the longest life that are shown one by one, about."""
_MARK: Final = "CALLSHEET_SOAK"
_CREW: Final = """
schema = "crew/1"
name = "soak"
[[makers]]
name = "fake"
kind = "fake"
makes = ["still"]
usd = 0.001
width = 32
height = 32
load_seconds = 0.1
replicas_min = 1
replicas_max = 2
settings = { die_on = "dragon", seconds = 0.05 }
[[critics]]
name = "eye"
kind = "fake"
checks = ["existence", "count", "attribute", "technical"]
settings = { pass_from = 2 }
"""
_KILLS_UNTIL: Final = 1 / 3
"""Of the time: drivers are killed until then. The last one lives on, and shows what grows over a long life."""
_BEAT_SECONDS: Final = 2.0
_PAUSE_SECONDS: Final = 20.0
_LAST_SECONDS: Final = 300.0
"""So long the production that is being made may take once faults have stopped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lap:
    """One production of a driver's life."""

    number: int
    life: int
    """The driver's process id."""
    status: str
    accepted: int
    poisoned: int
    """Tasks that were parked for what they did to workers."""
    others: int
    """Tasks that stayed unfinished for any other reason."""
    troubles: tuple[str, ...]
    """Of `fsck`."""
    seconds: float
    rss_mib: float
    descriptors: int
    threads: int
    db_bytes: int
    entries: int


def soak(minutes: float, seed: int) -> dict[str, object]:
    """Run productions for so long with faults on; give what was done, what was done to it, and what grew."""
    with tempfile.TemporaryDirectory(prefix="callsheet-soak-") as scratch:
        folder, dice = Path(scratch), random.Random(seed)
        (folder / "crew.toml").write_text(_CREW)
        faults, crashes = Counter[str](), list[str]()
        began, driver = time.monotonic(), _Driver(folder)
        until, kills_until = began + 60 * minutes, began + 60 * minutes * _KILLS_UNTIL
        kill_at = min(began + dice.uniform(240, 480), began + 0.9 * (kills_until - began))
        while time.monotonic() < until:
            time.sleep(dice.uniform(5, 30))
            if (code := driver.process.poll()) is not None:
                crashes.append(f"the driver ended with {code}: {driver.said()[-600:]}")
                driver = _Driver(folder)
            elif kill_at < time.monotonic() < kills_until:
                driver.kill()
                faults["drivers_killed"] += 1
                driver, kill_at = _Driver(folder), time.monotonic() + dice.uniform(240, 480)
            else:
                faults[_hurt(driver, dice)] += 1
            if len(laps := _laps(folder)) % 10 == 9:
                tell(f"{len(laps)} productions, {dict(faults)}")
        (folder / "stop").touch()
        ended = driver.ended(_LAST_SECONDS)
        driver.kill()
        violations = [*crashes, *_violations(_laps(folder)), *([] if ended else ["the last production never ended"])]
        return _figures(_laps(folder), faults, violations, minutes)


class _Driver:
    """The process that makes productions, and everybody it starts."""

    def __init__(self, folder: Path) -> None:
        self._log = folder / "driver.log"
        environment = os.environ | {_MARK: str(folder)}
        with self._log.open("w") as log:
            command = [sys.executable, "-m", __spec__.name, str(folder)]
            self.process = subprocess.Popen(command, env=environment, stdout=log, stderr=log, start_new_session=True)
        self._mark = f"{_MARK}={folder}".encode()

    def said(self) -> str:
        return self._log.read_text(errors="replace")

    def workers(self) -> list[int]:
        """List the worker processes by id."""
        return [pid for pid, command in self._everybody() if command.startswith("ray::MakerWorker")]

    def kill(self) -> None:
        """End it as a power cut would, and what it leaves behind."""
        with suppress(ProcessLookupError):
            self.process.kill()
        self.process.wait()
        for _ in range(3):
            for pid, _command in self._everybody():
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            time.sleep(0.3)

    def ended(self, seconds: float) -> bool:
        """Wait for its own end."""
        try:
            return self.process.wait(seconds) == 0
        except subprocess.TimeoutExpired:
            return False

    def _everybody(self) -> Iterator[tuple[int, str]]:
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                with suppress(OSError):
                    if self._mark in (entry / "environ").read_bytes().split(b"\0"):
                        yield int(entry.name), (entry / "cmdline").read_bytes().decode(errors="replace")


def _hurt(driver: _Driver, dice: random.Random) -> str:
    """Do one thing to a worker or to the driver; say what it was."""
    workers = driver.workers()
    match dice.choice(("kill", "kill", "pause", "pause_driver", "nothing")):
        case "kill" if workers:
            with suppress(ProcessLookupError):
                os.kill(dice.choice(workers), signal.SIGKILL)
            return "workers_killed"
        case "pause" if workers:
            with suppress(ProcessLookupError):
                os.kill(dice.choice(workers), signal.SIGSTOP)
            return "workers_paused"
        case "pause_driver":
            driver.process.send_signal(signal.SIGSTOP)
            time.sleep(dice.uniform(1, _PAUSE_SECONDS))
            driver.process.send_signal(signal.SIGCONT)
            return "drivers_paused"
        case _:
            return "nothing"


def _violations(laps: Sequence[Lap]) -> list[str]:
    found: list[str] = []
    for lap in laps:
        found += [f"production {lap.number}: {trouble}" for trouble in lap.troubles]
        missing = TASKS - lap.accepted - lap.poisoned
        if missing or lap.poisoned != (lap.number % POISON_EVERY == 0):
            found.append(f"production {lap.number}: {lap.accepted} accepted, {lap.poisoned} parked of {TASKS}")
    return found


def _figures(
    laps: Sequence[Lap], faults: Mapping[str, int], violations: list[str], minutes: float
) -> dict[str, object]:
    lives: dict[int, list[Lap]] = {}
    for lap in laps:
        lives.setdefault(lap.life, []).append(lap)
    longest = max(lives.values(), key=len, default=[])
    per_entry = [lap.db_bytes / lap.entries for lap in laps]
    return {
        "minutes": minutes,
        "productions": len(laps),
        "tasks": len(laps) * TASKS,
        "accepted": sum(lap.accepted for lap in laps),
        "parked": sum(lap.poisoned for lap in laps),
        "violations": len(violations),
        "first_violations": violations[:5],
        **{name: count for name, count in sorted(faults.items()) if name != "nothing"},
        "longest_life_tasks": len(longest) * TASKS,
        "rss_mib": round(max((lap.rss_mib for lap in laps), default=0.0), 1),
        "rss_mib_of_longest_life": [lap.rss_mib for lap in longest[:: max(1, len(longest) // _SHOWN)]],
        "rss_kib_per_task": round(1024 * _slope([lap.rss_mib for lap in longest]) / TASKS, 3),
        "descriptors": max((lap.descriptors for lap in laps), default=0),
        "descriptors_per_1000_tasks": round(1000 * _slope([float(lap.descriptors) for lap in longest]) / TASKS, 3),
        "threads_per_1000_tasks": round(1000 * _slope([float(lap.threads) for lap in longest]) / TASKS, 3),
        "db_bytes_per_entry_first": round(per_entry[0]) if laps else 0,
        "db_bytes_per_entry_last": round(per_entry[-1]) if laps else 0,
    }


def _slope(values: Sequence[float]) -> float:
    """Give how much the values grow from one to the next, by least squares over the later half.

    What a process needs when it has just started is no growth: caches and the allocator's arenas fill up.

    >>> _slope([1.0, 7.0, 9.0, 1.0, 3.0, 5.0])
    2.0
    """
    ys = values[len(values) // 2 :]
    if len(ys) < 2:
        return 0.0
    middle, mean = (len(ys) - 1) / 2, sum(ys) / len(ys)
    spread = sum((place - middle) ** 2 for place in range(len(ys)))
    return sum((place - middle) * (y - mean) for place, y in enumerate(ys)) / spread


def _laps(folder: Path) -> list[Lap]:
    path = folder / "laps.jsonl"
    if not path.exists():
        return []
    rows = [json.loads(row) for row in path.read_text().splitlines() if row.endswith("}")]
    return [Lap(**{**row, "troubles": tuple(row["troubles"])}) for row in rows]


async def _drive(folder: Path) -> None:
    """Make production after production until told to stop; the one a killed driver left is gone on with."""
    settings = Settings(home="ray", workers=2, learn=False, heartbeat_seconds=_BEAT_SECONDS, call_tries=10)
    while not (folder / "stop").exists():
        number = len(_laps(folder)) + 1
        brief = folder / f"{number}.json"
        brief.write_text(json.dumps(_brief(number)))
        lap = asdict(await _lap(folder, number, brief, settings))
        with (folder / "laps.jsonl").open("a") as told:
            told.write(json.dumps(lap) + "\n")
        shutil.rmtree(folder / f"{number}", ignore_errors=True)


def _brief(number: int) -> dict[str, object]:
    prompts = ["one large red castle"] * TASKS
    if number % POISON_EVERY == 0:
        prompts[0] = "one large red castle and a dragon"
    tasks = {f"sh{place:03d}": {"department": "lab", "prompt": prompt} for place, prompt in enumerate(prompts)}
    departments = {"lab": {"workers": 8}}
    return {"title": f"soak {number}", "budget_usd": 10, "departments": departments, "tasks": tasks, "deliver": []}


async def _lap(folder: Path, number: int, brief: Path, settings: Settings) -> Lap:
    began, out = time.monotonic(), folder / f"{number}"
    ran = await produce(brief, out=out, crew=folder / "crew.toml", seed=number, settings=settings)
    troubles = await asyncio.to_thread(check_production, out)
    left = [record.unfinished.why for record in ran.history.tasks.values() if record.unfinished]
    poisoned = [why for why in left if "took down 3 workers" in why]
    return Lap(
        number=number,
        life=os.getpid(),
        status=ran.status,
        accepted=sum(bool(record.accepted) for record in ran.history.tasks.values()),
        poisoned=len(poisoned),
        others=len(left) - len(poisoned),
        troubles=(*(f"{one.where}: {one.what}" for one in troubles), *(why for why in left if why not in poisoned)),
        seconds=round(time.monotonic() - began, 1),
        rss_mib=_rss_mib(),
        descriptors=_count("fd"),
        threads=_count("task"),
        db_bytes=sum(file.stat().st_size for file in (out / ".callsheet").glob("journal.db*")),
        entries=len(ran.history.entries),
    )


def _count(what: str) -> int:
    return len(list(Path("/proc/self", what).iterdir()))


def _rss_mib() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return round(pages * resource.getpagesize() / 2**20, 1)


if __name__ == "__main__":
    keep_memory_together()  # as every door does
    set_up_log("warning")
    asyncio.run(_drive(Path(sys.argv[1])))
