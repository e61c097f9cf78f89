"""Plans and productions as tables for people."""

from rich.console import Console
from rich.table import Table
from rich.text import Text

from ..core.plan import Plan
from ..graphs.desk import Standing


def people(*, stderr: bool = False) -> Console:
    """Give a console that prints words as they are: what briefs and folders say is never markup."""
    return Console(stderr=stderr, markup=False, emoji=False, highlight=False)


def state_of(standing: Standing, task: str) -> str:
    """Say where a task stands: `accepted`, `unfinished`, `waiting`, or `open` while something is due."""
    step = standing.step(task)
    return step if step in ("accepted", "unfinished", "waiting") else "open"


def plan_tables(plan: Plan) -> list[Table | Text]:
    """Lay a plan out: tasks with their preflight, then forecast, assumptions and unread words."""
    findings = {finding.task: finding for finding in plan.preflight}
    title = Text(f"{plan.title}: {len(plan.tasks)} tasks", style="italic")
    table = Table(title=title, title_justify="left", box=None, padding=(0, 1))
    for heading in ("task", "department", "make", "asks for", "needs", "up to USD", "preflight"):
        table.add_column(heading, overflow="fold")
    for task in plan.tasks:
        finding = findings.get(task.name)
        state = finding.state if finding else "passed"
        table.add_row(
            Text(task.name),
            Text(task.department),
            task.make,
            Text(task.prompt or " + ".join(task.inputs)),
            Text(", ".join(one.id for one in task.requirements if one.must and one.kind != "technical")),
            f"{task.envelope_usd:.4f}",
            Text(state, style={"passed": "green", "degraded": "yellow", "blocked": "red"}[state]),
        )
    return [table, *_remarks(plan)]


def _remarks(plan: Plan) -> list[Table | Text]:
    forecast = plan.forecast
    lines = [
        f"forecast: {forecast.takes:.0f} takes, {forecast.usd:.4f} USD (at worst {forecast.usd_worst:.4f}, "
        f"budget {plan.budget_usd:.2f}), {forecast.seconds:.0f} s; {forecast.basis}"
    ]
    lines += [
        f"{finding.state}: {finding.task}: {finding.why}; {finding.fix}"
        for finding in plan.preflight
        if finding.state != "passed"
    ]
    lines += [f"assumed: {assumption}" for assumption in plan.assumptions]
    if plan.unknown_words:
        lines.append(f"words nobody could read as a requirement: {', '.join(plan.unknown_words)}")
    return [Text(line) for line in lines]
