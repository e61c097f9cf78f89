"""What happens next, and who said so: the reviser's moves, people's decisions, orders and notes."""

from dataclasses import dataclass
from typing import Literal

Region = Literal["subject", "backdrop"]
"""What a repair paints anew: what stands in the picture, or what it stands before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Accept:
    """The take passes its gate."""

    take: str
    kind: Literal["accept"] = "accept"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reseed:
    """Same recipe, new seed."""

    why: str
    kind: Literal["reseed"] = "reseed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewrite:
    """Say the prompt in other words, by rule, with a new seed."""

    prompt: str
    why: str
    kind: Literal["rewrite"] = "rewrite"


@dataclass(frozen=True, slots=True, kw_only=True)
class Repair:
    """Paint one region of a take anew and keep the rest to the pixel."""

    take: str
    """The take that is repaired: the best of its line so far."""
    region: Region
    why: str
    picture: str = ""
    """Digest of that take's picture; set when the mask is."""
    mask: str = ""
    """Digest of the mask, white where it is painted anew; drawn once the move is chosen."""
    kind: Literal["repair"] = "repair"


@dataclass(frozen=True, slots=True, kw_only=True)
class Escalate:
    """Hand the task to a stronger maker."""

    maker: str
    why: str
    kind: Literal["escalate"] = "escalate"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """Only the director can answer this."""

    question: str
    best: str
    kind: Literal["ask"] = "ask"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """No further attempt is worth it: keep the best take so far, unfinished."""

    why: str
    best: str
    """The best take's id; empty when there is none."""
    cause: Literal["gate", "money"] = "gate"
    """What ran out: the gate's rounds, or the task's money."""
    kind: Literal["stop"] = "stop"


Move = Accept | Reseed | Rewrite | Repair | Escalate | Ask | Stop
Retry = Reseed | Rewrite | Repair | Escalate
"""The moves that another take follows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """What a human says about a take, a task, a shot, a department or the whole."""

    about: str
    text: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """A named person's word about an exact picture. Unique per (task, digest, round)."""

    task: str
    digest: str
    """The asset it was taken about; empty for `omit` of a task without takes."""
    round: int
    """How many decisions the task had seen before; a second one for the same round is refused."""
    action: Literal["approve", "reject", "retake", "omit", "modify", "escalate"]
    by: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A named person's word about how the work goes on, whatever it shows."""

    kind: Literal["pause", "resume", "cancel", "prioritise"]
    what: str
    """What it is about, as it was said: a task, a shot or a department; empty for the whole production."""
    tasks: tuple[str, ...]
    """The tasks that meant when it was given."""
    by: str
    note: str = ""
