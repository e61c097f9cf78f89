"""Who waits for whom and why, in sentences a director would say. Pure: read off the board."""

from collections.abc import Collection, Iterator, Sequence
from heapq import nlargest
from typing import Final, Literal

from ..core.decision import Order
from ..core.progress import Lineup, Wait
from .board import DONE, Board, Card, State

MOST_QUESTIONS: Final = 3
"""Questions that are told one by one."""
MOST_CHAINS: Final = 3
"""Chains that are told: the longest."""
_MOST_NAMES: Final = 3

_HEADS: tuple[State, ...] = ("making", "looking", "ready", "waiting", "paused")


def waits_of(
    board: Board,
    lineups: Sequence[Lineup] = (),
    in_line: Collection[str] | None = None,
    *,
    is_greenlit: bool = True,
    world: Sequence[Wait] = (),
) -> tuple[Wait, ...]:
    """List who waits for whom.

    What the world keeps away comes first, then people, what holds up the longest chains, workers, and the hopeless.

    Args:
        board: up to date.
        lineups: of the workers; empty where nobody can tell.
        in_line: tokens of the calls that wait for a worker; None where nobody can tell which are being made.
        is_greenlit: whether a person allowed the plan to spend.
        world: what is waited for that is away.
    """
    if not is_greenlit:
        return (Wait(kind="you", tasks=len(board.cards), whom="", says="everything waits for your greenlight"),)
    return (
        *world,
        *_questions(board),
        *_pauses(board),
        *_chains(board, in_line),
        *_lines(board, lineups),
        *_stuck(board),
    )


def _questions(board: Board) -> Iterator[Wait]:
    waiting = board.by_state["waiting"]
    for name in sorted(waiting)[:MOST_QUESTIONS]:
        asked = board.record(waiting[name]).question
        says = f"{name} waits for you: {asked.question}" if asked else f"{name} waits for you"
        yield Wait(kind="you", tasks=1, whom=name, says=says)
    if (more := len(waiting) - MOST_QUESTIONS) > 0:
        yield Wait(kind="you", tasks=more, whom="", says=f"{more} more {_wait(more)} for you")


def _pauses(board: Board) -> Iterator[Wait]:
    by_order: dict[int, tuple[Order, list[str]]] = {}
    for name, card in board.by_state["paused"].items():
        if order := board.record(card).paused:
            by_order.setdefault(id(order), (order, []))[1].append(name)
    for order, names in by_order.values():
        note = f" ({order.note})" if order.note else ""
        says = f"paused by {order.by}: {in_words(sorted(names))}{note}"
        yield Wait(kind="paused", tasks=len(names), whom=order.by, says=says)


def _chains(board: Board, in_line: Collection[str] | None) -> Iterator[Wait]:
    """Tell what the longest chains wait for: what has its pictures and is not done."""
    heads = (card for state in _HEADS for card in board.by_state[state].values())
    for number, head in enumerate(nlargest(MOST_CHAINS, heads, key=_importance)):
        behind, what = _behind(head), f"{head.task.name} ({_doing(board, head, in_line)})"
        if behind:
            says = f"{in_words(behind)} {_wait(len(behind))} for {what}"
            yield Wait(kind="task", tasks=len(behind), whom=head.task.name, says=says)
        elif number == 0 and head.state not in ("waiting", "paused"):
            yield Wait(kind="task", tasks=0, whom=head.task.name, says=f"the delivery waits for {what}")


def _importance(card: Card) -> tuple[float, bool, str]:
    """Order heads by what waits for them; of equals, what is in the works says more than what comes next."""
    return card.chain, card.state != "ready", card.task.name


def _behind(head: Card) -> list[str]:
    """Follow the longest chain of tasks that cannot start before this one."""
    found, card = list[str](), head
    while children := [child for child in card.children if child.state == "blocked"]:
        card = max(children, key=lambda child: (child.chain, child.task.name))
        found.append(card.task.name)
    return found


def _doing(board: Board, card: Card, in_line: Collection[str] | None) -> str:
    match card.state:
        case "making":
            return _asked(card, in_line)
        case "looking":
            return f"take {max(1, card.takes)} being looked at"
        case "waiting":
            return "it waits for you"
        case "paused" if order := board.record(card).paused:
            return f"paused by {order.by}"
        case _:
            return f"take {card.takes + 1} comes next"


def _asked(card: Card, in_line: Collection[str] | None) -> str:
    take = f"take {card.takes + 1}"
    if in_line is None:
        return f"{take} asked of {card.maker}"
    return f"{take} in line" if card.token in in_line else f"{take} being made"


def _lines(board: Board, lineups: Sequence[Lineup]) -> Iterator[Wait]:
    full = [one for one in lineups if one.waiting]
    if waiting := sum(one.waiting for one in full):
        each = ", ".join(f"{one.waiting} for {one.maker} ({_staffing(one)})" for one in full)
        says = f"{waiting} {'take waits' if waiting == 1 else 'takes wait'} for a worker: {each}"
        kind: Literal["loading", "worker"] = "worker" if any(one.up for one in full) else "loading"
        yield Wait(kind=kind, tasks=waiting, whom=full[0].maker if len(full) == 1 else "", says=says)
    if ready := len(board.by_state["ready"]):
        many = f"{ready} tasks are ready and wait for their turn"
        says = "1 task is ready and waits for its turn" if ready == 1 else many
        yield Wait(kind="worker", tasks=ready, whom="", says=says)


def _staffing(one: Lineup) -> str:
    return f"{one.busy} of {one.up} busy" if one.up else "loading" if one.loading else "nobody there yet"


def _stuck(board: Board) -> Iterator[Wait]:
    """Tell who lacks a picture that will not come, by whose it is."""
    lacking: dict[str, list[str]] = {}
    for name, card in board.by_state["stuck"].items():
        source = next((one for one in card.task.inputs if not board.cards[one].picture), "")
        if source and board.cards[source].state in DONE and board.cards[source].state != "stuck":
            lacking.setdefault(source, []).append(name)
    for source, names in sorted(lacking.items())[:MOST_CHAINS]:
        says = f"{in_words(sorted(names))} cannot be made: {source} is unfinished and has no picture"
        yield Wait(kind="stuck", tasks=len(names), whom=source, says=says)


def in_words(names: Sequence[str]) -> str:
    """Name a few and count the rest.

    >>> in_words(["keep"]), in_words(["keep", "sea", "comp"]), in_words(list("abcde"))
    ('keep', 'keep, sea and comp', 'a, b, c and 2 more')
    """
    if len(names) > _MOST_NAMES:
        return f"{', '.join(names[:_MOST_NAMES])} and {len(names) - _MOST_NAMES} more"
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def _wait(count: int) -> str:
    return "waits" if count == 1 else "wait"
