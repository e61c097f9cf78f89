"""Plans and productions as tables for people."""

from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from ..core.plan import Department, Outlook, Plan, Preflight, Task
from ..core.secret import visible
from ..graphs.desk import Board, Driver, cheapest_in_time

_MINUTES_FROM, _HOURS_FROM = 120.0, 7200.0
MOST_ROWS = 60
"""Tasks of one department a plan shows in a terminal."""


def people(*, stderr: bool = False) -> Console:
    """Give a console that prints words as they are: what briefs and folders say is never markup."""
    return _People(stderr=stderr, markup=False, emoji=False, highlight=False)


class _People(Console):
    """A console whose cursor, bell and colours no word of a brief, a note or a model can touch."""

    def render_str(self, text: str, **how: object) -> Text:
        """Take a text in, and leave out what is not to be seen."""
        return super().render_str(visible(text), **how)  # type: ignore[arg-type]  # as they came


def state_on(board: Board, task: str) -> str:
    """Say where a task stands: `accepted`, `unfinished`, `waiting`, `paused`, or `open` while something is due."""
    state = board.cards[task].state
    return state if state in ("accepted", "unfinished", "waiting", "paused") else "open"


def driver_in_words(driver: Driver, *, is_open: bool) -> str:
    """Say who drives a production and how old the last news is; where nobody does, what is to be done.

    Args:
        driver: who took the wheel last.
        is_open: whether anything is left to do without a person.
    """
    ago = f"{in_time_units(driver.silent_seconds)} ago"
    if not is_open:
        return f"last driven by {driver.holder}, {ago}"
    if driver.is_alive is False:
        return f"nobody drives it: {driver.holder} is gone, its last news came {ago}; the same `callsheet run` goes on"
    if driver.is_alive is None:
        return f"driven by {driver.holder}, which cannot be asked from here: its last news came {ago}"
    return f"driven by {driver.holder}, last news {ago}"


def tasks_in_words(count: int) -> str:
    """Count tasks for a sentence."""
    return "1 task" if count == 1 else f"{count} tasks"


def plan_tables(plan: Plan, expected: Sequence[Outlook] = ()) -> list[Table | Text]:
    """Lay a plan out: each department's tasks with their preflight, then forecast, assumptions and unread words."""
    findings = {finding.task: finding for finding in plan.preflight}
    laid: list[Table | Text] = [Text(f"{plan.title}: {tasks_in_words(len(plan.tasks))}", style="bold")]
    for department in plan.departments:
        tasks = [task for task in plan.tasks if task.department == department.name]
        if tasks:
            laid.append(_department_table(department, tasks, findings))
        if len(tasks) > MOST_ROWS:
            laid.append(Text(f"  ... and {len(tasks) - MOST_ROWS} more of {department.name}; --json lists them all"))
    return [*laid, *(_outlooks(plan, expected) if expected else ()), *_remarks(plan)]


def _outlooks(plan: Plan, expected: Sequence[Outlook]) -> list[Table | Text]:
    """Lay out what the plan will take with crews of several sizes, and which of them makes the deadline."""
    title = Text("what it will take (four times in five it is between the two), by workers", style="italic")
    table = Table(title=title, title_justify="left", box=None, padding=(0, 1))
    headings = ("workers", "time", "between", "USD", "between")
    for heading in (*headings, *(("in time",) if plan.deadline_seconds else ())):
        table.add_column(heading, justify="right", no_wrap=True)
    for one in expected:
        time, usd = one.seconds, one.usd
        table.add_row(
            str(one.workers),
            in_time_units(time.middle),
            f"{in_time_units(time.low)} and {in_time_units(time.high)}",
            f"{usd.middle:.2f}",
            f"{usd.low:.2f} and {usd.high:.2f}",
            *(() if one.in_time is None else (f"{one.in_time:.0%}",)),
        )
    places = sum(department.workers for department in plan.departments)
    laid: list[Table | Text] = [table]
    if any(one.workers > places for one in expected):
        laid.append(Text(f"  the departments have {places} places in all: workers beyond them change little"))
    if plan.deadline_seconds:
        laid.append(Text(_deadline_met(plan.deadline_seconds, expected)))
    return laid


def _deadline_met(seconds: float, expected: Sequence[Outlook]) -> str:
    best, within = cheapest_in_time(expected), in_time_units(seconds)
    if best:
        cost = f"{_workers(best)}, {best.usd.middle:.2f} USD, {best.in_time:.0%}"
        return f"  the cheapest crew within {within}: {cost}"
    nearest = max(expected, key=lambda one: (one.in_time or 0.0, -one.workers))
    return f"  no crew is sure to make it within {within}; likeliest {_workers(nearest)}: {nearest.in_time or 0.0:.0%}"


def _workers(one: Outlook) -> str:
    return "1 worker" if one.workers == 1 else f"{one.workers} workers"


def in_time_units(seconds: float) -> str:
    """Say a time in the units a person would.

    >>> in_time_units(42.4), in_time_units(600), in_time_units(9000)
    ('42 s', '10 min', '2.5 h')
    """
    if seconds < _MINUTES_FROM:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < _HOURS_FROM else f"{seconds / 3600:.1f} h"


def _department_table(department: Department, tasks: Sequence[Task], findings: Mapping[str, Preflight]) -> Table:
    title = Text(f"{department.name} ({department.workers} workers)", style="italic")
    table = Table(title=title, title_justify="left", box=None, padding=(0, 1))
    for heading in ("task", "make", "up to USD", "preflight"):
        table.add_column(heading, no_wrap=True)
    table.add_column("asks for, and must show")
    for task in tasks[:MOST_ROWS]:
        finding = findings.get(task.name)
        state = finding.state if finding else "passed"
        needs = ", ".join(one.id for one in task.requirements if one.must and one.kind != "technical")
        table.add_row(
            Text(task.name),
            task.make,
            f"{task.envelope_usd:.4f}",
            Text(state, style={"passed": "green", "degraded": "yellow", "blocked": "red"}[state]),
            Text.assemble(_asked(task), (f"\n{needs}" if needs else "", "dim")),
        )
    return table


def _asked(task: Task) -> str:
    asked = task.prompt or " + ".join(task.inputs)
    return f"{asked}; not: {task.negative}" if task.negative else asked


def _findings(preflight: Sequence[Preflight]) -> list[str]:
    """Say what did not pass, each finding once for all the tasks it is true of."""
    alike: dict[tuple[str, str], list[str]] = {}
    for one in preflight:
        if one.state != "passed":
            alike.setdefault((one.state, f"{one.why}; {one.fix}"), []).append(one.task)
    return [
        f"{state}: {', '.join(names[:4])}{f' and {len(names) - 4} more' if len(names) > 4 else ''}: {says}"
        for (state, says), names in alike.items()
    ]


def _remarks(plan: Plan) -> list[Table | Text]:
    forecast = plan.forecast
    lines = [
        f"expected: {forecast.takes:.0f} takes, {forecast.usd:.4f} USD (at worst {forecast.usd_worst:.4f}, "
        f"budget {plan.budget_usd:.2f}); {forecast.basis}"
    ]
    lines.append(f"gate: {plan.gate_says}")
    lines.append(f"odds: {plan.odds_say}")
    lines += _findings(plan.preflight)
    lines += [f"assumed: {assumption}" for assumption in plan.assumptions]
    if plan.unknown_words:
        lines.append(f"words nobody could read as a requirement: {', '.join(plan.unknown_words)}")
    return [Text(line) for line in lines]
