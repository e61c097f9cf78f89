"""What becomes of rented machines and of the workers on them. `core.fact` joins these facts to the others."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineCame:
    """A rented machine is up, and paid for from its order on."""

    event: Literal["machine_came"] = "machine_came"
    machine: str
    usd_per_hour: float
    boot_seconds: float = 0.0
    """From its order until it was up; none for one that was there before us."""
    idle_seconds: float = 0.0
    """So long without work, and it is given back."""
    was_there: bool = False
    """It was up when this process came. One that is known from before was never given back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineLeft:
    """A rented machine is given back."""

    event: Literal["machine_left"] = "machine_left"
    machine: str
    how: Literal["gone", "released", "lost"]
    """`gone`: it was seen to go. `released`: we work on it no longer, and its cluster gives it back once it was idle
    for as long as is agreed. `lost`: whoever drove before us ended without a word, and it is gone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerLoaded:
    """A worker is up on a rented machine."""

    event: Literal["worker_loaded"] = "worker_loaded"
    worker: str
    machine: str
    seconds: float
    """Loading."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerLeft:
    """A worker was sent home from a rented machine, or died there."""

    event: Literal["worker_left"] = "worker_left"
    worker: str
    machine: str
