"""`callsheet run`: one production with live progress, or as JSON lines."""

import asyncio
import re
import sys
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

from rich.console import Console
from rich.text import Text

from ..core.canonical import to_plain
from ..core.errors import OutputError
from ..core.fact import AnyFact, Entry
from ..core.plan import Plan
from ..core.settings import read_settings
from ..graphs.desk import Delivery, Production, board_of, call_sheet, in_force, inbox, look, produce
from .accounts import bill_in_words
from .door import OK, UNFINISHED, WAITING, say
from .progress import LiveProgress, ProgressRows
from .tables import in_time_units, people, plan_tables, state_on, tasks_in_words

_CODES = {"delivered": OK, "unfinished": UNFINISHED, "waiting": WAITING, "paused": WAITING, "refused": WAITING}
MOST_UNFINISHED = 20
"""Tasks a report names, of those that stayed unfinished."""


def run_production(
    brief: str,
    *,
    out: Path | None,
    seed: int,
    budget: float | None,
    crew: Path | None,
    certificate: Path | None = None,
    yes: bool,
    as_json: bool,
) -> int:
    """Run to delivery or to a question; give the exit code."""
    folder, settings = out or Path("out") / _slug(brief), read_settings()
    console = people(stderr=as_json)
    crew = crew or settings.crew
    plan = call_sheet(
        brief, crew=crew, seed=seed, budget_usd=budget, cores=settings.workers, certificate=certificate
    ).plan
    if not as_json:
        count = len(plan.tasks) + _joined(folder)
        console.print(Text.assemble((plan.title, "bold"), f": {tasks_in_words(count)}"))
    live = LiveProgress(console)
    shown = ProgressRows(say) if as_json else live

    def go_on(greenlight: bool | Callable[[Plan], Awaitable[bool]]) -> Production:  # noqa: FBT001 - as in `produce`
        try:
            return asyncio.run(
                produce(
                    brief,
                    out=folder,
                    crew=crew,
                    seed=seed,
                    budget_usd=budget,
                    certificate=certificate,
                    greenlight=greenlight,
                    on_event=_say_entry if as_json else live.hear,
                    on_progress=shown.show,
                    settings=settings,
                )
            )
        finally:
            shown.stop()

    production = go_on(yes)
    if _waits_for_greenlight(production) and sys.stdin.isatty() and _is_greenlit(production.plan, console):
        production = go_on(_just(production.plan))
    _report(production, console, as_json=as_json)
    return _CODES[production.status]


def _joined(folder: Path) -> int:
    """Count the tasks that joined the plan of a production since it was made; none where there is no production yet."""
    try:
        history = asyncio.run(look(folder)).history
    except OutputError:
        return 0
    return sum(len(one.tasks) for one in history.additions)


def _waits_for_greenlight(production: Production) -> bool:
    return production.status == "waiting" and not production.history.is_greenlit


def _is_greenlit(plan: Plan, console: Console) -> bool:
    """Show the plan and ask; no answer is a no.

    Nothing runs meanwhile: a prompt inside the event loop could not be interrupted.
    """
    for table in plan_tables(plan):
        console.print(table)
    try:
        answer = console.input("Greenlight this plan? [y/N] ", markup=False, emoji=False)
    except EOFError:
        console.print()
        return False
    return answer.strip().lower() in ("y", "yes")


def _just(shown: Plan) -> Callable[[Plan], Awaitable[bool]]:
    """Greenlight the plan that was shown, in the director's name, and no other."""

    async def answer(plan: Plan) -> bool:
        return plan == shown

    return answer


def _slug(brief: str) -> str:
    path = Path(brief)
    name = path.stem if path.suffix else brief
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")[:40] or "production"


def _say_entry(entry: Entry) -> None:
    fact = to_plain(entry.fact, AnyFact)
    if isinstance(fact, dict):
        say({"event": fact.pop("event"), "seq": entry.seq, "at": entry.at, **fact})


def _report(production: Production, console: Console, *, as_json: bool) -> None:
    delivery = production.delivery
    if as_json:
        totals = to_plain(delivery.manifest.totals) if delivery else None
        index = str(delivery.index) if delivery else None
        say({"event": "run_ended", "status": production.status, "index": index, "totals": totals})
        return
    if delivery is None:
        console.print("Not greenlit, so this run spent nothing. The plan is kept.")
        console.print("To greenlight it, run it again with --yes, or from a terminal.")
        return
    totals = delivery.manifest.totals
    accepted = f"{totals.accepted} of {tasks_in_words(len(production.plan.tasks))} accepted"
    each = "" if totals.usd_per_accepted is None else f" ({totals.usd_per_accepted:.4f} per accepted)"
    cost = f"{totals.usd:.4f} USD{each}, {totals.wall_seconds:.0f} s."
    takes = "1 take" if totals.takes == 1 else f"{totals.takes} takes"
    console.print(Text.assemble((accepted, "bold"), f" from {takes}, {cost}"))
    if totals.outlook:
        span = totals.outlook.seconds
        console.print(
            f"  forecast: {in_time_units(span.middle)} of making, {totals.outlook.usd.middle:.2f} USD; four times in "
            f"five between {in_time_units(span.low)} and {in_time_units(span.high)}"
        )
    if late := production.plan.deadline_seconds:
        says = "made" if totals.wall_seconds <= late else "missed"
        console.print(f"  deadline of {in_time_units(late)}: {says}")
    for line in bill_in_words(totals.machines) if totals.machines else ():
        console.print(f"  {line}", soft_wrap=True)
    for move in production.history.money_moves:
        console.print(f"  {move.says}", soft_wrap=True)
    for line in _missing(production, delivery):
        console.print(f"  {line}", soft_wrap=True)
    for question in inbox(production.history):
        console.print(f"  waits for you: {question.about}: {question.question}")
    for one in in_force(production.history):
        if one.order.kind == "pause":
            console.print(f"  {one.says}: `callsheet resume {production.folder}`, then this again, goes on")
    for note in delivery.notes:
        console.print(f"  note: {note}")
    if delivery.manifest.stand_in:
        console.print(f"  {delivery.manifest.stand_in}")
    console.print(f"Open {delivery.index}", soft_wrap=True)


def _missing(production: Production, delivery: Delivery) -> Iterator[str]:
    """Name the tasks that stayed unfinished, as far as a person reads on; those that are paused are only counted."""
    board, tasks = board_of(production.plan, production.history), production.history.tasks
    paused = {name for name in board.cards if tasks[name].paused and state_on(board, name) in ("paused", "open")}
    named = [one for one in delivery.manifest.unfinished if one.task not in paused]
    if paused:
        yield f"{tasks_in_words(len(paused))} paused"
    for missing in named[:MOST_UNFINISHED]:
        yield f"unfinished: {missing.task}: {missing.why}"
    if (more := len(named) - MOST_UNFINISHED) > 0:
        yield f"and {more} more; `callsheet status {production.folder}` lists them"
