"""What each task may spend, allotted at planning: a pure function of the brief, so that no order of answers decides."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ...core.brief import Make
from ...core.crew import Crew, MakerSpec
from ...core.errors import BudgetExceeded
from ...core.money import to_micros, to_usd


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """What one task may cost, in micro-dollars."""

    department: str
    least: int
    """One take at the cheapest maker that can do it."""
    most: int
    """Every round at the dearest."""


def makers_for(make: Make, crew: Crew) -> list[MakerSpec]:
    """List the priced makers that make such a thing, weakest and cheapest first."""
    able = [maker for maker in crew.makers if make in maker.makes and maker.usd is not None]
    return sorted(able, key=lambda maker: (maker.strength, maker.usd or 0.0, maker.name))


def need_of(department: str, make: Make, rounds: int, crew: Crew) -> Need:
    """Say what a task may cost; nothing when nobody can make it, which preflight blocks."""
    prices = [to_micros(maker.usd or 0.0) for maker in makers_for(make, crew)]
    return Need(department=department, least=min(prices, default=0), most=(rounds + 1) * max(prices, default=0))


def refuse_early(least: int, budget_usd: float) -> None:
    """Refuse a plan whose very first takes are beyond its budget.

    Raises:
        BudgetExceeded: with what they would cost.
    """
    if least > to_micros(budget_usd):
        raise BudgetExceeded(to_usd(least), budget_usd)


def allot(needs: Sequence[Need], shares: Mapping[str, float], budget_usd: float) -> tuple[float, ...]:
    """Allot an envelope to every task: its first take for sure, the rest by department share and worst case.

    The sum never exceeds the budget, and no envelope exceeds its task's worst case.

    Raises:
        BudgetExceeded: the budget does not cover one take of each.
    """
    least = sum(need.least for need in needs)
    refuse_early(least, budget_usd)
    spare = to_micros(budget_usd) - least
    wants: dict[str, int] = {}
    firsts: dict[str, int] = {}
    for need in needs:
        wants[need.department] = wants.get(need.department, 0) + need.most - need.least
        firsts[need.department] = firsts.get(need.department, 0) + need.least
    grants = _grants(wants, firsts, shares, spare, to_micros(budget_usd))
    envelopes = []
    for need in needs:
        want = wants[need.department]
        extra = (need.most - need.least) * min(grants[need.department], want) // want if want else 0
        envelopes.append(to_usd(need.least + extra))
    return tuple(envelopes)


def _grants(
    wants: Mapping[str, int], firsts: Mapping[str, int], shares: Mapping[str, float], spare: int, budget: int
) -> dict[str, int]:
    """Divide what is left after the first takes among the departments, never more than there is."""
    if not wants:
        return {}
    due = {name: max(0, round(shares.get(name, 0.0) * budget) - firsts[name]) for name in wants}
    total = sum(due.values())
    if total > spare:
        due = {name: amount * spare // total for name, amount in due.items()}
    return due


def shares_of(wants: Mapping[str, int], said: Mapping[str, float | None]) -> dict[str, float]:
    """Give every department its share: as said where all say one, otherwise by need."""
    given = {name: said.get(name) for name in wants}
    known = {name: share for name, share in given.items() if share is not None}
    if len(known) == len(wants) and sum(known.values()) > 0:
        return {name: share / sum(known.values()) for name, share in known.items()}
    total = sum(wants.values())
    return {name: (want / total if total else 1 / len(wants)) for name, want in wants.items()}
