"""Money in words: what rented machines cost, and which of them are up."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from ..core.delivery import MachineBill
from ..core.history import History
from ..core.money import to_usd
from ..core.rent import Meter, Rent, Stay

_MOST_NAMES = 5


def bill_in_words(bill: MachineBill) -> Iterator[str]:
    """Say what the machines of a delivered production cost, and which of them were forgotten."""
    shares = f"{bill.busy:.0%} making, {bill.loading:.0%} loading, {bill.idle:.0%} idle"
    each = "" if bill.usd_per_accepted is None else f"; with the calls {bill.usd_per_accepted:.4f} per accepted"
    yield f"machines: {bill.usd:.4f} USD for {bill.machines}, {bill.hours:.2f} h together ({shares}){each}"
    teams = [f"{name or 'nobody'} {usd:.4f}" for name, usd in bill.usd_by_department.items()]
    if len(teams) > 1:
        yield f"machines by department: {', '.join(teams)} USD"
    for name, usd in bill.forgotten_usd.items():
        yield f"machine {name} was not given back in time: {usd:.4f} USD for nothing"


def rent_so_far(history: History, now: datetime) -> tuple[Rent | None, tuple[Stay, ...]]:
    """Give what machines have cost so far, and those that were never given back as far as the journal knows."""
    meter = Meter.of(history.entries)
    return meter.rent(now), meter.up


def rent_in_words(rent: Rent, up: Sequence[Stay], now: datetime, *, is_driven: bool | None) -> Iterator[str]:
    """Say what machines have cost so far, and name those that are up, above all where nobody works on them.

    Args:
        rent: up to now.
        up: those that were never given back, as far as the journal knows.
        now: UTC.
        is_driven: whether somebody drives the production; None where that cannot be told.
    """
    yield f"{rent.usd:.4f} USD for {_machines(rent.machines)} so far, beside the calls"
    if not up:
        return
    cost = to_usd(sum(stay.micros(now) for stay in up))
    since = min(stay.since for stay in up).isoformat(timespec="minutes")
    names = [stay.machine for stay in up[:_MOST_NAMES]]
    more = f" and {len(up) - len(names)} more" if len(up) > len(names) else ""
    listed = f"{', '.join(names)}{more}, up since {since}, {cost:.4f} USD so far"
    if is_driven:
        yield f"up: {listed}"
        return
    unless = "nobody drives it" if is_driven is False else "unless somebody drives it from elsewhere"
    yield f"not given back as far as is known: {listed}; {unless}: `callsheet doctor` says what is up, take that down"


def _machines(count: int) -> str:
    return "1 machine" if count == 1 else f"{count} machines"
