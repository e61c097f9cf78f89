"""The arms of the quality experiment: what each submits for a prompt, and what it spent to get there. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ...agents.reviser import Attempt, Rung, revise
from ...core.decision import Accept, Ask, Escalate, Repair, Reseed, Rewrite, Stop
from ...core.plan import Task
from ...core.take import Finding, Verdict
from .tries import Key, Try

SMALL, LARGE = "sketch-s", "sketch-l"
MOST = 8
"""Takes of the large maker per prompt."""
MOST_SMALL = 2
"""Takes of the small one."""
DEPTHS = {SMALL: MOST_SMALL, LARGE: MOST}

Chooser = Literal["random", "whole", "atoms", "panel", "oracle"]
Floats = NDArray[np.float64]
Takes = Mapping[Key, Try]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How one arm ended for one prompt."""

    tries: tuple[Try, ...]
    """In the order they were made; at least one."""
    submitted: Try
    accepted: bool

    @property
    def first(self) -> Try:
        """What it would have submitted without judgement."""
        return self.tries[0]

    @property
    def calls(self) -> int:
        """How many takes it made."""
        return len(self.tries)

    @property
    def seconds(self) -> float:
        """Making and looking."""
        return sum(one.make_seconds + one.look_seconds for one in self.tries)

    @property
    def is_right(self) -> bool:
        """Whether what it submitted is all-correct."""
        return self.submitted.is_right

    @property
    def peak(self) -> bool:
        """Whether any take it made is all-correct."""
        return any(one.is_right for one in self.tries)


def best_of(
    takes: Takes,
    prompts: int,
    chooser: Chooser,
    *,
    maker: str,
    most: int,
    worth: Callable[[Try], float] = lambda one: one.is_right,
) -> Floats:
    """Give, for each prompt and N from 1 to `most`, what the take chosen of N is worth.

    Args:
        takes: every take it may come to.
        prompts: how many there are.
        chooser: who chooses.
        maker: whose takes.
        most: the largest N.
        worth: of one take; 1 where it is all-correct, else 0, unless said otherwise.

    Returns:
        (prompts, most); for the random choice, the mean of all N.
    """
    rates = np.zeros((prompts, most))
    for number in range(prompts):
        tries = [takes[Key(number, maker, attempt)] for attempt in range(1, most + 1)]
        for count in range(1, most + 1):
            rates[number, count - 1] = np.mean([worth(one) for one in _chosen(tries[:count], chooser)])
    return rates


def _chosen(tries: Sequence[Try], chooser: Chooser) -> Sequence[Try]:
    """Give the take that is chosen; every one for the random choice."""
    return tries if chooser == "random" else [max(tries, key=_WORTH[chooser])]


_WORTH: dict[str, Callable[[Try], tuple[float, ...]]] = {
    "whole": lambda one: (one.whole,),
    "atoms": lambda one: (one.atoms,),
    "panel": lambda one: (one.passed, one.right, one.close),
    "oracle": lambda one: (one.is_right,),
}


def loop(
    takes: Takes, number: int, task: Task, *, ladder: Sequence[Rung], first: str, stops_early: bool = True
) -> Ended | Key:
    """Follow the product's own reviser over the takes of one prompt.

    Args:
        takes: what was made so far.
        number: the prompt.
        task: the prompt's, for its gate and requirements.
        ladder: the makers, weakest first.
        first: the maker of the first take.
        stops_early: whether a take that passes ends it; else every round is used and the best is submitted.

    Returns:
        How it ended, or the take that is to be made before it can go on.
    """
    tries: list[Try] = []
    key = Key(number, first, 1)
    while key in takes:
        tries.append(takes[key])
        attempts = [_attempt(one, task) for one in tries]
        if not stops_early and len(tries) <= task.gate.rounds:
            attempts = [_as_failed(one) for one in attempts]
        move = revise(
            attempts, gate=task.gate, ladder=ladder, left_usd=1.0, reseeds=True, requirements=task.requirements
        )
        key = Key(number, key.maker, len(tries) + 1, words=key.words)
        match move:
            case Repair(take=source, region=region):
                key = key._replace(repairs=tries[int(source) - 1].key, region=region)
            case Escalate(maker=stronger):
                key = key._replace(maker=stronger)
            case Accept(take=best):
                return Ended(tries=tuple(tries), submitted=tries[int(best) - 1], accepted=True)
            case Stop(best=best) | Ask(best=best):
                return Ended(tries=tuple(tries), submitted=tries[int(best) - 1], accepted=False)
            case Rewrite(prompt=words):
                key = key._replace(words=words)
            case Reseed():
                pass
    return key


def _attempt(one: Try, task: Task) -> Attempt:
    findings = tuple(Finding(requirement=name, says=name, score=0.0) for name in one.findings)
    at = str(one.key.attempt)
    verdict = Verdict(take=at, passed=one.passed, right=one.right, close=one.close, findings=findings)
    repaired = str(one.key.repairs.attempt) if one.key.repairs else ""
    return Attempt(
        take=at, maker=one.key.maker, verdict=verdict, repaired=repaired, prompt=one.key.words or task.prompt
    )


def _as_failed(attempt: Attempt) -> Attempt:
    """Give the attempt as one that fails and is better than the one before, after which no rule stops."""
    failed = Finding(requirement="", says="every round is used", score=0.0)
    verdict = replace(attempt.verdict, passed=False, right=int(attempt.take) / 100, findings=(failed,))
    return replace(attempt, verdict=verdict)


def at_calls(rates: Floats, calls: float) -> float:
    """Give an arm's rate at a mean number of calls between two whole ones, by mixing the two."""
    mean = rates.mean(axis=0)
    return float(np.interp(calls, np.arange(1, len(mean) + 1), mean))
