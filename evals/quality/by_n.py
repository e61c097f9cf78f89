"""What more takes buy: by N, what each critic says of its own choice, and what an accepted take costs."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from ...core.crew import Crew
from .arms import DEPTHS, Chooser, Ended, Floats, Takes, best_of
from .tries import Try

_SAID: Final[Mapping[Chooser, Callable[[Try], float]]] = {
    "whole": lambda one: one.whole,
    "atoms": lambda one: one.atoms,
    "panel": lambda one: one.right,
}
"""What each critic says of a take, in its own measure."""


def by_n(arm: Floats) -> list[float]:
    """Give an arm's mean over its prompts, for N from 1."""
    return [round(float(rate), 4) for rate in arm.mean(axis=0)]


def critic_by_n(takes: Takes, prompts: int) -> dict[str, list[float]]:
    """Give what each critic says of its own choice; where it rises and the judge's rate does not, it is overdone."""
    return {
        f"{maker} {chooser}": by_n(best_of(takes, prompts, chooser, maker=maker, most=most, worth=said))
        for maker, most in DEPTHS.items()
        for chooser, said in _SAID.items()
    }


def usd_per_accepted(ended: Sequence[Ended], crew: Crew) -> float | None:
    """Give what a loop's accepted take costs, the takes of the other prompts included; None where none is accepted."""
    spent = sum(_usd(crew, one.key.maker) for each in ended for one in each.tries)
    return _each(spent, sum(one.accepted for one in ended))


def usd_per_accepted_by_n(takes: Takes, prompts: int, crew: Crew) -> dict[str, list[float | None]]:
    """Give the same of best-of-N, where a chosen take is accepted that passes the panel's gate."""
    return {
        f"{maker} {chooser}": _by_n_accepted(
            best_of(takes, prompts, chooser, maker=maker, most=most, worth=lambda one: one.passed), _usd(crew, maker)
        )
        for maker, most in DEPTHS.items()
        for chooser in _SAID
    }


def _by_n_accepted(passed: Floats, usd: float) -> list[float | None]:
    return [_each(usd * n * len(passed), float(many)) for n, many in enumerate(passed.sum(axis=0), start=1)]


def _usd(crew: Crew, maker: str) -> float:
    return crew.maker(maker).usd or 0.0


def _each(usd: float, accepted: float) -> float | None:
    return round(usd / accepted, 6) if accepted else None
