"""Sums of money are exact."""

from hypothesis import given
from hypothesis import strategies as st

from callsheet.core.money import Bill, to_micros, to_usd


@given(micros=st.integers(0, 10**13))
def test_micro_dollars_survive_the_way_through_dollars(micros: int) -> None:
    assert to_micros(to_usd(micros)) == micros


@given(settled=st.integers(0, 10**9), reserved=st.integers(0, 10**9), left=st.integers(0, 10**9))
def test_what_is_left_is_exact(settled: int, reserved: int, left: int) -> None:
    bill = Bill(
        budget_usd=to_usd(settled + reserved + left),
        settled_usd=to_usd(settled),
        reserved_usd=to_usd(reserved),
        unknown_usd=0.0,
        calls=1,
    )
    assert to_micros(bill.left_usd) == left
