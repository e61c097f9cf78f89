"""Fuzzing: sound inputs made wrong for every reader, and the journal driven by Hypothesis, which shrinks what it finds.

A crash is any exception that a reader did not promise, an answer that takes longer than two seconds, and anything that
ran code: a canary would lie in the scratch folder.

`python -m callsheet.evals.bench_fuzz --executions 200000 --seed 7`
"""

import os
import random
import tempfile
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from ..core.log import set_up_log
from .fuzz_machines import run_machines
from .fuzz_targets import Target, targets
from .reporting import bench_parser, report, tell

SLOWEST_SECONDS: Final = 2.0
"""Of the processor, not of the clock: a busy machine makes nothing slow."""
_MACHINES_SHARE: Final = 0.05
"""Of the executions, steps of the state machines: each is a transaction."""


@dataclass(slots=True)
class Tally:
    """What became of one target's executions."""

    executions: int = 0
    refused: int = 0
    crashes: list[str] = field(default_factory=list)


def main() -> None:
    """Fuzz and report."""
    parser = bench_parser(__doc__ or "")
    parser.add_argument("--executions", type=int, default=200_000)
    parser.add_argument("--only", nargs="+", default=[], help="targets by name")
    arguments = parser.parse_args()
    set_up_log("error")
    count = 2_000 if arguments.quick else arguments.executions
    report("fuzz", fuzz(count, arguments.seed, only=arguments.only))


def fuzz(executions: int, seed: int, *, only: list[str] | None = None) -> dict[str, object]:
    """Run so many executions over all targets; give how many there were, what broke, and by target."""
    began, before = time.monotonic(), Path.cwd()
    with tempfile.TemporaryDirectory(prefix="callsheet-fuzz-") as scratch:
        os.chdir(scratch)  # a canary would fall here
        try:
            chosen = {name: one for name, one in targets(Path(scratch)).items() if not only or name in only}
            tallies = _run(chosen, int(executions * (1 - _MACHINES_SHARE)), seed)
            machines = run_machines(int(executions * _MACHINES_SHARE), seed) if not only else {}
            canaries = [path.name for path in Path(scratch).rglob("*CANARY*")]
        finally:
            os.chdir(before)
    crashes = [f"{name}: {one}" for name, tally in tallies.items() for one in tally.crashes]
    crashes += [f"{name}: {why}" for name, (_, why) in machines.items() if why]
    by_target: dict[str, object] = {
        name: {"executions": tally.executions, "refused": tally.refused, "crashes": len(tally.crashes)}
        for name, tally in tallies.items()
    }
    by_target |= {name: {"executions": steps, "crashes": int(bool(why))} for name, (steps, why) in machines.items()}
    return {
        "executions": sum(one.executions for one in tallies.values()) + sum(steps for steps, _ in machines.values()),
        "crashes": len(crashes) + len(canaries),
        "code_run": len(canaries),
        "seed": seed,
        "by_target": by_target,
        "first_crashes": crashes[:8],
        "seconds": round(time.monotonic() - began, 1),
    }


def _run(chosen: Mapping[str, Target], executions: int, seed: int) -> dict[str, Tally]:
    shares = sum(target.share for target in chosen.values())
    tallies = {name: Tally() for name in chosen}
    for name, target in chosen.items():
        dice, seen = random.Random(f"{seed}/{name}"), Counter[str]()
        for number in range(max(1, executions * target.share // shares)):
            data = target.draw(dice)
            if why := _read(target, data, tallies[name]):
                seen[kind := why.partition(":")[0]] += 1
                if seen[kind] <= 2:  # one fault met a thousand times is one fault
                    tallies[name].crashes.append(f"execution {number}: {why}; input {data[:300]!r}")
                    tell(f"{name}: {tallies[name].crashes[-1]}")
        tell(f"{name}: {tallies[name].executions} executions, {sum(seen.values())} crashes")
    return tallies


def _read(target: Target, data: bytes, tally: Tally) -> str:
    """Have it read once; gives what went wrong, if anything did."""
    tally.executions += 1
    began = time.process_time()
    try:
        target.read(data)
    except target.allowed:
        tally.refused += 1
    except Exception as error:  # noqa: BLE001 - whatever it is, it was not promised
        return f"{type(error).__name__}: {error}"[:300]
    seconds = time.process_time() - began
    return f"slow: it took {seconds:.1f} s" if seconds > SLOWEST_SECONDS else ""


if __name__ == "__main__":
    main()
