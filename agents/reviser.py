"""The reviser: from how the attempts went to what happens next. One pure function."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from ..core.decision import Accept, Ask, Escalate, Move, Region, Repair, Reseed, Rewrite, Stop
from ..core.money import to_micros
from ..core.plan import Gate, Requirement
from ..core.take import Verdict
from .planning.contradictions import contradictions, in_words
from .planning.rewording import reworded

TRIES_PER_RUNG: Final = 2
"""Takes a maker gets before the next stronger one is asked, where there is one."""

MOST_EDITS: Final = 2
"""Repairs upon repairs: after these the picture is made anew, for edits pile up their seams."""

FLAT_ROUNDS: Final = 2
"""Takes in a row that are no better than those before them, after which another is not worth its price."""

_GAIN: Final = 0.02
"""How much `Verdict.right` must rise for a round not to be flat."""

_WEIGHT: Final = 0.5
"""Takes of evidence that a maker's pass rate counts for on one task."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One take of the current round, judged."""

    take: str
    maker: str
    verdict: Verdict
    repaired: str = ""
    """The take it is a repair of; empty for one made from nothing."""
    prompt: str = ""
    is_ingested: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """One maker of the ladder that could do the task, weakest first."""

    maker: str
    usd: float
    repairs: bool = False
    """Whether it can paint a part of a picture anew."""
    rewords: bool = False
    """Whether other words for a relation help it."""
    passes: float | None = None
    """The chance that a first take of it passes this task's gate; None where nobody knows."""


def revise(
    attempts: Sequence[Attempt],
    *,
    gate: Gate,
    ladder: Sequence[Rung],
    left_usd: float,
    reseeds: bool,
    requirements: Sequence[Requirement] = (),
) -> Move:
    """Choose the next move after the last of the attempts.

    A take that passes is accepted. While rounds, money and hope last, the kind of failure chooses: once a maker had its
    tries, the next stronger one; a wrong attribute alone, a repair of the subject; wrong light, weather or ground
    alone, a repair of the backdrop; a wrong relation, other words; anything else, another seed. Then it stops with the
    best take, or asks, as the gate says; at once where must-haves contradict each other, or where a take costs more
    than its chance of being accepted is worth. A repair that breaks what held is never built upon. A file a person
    brought in is never painted over: when it fails, the person is asked.

    Args:
        attempts: this round's, oldest first; at least one.
        gate: floor, rounds and what to do when they are spent.
        ladder: makers able to do the task, weakest first.
        left_usd: what the task may still spend.
        reseeds: whether another seed gives another picture.
        requirements: the task's; without them every failure is answered with another seed.

    >>> verdict = Verdict(take="keep/t01", passed=True, right=0.9, close=0.9)
    >>> revise([Attempt(take="keep/t01", maker="m", verdict=verdict)], gate=Gate(), ladder=[], left_usd=0, reseeds=True)
    Accept(take='keep/t01', kind='accept')
    """
    last, best = attempts[-1], best_attempt(attempts)
    if best.verdict.passed:
        return Accept(take=best.take)
    faults = "; ".join(finding.says for finding in best.verdict.findings)
    if last.is_ingested:
        return Ask(question=f"the file you brought in fails its gate ({faults}): use it all the same?", best=last.take)
    stronger, same = _rungs(last.maker, ladder)
    why_spent = _hopeless(best, requirements) or _why_spent(attempts, gate, reseeds=reseeds, is_top=stronger is None)
    cause: Literal["gate", "money"] = "gate"
    if not why_spent:
        tries = _tries(last.maker, attempts)
        order = (stronger, same) if tries >= TRIES_PER_RUNG else (same, stronger)
        payable = [one for one in order if one and to_micros(one.usd) <= to_micros(left_usd)]
        worthy = [one for one in payable if not _not_worth_it(one, attempts, gate)]
        if worthy and worthy[0] is same:
            return _again(attempts, best, worthy[0], requirements)
        if worthy:
            return Escalate(maker=worthy[0].maker, why=f"{last.maker} had {tries} tries: {faults}")
        if payable:
            why_spent = _not_worth_it(payable[0], attempts, gate)
        else:
            why_spent, cause = f"the money allotted to it is used up ({left_usd:.4f} USD left)", "money"
    if gate.when_spent == "ask":
        return Ask(question=f"{why_spent}; its best take fails: {faults}. Use it all the same?", best=best.take)
    return Stop(why=f"{why_spent}; {faults}", best=best.take, cause=cause)


def best_attempt(attempts: Sequence[Attempt]) -> Attempt:
    """Give the best attempt; a repair that broke what held is out of the running."""
    by_take = {attempt.take: attempt for attempt in attempts}
    kept = [one for one in attempts if not (one.repaired and _breaks(one, by_take[one.repaired]))]
    return max(kept, key=lambda one: (one.verdict.passed, one.verdict.right, one.verdict.close))


def _breaks(edit: Attempt, source: Attempt) -> bool:
    """Say whether an edit fails a requirement that its source did not."""
    return not {one.requirement for one in edit.verdict.findings} <= {
        one.requirement for one in source.verdict.findings
    }


