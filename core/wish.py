"""What a director wants in one turn of a session: a verb of the desk and what it is about, whoever understood it.

Names are resolved: a wish speaks of tasks of the plan, never of words. What is not understood is `Unclear`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Literal

from pydantic import Field


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What a wish is about."""

    says: str = ""
    """In the director's words, `the dragons`; empty for the whole production."""
    tasks: tuple[str, ...] = ()
    """Tasks of the plan that means; all of them for the whole production."""
    department: str = ""
    """The department it names, if it names one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Begin:
    """Plan a new production from words or a brief's path. Nothing is spent."""

    brief: str
    verb: Literal["begin"] = "begin"


@dataclass(frozen=True, slots=True, kw_only=True)
class Greenlight:
    """Let the plan spend, or let it go on after a stop."""

    verb: Literal["greenlight"] = "greenlight"


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """Answer what was just proposed."""

    yes: bool
    verb: Literal["consent"] = "consent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """Say where the work stands; of nothing in particular also what waits for the director."""

    about: About = field(default_factory=About)
    verb: Literal["status"] = "status"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowPlan:
    """Show the plan: departments, tasks, shots, what each must show."""

    about: About = field(default_factory=About)
    verb: Literal["show_plan"] = "show_plan"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowTakes:
    """Show takes, with scores and paths."""

    about: About
    takes: tuple[int, ...] = ()
    """By number; empty for all, or the standing one of several tasks."""
    verb: Literal["show_takes"] = "show_takes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Compare:
    """Hold takes side by side: two of one task, or the standing ones of several tasks."""

    about: About
    takes: tuple[int, ...] = ()
    verb: Literal["compare"] = "compare"


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """Explain: why a task failed, waits, was accepted, or went to its maker."""

    about: About
    verb: Literal["why"] = "why"


@dataclass(frozen=True, slots=True, kw_only=True)
class Costs:
    """Say what was spent, and on what."""

    about: About = field(default_factory=About)
    verb: Literal["costs"] = "costs"


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """Say what is still to come will take, in time and money; nothing is spent."""

    about: About = field(default_factory=About)
    verb: Literal["price"] = "price"


@dataclass(frozen=True, slots=True, kw_only=True)
class Revise:
    """Change what is asked for, and have it made anew: a note becomes work."""

    about: About
    text: str
    """What should be different, in the director's words: `darker, at night`, `more ruin`."""
    verb: Literal["revise"] = "revise"


@dataclass(frozen=True, slots=True, kw_only=True)
class Retake:
    """Make it once more, nothing changed but the seed."""

    about: About
    verb: Literal["retake"] = "retake"


@dataclass(frozen=True, slots=True, kw_only=True)
class MoreLike:
    """Another one close to a take there is."""

    about: About
    take: int
    text: str = ""
    """What should still be different."""
    verb: Literal["more_like"] = "more_like"


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """More variations of a task, beside it."""

    about: About
    count: int = 1
    """So many more seeds of it; with `vary`, of each cell."""
    vary: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    verb: Literal["options"] = "options"


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """Write a note down; nothing is made."""

    about: About
    text: str
    verb: Literal["remark"] = "remark"


@dataclass(frozen=True, slots=True, kw_only=True)
class Approve:
    """Decide that a take is it."""

    about: About
    take: int | None = None
    """By number; None is the one the task stands or waits on."""
    verb: Literal["approve"] = "approve"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reject:
    """Decide that the standing take is not it; the task is done again."""

    about: About
    text: str = ""
    verb: Literal["reject"] = "reject"


@dataclass(frozen=True, slots=True, kw_only=True)
class Omit:
    """Leave tasks out."""

    about: About
    verb: Literal["omit"] = "omit"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ingest:
    """Bring a picture of the director's own in as a take."""

    about: About
    file: str
    verb: Literal["ingest"] = "ingest"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reroute:
    """Have tasks made by another maker."""

    about: About
    maker: str
    """Its name in the crew; empty for the next stronger one."""
    verb: Literal["reroute"] = "reroute"


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """Set what the whole production may spend."""

    usd: float
    is_more: bool = False
    """So much more than before, instead of so much in all."""
    verb: Literal["budget"] = "budget"


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """Order how the work goes on, whatever it shows."""

    kind: Literal["pause", "resume", "cancel", "prioritise"]
    about: About = field(default_factory=About)
    verb: Literal["command"] = "command"


@dataclass(frozen=True, slots=True, kw_only=True)
class Deliver:
    """Write the package from what there is."""

    verb: Literal["deliver"] = "deliver"


@dataclass(frozen=True, slots=True, kw_only=True)
class Help:
    """Say what one can ask for."""

    verb: Literal["help"] = "help"


@dataclass(frozen=True, slots=True, kw_only=True)
class Leave:
    """End the session; the work stays."""

    verb: Literal["leave"] = "leave"


Wish = (
    Begin
    | Greenlight
    | Consent
    | Status
    | ShowPlan
    | ShowTakes
    | Compare
    | Why
    | Costs
    | Price
    | Revise
    | Retake
    | MoreLike
    | Options
    | Remark
    | Approve
    | Reject
    | Omit
    | Ingest
    | Reroute
    | Budget
    | Command
    | Deliver
    | Help
    | Leave
)

AnyWish = Annotated[Wish, Field(discriminator="verb")]
"""A wish as JSON knows it: told apart by its `verb`."""

ASKING = (Status, ShowPlan, ShowTakes, Compare, Why, Costs, Price, Help, Leave, Begin)
"""Wishes that neither spend nor decide: they are carried out at once. All others are shown first and wait for a yes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unclear:
    """A turn, or a part of it, that was not understood."""

    text: str
    """The part in question."""
    why: str
    """What is missing or unknown, one sentence."""
    nearest: tuple[str, ...] = ()
    """Things one could say instead, closest first, each a sentence that would be understood."""
