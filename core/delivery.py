"""The finished package, as its manifest tells it. The JSON Schema of `Manifest` is published."""

from dataclasses import dataclass
from typing import Literal

from .take import Recipe, Verdict


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
class Totals:
    """The figures of a production."""

    takes: int
    accepted: int
    usd: float
    usd_per_accepted: float
    wall_seconds: float
    critical_path_seconds: float
    worker_seconds: float
    utilisation: float
    """Worker seconds over wall seconds times workers, in [0, 1]."""


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
