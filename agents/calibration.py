"""Gates that keep a promise, or say they cannot: thresholds calibrated on a person's decisions. Pure.

Needs the extra `gates` (MAPIE).
"""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..core.certificate import Certificate
from ..core.errors import MissingExtra

FEWEST_LABELS = 30
"""With fewer, no promise worth making can be certified (0.9 at 0.9 takes 22 passed takes without one rejected)."""

_LOOKS = 28
"""Floors tried, evenly over the ranks of the scores."""
_STARTS = 4
"""Places in that sequence where testing starts, each with a quarter of the risk."""
_STRICTEST = 0.12
"""The share of the takes that the first floor tried lets pass; so few can hardly prove anything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """What a person said of one take that the critics had scored."""

    score: float
    """What the gate compares with its floor, in [0, 1]."""
    approved: bool


def certify(labels: Sequence[Label], *, promise: float, confidence: float) -> Certificate:
    """Find the lowest floor whose passed takes a person approves at least as often as promised.

    With probability `confidence` over the labels, the precision at the certified floor is at least `promise`, whatever
    the critics are worth; where no floor keeps that, the certificate is a refusal. Valid when the labels are of one
    take per prompt and were not picked by their score.

    Source: Learn then Test, Angelopoulos et al. 2021, fixed-sequence testing with several starts, strictest floor
    first; the floors are places in the order of the scores, chosen without looking at the labels.

    Args:
        labels: a person's decisions, in any order.
        promise: share of passed takes a person would approve, in (0, 1).
        confidence: probability that the promise holds, in (0, 1).

    Raises:
        MissingExtra: MAPIE is not installed.
    """
    scores = np.array([one.score for one in labels], dtype=float)
    approved = np.array([one.approved for one in labels], dtype=int)
    floor = _floor(scores, approved, promise, confidence) if len(labels) >= FEWEST_LABELS else None
    passed = scores >= floor if floor is not None else np.zeros(len(labels), dtype=bool)
    return Certificate(
        promise=promise,
        confidence=confidence,
        labels=len(labels),
        floor=floor,
        passed=int(passed.sum()),
        approved=int(approved[passed].sum()),
        why="" if floor is not None else _why_not(scores, approved, promise),
    )


def _floor(scores: NDArray[np.float64], approved: NDArray[np.int_], promise: float, confidence: float) -> float | None:
    try:  # here, for it takes seconds to load, and may be missing
        from mapie.risk_control import BinaryClassificationController, precision
        from mapie.risk_control.fwer_control import FWERFixedSequenceTesting
    except ImportError as error:
        raise MissingExtra("calibration", "gates") from error
    floors = _floors(scores)
    controller = BinaryClassificationController(
        predict_function=lambda rows: np.column_stack([1 - rows[:, 0], rows[:, 0]]),
        risk=precision,
        target_level=promise,
        confidence_level=confidence,
        list_predict_params=floors,
        fwer_method=FWERFixedSequenceTesting(n_starts=min(_STARTS, len(floors))),
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns where no floor is valid; that is an answer here
        controller.calibrate(scores[:, None], approved)
    valid = controller.valid_predict_params
    return float(min(valid)) if len(valid) else None


def _floors(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give the floors to try, strictest first."""
    ranked = np.sort(scores)[::-1]
    ranks = np.linspace(_STRICTEST * len(ranked), len(ranked), _LOOKS).astype(int)
    _, first = np.unique(ranked[ranks - 1], return_index=True)
    return np.asarray(ranked[ranks - 1][np.sort(first)])


def _why_not(scores: NDArray[np.float64], approved: NDArray[np.int_], promise: float) -> str:
    if len(scores) < FEWEST_LABELS:
        return f"{len(scores)} labels are too few; decide about at least {FEWEST_LABELS} takes, better 300"
    best = approved[np.argsort(-scores, kind="stable")[: max(FEWEST_LABELS, len(scores) // 4)]]
    return (
        f"not certifiable with these critics: of the {len(best)} takes they score highest, {best.mean():.0%} were "
        f"approved, and that does not prove {promise:.0%}"
    )
