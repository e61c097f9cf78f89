"""The figures of the quality experiment: every arm against the others, as judged and corrected."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ...core.crew import Crew
from ..judge.correction import Trust, corrected, corrected_losses
from .arms import DEPTHS, LARGE, MOST, SMALL, Chooser, Ended, Floats, Takes, at_calls, best_of
from .by_n import by_n, critic_by_n, usd_per_accepted, usd_per_accepted_by_n
from .tries import Key

RESAMPLES = 2_000
CHOOSERS: tuple[Chooser, ...] = ("random", "whole", "atoms", "panel", "oracle")
Rows = NDArray[np.int_]
Arm = Literal["loop", "without_repair", "every_round"]
Arms = Mapping[Chooser, Floats]


def figures(
    takes: Takes, ended_by: Mapping[Arm, Sequence[Ended]], *, crew: Crew, trust: Trust, clean_rate: float
) -> dict[str, object]:
    """Work out every figure.

    Args:
        takes: every take made.
        ended_by: how each arm of the loop ended, a prompt each.
        crew: for the prices.
        trust: the judge's.
        clean_rate: the share of clean renders of the same prompts that the judge finds all-correct.
    """
    ended, prompts = ended_by["loop"], len(ended_by["loop"])
    arms = curves(takes, prompts)
    return {
        "prompts": prompts,
        "judge": {"sensitivity": round(trust.sensitivity, 4), "specificity": round(trust.specificity, 4)},
        "first_makers": Counter(one.first.key.maker for one in ended),
        **_rates(ended, trust, clean_rate),
        **_spent(ended_by),
        "repairs": _repairs(ended),
        **_gains(ended, arms[LARGE]),
        **_selection(arms),
        "regressions": _regressions(ended, trust),
        "calls_ratio": _calls_ratio(takes, ended),
        "panel_cost": round(_seconds(takes, LARGE)[1] / _seconds(takes, LARGE)[0], 4),
        "usd_per_accepted": {arm: usd_per_accepted(one, crew) for arm, one in ended_by.items()},
        "usd_per_accepted_by_n": usd_per_accepted_by_n(takes, prompts, crew),
        "at_equal_seconds": _at_seconds(arms, takes, mean(one.seconds for one in ended)),
        "passes_again": _passes_again(takes, prompts),
        "by_n": {maker: {chooser: by_n(arm) for chooser, arm in each.items()} for maker, each in arms.items()},
        "critic_by_n": critic_by_n(takes, prompts),
        "by_kind": _by_kind(ended),
    }


def curves(takes: Takes, prompts: int) -> dict[str, Arms]:
    """Give best-of-N by every chooser, for every maker."""
    return {
        maker: {one: best_of(takes, prompts, one, maker=maker, most=most) for one in CHOOSERS}
        for maker, most in DEPTHS.items()
    }


def take_seconds(takes: Takes, maker: str) -> float:
    """Give the mean seconds of one take of a maker, made and looked at."""
    return sum(_seconds(takes, maker))


def mean(values: Iterable[float]) -> float:
    """Average, to four places; 0 of nothing."""
    found = np.fromiter(values, dtype=float)
    return round(float(found.mean()), 4) if len(found) else 0.0


def _rates(ended: Sequence[Ended], trust: Trust, clean_rate: float) -> dict[str, float]:
    first, last = mean(one.first.is_right for one in ended), mean(one.is_right for one in ended)
    kept = [one for one in ended if one.accepted]
    accepted = mean(one.is_right for one in kept)
    return {
        "first_rate": first,
        "first_rate_corrected": corrected(first, trust),
        "loop_rate_corrected": corrected(last, trust),
        "accepted": len(kept),
        "accepted_rate": accepted,
        "clean_rate": round(clean_rate, 4),
        "parity": round(accepted / clean_rate, 4) if clean_rate else 0.0,
        "parity_corrected": corrected(accepted, trust),  # renders are right by construction
    }


def _spent(ended_by: Mapping[Arm, Sequence[Ended]]) -> dict[str, float]:
    """Give what each arm of the loop reached, the best it had in hand, and what it spent."""
    found: dict[str, float] = {}
    for arm, ended in ended_by.items():
        found[f"{arm}_rate"] = mean(one.is_right for one in ended)
        found[f"{arm}_peak_rate"] = mean(one.peak for one in ended)
        found[f"{arm}_calls"] = mean(one.calls for one in ended)
        found[f"{arm}_seconds"] = mean(one.seconds for one in ended)
    return found


def _repairs(ended: Sequence[Ended]) -> dict[str, float]:
    """Say how many repairs were made, and the share that passed and that the judge finds right."""
    made = [one for each in ended for one in each.tries if one.key.repairs]
    return {"of": len(made), "passed": mean(one.passed for one in made), "right": mean(one.is_right for one in made)}


def _gains(ended: Sequence[Ended], arms: Arms) -> dict[str, object]:
    """Compare the loop with best-of-N of the maker it begins with, at its own mean number of calls."""
    measures = {
        "gap_closed": (_gap(ended, arms), "gap_interval"),
        "gain_over_bestofn": (_gain(ended, arms["whole"]), "interval"),
        "gain_over_atoms": (_gain(ended, arms["atoms"]), "atoms_interval"),
        "gain_over_first": (_over_first(ended), "first_interval"),
    }
    found: dict[str, object] = {}
    for name, (measure, interval) in measures.items():
        found[name] = round(measure(np.arange(len(ended))), 4)
        found[interval] = _interval(measure, len(ended))
    return found


def _gain(ended: Sequence[Ended], arm: Floats) -> Callable[[Rows], float]:
    hits, calls = np.array([one.is_right for one in ended]), np.array([one.calls for one in ended])
    return lambda rows: float(hits[rows].mean()) - at_calls(arm[rows], float(calls[rows].mean()))


def _gap(ended: Sequence[Ended], arms: Arms) -> Callable[[Rows], float]:
    """Measure the part of the way from the whole-prompt choice to the oracle that a loop goes."""
    over_whole, over_oracle = _gain(ended, arms["whole"]), _gain(ended, arms["oracle"])

    def gap(rows: Rows) -> float:
        gain = over_whole(rows)
        way = gain - over_oracle(rows)
        return gain / way if way > 0 else 0.0

    return gap


def _over_first(ended: Sequence[Ended]) -> Callable[[Rows], float]:
    gains = np.array([float(one.is_right) - float(one.first.is_right) for one in ended])
    return lambda rows: float(gains[rows].mean())


def _interval(measure: Callable[[Rows], float], prompts: int) -> list[float]:
    """Give the 95 % interval by a paired bootstrap over prompts."""
    dice = np.random.default_rng(0)
    drawn = [measure(dice.integers(0, prompts, size=prompts)) for _ in range(RESAMPLES)]
    return [round(float(edge), 4) for edge in np.quantile(drawn, (0.025, 0.975))]


def _selection(arms: Mapping[str, Arms]) -> dict[str, object]:
    large = arms[LARGE]
    return {
        "selection_efficiency": {one: round(_efficiency(large, one)(_all(large)), 4) for one in CHOOSERS[1:4]},
        "selection_interval": _interval(_efficiency(large, "panel"), len(large["panel"])),
        "selection_efficiency_small": round(_efficiency(arms[SMALL], "panel")(_all(arms[SMALL])), 4),
    }


def _all(arms: Arms) -> Rows:
    return np.arange(len(arms["panel"]))


def _efficiency(arms: Arms, chooser: Chooser) -> Callable[[Rows], float]:
    """Measure, at the largest N, the part of the way from a random choice to the judge's own that a critic goes."""

    def measured(rows: Rows) -> float:
        low, high, its = (float(arms[one][rows, -1].mean()) for one in ("random", "oracle", chooser))
        return (its - low) / (high - low) if high > low else 0.0

    return measured


