"""Break a small production at every write, every fsync and every named point, go on, and count broken promises.

The disk is full from the n-th write on, the n-th write or fsync ends with EIO, or the process is killed in its place,
for every n; the disk is really small (tmpfs, for root); each named point kills at many occurrences; kills follow one
another while it recovers, five deep. Each time nothing that was acknowledged may be missing, the next run must end as
an undisturbed one does, with every take charged once and no paid call sent again, and `fsck` must find nothing.

`python -m callsheet.evals.bench_positions --json [--quick] [--jobs 2]`; Linux with a C compiler.
"""

import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from threading import Lock
from typing import Final

from ..core.crash import POINTS
from .positions import failing_disk
from .reporting import bench_parser, report, tell

_UNREACHED: Final = {"before_backup", "after_backup", "before_upgrade", "after_upgrade"} | {
    "before_compaction",
    "after_compaction",
}
"""Points of journals that are old or long: their own tests kill there."""
_REACHED: Final = sorted(set(POINTS) - _UNREACHED)
_PASSES: Final = 6
"""A point that is passed as often is hit at each of these passes in turn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One production that is broken, as often as it has attempts, and then ends."""

    kind: str
    attempts: tuple[str, ...]
    has_retake: bool = False
    size_kib: int = 0


class Nurseries:
    """Processes that play cases, several at once."""

    def __init__(self, scratch: Path, jobs: int) -> None:
        library = failing_disk.build(scratch)
        command = [sys.executable, "-Pm", "callsheet.evals.positions.nursery"]
        environment = os.environ | {"LD_PRELOAD": str(library)}
        self._scratch, self._free = scratch, SimpleQueue[subprocess.Popen[str]]()
        self._all = [
            subprocess.Popen(
                command,
                env=environment,
                text=True,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
            for _ in range(jobs)
        ]
        for one in self._all:
            self._free.put(one)
        self._count, self._lock = 0, Lock()

    def play(self, case: Case) -> dict[str, object]:
        """Play one case and give what came of it."""
        with self._lock:
            self._count += 1
            place = self._scratch / f"case{self._count}"
        told = {"place": str(place), "attempts": case.attempts, "has_retake": case.has_retake}
        nursery = self._free.get()
        try:
            assert nursery.stdin
            assert nursery.stdout
            print(json.dumps({**told, "size_kib": case.size_kib}), file=nursery.stdin, flush=True)
            answer: dict[str, object] = json.loads(nursery.stdout.readline())
        finally:
            self._free.put(nursery)
        return answer

    def close(self) -> None:
        """Send them home."""
        for one in self._all:
            with one:  # closes its pipes and waits for it
                pass


def main() -> None:
    """Measure and report."""
    parser = bench_parser(__doc__ or "")
    parser.add_argument("--jobs", type=int, default=2, help="productions at once")
    parser.add_argument("--stride", type=int, default=1, help="every how manieth position")
    parser.add_argument("--occurrences", type=int, default=20, help="kills at each named point")
    parser.add_argument("--nested", type=int, default=100, help="productions killed again while they recover")
    parser.add_argument("--depth", type=int, default=5, help="how often in a row")
    arguments = parser.parse_args()
    if arguments.quick:
        arguments.stride, arguments.occurrences, arguments.nested = 120, 1, 2
    memory = Path("/dev/shm")  # noqa: S108 - where there is one, waiting for the disk proves nothing here
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as scratch:
        began = time.perf_counter()
        nurseries = Nurseries(Path(scratch), arguments.jobs)
        try:
            figures = _measured(nurseries, arguments)
        finally:
            nurseries.close()
        report("positions", {**figures, "seconds": round(time.perf_counter() - began, 1), "seed": arguments.seed})


def _measured(nurseries: Nurseries, arguments: object) -> dict[str, object]:
    options = vars(arguments)
    calm = {retake: nurseries.play(Case(kind="calm", attempts=(), has_retake=retake)) for retake in (False, True)}
    calls, writes = int(str(calm[False]["calls"])), int(str(calm[False]["writes"]))
    tell(f"undisturbed: {calls} writes, fsyncs and renames, {writes} of them write")
    cases = [*_at_positions(options, calls, writes), *_at_points(options, nurseries), *_nested(options, calls)]
    tell(f"{len(cases)} productions to break")
    found: Counter[str] = Counter()
    hit: Counter[str] = Counter()
    by_point: Counter[str] = Counter()
    troubles: list[dict[str, object]] = []
    slowest: list[float] = []
    with ThreadPoolExecutor(options["jobs"]) as pool:
        for number, (case, answer) in enumerate(zip(cases, pool.map(nurseries.play, cases), strict=True), 1):
            wrong = answer["violations"]
            assert isinstance(wrong, list)
            if answer.get("ending") != calm[case.has_retake]["ending"]:
                wrong.append(f"ended as {answer.get('ending')}, not as {calm[case.has_retake]['ending']}")
            found[case.kind] += 1
            hit[case.kind] += int(str(answer["hits"]))
            if case.kind == "point":
                by_point[case.attempts[0].partition(":")[0]] += int(str(answer["hits"]))
            slowest.append(float(str(answer.get("seconds", 0.0))))
            if wrong:
                troubles.append(
                    {"kind": case.kind, "attempts": case.attempts, "size_kib": case.size_kib, "what": wrong}
                )
                tell(f"VIOLATION {case}: {wrong}")
            if number % 50 == 0:
                tell(f"{number} of {len(cases)}, {len(troubles)} violations")
    slowest.sort()
    return {
        "positions": sum(found[fault] for fault in failing_disk.FAULTS),
        "by_fault": {fault: found[fault] for fault in failing_disk.FAULTS},
        "faults_hit": dict(hit),
        "room_returns_meanwhile": found["returns"],
        "small_disks": found["small"],
        "points": len(_REACHED),
        "kills_at_points": hit["point"],
        "kills_by_point": dict(by_point),
        "nested": found["nested"],
        "depth": options["depth"],
        "kills_while_recovering": hit["nested"],
        "violations": len(troubles),
        "first_violations": troubles[:5],
        "finish_p50_s": round(slowest[len(slowest) // 2], 2),
        "finish_p99_s": round(slowest[int(len(slowest) * 0.99)], 2),
    }


def _at_positions(options: dict[str, int], calls: int, writes: int) -> Iterator[Case]:
    for fault in failing_disk.FAULTS:
        for at in range(1, (writes if fault == "full" else calls) + 1, options["stride"]):
            yield Case(kind=fault, attempts=(f"{fault}:{at}",))
    for at in range(1, writes + 1, 10 * options["stride"]):
        yield Case(kind="returns", attempts=(f"returns:{at}",))
    if os.geteuid() == 0:
        sizes: Sequence[int] = range(48, 480, min(96, 12 * options["stride"]))
        yield from (Case(kind="small", attempts=("",), size_kib=size) for size in sizes)


def _at_points(options: dict[str, int], nurseries: Nurseries) -> Iterator[Case]:
    """Kill at every named point, at several of its passes; at the first where there are not so many."""
    for point in _REACHED:
        seldom = not nurseries.play(Case(kind="point", attempts=(f"{point}:{_PASSES}",), has_retake=True))["hits"]
        for nth in range(options["occurrences"]):
            passes = 1 if seldom else nth % _PASSES + 1
            yield Case(kind="point", attempts=(f"{point}:{passes}",), has_retake=True)


def _nested(options: dict[str, int], calls: int) -> Iterator[Case]:
    dice, points = random.Random(options["seed"]), _REACHED
    for _ in range(options["nested"]):
        kills = [f"killed:{dice.randint(1, calls)}"]
        for _ in range(options["depth"] - 1):
            kills.append(dice.choice([f"{dice.choice(points)}:{dice.randint(1, 2)}", f"killed:{dice.randint(1, 60)}"]))
        yield Case(kind="nested", attempts=tuple(kills), has_retake=True)


if __name__ == "__main__":
    main()
