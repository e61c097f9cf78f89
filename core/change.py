"""What a director changes about a plan after it was made: shown as a difference, journalled when it is agreed to."""

from dataclasses import dataclass
from typing import Literal

from .brief import Brief
from .plan import Preflight, Task


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One thing about a task that becomes another."""

    task: str
    what: Literal["prompt", "negative", "requirement", "look", "maker", "input", "gate", "source", "mask"]
    before: str
    """In words; empty for what is new."""
    after: str
    """In words; empty for what goes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Tasks as they are from now on, and the brief they are planned from. Stored; the journal names it by digest."""

    schema: Literal["change/1"] = "change/1"
    brief: Brief
    """As it is from now on; the next change starts from it."""
    tasks: tuple[Task, ...]
    """Those that become different, whole."""
    preflight: tuple[Preflight, ...] = ()
    """Of those."""
    differences: tuple[Difference, ...] = ()
    notices: tuple[str, ...] = ()
    """What the director should know before agreeing, one sentence each: contradictions, words nobody checks."""
