"""What limits the spending: caps beside the budget, and a person's word to stop. `core.fact` joins these facts."""

from dataclasses import dataclass
from typing import Literal

from .money import Caps


@dataclass(frozen=True, slots=True, kw_only=True)
class CapsSet:
    """What may be spent at most beside the budget, from here on: the brief's caps and this machine's."""

    event: Literal["caps_set"] = "caps_set"
    caps: Caps


@dataclass(frozen=True, slots=True, kw_only=True)
class SpendingHalted:
    """A person had all spending stopped: from here on nothing that costs is reserved."""

    event: Literal["spending_halted"] = "spending_halted"
    by: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpendingAllowed:
    """A person had spending go on."""

    event: Literal["spending_allowed"] = "spending_allowed"
    by: str
    note: str = ""