def _again(attempts: Sequence[Attempt], best: Attempt, rung: Rung, requirements: Sequence[Requirement]) -> Move:
    """Choose among the moves that stay with the present maker, by what is wrong with the best take."""
    faults = "; ".join(finding.says for finding in best.verdict.findings)
    failed = _failed(best, requirements)
    region = _region(failed)
    is_flat = attempts[-1].repaired != "" and attempts[-1] is not best
    if region and rung.repairs and not best.is_ingested and not is_flat and _edits(best, attempts) < MOST_EDITS:
        return Repair(take=best.take, region=region, why=faults)
    words = reworded(attempts[0].prompt, [one for one in failed if one.kind == "relation"])
    if rung.rewords and words and all(words != attempt.prompt for attempt in attempts):
        return Rewrite(prompt=words, why=faults)
    return Reseed(why=faults)


def _failed(attempt: Attempt, requirements: Sequence[Requirement]) -> list[Requirement]:
    ids = {one.requirement for one in attempt.verdict.findings}
    return [one for one in requirements if one.id in ids]


def _region(failed: Sequence[Requirement]) -> Region | None:
    """Give the one region that holds every fault; None where they are spread, or a layout is wrong."""
    regions = {_REGIONS.get(one.other if one.other in ("ground", "size") else one.kind) for one in failed}
    return regions.pop() if len(regions) == 1 else None


_REGIONS: Final[dict[str, Region]] = {
    "attribute": "subject",
    "ground": "backdrop",
    "time": "backdrop",
    "weather": "backdrop",
}


def _edits(attempt: Attempt, attempts: Sequence[Attempt]) -> int:
    by_take = {one.take: one for one in attempts}
    count = 0
    while attempt.repaired:
        attempt, count = by_take[attempt.repaired], count + 1
    return count


def chance_after(passes: float, failures: int) -> float:
    """Give the chance that a maker's next take passes, after so many of its takes of the same task failed.

    A maker that misses a prompt tends to miss it again: its rate counts for half a take of evidence on one task.

    Source: the mean of a Beta belief after failures. Its weight lies between those of the house makers: `bench_quality`
    (`passes_again`) tells how often a second take passed where the first had failed.

    >>> [round(chance_after(0.7, failures), 2) for failures in (0, 1, 3)]
    [0.7, 0.23, 0.1]
    """
    return _WEIGHT * passes / (_WEIGHT + failures)


def _not_worth_it(rung: Rung, attempts: Sequence[Attempt], gate: Gate) -> str:
    """Say why a take is dearer than what it can be expected to bring; empty where it is not, or nobody can tell."""
    if gate.worth_usd is None or rung.passes is None:
        return ""
    chance = chance_after(rung.passes, _tries(rung.maker, attempts))
    if chance * gate.worth_usd >= rung.usd:
        return ""
    worth = f"{chance * gate.worth_usd:.4f} USD, as an accepted one is worth {gate.worth_usd:g}"
    return f"another take of {rung.maker} costs {rung.usd:.4f} USD, and its chance of {chance:.2f} is worth {worth}"


def _tries(maker: str, attempts: Sequence[Attempt]) -> int:
    return sum(1 for attempt in attempts if attempt.maker == maker)


def _hopeless(best: Attempt, requirements: Sequence[Requirement]) -> str:
    """Say which contradiction stands behind a failure; empty where there is none."""
    failed = {one.id for one in _failed(best, requirements)}
    pairs = [pair for pair in contradictions(requirements) if failed & {one.id for one in pair}]
    return "; ".join(in_words(*pair) for pair in pairs)


def _why_spent(attempts: Sequence[Attempt], gate: Gate, *, reseeds: bool, is_top: bool) -> str:
    made = [attempt for attempt in attempts if not attempt.is_ingested]
    if not reseeds:
        return "another seed would give the same picture"
    if len(made) > gate.rounds:
        return f"all {gate.rounds} revisions are used up"
    if all(finding.score is None for finding in attempts[-1].verdict.findings):
        return "all that can be checked passes, and another take would not change the rest"
    if is_top and _is_flat(made):
        return f"{FLAT_ROUNDS} takes in a row were no better"
    return ""


def _is_flat(made: Sequence[Attempt]) -> bool:
    """Say whether the last rounds of the present maker brought nothing."""
    own = [one.verdict.right for one in made if one.maker == made[-1].maker]
    earlier, latest = own[:-FLAT_ROUNDS], own[-FLAT_ROUNDS:]
    return bool(earlier) and max(latest) < max(earlier) + _GAIN


def _rungs(maker: str, ladder: Sequence[Rung]) -> tuple[Rung | None, Rung | None]:
    """Give the next stronger rung and the present one, each where there is one."""
    names = [rung.maker for rung in ladder]
    if maker not in names:
        return None, None
    place = names.index(maker)
    return (ladder[place + 1] if place + 1 < len(ladder) else None), ladder[place]
