"""What some tasks did not need goes where it buys most passes per dollar: a pure function, whoever answered first.

A department's own takes come before what it lends: first every department mends what it can with what its own tasks
left over, then what is still left goes to whoever does most with it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from ...core.fact import MoneyMoved
from ...core.money import to_usd


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """What one task has and has spent, in micro-dollars."""

    task: str
    department: str
    envelope: int
    spent: int
    """In all its rounds."""
    gives: bool
    """Whether it has ended and leaves what it has not spent to others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A take that a task would get for more money, in micro-dollars."""

    task: str
    department: str
    left: int
    """What the task has for it."""
    price: int
    chance: float
    """That this take passes."""
    buys: str
    """Whose take it is, in words."""
    follows: int = 0
    """What it costs to make anew what was made from its picture."""

    @property
    def passes_per_usd(self) -> float:
        """What it is expected to bring for its money."""
        return self.chance / max(to_usd(self.price + self.follows), 1e-9)


def reallot(means: Sequence[Means], wishes: Sequence[Wish], *, budget: int, spare: int) -> tuple[MoneyMoved, ...]:
    """Move money to tasks that are short of it, one take each, those first that buy most passes per dollar.

    The envelopes together never get beyond the budget by it, none gets smaller than what its task has spent, and what
    the bought takes cost together is never more than `spare`. The order of the arguments decides nothing.

    Args:
        means: every task's.
        wishes: any number for a task; it gets one of them at most.
        budget: of the production, in micro-dollars.
        spare: what may still be spent and is claimed by nobody, in micro-dollars.

    >>> keep = Means(task="keep", department="sets", envelope=9000, spent=3000, gives=True)
    >>> edda = Means(task="edda", department="cast", envelope=3000, spent=3000, gives=False)
    >>> wish = Wish(task="edda", department="cast", left=0, price=3000, chance=0.5, buys="a take of s")
    >>> moved, = reallot([keep, edda], [wish], budget=12000, spare=6000)
    >>> moved.task, moved.micros, moved.gave
    ('edda', 3000, {'keep': 3000})
    """
    chest, moves = _Chest.of(means, budget), dict[str, MoneyMoved]()
    ordered = sorted(wishes, key=lambda one: (-one.passes_per_usd, one.price, one.task, one.buys))
    for is_lent in (False, True):
        for wish in ordered:
            lacks = wish.price - wish.left
            if wish.task in moves or lacks <= 0 or wish.price + wish.follows > spare:
                continue
            gave = chest.take(lacks, wish.department, is_lent=is_lent)
            if gave is not None:
                spare -= wish.price + wish.follows
                moves[wish.task] = MoneyMoved(task=wish.task, micros=lacks, gave=gave, why=_why(wish))
    return tuple(moves.values())


def _why(wish: Wish) -> str:
    price = f"{wish.buys} for {to_usd(wish.price):.4f} USD"
    return f"{price} passes with a chance of {wish.chance:.2f}: of what is short of money, most for its price"


@dataclass(slots=True, kw_only=True)
class _Chest:
    """What may be given, by department and task, the largest remainders first."""

    by_department: dict[str, list[tuple[str, int]]]
    unallotted: int
    _totals: dict[str, int] = field(init=False)

    def __post_init__(self) -> None:
        self._totals = {name: sum(micros for _, micros in left) for name, left in self.by_department.items()}

    @classmethod
    def of(cls, means: Sequence[Means], budget: int) -> "_Chest":
        left: dict[str, list[tuple[str, int]]] = {}
        for one in sorted(means, key=lambda one: (one.spent - one.envelope, one.task)):
            if one.gives and one.envelope > one.spent:
                left.setdefault(one.department, []).append((one.task, one.envelope - one.spent))
        unallotted = max(0, budget - sum(one.envelope for one in means))
        return cls(by_department=dict(sorted(left.items())), unallotted=unallotted)

    def take(self, micros: int, department: str, *, is_lent: bool) -> dict[str, int] | None:
        """Take money out for a task of a department, its own department's first; None where there is not enough."""
        has = sum(self._totals.values()) + self.unallotted if is_lent else self._totals.get(department, 0)
        if has < micros:
            return None
        gave = dict(self._from(department, micros))
        missing = micros - sum(gave.values())
        unallotted = min(missing, self.unallotted)
        self.unallotted -= unallotted
        missing -= unallotted
        for other in self.by_department:
            found = dict(self._from(other, missing))
            gave |= found
            missing -= sum(found.values())
        return gave

    def _from(self, department: str, micros: int) -> Iterator[tuple[str, int]]:
        left = self.by_department.get(department, [])
        while micros and left:
            task, has = left.pop(0)
            given = min(has, micros)
            if has > given:
                left.insert(0, (task, has - given))
            micros -= given
            self._totals[department] -= given
            yield task, given
