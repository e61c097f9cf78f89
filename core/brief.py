"""What the director wants, as typed as it came in: the brief and its parts."""

from dataclasses import dataclass, field
from typing import Annotated, ClassVar, Literal

from pydantic import ConfigDict, Field

from .certificate import Certificate

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
"""A name in a brief: lower case letters, digits and underscores, starting with a letter."""

Make = Literal["still", "composite", "grade", "crop", "upscale"]
"""What a task makes. Edits, masks, clips and text join when a maker of theirs does."""

CameraMove = Literal["hold", "slow push in", "slow pull out", "pan left", "pan right", "parallax"]
"""How a still moves in the animatic: a camera move on a still, never called animation."""

Unsaid = Field(exclude_if=lambda value: not value)
"""For a field that joined later: left out of the bytes where it says nothing, so older briefs keep their digests."""

Deliverable = Literal["contact_sheet", "timeline", "animatic", "stills"]

MOST_BUDGET_USD = 10_000_000
"""What a larger budget would be is a slip of the pen."""

_STRICT = ConfigDict(extra="forbid", validate_by_name=True, validate_by_alias=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """The style bible of a production."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT
    palette: tuple[str, ...] = ()
    """Colour words or #rrggbb, darkest first; the grade pulls pictures toward them."""
    time: str | None = None
    weather: str | None = None
    lens: str | None = None
    shot_size: str | None = None
    aspect: Annotated[str, Field(pattern=r"^\d+(\.\d+)?:\d+(\.\d+)?$")] = "1:1"
    grain: Annotated[float, Field(ge=0, le=1)] = 0.0
    fps: Annotated[int, Field(ge=1, le=120)] = 24
    references: tuple[str, ...] = ()
    """Pictures whose style is wished for: paths from the brief's folder, and digests once they are read."""
    angle: Annotated[str | None, Unsaid] = None
    """Where the camera stands: `low angle`, `aerial`; said where neither the prompt nor `shot_size` says the shot."""
    lighting: Annotated[str | None, Unsaid] = None
    """`hard low-key lighting`; said to crews that take any words."""
    like: Annotated[tuple[str, ...], Unsaid] = ()
    """Named looks this one begins from, a later one over an earlier one; what is said beside them stands over them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """A character, place or prop that returns."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT
    kind: Literal["character", "place", "prop"]
    is_: Annotated[str, Field(alias="is", min_length=1, max_length=2000)]
    """Its description, in words."""
    reference: Name | None = None
    """The still of it whose picture its other stills keep to; they wait for that one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """The bar of the production: what must hold and how hard to try."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT
    gate: Annotated[float, Field(gt=0, lt=1)] = 0.6
    """The score in (0, 1) each must-have needs. Uncalibrated until a director's decisions calibrate it."""
    must: tuple[str, ...] | None = None
    """Kinds of requirement that are must-haves; None takes the director agent's own choice."""
    certificate: Certificate | None = None
    """What `callsheet calibrate` found; where it names a floor, that is the gate."""
    rounds: Annotated[int, Field(ge=0, le=20)] = 3
    """Revisions after the first take."""
    when_spent: Literal["deliver", "ask"] = "deliver"
    """What happens to a task whose rounds are used up: deliver its best as unfinished, or ask the director."""
    worth_usd: Annotated[float, Field(gt=0, le=MOST_BUDGET_USD, allow_inf_nan=False)] | None = None
    """What an accepted take is worth to you: no further one is made where its chance times this is below its price."""


QUALITIES: dict[str, Quality] = {
    "draft": Quality(gate=0.5, rounds=1),
    "standard": Quality(),
    "final": Quality(gate=0.7, rounds=5),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DepartmentBrief:
    """One team as the director staffs it."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT
    workers: Annotated[int, Field(ge=1, le=10_000)] = 4
    """How many of its tasks may be in the works at once."""
    share: Annotated[float, Field(ge=0, le=1)] | None = None
    """Its share of the budget."""
    prefers: tuple[str, ...] = ()
    """Makers of the crew it asks first."""
    most_usd: Annotated[float | None, Field(gt=0, le=MOST_BUDGET_USD, allow_inf_nan=False), Unsaid] = None
    """What may be spent on its calls in all, whatever else is left of the budget."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskBrief:
    """One job as the director wrote it; with `vary`, one per cell of the matrix."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT
    department: Name
    make: Make = "still"
    prompt: Annotated[str, Field(max_length=4000)] = ""
    negative: Annotated[str, Field(max_length=2000)] = ""
    entity: Name | None = None
    shot: Name | None = None
    input: Name | None = None
    layers: tuple[Name, ...] = ()
    """Tasks whose pictures a composite stacks, background first."""
    box: tuple[float, float, float, float] | None = None
    """Crop: left, top, right, bottom as fractions of the picture."""
    scale: Annotated[int, Field(ge=2, le=8)] | None = None
    """Upscale: by how many times."""
    vary: dict[str, list[str] | int] = field(default_factory=dict)
    """A matrix: a word list per axis (time, weather, ...), and `seed: N` for N seeds of each cell."""
    rounds: Annotated[int, Field(ge=0, le=20)] | None = None
    gate: Annotated[float, Field(gt=0, lt=1)] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShotBrief:
    """One shot of the cut."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT
    from_: Annotated[Name, Field(alias="from")]
    """The task whose accepted take the shot shows."""
    seconds: Annotated[float, Field(gt=0, le=600)] = 3.0
    move: CameraMove = "slow push in"


@dataclass(frozen=True, slots=True, kw_only=True)
class SpendingCaps:
    """What may be spent at most, beside the budget of the production and the `most_usd` of its departments."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT
    call_usd: Annotated[float | None, Field(gt=0, le=MOST_BUDGET_USD, allow_inf_nan=False), Unsaid] = None
    """On one call."""
    day_usd: Annotated[float | None, Field(gt=0, le=MOST_BUDGET_USD, allow_inf_nan=False), Unsaid] = None
    """On the calls of one day, by its name in UTC."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delegation:
    """What the crew decides without asking, and how it asks the rest."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT
    accept_above: Annotated[float, Field(gt=0, lt=1)] | None = None
    """A score of a certified gate: where the director would be asked, a take whose must-haves all have it is taken."""
    accept_under_usd: Annotated[float, Field(gt=0, le=MOST_BUDGET_USD, allow_inf_nan=False)] | None = None
    """Where the director would be asked and the round's takes cost less than this together, the best is accepted."""
    retake_up_to: Annotated[int, Field(ge=0, le=20)] = 0
    """Rounds a task may get beyond its own."""
    reroute: bool = False
    """Whether a department may be moved to another maker."""
    reword: bool = False
    """Whether prompts of tasks that are not begun may be said in other words."""
    move_money: bool = True
    """Whether what some tasks left over may go to others."""
    look: bool = False
    """Whether what the look alone asks for may become a wish where hardly any take shows it."""
    ask: Literal["each", "digest", "never"] = "each"
    """How questions come: at once; together, once nothing else is left to do; or not at all, the best take is kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Brief:
    """What the director wants. Everything but a title or a logline may be missing: the director agent plans it."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT
    schema: Literal["brief/1"] = "brief/1"
    title: Annotated[str, Field(max_length=200)] = ""
    logline: Annotated[str, Field(max_length=20_000)] = ""
    look: Look = field(default_factory=Look)
    quality: Literal["draft", "standard", "final"] | Quality = "standard"
    budget_usd: Annotated[float, Field(gt=0, le=MOST_BUDGET_USD, allow_inf_nan=False)] = 5.0
    deadline: str | None = None
    entities: dict[Name, Entity] = field(default_factory=dict)
    departments: dict[Name, DepartmentBrief] = field(default_factory=dict)
    tasks: dict[Name, TaskBrief] = field(default_factory=dict)
    shots: dict[Name, ShotBrief] = field(default_factory=dict)
    deliver: tuple[Deliverable, ...] = ("contact_sheet", "timeline", "animatic", "stills")
    delegate: Annotated[Delegation | None, Unsaid] = None
    """With it the crew corrects its course by itself, as far as it says; without it nothing is decided but by gates."""
    caps: Annotated[SpendingCaps | None, Unsaid] = None
    """Like the budget, they may be changed without making it another production."""

    def bar(self) -> Quality:
        """Give the quality in full, names resolved."""
        return QUALITIES[self.quality] if isinstance(self.quality, str) else self.quality
