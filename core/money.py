"""Money, counted in whole millionths of a US dollar so that sums are exact."""

from collections.abc import Mapping
from dataclasses import dataclass, field


def to_micros(usd: float) -> int:
    """Turn dollars into whole micro-dollars, rounded half to even.

    >>> to_micros(0.0015)
    1500
    """
    return round(usd * 1_000_000)


def to_usd(micros: int) -> float:
    """Turn micro-dollars back into dollars.

    >>> to_usd(1500)
    0.0015
    """
    return micros / 1_000_000


def shared_out(micros: int, weights: Mapping[str, float]) -> dict[str, int]:
    """Divide an amount by weights, so that the parts add up to the whole; where nothing weighs, nobody gets a part.

    >>> shared_out(100, {"sets": 1.0, "cast": 2.0})
    {'sets': 33, 'cast': 67}
    """
    total, given, so_far, parts = sum(weights.values()), 0, 0.0, dict[str, int]()
    for name, weight in weights.items():
        so_far += weight
        upto = round(micros * min(1.0, so_far / total)) if total else given
        parts[name], given = upto - given, upto
    return parts


@dataclass(frozen=True, slots=True, kw_only=True)
class Caps:
    """What may be spent at most, beside the budget; None leaves it open. Reserved and unknown count as spent."""

    call_usd: float | None = None
    """On one call."""
    day_usd: float | None = None
    """On calls reserved in one day, by its name in UTC."""
    production_usd: float | None = None
    """In all."""
    departments_usd: Mapping[str, float] = field(default_factory=dict)

    def within(self, other: "Caps") -> "Caps":
        """Give the stricter of each.

        >>> Caps(call_usd=0.1).within(Caps(call_usd=0.05, day_usd=2.0))
        Caps(call_usd=0.05, day_usd=2.0, production_usd=None, departments_usd={})
        """
        named = {**other.departments_usd, **self.departments_usd}
        return Caps(
            call_usd=_stricter(self.call_usd, other.call_usd),
            day_usd=_stricter(self.day_usd, other.day_usd),
            production_usd=_stricter(self.production_usd, other.production_usd),
            departments_usd={
                name: min(usd, other.departments_usd.get(name, usd)) for name, usd in sorted(named.items())
            },
        )


def _stricter(one: float | None, other: float | None) -> float | None:
    return min((usd for usd in (one, other) if usd is not None), default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """Where the money stands: settled + reserved never exceeds the budget."""

    budget_usd: float
    settled_usd: float
    reserved_usd: float
    unknown_usd: float
    """Part of what is reserved: for calls whose outcome nobody told us, until somebody finds out."""
    calls: int

    @property
    def left_usd(self) -> float:
        """What can still be reserved."""
        return to_usd(to_micros(self.budget_usd) - to_micros(self.settled_usd) - to_micros(self.reserved_usd))
