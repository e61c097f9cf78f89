"""The commands that only look: plan, status, takes, show."""

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

from rich.console import Console
from rich.table import Table
from rich.text import Text

from ..core.canonical import to_plain
from ..core.decision import Escalate, Move, Repair, Reseed, Rewrite
from ..core.errors import UnknownName
from ..core.fact import TakePublished
from ..core.money import to_usd
from ..core.settings import read_settings
from ..core.take import Score, Take
from ..core.task_record import TaskRecord
from ..graphs.desk import (
    Standing,
    board_of,
    call_sheet,
    driver_of,
    in_force,
    inbox,
    look,
    outlooks,
    stopped_all,
    take_named,
    waits_of,
)
from .accounts import rent_in_words, rent_so_far
from .door import ERROR, OK, WAITING, say
from .tables import driver_in_words, people, plan_tables, state_on, tasks_in_words

_MOST_MOVES = 10
"""Moves of money that are told in a terminal."""


def show_plan(
    brief: str, *, seed: int, budget: float | None, crew: Path | None, certificate: Path | None, as_json: bool
) -> int:
    """Print a plan; exit 1 when a task is blocked."""
    settings = read_settings()
    called = call_sheet(
        brief,
        crew=crew or settings.crew,
        seed=seed,
        budget_usd=budget,
        cores=settings.workers,
        certificate=certificate,
        history=settings.learns_from,
    )
    plan = called.plan
    expected = outlooks(plan, called.crew)
    if as_json:
        say({**cast("dict[str, object]", to_plain(plan)), "outlooks": [to_plain(one) for one in expected]})
    else:
        console = people()
        for table in plan_tables(plan, expected):
            console.print(table)
    return ERROR if any(finding.state == "blocked" for finding in plan.preflight) else OK


def show_status(folder: Path, *, as_json: bool) -> int:
    """Print where a production stands; exit 4 while it waits for a person, or is paused by one."""
    standing = asyncio.run(look(folder))
    board, driver = board_of(standing.plan, standing.history), driver_of(standing.history)
    states = {task.name: state_on(board, task.name) for task in standing.plan.tasks}
    asked = inbox(standing.history)
    questions = [question for question in asked if question.point or states.get(question.task) == "waiting"]
    waits_for_greenlight, orders = not standing.history.is_greenlit, in_force(standing.history)
    waits = () if waits_for_greenlight else waits_of(board)
    if as_json:
        say(
            {
                "event": "status",
                "title": standing.plan.title,
                "greenlit": not waits_for_greenlight,
                "tasks": states,
                "bill": to_plain(standing.bill),
                "waits": [to_plain(question) for question in questions],
                "who_waits": [to_plain(one) for one in waits],
                "driver": to_plain(driver) if driver else None,
                "machines": _machines_row(standing),
                "money_moves": [to_plain(move) for move in standing.history.money_moves],
                "halted": to_plain(halted) if (halted := standing.history.halted) else None,
                "machine_stopped": stopped_all(),
                "orders": [to_plain(replace(one.order, tasks=one.tasks)) for one in orders],
                "delivered": standing.history.delivery is not None and not {"open", "paused"} & set(states.values()),
            }
        )
    else:
        console = people()
        _print_status(standing, states, console)
        _print_accounts(standing, console, is_driven=driver.is_alive if driver else None)
        for one in orders:
            console.print(f"{one.says}; {tasks_in_words(len(one.tasks))}")
        for question in questions:
            console.print(f"waits for you: {question.about}: {question.question}")
        for wait in waits:
            if wait.kind not in ("you", "paused"):  # told above, in full
                console.print(wait.says)
        if driver:
            console.print(driver_in_words(driver, is_open="open" in states.values() and not waits_for_greenlight))
        if waits_for_greenlight:
            console.print("waits for a greenlight: run it again with --yes, or from a terminal")
    holds_up = any(question.task for question in questions)
    return WAITING if holds_up or waits_for_greenlight or "paused" in states.values() else OK


def _print_status(standing: Standing, states: dict[str, str], console: Console) -> None:
    table = Table(title=Text(standing.plan.title, style="italic"), title_justify="left", box=None, padding=(0, 1))
    for heading in ("department", "tasks", "accepted", "unfinished", "waiting", "paused", "open", "takes"):
        table.add_column(heading, justify="left" if heading == "department" else "right")
    for department in standing.plan.departments:
        names = [task.name for task in standing.plan.tasks if task.department == department.name]
        counts = Counter(states[name] for name in names)
        takes = sum(len(standing.history.tasks[name].takes) for name in names)
        table.add_row(
            Text(department.name),
            str(len(names)),
            *(str(counts[state]) for state in ("accepted", "unfinished", "waiting", "paused", "open")),
            str(takes),
        )
    console.print(table)
    bill = standing.bill
    console.print(
        f"{bill.settled_usd:.4f} USD spent, {bill.reserved_usd:.4f} reserved, {bill.left_usd:.4f} left "
        f"of {bill.budget_usd:.2f}; {bill.calls} calls"
    )
    if bill.unknown_usd:
        fix = f"`callsheet reconcile {standing.folder}` finds out"
        console.print(f"{bill.unknown_usd:.4f} USD of the reserved may have been charged: {fix}", soft_wrap=True)
    if halted := standing.history.halted:
        note = f" ({halted.note})" if halted.note else ""
        says = f"spending is stopped by {halted.by}{note}: `callsheet resume {standing.folder}` has it go on"
        console.print(says, soft_wrap=True)
    if who := stopped_all():
        says = f"spending is stopped on this machine ({who}): `callsheet stop --lift` has it go on"
        console.print(says, soft_wrap=True, markup=False)


