"""What becomes of a call that costs money, and that call as the ledger sees it.

`core.fact` joins these facts to the others.
"""

from dataclasses import dataclass
from typing import Annotated, Literal

from .brief import Unsaid
from .errors import Brought
from .take import Recipe


@dataclass(frozen=True, slots=True, kw_only=True)
class CallReserved:
    """Money was set aside for one call, before it is sent."""

    event: Literal["call_reserved"] = "call_reserved"
    key: str
    """Names the work: production, task, attempt and recipe. The charge has it as its primary key."""
    task: str
    department: str
    maker: str
    micros: int
    token: str
    """Names this try at the work; a result with another token is dropped."""
    recipe: Recipe
    service_key: Annotated[str, Unsaid] = ""
    """What a service knows the work by: sent with every try at it, so that one which honours keys sells it once. Empty
    for workers of our own, who charge nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallSent:
    """The call left the house; from here on the work may have been done."""

    event: Literal["call_sent"] = "call_sent"
    key: str
    task: str
    token: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallVoided:
    """The call did not happen or failed without a charge; its reservation is free again."""

    event: Literal["call_voided"] = "call_voided"
    key: str
    task: str
    token: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallUnknown:
    """A service may have charged for a call that brought nothing; what was reserved counts until somebody finds out."""

    event: Literal["call_unknown"] = "call_unknown"
    key: str
    task: str
    token: str
    why: str
    answer: Annotated[Brought, Unsaid] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargeReconciled:
    """Somebody found out what an unknown call cost; it counts as that from here on."""

    event: Literal["charge_reconciled"] = "charge_reconciled"
    key: str
    task: str
    token: str
    micros: int
    """Nothing where the service did not charge; never more than was reserved."""
    uncovered_micros: Annotated[int, Unsaid] = 0
    """What the service charged beyond all that was reserved: the ledger cannot hold it without breaking its budget."""
    by: str
    """A person, or what the service itself told."""
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultDropped:
    """A late, foreign or duplicate result arrived and changed nothing."""

    event: Literal["result_dropped"] = "result_dropped"
    key: str
    task: str
    token: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One paid call as the ledger sees it."""

    key: str
    task: str
    department: str
    maker: str
    micros: int
    token: str
    state: Literal["reserved", "sent", "settled", "void"]
    """`void` is also what became unknown: what it may have cost is a `Doubt` from then on."""
    service_key: str = ""

    @classmethod
    def of(cls, fact: CallReserved) -> "Call":
        """Give the call whose money was just set aside."""
        return cls(
            key=fact.key,
            task=fact.task,
            department=fact.department,
            maker=fact.maker,
            micros=fact.micros,
            token=fact.token,
            state="reserved",
            service_key=fact.service_key,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """A call that may have been charged, and what came of it."""

    call: Call
    """As it was when it was sent."""
    why: str
    at: str
    """UTC: when it became unknown, for people."""
    answer: Brought = ""
    reconciled: ChargeReconciled | None = None

    @property
    def about(self) -> str:
        """Name what it was for: its task, or for the whole production the department that pays."""
        return self.call.task or self.call.department

    @property
    def micros(self) -> int:
        """What counts as spent: all that was reserved, until somebody found out."""
        return self.call.micros if self.reconciled is None else self.reconciled.micros

    @property
    def is_open(self) -> bool:
        """Whether nobody has found out yet."""
        return self.reconciled is None
