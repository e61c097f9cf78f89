"""The arms of the quality experiment: what each submits for a prompt, and what it spent to get there. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ..agents.reviser import Attempt, Rung, revise
from ..core.decision import Accept, Escalate, Reseed
from ..core.plan import Gate
from ..core.take import Finding, Verdict
from .quality_takes import Key, Try

SMALL, LARGE = "sketch-s", "sketch-l"
MOST = 8
"""Takes of the small maker per prompt."""
MOST_LARGE = 4
"""Takes of the large one."""

Chooser = Literal["random", "whole", "atoms", "panel", "oracle"]
Floats = NDArray[np.float64]
Takes = Mapping[Key, Try]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How one arm ended for one prompt."""

    submitted: Try
    calls: int
    seconds: float
    """Making and looking."""
    accepted: bool
    peak: bool
    """Whether any take it made was all-correct."""


def best_of(takes: Takes, prompts: int, chooser: Chooser, *, maker: str, most: int) -> Floats:
    """Give, for each prompt and N from 1 to `most`, the chance that the take chosen of N is all-correct.

    Returns:
        (prompts, most); 0 or 1, but for the random choice.
    """
    rates = np.zeros((prompts, most))
    for number in range(prompts):
        tries = [takes[number, maker, attempt] for attempt in range(1, most + 1)]
        for count in range(1, most + 1):
            rates[number, count - 1] = _chosen(tries[:count], chooser)
    return rates


def _chosen(tries: Sequence[Try], chooser: Chooser) -> float:
    if chooser == "random":
        return float(np.mean([one.is_right for one in tries]))
    return float(max(tries, key=_WORTH[chooser]).is_right)


_WORTH: dict[str, Callable[[Try], tuple[float, ...]]] = {
    "whole": lambda one: (one.whole,),
    "atoms": lambda one: (one.atoms,),
    "panel": lambda one: (one.passed, one.right, one.close),
    "oracle": lambda one: (one.is_right,),
}


def loop(takes: Takes, number: int, *, gate: Gate, ladder: Sequence[Rung], stops_early: bool = True) -> Ended:
    """Follow the product's own reviser over the takes of one prompt.

    Args:
        takes: every take it may come to.
        number: the prompt.
        gate: as in a production.
        ladder: the makers, weakest first.
        stops_early: whether a take that passes ends it; else every round is used and the best is submitted.
    """
    tries: list[Try] = []
    maker = ladder[0].maker
    while True:
        tries.append(takes[number, maker, len(tries) + 1])
        attempts = [_attempt(one, at) for at, one in enumerate(tries, start=1)]
        if not stops_early and len(tries) <= gate.rounds:
            move = revise(_as_failed(attempts), gate=gate, ladder=ladder, left_usd=1.0, reseeds=True)
        else:
            move = revise(attempts, gate=gate, ladder=ladder, left_usd=1.0, reseeds=True)
        match move:
            case Reseed():
                continue
            case Escalate(maker=stronger):
                maker = stronger
            case Accept(take=best):
                return _ended(tries, best, accepted=True)
            case _:
                return _ended(tries, move.best, accepted=False)


def _attempt(one: Try, at: int) -> Attempt:
    findings = tuple(Finding(requirement=name, says=name, score=0.0) for name in one.findings)
    verdict = Verdict(take=str(at), passed=one.passed, right=one.right, close=one.close, findings=findings)
    return Attempt(take=str(at), maker=one.maker, verdict=verdict)


def _as_failed(attempts: Sequence[Attempt]) -> list[Attempt]:
    failed = Finding(requirement="", says="every round is used", score=0.0)
    return [
        Attempt(
            take=one.take,
            maker=one.maker,
            verdict=Verdict(
                take=one.take, passed=False, right=one.verdict.right, close=one.verdict.close, findings=(failed,)
            ),
        )
        for one in attempts
    ]


def _ended(tries: Sequence[Try], best: str, *, accepted: bool) -> Ended:
    return Ended(
        submitted=tries[int(best) - 1],
        calls=len(tries),
        seconds=sum(one.make_seconds + one.look_seconds for one in tries),
        accepted=accepted,
        peak=any(one.is_right for one in tries),
    )


def at_calls(rates: Floats, calls: float) -> float:
    """Give an arm's rate at a mean number of calls between two whole ones, by mixing the two."""
    mean = rates.mean(axis=0)
    return float(np.interp(calls, np.arange(1, len(mean) + 1), mean))
