"""What a director delegated about single takes: who answers where a task would ask. Pure."""

from collections.abc import Sequence
from dataclasses import replace

from ..core.brief import Delegation
from ..core.decision import Ask, Move, Stop
from ..core.plan import Gate
from .reviser import Attempt, best_attempt


def widened(gate: Gate, policy: Delegation | None) -> Gate:
    """Give a gate with the rounds a task may get beyond its own.

    >>> widened(Gate(rounds=1), Delegation(retake_up_to=2)).rounds, widened(Gate(rounds=1), None).rounds
    (3, 1)
    """
    return replace(gate, rounds=gate.rounds + policy.retake_up_to) if policy and policy.retake_up_to else gate


def is_over_rounds(move: Move, attempts: Sequence[Attempt], gate: Gate) -> bool:
    """Say whether a task ends because its own rounds are used up: more of them may change that."""
    made = sum(not one.is_ingested for one in attempts)
    is_end = isinstance(move, Ask) or (isinstance(move, Stop) and move.cause == "gate")
    return is_end and not attempts[-1].is_ingested and made > gate.rounds


def accepting(attempts: Sequence[Attempt], policy: Delegation | None, *, spent_usd: float) -> str:
    """Name the policy that accepts the best take where the director would be asked; empty where none does.

    A file that a person brought in is theirs to decide about.

    Args:
        attempts: of the round, as the reviser saw them.
        policy: what the director delegated.
        spent_usd: what the round's takes cost together.
    """
    best = best_attempt(attempts)
    if policy is None or attempts[-1].is_ingested or best.is_ingested:
        return ""
    scores = [finding.score for finding in best.verdict.findings]
    known = [score for score in scores if score is not None]
    is_sure = bool(known) and len(known) == len(scores)
    if policy.accept_above is not None and is_sure and min(known) >= policy.accept_above:
        return "policy:accept_above"
    if policy.accept_under_usd is not None and spent_usd < policy.accept_under_usd:
        return "policy:accept_under_usd"
    return ""
