"""The top of the page: money, time left, departments, who drives, who waits for whom."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from ...core.progress import TeamProgress
from ...graphs.desk import Driver, Onlooker, in_force, waits_of
from ..accounts import rent_so_far
from ..tables import in_time_units
from .cards import asks_of

_GOING_ON: Final = ("making", "looking", "ready")
_OPEN: Final = (*_GOING_ON, "blocked")
_FRESH_SECONDS: Final = 60.0
_TOLD_ABOVE: Final = ("you", "paused")


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One number with what it counts."""

    value: str
    label: str
    is_for_you: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """What is said above everything else."""

    title: str
    figures: tuple[Figure, ...]
    teams: tuple[TeamProgress, ...]
    notices: tuple[str, ...]
    waits: tuple[str, ...]
    driver: str


def heading_of(onlooker: Onlooker) -> Heading:
    """Sum a production up as it is now."""
    standing, board = onlooker.standing, onlooker.board
    driver = onlooker.driver()
    is_greenlit = standing.history.is_greenlit
    return Heading(
        title=standing.plan.title,
        figures=tuple(_figures(onlooker, driver)),
        teams=tuple(team for team in board.teams() if team.tasks),
        notices=tuple(_notices(onlooker)),
        waits=tuple(one.says for one in waits_of(board, is_greenlit=is_greenlit) if one.kind not in _TOLD_ABOVE),
        driver=_driver_in_words(driver, is_open=is_greenlit and any(board.by_state[state] for state in _OPEN)),
    )


def _figures(onlooker: Onlooker, driver: Driver | None) -> Iterator[Figure]:
    board, bill = onlooker.board, onlooker.standing.bill
    for_you = len(asks_of(onlooker))
    takes, refused = sum(team.takes for team in board.teams()), sum(team.refused for team in board.teams())
    yield Figure(value=str(for_you), label="waits for you" if for_you == 1 else "wait for you", is_for_you=for_you > 0)
    yield Figure(value=f"{len(board.by_state['accepted'])} of {len(board.cards)}", label="accepted")
    yield Figure(value=str(takes), label=f"takes, {refused} refused by QC")
    reserved = f", {bill.reserved_usd:.4f} reserved" if bill.reserved_usd else ""
    yield Figure(value=f"{bill.settled_usd:.4f}", label=f"USD spent{reserved}")
    yield Figure(value=f"{bill.left_usd:.4f}", label=f"USD left of {bill.budget_usd:.2f}")
    rent, up = rent_so_far(onlooker.standing.history, datetime.now(UTC))
    if rent:
        yield Figure(value=f"{rent.usd:.4f}", label=f"USD for {rent.machines} rented machines, {len(up)} up")
    yield _time_left(onlooker, is_driven=driver is not None and driver.is_alive is not False)


def _time_left(onlooker: Onlooker, *, is_driven: bool) -> Figure:
    seconds, history = onlooker.seconds_left(), onlooker.standing.history
    by_state = onlooker.board.by_state
    if not any(by_state[state] for state in _GOING_ON):
        is_held = by_state["waiting"] or by_state["paused"]
        return Figure(value="0 s", label="left until people decide" if is_held else "left, all is made")
    if not is_driven:
        return Figure(value="?", label="left, nobody drives it")
    if seconds is not None:
        return Figure(value=in_time_units(seconds), label="left at this pace")
    outlook = history.greenlit.outlook if history.greenlit else None
    if outlook:
        return Figure(value=in_time_units(outlook.seconds.middle), label="in all, as forecast")
    return Figure(value="?", label="left, not known yet")


def _notices(onlooker: Onlooker) -> Iterator[str]:
    history = onlooker.standing.history
    if not history.is_greenlit:
        yield "Everything waits for your greenlight: run its brief from a terminal, or with --yes."
    for one in in_force(history):
        if one.order.kind == "pause":
            yield f"{one.says}; `callsheet resume` lets it go on."


def _driver_in_words(driver: Driver | None, *, is_open: bool) -> str:
    """Say who drives; times in steps, so that the words change seldom."""
    if driver is None:
        return "nobody has driven it yet"
    ago = "just now" if driver.silent_seconds < _FRESH_SECONDS else f"{in_time_units(driver.silent_seconds)} ago"
    if driver.is_alive is False and is_open:
        return f"nobody drives it, last news {ago}: the same `callsheet run` goes on"
    if driver.is_alive is False or not is_open:
        return f"last driven by {driver.holder}, {ago}"
    return f"driven by {driver.holder}, last news {ago}"
