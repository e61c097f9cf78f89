"""The figures of the continuity bench, on made-up scores."""

import pytest

from callsheet.evals.bench_continuity import _auc


@pytest.mark.parametrize(
    ("same", "others", "auc"),
    [([0.9, 0.8], [0.1, 0.2], 1.0), ([0.1], [0.9], 0.0), ([0.5], [0.5], 0.5), ([0.9, None], [0.1, None], 1.0)],
)
def test_an_auc_is_the_share_of_pairs_in_order_ties_by_half_and_unscored_ones_left_out(
    same: list[float | None], others: list[float | None], auc: float
) -> None:
    assert _auc(same, others) == auc
