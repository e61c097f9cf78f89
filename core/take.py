"""One attempt at a task: how to make it again, what it looks like to the critics, what QC concluded."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Annotated, Literal

from .brief import Make, Unsaid
from .canonical import digest_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Ingredient:
    """A picture that went into another: which one and as what."""

    role: Literal["layer", "source", "image", "mask", "reference"]
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """Everything needed to make a take again. Its digest names the work, whoever does it and whenever."""

    schema: Literal["recipe/1"] = "recipe/1"
    maker: str
    kind: str
    make: Make
    source: str
    revision: str
    weights_digest: str
    prompt: str
    negative: str
    seed: int
    width: int
    height: int
    steps: int
    guidance: float
    ingredients: tuple[Ingredient, ...] = ()
    settings: Mapping[str, str] = field(default_factory=dict)
    bought_before: Annotated[int, Unsaid] = 0
    """Purchases of this work whose answer was of no use; its service keeps each, and would hand it out again."""


def service_key(recipe: Recipe) -> str:
    """Name a purchase to a service, which may sell it once under this key: the work, and which purchase of it."""
    work = digest_of(replace(recipe, bought_before=0))
    return f"{work}/{recipe.bought_before + 1}" if recipe.bought_before else work


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What a maker hands back."""

    data: bytes
    """The picture, as PNG."""
    width: int
    height: int
    fingerprint: str
    """A 64-bit difference hash as 16 hex digits, to notice near-duplicates."""
    seconds: float
    worker: str
    software: Mapping[str, str] = field(default_factory=dict)
    ignored_words: tuple[str, ...] = ()
    """Words of the prompt the maker does not know and left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Take:
    """One attempt at a task, or a human-made file brought in. Never changed, never deleted."""

    schema: Literal["take/1"] = "take/1"
    id: str
    """`keep_day/t01`."""
    task: str
    number: int
    """From 1, in the order of the task's attempts."""
    origin: Literal["made", "ingested"] = "made"
    recipe: Recipe | None
    """None for a human-made file."""
    digest: str
    width: int
    height: int
    fingerprint: str = ""
    usd: float
    seconds: float
    worker: str
    software: Mapping[str, str] = field(default_factory=dict)
    ignored_words: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Its short name within its task: `t02`."""
        return self.id.removeprefix(f"{self.task}/")


def take_id(task: str, number: int) -> str:
    """Name a take of a task.

    >>> take_id("keep_day", 2)
    'keep_day/t02'
    """
    return f"{task}/t{number:02d}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """One critic's opinion of one requirement of one take, in [0, 1], higher is better."""

    requirement: str
    critic: str
    value: float
    evidence: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unscored:
    """Why a critic has no opinion of a requirement."""

    requirement: str
    critic: str
    reason: str


Opinion = Score | Unscored


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing QC says is wrong."""

    requirement: str
    says: str
    """In the director's words: `asked for two towers; it looks like three towers`."""
    score: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What QC concluded for one take."""

    take: str
    passed: bool
    right: float
    """Geometric mean of the must-haves' scores: is it right."""
    close: float
    """Weighted arithmetic mean of all scores: how far off."""
    findings: tuple[Finding, ...] = ()
    unchecked: tuple[str, ...] = ()
    """Requirements no critic could score."""
    compared_with: tuple[str, ...] = ()
    """Digests of the references it was compared with; another reference makes the verdict stale."""
