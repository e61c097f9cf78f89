"""The reviser: from how the attempts went to what happens next. One pure function."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from ..core.decision import Accept, Ask, Escalate, Move, Reseed, Stop
from ..core.money import to_micros
from ..core.plan import Gate
from ..core.take import Verdict

TRIES_PER_RUNG = 2
"""Takes a maker gets before the next stronger one is asked, where there is one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One take of the current round, judged."""

    take: str
    maker: str
    verdict: Verdict
    is_ingested: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """One maker of the ladder that could do the task, weakest first."""

    maker: str
    usd: float


def revise(attempts: Sequence[Attempt], *, gate: Gate, ladder: Sequence[Rung], left_usd: float, reseeds: bool) -> Move:
    """Choose the next move after the last of the attempts.

    Accepts a take that passes; otherwise tries again while rounds and money last, on a stronger maker once the present
    one had its tries; then stops with the best take, or asks, as the gate says. A file a person brought in is never
    painted over: when it fails, the person is asked.

    Args:
        attempts: this round's, oldest first; at least one.
        gate: floor, rounds and what to do when they are spent.
        ladder: makers able to do the task, weakest first.
        left_usd: what the task may still spend.
        reseeds: whether another seed gives another picture.

    >>> verdict = Verdict(take="keep/t01", passed=True, right=0.9, close=0.9)
    >>> revise([Attempt(take="keep/t01", maker="m", verdict=verdict)], gate=Gate(), ladder=[], left_usd=0, reseeds=True)
    Accept(take='keep/t01', kind='accept')
    """
    last = attempts[-1]
    best = _best(attempts)
    if best.verdict.passed:
        return Accept(take=best.take)
    faults = "; ".join(finding.says for finding in best.verdict.findings)
    if last.is_ingested:
        return Ask(question=f"the file you brought in fails its gate ({faults}): use it all the same?", best=last.take)
    why_spent = _why_spent(attempts, gate, reseeds)
    stronger, same = _rungs(last.maker, ladder)
    cause: Literal["gate", "money"] = "gate"
    if not why_spent:
        tries = sum(1 for attempt in attempts if attempt.maker == last.maker)
        if stronger and tries >= TRIES_PER_RUNG and to_micros(stronger.usd) <= to_micros(left_usd):
            return Escalate(maker=stronger.maker, why=f"{last.maker} had {tries} tries: {faults}")
        if same and to_micros(same.usd) <= to_micros(left_usd):
            return Reseed(why=faults)
        why_spent, cause = f"the money allotted to it is used up ({left_usd:.4f} USD left)", "money"
    if gate.when_spent == "ask":
        return Ask(question=f"{why_spent}; its best take fails: {faults}. Use it all the same?", best=best.take)
    return Stop(why=f"{why_spent}; {faults}", best=best.take, cause=cause)


def _best(attempts: Sequence[Attempt]) -> Attempt:
    return max(attempts, key=lambda one: (one.verdict.passed, one.verdict.right, one.verdict.close))


def _why_spent(attempts: Sequence[Attempt], gate: Gate, reseeds: bool) -> str:  # noqa: FBT001 - private, named at its call
    made = sum(1 for attempt in attempts if not attempt.is_ingested)
    if not reseeds:
        return "another seed would give the same picture"
    if made > gate.rounds:
        return f"all {gate.rounds} revisions are used up"
    if all(finding.score is None for finding in attempts[-1].verdict.findings):
        return "all that can be checked passes, and another take would not change the rest"
    return ""


def _rungs(maker: str, ladder: Sequence[Rung]) -> tuple[Rung | None, Rung | None]:
    """Give the next stronger rung and the present one, each where there is one."""
    names = [rung.maker for rung in ladder]
    if maker not in names:
        return None, None
    place = names.index(maker)
    return (ladder[place + 1] if place + 1 < len(ladder) else None), ladder[place]
