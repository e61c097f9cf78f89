"""The call sheet: tasks, what each must show, and what it will take."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Literal

from .brief import CameraMove, Make, Unsaid
from .track_record import TrackRecord

RequirementKind = Literal[
    "existence",
    "count",
    "attribute",
    "relation",
    "position",
    "time",
    "weather",
    "shot",
    "style",
    "absence",
    "technical",
    "continuity",
    "aesthetics",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """One checkable predicate of a task, written once from the brief and referred to by id ever after."""

    id: str
    """Unique within its task, readable: `count:tower=2`."""
    kind: RequirementKind
    subject: str
    """A singular noun; empty for what concerns the whole frame."""
    value: str
    other: str = ""
    """The second noun of a relation, or the aspect of an attribute (`colour`, `size`, `ground`)."""
    asks: str = ""
    """The phrase that is true of a good picture: `two red towers`. Absence is asked positively and inverted."""
    contrasts: tuple[str, ...] = ()
    """The phrases it must beat: `one red tower`, `three red towers`."""
    in_context: tuple[str, ...] = ()
    """The whole prompt, then the prompt with this one thing changed; empty where its words do not lend themselves."""
    must: bool = True
    weight: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """The bar of one task."""

    floor: float = 0.6
    """The score in (0, 1) every must-have needs."""
    rounds: int = 3
    """Revisions after the first take."""
    when_spent: Literal["deliver", "ask"] = "deliver"
    worth_usd: float | None = None
    """What an accepted take is worth; None leaves it to rounds and money."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """A picture that a task's next takes begin from, instead of from nothing."""

    picture: str
    """Its digest."""
    mask: str = ""
    """Digest of the mask, white where it is painted anew; empty for all of it."""
    strength: float = 1.0
    """How far it may go from the picture inside the mask, in (0, 1]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One job that yields one asset."""

    name: str
    department: str
    make: Make
    prompt: str = ""
    negative: str = ""
    entity: str | None = None
    shot: str | None = None
    inputs: tuple[str, ...] = ()
    """Tasks whose takes this one needs, in the order it uses them."""
    settings: Mapping[str, str] = field(default_factory=dict)
    """What a post-production maker is told: box, scale, palette, strength."""
    requirements: tuple[Requirement, ...] = ()
    gate: Gate = field(default_factory=Gate)
    envelope_usd: float = 0.0
    """The most this task may spend, allotted at planning so that the order of answers decides nothing."""
    unknown_words: tuple[str, ...] = ()
    """Words of its prompt that nobody could read as a requirement."""
    maker: str = ""
    """Who makes it first because a person or a policy said so; empty leaves it to the router."""
    maker_why: Annotated[str, Unsaid] = ""
    """Why that one, where no person said so."""
    start: Start | None = None
    """What its takes begin from because a person said so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Department:
    """One team: its concurrency share, its share of the budget, the makers it prefers."""

    name: str
    workers: int
    share: float
    prefers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """What the cut is made of, in order."""

    code: str
    from_task: str
    seconds: float
    move: CameraMove
    fps: int = 24
    first_frame: int = 1001


@dataclass(frozen=True, slots=True, kw_only=True)
class Preflight:
    """Whether a task can be made and checked with this crew, and what would mend it."""

    task: str
    state: Literal["passed", "degraded", "blocked"]
    why: str = ""
    fix: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """What the plan will take, from the crew file's nominal prices and speeds."""

    tasks: int
    takes: float
    """Expected takes, revisions counted in."""
    usd: float
    usd_worst: float
    """Every task using every round."""
    seconds: float
    """Expected wall time on the crew's workers."""
    critical_path_seconds: float
    basis: str
    """Where the figures come from, in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Addition:
    """Tasks that joined a plan after it was made: planned like its own, and never planned again."""

    schema: Literal["addition/1"] = "addition/1"
    tasks: tuple[Task, ...]
    preflight: tuple[Preflight, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Four in five times it is between `low` and `high`, and one in two below `middle`."""

    low: float
    middle: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """What a production will take with so many workers."""

    workers: int
    seconds: Span
    """Waiting for people counted in, and starting the cluster once a production of the crew was seen; without writing
    the package."""
    usd: Span
    """Calls, and rented machines where the crew file prices them."""
    takes: Span
    questions: float
    """Tasks that will wait for a person, on average."""
    in_time: float | None
    """How likely it makes the deadline; None without one, and once it runs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A DAG of tasks with their requirements and gates, ready to be greenlit."""

    schema: Literal["plan/1"] = "plan/1"
    title: str
    brief_digest: str
    crew_digest: str
    seed: int
    budget_usd: float
    aspect: str
    palette: tuple[str, ...]
    departments: tuple[Department, ...]
    tasks: tuple[Task, ...]
    shots: tuple[Shot, ...]
    deliver: tuple[str, ...]
    preflight: tuple[Preflight, ...]
    forecast: Forecast
    gate_says: str = ""
    """What the gate asks for and what it promises, in a sentence."""
    odds_say: str = ""
    """What the makers' chances to pass stand on, in words."""
    track_record: TrackRecord | None = None
    """What the studio had seen of this crew when this was planned; every choice of a maker rests on it. None: learning
    was off."""
    unknown_words: tuple[str, ...] = ()
    assumptions: tuple[str, ...] = ()
    """What the director agent decided because the brief left it open, one sentence each."""
    deadline_seconds: float | None = None
    """How long it may take from its greenlight on; None leaves it open."""

    @property
    def degraded(self) -> tuple[Preflight, ...]:
        """What preflight found of the tasks that can be made and not fully checked."""
        return tuple(finding for finding in self.preflight if finding.state == "degraded")

    def task(self, name: str) -> Task:
        """Find a task by name; raises `KeyError` when the plan has none such."""
        return {task.name: task for task in self.tasks}[name]
