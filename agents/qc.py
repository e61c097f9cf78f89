"""QC: from opinions to a verdict. Pure; an unscored must-have never passes."""

from collections import defaultdict
from collections.abc import Sequence
from math import exp, log

from ..core.plan import Requirement
from ..core.take import Finding, Opinion, Score, Verdict

_LEAST = 1e-4
"""Scores are lifted to this before the geometric mean, so that one zero does not hide how the rest did."""


def judge(take: str, requirements: Sequence[Requirement], opinions: Sequence[Opinion], *, floor: float) -> Verdict:
    """Conclude about one take from what the critics said of it.

    Several critics of one requirement count as the least of them: for two, that is their mean minus their standard
    deviation; for three or more, mean minus deviation may fall when one of them scores higher, the least never does.
    A take passes when every must-have is scored and reaches the floor; wishes only move `close`.

    Args:
        take: the take's id.
        requirements: what the task asks.
        opinions: the panel's, in any order.
        floor: in (0, 1).

    Source of the two means: Soft-TIFA GM and AM of GenEval 2 (2025).

    >>> judge("t", [Requirement(id="time=dusk", kind="time", subject="", value="dusk")],
    ...       [Score(requirement="time=dusk", critic="clip", value=0.9)], floor=0.5).passed
    True
    """
    scores = _least_scores(opinions)
    evidence = {one.requirement: one.evidence for one in opinions if isinstance(one, Score) and one.evidence}
    musts = [one for one in requirements if one.must]
    unchecked = tuple(one.id for one in requirements if one.id not in scores)
    failed = [one for one in musts if scores.get(one.id, 1.0) < floor]
    nobody = [one for one in musts if one.id not in scores]
    findings = tuple(
        Finding(requirement=one.id, says=_says(one, evidence.get(one.id, "")), score=round(scores[one.id], 4))
        for one in failed
    ) + tuple(
        Finding(requirement=one.id, says=f"nobody on this crew can check {one.asks or one.id!r}") for one in nobody
    )
    return Verdict(
        take=take,
        passed=not findings,
        right=round(_geometric([scores[one.id] for one in musts if one.id in scores]), 4),
        close=round(_weighted([(scores[one.id], one.weight) for one in requirements if one.id in scores]), 4),
        findings=findings,
        unchecked=unchecked,
    )


def weakest(requirements: Sequence[Requirement], opinions: Sequence[Opinion]) -> float | None:
    """Give the score a gate's floor is compared with: the least of the must-haves; None where one is unscored."""
    scores = _least_scores(opinions)
    musts = [scores.get(one.id) for one in requirements if one.must]
    found = [value for value in musts if value is not None]
    return min(found) if found and len(found) == len(musts) else None


def _least_scores(opinions: Sequence[Opinion]) -> dict[str, float]:
    said: dict[str, list[float]] = defaultdict(list)
    for opinion in opinions:
        if isinstance(opinion, Score):
            said[opinion.requirement].append(opinion.value)
    return {requirement: min(values) for requirement, values in said.items()}


def _says(requirement: Requirement, evidence: str) -> str:
    asked = f"asked for {requirement.asks}" if requirement.asks else requirement.id
    if requirement.kind == "absence":
        asked = " ".join(f"asked for no {requirement.value} {requirement.subject}".split())
    return f"{asked}; {evidence}" if evidence else asked


def _geometric(values: Sequence[float]) -> float:
    return exp(sum(log(max(value, _LEAST)) for value in values) / len(values)) if values else 1.0


def _weighted(values: Sequence[tuple[float, float]]) -> float:
    total = sum(weight for _, weight in values)
    return sum(value * weight for value, weight in values) / total if total else 1.0
