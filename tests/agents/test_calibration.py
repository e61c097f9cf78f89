"""A calibrated gate keeps its promise or refuses, and says which."""

import numpy as np
import pytest

from callsheet.agents.calibration import FEWEST_LABELS, Label, certify


def labels(count: int, *, ceiling: float, seed: int = 0) -> list[Label]:
    """Decisions of a person who approves takes above the middle with a given chance, and none below."""
    dice = np.random.default_rng(seed)
    scores = dice.uniform(size=count)
    approved = dice.uniform(size=count) < np.where(scores > 0.5, ceiling, 0.0)
    return [Label(score=float(score), approved=bool(yes)) for score, yes in zip(scores, approved, strict=True)]


def test_critics_that_tell_right_from_wrong_are_certified_near_where_they_do() -> None:
    certificate = certify(labels(300, ceiling=1.0), promise=0.9, confidence=0.9)
    assert certificate.floor is not None
    assert 0.4 < certificate.floor < 0.7
    assert certificate.approved / certificate.passed >= 0.9
    assert "certified at 0.9 with 300 labels" in certificate.says


def test_a_promise_beyond_the_critics_is_refused_in_words() -> None:
    certificate = certify(labels(300, ceiling=0.8), promise=0.9, confidence=0.9)
    assert certificate.floor is None
    assert "not certifiable with these critics" in certificate.says


def test_scores_that_say_nothing_are_refused() -> None:
    dice = np.random.default_rng(1)
    told = [Label(score=float(dice.uniform()), approved=bool(dice.uniform() < 0.5)) for _ in range(300)]
    assert certify(told, promise=0.9, confidence=0.9).floor is None


def test_too_few_labels_are_refused_with_the_number_needed() -> None:
    certificate = certify(labels(FEWEST_LABELS - 1, ceiling=1.0), promise=0.9, confidence=0.9)
    assert certificate.floor is None
    assert str(FEWEST_LABELS) in certificate.says


def test_the_order_of_the_labels_changes_nothing() -> None:
    told = labels(300, ceiling=1.0)
    assert certify(told, promise=0.9, confidence=0.9) == certify(told[::-1], promise=0.9, confidence=0.9)


@pytest.mark.parametrize("score", [0.0, 0.5, 1.0])
def test_equal_scores_pass_together_or_not_at_all(score: float) -> None:
    certificate = certify([Label(score=score, approved=True)] * 100, promise=0.9, confidence=0.9)
    assert (certificate.floor, certificate.passed) == (score, 100)


def test_a_higher_promise_never_lowers_the_floor() -> None:
    told = labels(400, ceiling=0.99, seed=3)
    floors = [certify(told, promise=promise, confidence=0.9).floor for promise in (0.5, 0.7, 0.8, 0.9)]
    given = [floor for floor in floors if floor is not None]
    assert given == sorted(given)
    assert len(given) >= 3
