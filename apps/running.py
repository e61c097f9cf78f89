"""`callsheet run`: one production with live progress, or as JSON lines."""

import asyncio
import re
import sys
from collections.abc import Callable
from pathlib import Path

from rich.console import Console

from ..core.canonical import to_plain
from ..core.fact import AnyFact, Entry
from ..core.plan import Plan
from ..graphs.desk import Production, call_sheet, inbox, produce
from .door import OK, UNFINISHED, WAITING, crew_file, say
from .progress import LiveProgress
from .tables import plan_tables

_CODES = {"delivered": OK, "unfinished": UNFINISHED, "waiting": WAITING, "refused": WAITING}


def run_production(
    brief: str, *, out: Path | None, seed: int, budget: float | None, crew: Path | None, yes: bool, as_json: bool
) -> int:
    """Run to delivery or to a question; give the exit code."""
    folder = out or Path("out") / _slug(brief)
    console = Console(stderr=as_json)
    plan = call_sheet(brief, crew=crew_file(crew), seed=seed, budget_usd=budget).plan
    if not as_json:
        console.print(f"[bold]{plan.title}[/]: {len(plan.tasks)} tasks, into {folder}")
    progress = None if as_json else LiveProgress(plan, console)
    on_event: Callable[[Entry], None] = progress.hear if progress else _say_entry
    try:
        production = asyncio.run(
            produce(
                brief,
                out=folder,
                crew=crew,
                seed=seed,
                budget_usd=budget,
                greenlight=True if yes else _asker(console) if sys.stdin.isatty() else False,
                on_event=on_event,
            )
        )
    finally:
        if progress:
            progress.stop()
    _report(production, console, as_json=as_json)
    return _CODES[production.status]


def _slug(brief: str) -> str:
    path = Path(brief)
    name = path.stem if path.suffix else brief
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")[:40] or "production"


def _say_entry(entry: Entry) -> None:
    fact = to_plain(entry.fact, AnyFact)
    if isinstance(fact, dict):
        say({"event": fact.pop("event"), "seq": entry.seq, "at": entry.at, **fact})


def _asker(console: Console) -> Callable[[Plan], "asyncio.Future[bool]"]:
    async def ask(plan: Plan) -> bool:
        for table in plan_tables(plan):
            console.print(table)
        answer = await asyncio.to_thread(console.input, "Greenlight this plan? [y/N] ")
        return answer.strip().lower() in ("y", "yes")

    return ask  # type: ignore[return-value]


def _report(production: Production, console: Console, *, as_json: bool) -> None:
    delivery = production.delivery
    if as_json:
        totals = to_plain(delivery.manifest.totals) if delivery else None
        index = str(delivery.index) if delivery else None
        say({"event": "run_ended", "status": production.status, "index": index, "totals": totals})
        return
    if production.status == "refused":
        console.print("Not greenlit: nothing was spent. The plan is kept; run it again to greenlight it.")
        return
    if delivery is None:
        console.print("Waiting for a greenlight: nothing was spent. Run it again with --yes, or from a terminal.")
        return
    totals = delivery.manifest.totals
    console.print(
        f"[bold]{totals.accepted} of {len(production.plan.tasks)} tasks accepted[/] from {totals.takes} takes, "
        f"{totals.usd:.4f} USD ({totals.usd_per_accepted:.4f} per accepted), {totals.wall_seconds:.0f} s."
    )
    for missing in delivery.manifest.unfinished:
        console.print(f"  unfinished: {missing.task}: {missing.why}", highlight=False, markup=False)
    for question in inbox(production.history):
        console.print(f"  waits for you: {question.task}: {question.question}", highlight=False, markup=False)
    for note in delivery.notes:
        console.print(f"  note: {note}", highlight=False, markup=False)
    if delivery.manifest.stand_in:
        console.print(f"  {delivery.manifest.stand_in}", highlight=False, markup=False)
    console.print(f"Open {delivery.index}", soft_wrap=True)
