"""What becomes of a call that costs money, and that call as the ledger sees it.

`core.fact` joins these facts to the others.
"""

from dataclasses import dataclass
from typing import Literal

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
        )