def _regressions(ended: Sequence[Ended], trust: Trust) -> dict[str, float]:
    """Give how often a right first take was traded for a wrong one: as judged, corrected, and by the panel's count.

    Where the first take itself is submitted nothing is traded.
    """
    right = [one for one in ended if one.first.is_right]
    traded = [(one.first.is_right, one.is_right) for one in ended if one.submitted is not one.first]
    lost = corrected_losses(traded, trust) * len(traded)
    truly_right = corrected(mean(one.first.is_right for one in ended), trust) * len(ended)
    return {
        "by_judge": mean(not one.is_right for one in right),
        "of": len(right),
        "corrected": round(lost / truly_right, 4) if truly_right else 0.0,
        "traded": len(traded),
        "by_panel": mean(not one.submitted.passed for one in ended if one.first.passed),
    }


def _calls_ratio(takes: Takes, ended: Sequence[Ended]) -> float:
    """Compare generator calls per accepted take with those of best-of-8 by the same panel."""
    passing = sum(
        any(takes[Key(number, LARGE, attempt)].passed for attempt in range(1, MOST + 1)) for number in range(len(ended))
    )
    ours = sum(one.calls for one in ended) / max(1, sum(one.accepted for one in ended))
    return round(ours / (MOST * len(ended) / max(1, passing)), 4)


def _passes_again(takes: Takes, prompts: int) -> dict[str, dict[str, float]]:
    """Give how often a maker's first take passes the panel, and its second where the first did not."""
    found: dict[str, dict[str, float]] = {}
    for maker in DEPTHS:
        both = [[takes[Key(number, maker, attempt)].passed for attempt in (1, 2)] for number in range(prompts)]
        found[maker] = {
            "first": mean(first for first, _ in both),
            "second_after_failure": mean(second for first, second in both if not first),
        }
    return found


def _seconds(takes: Takes, maker: str) -> tuple[float, float]:
    """Give the mean seconds of making and of looking at one take."""
    of_it = [one for one in takes.values() if one.key.maker == maker]
    return float(np.mean([one.make_seconds for one in of_it])), float(np.mean([one.look_seconds for one in of_it]))


def _at_seconds(arms: Mapping[str, Arms], takes: Takes, seconds: float) -> dict[str, float]:
    """Give every arm's rate at the loop's mean seconds, making and looking."""
    found = {"seconds": round(seconds, 3)}
    for maker, each in arms.items():
        for chooser, rates in each.items():
            found[f"{maker} {chooser}"] = round(at_calls(rates, seconds / take_seconds(takes, maker)), 4)
    return found


def _by_kind(ended: Sequence[Ended]) -> dict[str, dict[str, float]]:
    kinds: dict[str, list[tuple[bool, bool]]] = {}
    for one in ended:
        for claim, held in one.first.holds.items():
            kinds.setdefault(claim.partition(":")[0], []).append((held, one.submitted.holds[claim]))
    return {
        kind: {"first": mean(before for before, _ in pairs), "submitted": mean(after for _, after in pairs)}
        for kind, pairs in sorted(kinds.items())
    }
