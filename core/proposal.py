"""What a session would do about a wish: bound to exact pictures and rounds, shown first, done when a person agrees."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field


@dataclass(frozen=True, slots=True, kw_only=True)
class Decide:
    """Take a decision about the picture that was shown."""

    task: str
    action: Literal["approve", "reject", "retake", "omit"]
    digest: str
    """Of the picture it is about; empty where the task has none."""
    round: int
    """How many decisions the task had seen when it was proposed."""
    note: str = ""
    kind: Literal["decide"] = "decide"


@dataclass(frozen=True, slots=True, kw_only=True)
class Amend:
    """Change what is asked for."""

    change_digest: str
    """Of the stored change, as it was shown."""
    seen: Mapping[str, int]
    """Decisions each of its tasks had when it was proposed."""
    about: str
    note: str
    hold: tuple[str, ...] = ()
    """Tasks made from the changed ones that wait for another word."""
    action: Literal["modify", "escalate"] = "modify"
    """Escalated is what goes to another maker and asks for nothing else."""
    kind: Literal["amend"] = "amend"


@dataclass(frozen=True, slots=True, kw_only=True)
class Instruct:
    """Order how the work goes on."""

    order: Literal["pause", "resume", "cancel", "prioritise"]
    about: str
    tasks: tuple[str, ...]
    kind: Literal["instruct"] = "instruct"


@dataclass(frozen=True, slots=True, kw_only=True)
class Vary:
    """Have variations of a still join the plan."""

    like: str
    vary: Mapping[str, tuple[str, ...] | int]
    seen: int = 0
    """How often variations like it had joined when it was proposed."""
    kind: Literal["vary"] = "vary"


@dataclass(frozen=True, slots=True, kw_only=True)
class BringIn:
    """Bring a file in as a take."""

    task: str
    file: str
    digest: str
    """Of its bytes when it was proposed."""
    kind: Literal["bring_in"] = "bring_in"


@dataclass(frozen=True, slots=True, kw_only=True)
class Jot:
    """Write a note down."""

    about: str
    text: str
    seen: int = 0
    """How many notes of these very words there were about it when it was proposed."""
    kind: Literal["jot"] = "jot"


@dataclass(frozen=True, slots=True, kw_only=True)
class SetBudget:
    """Set what the production may spend in all."""

    usd: float
    instead_of_usd: float = 0.0
    """The budget when it was proposed."""
    kind: Literal["set_budget"] = "set_budget"


@dataclass(frozen=True, slots=True, kw_only=True)
class Roll:
    """Let the plan spend, or go on."""

    plan_digest: str
    kind: Literal["roll"] = "roll"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pack:
    """Write the package from what there is."""

    kind: Literal["pack"] = "pack"


Act = Decide | Amend | Instruct | Vary | BringIn | Jot | SetBudget | Roll | Pack
AnyAct = Annotated[Act, Field(discriminator="kind")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """Acts a person may agree to, all at once."""

    schema: Literal["proposal/1"] = "proposal/1"
    acts: tuple[AnyAct, ...]
    says: tuple[str, ...]
    """What will happen, on exactly what, one sentence each."""
    tasks: tuple[str, ...] = ()
    """Those that would be made anew."""
    usd: float = 0.0
    """What that is expected to cost."""
    most_usd: float = 0.0
    """What it may cost at most."""
    notices: tuple[str, ...] = ()
    """What to know before agreeing."""
