"""The finished package, as its manifest tells it. The JSON Schema of `Manifest` is published."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Literal

from .brief import Unsaid
from .course import Effect
from .plan import Outlook
from .take import Recipe, Verdict, take_id


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveredAsset:
    """One published take in the package."""

    task: str
    department: str
    shot: str | None
    entity: str | None
    version: int
    path: str
    """Relative to the delivery folder."""
    digest: str
    """Of the file at `path`, as delivered."""
    asset_digest: str
    """Of the picture as it was made and approved, before provenance was written into the copy."""
    recipe: Recipe | None
    verdict: Verdict | None
    accepted_by: str
    takes: int
    usd: float
    seconds: float
    ingredients: tuple[str, ...] = ()
    """Tasks whose unfinished takes went into this picture, if any."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnfinishedTask:
    """One task the package lacks, and why."""

    task: str
    why: str
    best: str = ""
    """Path of its best take in the package, relative; empty when there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineBill:
    """What rented machines cost, from boot to teardown."""

    usd: float
    machines: int
    hours: float
    """Of all of them together."""
    busy: float
    """Share of their workers' time in which takes were made, in [0, 1]."""
    loading: float
    """Share of it in which models were loaded."""
    idle: float
    """Share of it in which they booted, waited, or looked at takes."""
    usd_by_department: Mapping[str, float]
    """Adds up to `usd`: each machine's price by the seconds its workers spent on a department's takes. Under the empty
    name is what was paid before any department had made anything."""
    usd_per_accepted: float | None
    """Calls and machines together; None when nothing was accepted."""
    forgotten_usd: Mapping[str, float] = field(default_factory=dict)
    """By machine: what those cost that were up after they should have been given back; part of `usd`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ThinkingBill:
    """What language models cost, and how often they were of no use."""

    usd: float
    asked: int
    """Questions that were paid for."""
    tokens_in: int
    tokens_out: int
    usd_by_agent: Mapping[str, float]
    """Adds up to `usd`."""
    fallbacks: tuple[str, ...] = ()
    """What the crew decided by its rules instead, and why, one sentence each, each once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Corrected:
    """What the director agent corrected on the way, what it hoped for and what came of it."""

    point: str
    says: str
    """What was done, by whom and on what evidence."""
    by: str
    tasks: int
    as_is: Effect
    """What those tasks were expected to take without it."""
    expected: Effect
    came: Effect
    """What they took from then on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decisions:
    """Who decided what: how often the director was asked, and what the crew decided as it was told to."""

    asked: int
    """Questions put before the director, about takes and about the course."""
    asked_per_accepted: float | None
    """None when nothing was accepted."""
    by_people: int
    by_policy: Mapping[str, int] = field(default_factory=dict)
    """By the policy's name: takes accepted or kept, rounds given, corrections made."""
    corrections: tuple[Corrected, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """The figures of a production."""

    takes: int
    accepted: int
    usd: float
    usd_per_accepted: float | None
    """None when nothing was accepted."""
    wall_seconds: float
    critical_path_seconds: float
    worker_seconds: float
    utilisation: float
    """Worker seconds over wall seconds times workers, in [0, 1]."""
    outlook: Outlook | None = None
    """What had been forecast at the greenlight."""
    machines: MachineBill | None = None
    """None where none were rented."""
    thinking: ThinkingBill | None = None
    """None where no language model was asked; part of `usd`."""
    decisions: Decisions | None = None
    """None in packages from before they were counted."""
    unknown_usd: Annotated[float, Unsaid] = 0.0
    """Beside `usd`: what services may have charged and nobody knows, until `callsheet reconcile` finds out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Strip:
    """A before and after: how one task went from its first take to the accepted one."""

    task: str
    sentence: str
    """`asked for two towers; it looks like three towers; redone twice; accepted`."""
    takes: tuple[str, ...]
    """Ids of the takes to show side by side, the first one first, the accepted one last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DriftPoint:
    """One accepted still of an entity."""

    task: str
    take: str
    likeness: float
    """To the reference, in [0, 1], as the crew's critic of continuity scored it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """How an entity keeps to its reference over its accepted stills."""

    entity: str
    reference: str
    """The task whose picture the others were compared with."""
    reference_take: str
    is_accepted: bool
    """Whether that picture passed its gate."""
    points: tuple[DriftPoint, ...]
    """In the order of the cut, then of the plan."""


def still_path(department: str, task: str, version: int) -> str:
    """Say where a published take lies in the package.

    >>> still_path("architecture", "keep_day", 1)
    'stills/architecture/keep_day/v001.png'
    """
    return f"stills/{department}/{task}/v{version:03d}.png"


def best_path(department: str, task: str) -> str:
    """Say where the best take of an unfinished task lies in the package."""
    return f"stills/{department}/{task}/best.png"


def take_path(task: str, number: int) -> str:
    """Say where a take that was not published lies in the package.

    >>> take_path("keep_day", 2)
    'takes/keep_day/t02.png'
    """
    return f"takes/{take_id(task, number)}.png"


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What is in the package."""

    schema: Literal["delivery/1"] = "delivery/1"
    production: str
    brief_digest: str
    plan_digest: str
    crew: str
    stand_in: str
    """What must be known about the pictures' makers; empty when nothing."""
    seed: int
    assets: tuple[DeliveredAsset, ...]
    unfinished: tuple[UnfinishedTask, ...]
    totals: Totals
    drift: tuple[Drift, ...] = ()
    """One curve for every entity whose stills were compared with its reference."""
    files: Mapping[str, str] = field(default_factory=dict)
    """Every other file of the package with its digest; a later delivery removes the ones it no longer writes."""
    note: str = ""
    """Three sentences by a language model, where the crew has one for that; every number in it is the report's."""
    notes: tuple[str, ...] = ()
    """What the package lacks or shows differently than asked, and why, one sentence each."""
