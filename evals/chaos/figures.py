"""What many cycles come to: one JSON object."""

from collections import Counter
from collections.abc import Mapping, Sequence

from .cycle import Outcome


def percentile(values: Sequence[float], share: float) -> float | None:
    """Give the value that so large a share of values does not exceed; None of none.

    >>> percentile([3.0, 1.0, 2.0], 0.5), percentile([], 0.5)
    (2.0, None)
    """
    if not values:
        return None
    return round(sorted(values)[min(len(values) - 1, int(share * len(values)))], 3)


def figures_of(outcomes: Sequence[Outcome], *, seed: int) -> Mapping[str, object]:
    """Sum cycles up; `resume_*` are of all runs that went on, `fresh_resume_*` of those that started an interpreter."""
    kills = sum(one.kills for one in outcomes)
    fresh = [seconds for one in outcomes for seconds in one.fresh_resumes]
    every = [*fresh, *(seconds for one in outcomes for seconds in one.resumes)]
    return {
        "cycles": len(outcomes),
        "succeeded": sum(one.is_finished for one in outcomes),
        "violations": sum(len(one.violations) for one in outcomes),
        "kills": kills,
        "most_kills_in_one": max((one.kills for one in outcomes), default=0),
        "blows": sum(one.blows for one in outcomes),
        "kinds": dict(Counter(one.kind for one in outcomes)),
        "points": dict(Counter(point for one in outcomes for point in one.points)),
        "accepted": sum(one.accepted for one in outcomes),
        "pictures_sold": sum(one.sold for one in outcomes),
        "decisions": sum(one.decisions for one in outcomes),
        "in_flight_per_kill": round(sum(one.in_flight for one in outcomes) / max(1, kills), 3),
        "reissued_per_kill": round(sum(one.reissued for one in outcomes) / max(1, kills), 3),
        "unknown_charges": sum(one.unknown for one in outcomes),
        "charged_in_vain": sum(one.charged_in_vain for one in outcomes),
        "resume_p50_s": percentile(every, 0.5),
        "resume_p99_s": percentile(every, 0.99),
        "resumes": len(every),
        "fresh_resume_p50_s": percentile(fresh, 0.5),
        "fresh_resume_p99_s": percentile(fresh, 0.99),
        "cycle_seconds": round(sum(one.seconds for one in outcomes) / max(1, len(outcomes)), 2),
        "seed": seed,
    }