def _print_accounts(standing: Standing, console: Console, *, is_driven: bool | None) -> None:
    """Say what machines have cost so far, and which tasks got money from others."""
    now = datetime.now(UTC)
    rent, up = rent_so_far(standing.history, now)
    for line in rent_in_words(rent, up, now, is_driven=is_driven) if rent else ():
        console.print(line, soft_wrap=True)
    for move in standing.history.money_moves[:_MOST_MOVES]:
        console.print(move.says, soft_wrap=True)
    if (more := len(standing.history.money_moves) - _MOST_MOVES) > 0:
        console.print(f"and {more} more moves of money; `callsheet takes {standing.folder} TASK` tells each task's")


def _machines_row(standing: Standing) -> dict[str, object] | None:
    now = datetime.now(UTC)
    rent, up = rent_so_far(standing.history, now)
    if rent is None:
        return None
    known = [{"machine": stay.machine, "since": stay.since.isoformat(), "usd": to_usd(stay.micros(now))} for stay in up]
    return {**_plain_dict(rent), "up": known}


def show_takes(folder: Path, task: str | None, *, as_json: bool) -> int:
    """List takes, of one task or of all, and why there is no accepted one where a task ended without."""
    standing = asyncio.run(look(folder))
    names = [standing.task(task)[0].name] if task else [one.name for one in standing.plan.tasks]
    table = Table(box=None, padding=(0, 1))
    for heading in ("take", "maker", "seed", "right", "close", "USD", "verdict"):
        table.add_column(heading)
    for name in names:
        record = standing.history.tasks[name]
        for take in record.takes:
            if as_json:
                say({"event": "take", **_row(record, take)})
            table.add_row(*(Text(str(value)) for value in _cells(record, take)))
    moves = [move for move in standing.history.money_moves if move.task in names]
    ended = [end for name in names if (end := standing.history.tasks[name].unfinished)]
    if as_json:
        for fact in (*moves, *ended):
            say(_plain_dict(fact))
        return OK
    console = people()
    console.print(table)
    for end in ended:
        console.print(f"{end.task} unfinished: {end.why}", soft_wrap=True, markup=False, highlight=False)
    for move in moves:
        console.print(move.says, soft_wrap=True)
    return OK


def _row(record: TaskRecord, take: Take) -> dict[str, object]:
    verdict = record.verdicts.get(take.id)
    return {
        "take": take.id,
        "digest": take.digest,
        "origin": take.origin,
        "maker": take.recipe.maker if take.recipe else None,
        "seed": take.recipe.seed if take.recipe else None,
        "usd": take.usd,
        "seconds": take.seconds,
        "verdict": to_plain(verdict) if verdict else None,
        "move": to_plain(record.moves[take.id], Move) if take.id in record.moves else None,
        "accepted_as": record.accepted.version if _is_accepted(record.accepted, take) and record.accepted else None,
    }


def _is_accepted(publish: TakePublished | None, take: Take) -> bool:
    return publish is not None and publish.take == take.id


def _cells(record: TaskRecord, take: Take) -> list[object]:
    verdict = record.verdicts.get(take.id)
    said = "not judged yet"
    if verdict:
        said = "; ".join(finding.says for finding in verdict.findings) or "passed"
    if _is_accepted(record.accepted, take) and record.accepted:
        said = f"accepted as v{record.accepted.version:03d} by {record.accepted.accepted_by}; {said}"
    if next_step := what_follows(record.moves.get(take.id)):
        said = f"{said}; then {next_step}"
    return [
        take.id,
        take.recipe.maker if take.recipe else "brought in",
        take.recipe.seed if take.recipe else "",
        f"{verdict.right:.2f}" if verdict else "",
        f"{verdict.close:.2f}" if verdict else "",
        f"{take.usd:.4f}",
        said,
    ]


def what_follows(move: Move | None) -> str:
    """Say in the director's words what follows a take; empty where no other take does."""
    match move:
        case Reseed():
            return "another seed"
        case Rewrite(prompt=prompt):
            return f"in other words: {prompt}"
        case Repair(take=source, region=region):
            return f"the {region} of {source} is painted anew"
        case Escalate(maker=maker):
            return f"{maker} takes over"
        case _:
            return ""


def show_take(folder: Path, task: str, named: str | None, *, as_json: bool) -> int:
    """Print all that is known of one take, its picture's file first."""
    standing = asyncio.run(look(folder))
    _, record = standing.task(task)
    take = _choose(record, task, named)
    opinions = [one for (digest, _), found in standing.history.scores.items() if digest == take.digest for one in found]
    picture = standing.picture_at(take)
    if as_json:
        rows = [to_plain(one) for one in opinions]
        recipe = to_plain(take.recipe) if take.recipe else None
        say({"event": "take", **_row(record, take), "picture": picture, "recipe": recipe, "opinions": rows})
        return OK
    console = people()
    console.print(f"{take.id}  {take.width} x {take.height}  {picture}", soft_wrap=True)
    if take.recipe:
        console.print(f"{take.recipe.maker}, seed {take.recipe.seed}: {take.recipe.prompt}")
    for opinion in opinions:
        found = f"{opinion.value:.2f} {opinion.evidence}" if isinstance(opinion, Score) else f"- {opinion.reason}"
        console.print(f"  {opinion.requirement}: {found} ({opinion.critic})")
    console.print(str(_cells(record, take)[-1]))
    return OK


def _choose(record: TaskRecord, task: str, named: str | None) -> Take:
    take = take_named(record, task, named) if named else record.standing_take
    if take is None:
        raise UnknownName(f"take of {task}", "any", [one.id for one in record.takes])
    return take


def _plain_dict(noun: object) -> dict[str, object]:
    plain = to_plain(noun)
    return plain if isinstance(plain, dict) else {}
