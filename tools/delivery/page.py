"""The delivery's own page: one HTML file that opens from disk and needs no network."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from ...core.crew import Crew
from ...core.delivery import Decisions, Manifest, Strip
from ...core.history import History
from ...core.plan import Plan, Shot
from .dossier import TakeDossier, TaskDossier
from .palette import duration, money, team_colours
from .schedule_rows import MOST_TALL, natural
from .workload import Load, by_maker, loads_of, maker_of

_TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One number of the opening row."""

    value: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """One department with its tasks and its bill."""

    name: str
    colour: str
    workers: int
    tasks: tuple[TaskDossier, ...]

    @property
    def accepted(self) -> int:
        """How many of its tasks are accepted."""
        return sum(dossier.asset is not None for dossier in self.tasks)

    @property
    def takes(self) -> int:
        """How many takes it made."""
        return sum(len(dossier.takes) for dossier in self.tasks)

    @property
    def usd(self) -> float:
        """What it spent."""
        return sum(dossier.usd for dossier in self.tasks)

    @property
    def seconds(self) -> float:
        """The worker seconds its takes took."""
        return sum(take.take.seconds for dossier in self.tasks for take in dossier.takes)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownStrip:
    """A before and after with its pictures."""

    strip: Strip
    takes: tuple[TakeDossier, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownShot:
    """A shot with the picture it shows."""

    shot: Shot
    dossier: TaskDossier


def page(
    plan: Plan,
    history: History,
    crew: Crew,
    manifest: Manifest,
    dossiers: Sequence[TaskDossier],
    *,
    strips: Sequence[Strip],
    files: Collection[str],
) -> str:
    """Write the page.

    Args:
        plan: its departments give the order.
        history: gives people's notes.
        crew: who worked.
        manifest: gives the totals and what is said about the package.
        dossiers: every task with its takes.
        strips: the before-and-afters to open with.
        files: what else lies in the package; only that is linked.
    """
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {"money": money, "duration": duration}
    return environment.get_template("index.html.j2").render(
        plan=plan,
        manifest=manifest,
        crew=crew,
        notes=history.notes,
        money_moves=history.money_moves,
        figures=_figures(plan, manifest, dossiers),
        strips=_strips(strips, dossiers),
        shots=(shots := _shots(plan, dossiers)),
        poster=next((one.dossier.shown.path for one in shots if one.dossier.shown), ""),
        teams=_teams(plan, dossiers),
        unfinished=[dossier for dossier in dossiers if dossier.asset is None],
        makers=(loads := by_maker(each := loads_of(history), history)),
        loads=_told_alone(each, loads),
        checks=[check for check in plan.preflight if check.state != "passed"],
        files=files,
    )


def _told_alone(each: Sequence[Load], makers: Sequence[Load]) -> dict[str, list[Load]]:
    """Give every maker's workers, by maker, where they are few enough to be told one by one."""
    told: dict[str, list[Load]] = {one.name: [] for one in makers}
    if len(each) <= MOST_TALL:
        for one in sorted(each, key=lambda one: natural(one.name)):
            told[maker_of(one.name)].append(one)
    return told


def _figures(plan: Plan, manifest: Manifest, dossiers: Sequence[TaskDossier]) -> list[Figure]:
    totals = manifest.totals
    verdicts = [take.verdict for dossier in dossiers for take in dossier.takes if take.verdict]
    refused = sum(not verdict.passed for verdict in verdicts)
    found = [
        Figure(value=f"{totals.accepted} of {len(dossiers)}", label="pictures accepted"),
        Figure(value=str(totals.takes), label="takes made"),
        Figure(value=str(refused), label="takes refused by QC"),
        Figure(value=money(totals.usd), label=f"spent of {money(plan.budget_usd)}"),
        Figure(value=duration(totals.wall_seconds), label="wall time"),
        Figure(value=duration(totals.worker_seconds), label="of making, had one worker made every take"),
        Figure(value=duration(totals.critical_path_seconds), label="slowest chain of tasks"),
    ]
    if totals.outlook:
        span = totals.outlook.seconds
        between = f"forecast; four times in five {duration(span.low)} to {duration(span.high)}"
        found.append(Figure(value=duration(span.middle), label=between))
    if totals.usd_per_accepted is not None:
        found.insert(4, Figure(value=money(totals.usd_per_accepted), label="per accepted picture"))
    if totals.thinking and totals.thinking.asked:
        found.append(Figure(value=money(totals.thinking.usd), label=f"thinking, {totals.thinking.asked} questions"))
    if decided := totals.decisions:
        found += _decisions(decided)
    if rent := totals.machines:
        found.append(Figure(value=money(rent.usd), label=f"rented machines, {rent.hours:.1f} h together"))
    if rent and rent.usd_per_accepted is not None:
        found.append(Figure(value=money(rent.usd_per_accepted), label="per accepted picture, machines counted in"))
    return found


def _decisions(decided: Decisions) -> list[Figure]:
    found = list[Figure]()
    if decided.asked:
        each = decided.asked_per_accepted
        per = "" if each is None else f", {each:.2f} per accepted picture"
        found.append(Figure(value=str(decided.asked), label=f"questions to the director{per}"))
    if decided.by_policy:
        names = ", ".join(f"{count} by {name}" for name, count in decided.by_policy.items())
        found.append(Figure(value=str(sum(decided.by_policy.values())), label=f"decisions by policy: {names}"))
    return found


def _strips(strips: Sequence[Strip], dossiers: Sequence[TaskDossier]) -> list[ShownStrip]:
    takes = {take.take.id: take for dossier in dossiers for take in dossier.takes}
    return [ShownStrip(strip=strip, takes=tuple(takes[name] for name in strip.takes)) for strip in strips]


def _shots(plan: Plan, dossiers: Sequence[TaskDossier]) -> list[ShownShot]:
    by_task = {dossier.task.name: dossier for dossier in dossiers}
    return [ShownShot(shot=shot, dossier=by_task[shot.from_task]) for shot in plan.shots]


def _teams(plan: Plan, dossiers: Sequence[TaskDossier]) -> list[Team]:
    colours = team_colours(plan)
    teams = [
        Team(
            name=team.name,
            colour=colours[team.name],
            workers=team.workers,
            tasks=tuple(dossier for dossier in dossiers if dossier.task.department == team.name),
        )
        for team in plan.departments
    ]
    return [team for team in teams if team.tasks]
