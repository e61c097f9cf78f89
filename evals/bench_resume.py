"""Interrupt the demo at random moments, run the same command again, and compare with an undisturbed run.

Half the interruptions are SIGINT, half SIGKILL to the driving process. Each time the accepted (task, digest) pairs must
be those of the undisturbed run, no accepted take may have been made twice, and `fsck` must find nothing.

`python -m callsheet.evals.bench_resume --json [--quick]`
"""

import asyncio
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from ..core.call import CallSent
from ..core.fact import TakeMade
from ..graphs.desk import check_production, look
from .reporting import parse_bench_arguments, report, tell

CASTLE = Path(__file__).parents[1] / "briefs" / "fantasy_castle.yaml"
SHORT = """
title: short
budget_usd: 1
quality: {gate: 0.3, rounds: 0}
departments: {environment: {workers: 4}}
tasks:
  sea: {department: environment, prompt: an empty sea, vary: {time: [dawn, dusk, night], weather: [clear, fog]}}
"""
"""One model to load, no escalation: for the quick run."""
ENDED = (0, 3)
UNTAUGHT = {"CALLSHEET_LEARN": "false"}
"""Every run begins from the same odds, whatever was made on this machine before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """What a production came to."""

    accepted: frozenset[tuple[str, str]]
    settled_usd: float
    sent_again: int
    """Calls that left the house once more after their take was made and paid."""
    troubles: int


def main() -> None:
    """Measure and report."""
    arguments = parse_bench_arguments(__doc__ or "")
    dice = random.Random(arguments.seed)
    with tempfile.TemporaryDirectory() as scratch:
        began = time.perf_counter()
        brief = CASTLE
        if arguments.quick:
            brief = Path(scratch) / "short.yaml"
            brief.write_text(SHORT)
        calm = _run_to_end(brief, Path(scratch) / "calm", arguments.seed)
        whole_seconds = time.perf_counter() - began
        tell(f"undisturbed: {len(calm.accepted)} accepted in {whole_seconds:.0f} s")
        same = 0
        cycles = 1 if arguments.quick else 10
        for cycle in range(cycles):
            kind = (signal.SIGINT, signal.SIGKILL)[cycle % 2]
            after = dice.uniform(2.0, whole_seconds * 0.95)
            folder = Path(scratch) / f"cycle{cycle}"
            at = _interrupt(brief, folder, arguments.seed, kind=kind, after=after)
            ending = _run_to_end(brief, folder, arguments.seed)
            agrees = ending == calm
            same += agrees
            tell(f"{kind.name} after {after:.0f} s ({at} journal entries): {'same' if agrees else 'DIFFERENT'}")
            if not agrees:
                tell(f"  lost {calm.accepted - ending.accepted}, new {ending.accepted - calm.accepted}, {ending}")
            shutil.rmtree(folder)
    report(
        "resume",
        {
            "cycles": cycles,
            "same": same,
            "accepted": len(calm.accepted),
            "undisturbed_seconds": round(whole_seconds, 1),
        },
    )


def _command(brief: Path, folder: Path, seed: int) -> list[str]:
    run = [sys.executable, "-P", "-m", "callsheet.apps", "run", str(brief), "--out", str(folder)]
    return [*run, "--seed", str(seed), "--yes", "--json"]


def _run_to_end(brief: Path, folder: Path, seed: int) -> Ending:
    command = _command(brief, folder, seed)
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=os.environ | UNTAUGHT)
    if done.returncode not in ENDED:
        raise SystemExit(f"the run ended with {done.returncode}:\n{done.stderr[-2000:]}")
    return asyncio.run(_ending(folder))


def _interrupt(brief: Path, folder: Path, seed: int, *, kind: signal.Signals, after: float) -> int:
    """Start a run, send the signal after so many seconds, wait for its end; give the journal's length then."""
    process = subprocess.Popen(
        _command(brief, folder, seed),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=os.environ | UNTAUGHT,
    )
    try:
        process.wait(timeout=after)
    except subprocess.TimeoutExpired:
        process.send_signal(kind)
        process.wait()
    return asyncio.run(_entries(folder))


async def _entries(folder: Path) -> int:
    return len((await look(folder)).history.entries) if (folder / ".callsheet" / "journal.db").exists() else 0


async def _ending(folder: Path) -> Ending:
    standing = await look(folder)
    paid: set[str] = set()
    sent_again = 0
    for entry in standing.history.entries:
        if isinstance(entry.fact, TakeMade):
            paid.add(entry.fact.key)
        sent_again += isinstance(entry.fact, CallSent) and entry.fact.key in paid
    accepted = frozenset(
        (name, record.accepted.digest) for name, record in standing.history.tasks.items() if record.accepted
    )
    return Ending(
        accepted=accepted,
        settled_usd=standing.bill.settled_usd,
        sent_again=sent_again,
        troubles=len(check_production(folder)),
    )


if __name__ == "__main__":
    main()
