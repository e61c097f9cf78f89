"""What rates would be if the judge never erred, given how often it errs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

_Z: Final = 1.96


@dataclass(frozen=True, slots=True)
class Trust:
    """How far a judge's all-correct decision can be trusted."""

    sensitivity: float
    """Of the takes a person finds right, the share it passes."""
    specificity: float
    """Of the others, the share it fails."""

    @property
    def informs(self) -> bool:
        """Whether its decision says anything: without that no rate can be corrected."""
        return self.sensitivity + self.specificity > 1


def trust_of(pairs: Sequence[tuple[bool, bool]]) -> Trust:
    """Count a judge's errors from (truth, decision) pairs; of both truths there must be some.

    >>> trust_of([(True, True), (True, False), (False, False)])
    Trust(sensitivity=0.5, specificity=1.0)
    """
    right = [decision for truth, decision in pairs if truth]
    wrong = [not decision for truth, decision in pairs if not truth]
    return Trust(float(np.mean(right)), float(np.mean(wrong)))


def corrected(rate: float, trust: Trust) -> float:
    """Give the true rate behind a judged one, in [0, 1].

    Source: Rogan and Gladen 1978 (doi:10.1093/oxfordjournals.aje.a112510).

    >>> corrected(0.5, Trust(0.9, 0.8))
    0.428571
    """
    assert trust.informs, "a judge that says nothing corrects nothing"
    true = (rate + trust.specificity - 1) / (trust.sensitivity + trust.specificity - 1)
    return round(min(1.0, max(0.0, true)), 6)


def corrected_losses(pairs: Sequence[tuple[bool, bool]], trust: Trust) -> float:
    """Give the true share of takes that were right before and wrong after, where another take was submitted.

    The judged table of (before, after) is the true one blurred on both sides by the judge's errors, which are taken to
    be independent of each other; both blurs are undone.

    Args:
        pairs: (before, after) as judged, of the prompts whose submitted take is not their first.
        trust: the judge's.

    Returns:
        In [0, 1], of all pairs; 0 without pairs.
    """
    if not pairs:
        return 0.0
    judged = np.zeros((2, 2))
    for before, after in pairs:
        judged[int(not before), int(not after)] += 1 / len(pairs)
    blur = np.array([[trust.sensitivity, 1 - trust.specificity], [1 - trust.sensitivity, trust.specificity]])
    undo = np.linalg.inv(blur)
    return round(float((undo @ judged @ undo.T)[0, 1].clip(0, 1)), 6)


def wilson(rate: float, count: int) -> list[float]:
    """Give the 95 % interval of a share of `count`.

    Source: Wilson 1927 (doi:10.1080/01621459.1927.10502953).

    >>> wilson(0.5, 100)
    [0.4038, 0.5962]
    """
    if count == 0:
        return [0.0, 1.0]
    middle = (rate + _Z**2 / (2 * count)) / (1 + _Z**2 / count)
    half = _Z * (rate * (1 - rate) / count + _Z**2 / (4 * count**2)) ** 0.5 / (1 + _Z**2 / count)
    return [round(middle - half, 4), round(middle + half, 4)]
