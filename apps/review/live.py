"""What an open page is told as it happens: the pieces that changed, drawn by the server, as server-sent events."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Final

from ...core.errors import CallsheetError
from ...graphs.desk import Onlooker
from .cards import cards_of
from .pages import Pages

LOOK_EVERY_SECONDS: Final = 0.1
_MOST_SHARE: Final = 0.2
"""Of the time that looking and drawing may take: a large production is looked at less often."""
_HEADING_EVERY_SECONDS: Final = 2.0
_SIGN_OF_LIFE_SECONDS: Final = 10.0
"""A page that left is noticed by writing to it."""

Pieces = Callable[[int], Mapping[str, str]]
"""Draws what changed after a revision, by element id."""


def grid_pieces(onlooker: Onlooker, pages: Pages) -> Pieces:
    """Draw what changed on the grid: cards, inbox and film, or all of it once the plan is another."""

    def draw(since: int) -> Mapping[str, str]:
        found = {"inbox": pages.inbox()}
        if onlooker.delivered_at > since:
            found["film"] = pages.film()
        if onlooker.planned_at > since:
            return {**found, "grid": pages.sections()}
        cards = [card for name in onlooker.changed_since(since) for card in cards_of(onlooker, name)]
        return found | {card.id: pages.card(card) for card in cards}

    return draw


def task_pieces(onlooker: Onlooker, pages: Pages, task: str) -> Pieces:
    """Draw what changed on a task's page; what it is made from and goes into counts too."""

    def draw(since: int) -> Mapping[str, str]:
        card = onlooker.board.cards[task]
        near = {task, *card.task.inputs, *(child.task.name for child in card.children)}
        if near.isdisjoint(onlooker.changed_since(since)) and onlooker.planned_at <= since:
            return {}
        return pages.task_pieces(task)

    return draw


async def news(
    onlooker: Onlooker, pages: Pages, pieces: Pieces, *, since: int, is_over: Callable[[], bool]
) -> AsyncIterator[str]:
    """Tell a page what happens, from a revision on, until it leaves or the review ends."""
    teller, clock = _Teller(onlooker, pages, pieces, since), asyncio.get_running_loop().time
    said_at = clock()
    while not is_over():
        began = clock()
        found = await teller.look()
        took = clock() - began
        if found or clock() - said_at > _SIGN_OF_LIFE_SECONDS:
            said_at = clock()
            yield f"id: {teller.told}\nevent: changed\ndata: {json.dumps(found)}\n\n" if found else ": still here\n\n"
        await asyncio.sleep(max(LOOK_EVERY_SECONDS, took / _MOST_SHARE))


class _Teller:
    """What one open page has been told."""

    def __init__(self, onlooker: Onlooker, pages: Pages, pieces: Pieces, since: int) -> None:
        self._onlooker, self._pages, self._pieces = onlooker, pages, pieces
        self.told = since
        self._heading = ""
        self._heading_at = 0.0
        self._trouble = ""

    async def look(self) -> dict[str, str]:
        """Give what the page does not show yet, by element id."""
        try:
            await self._onlooker.refresh()
            found, trouble = self._drawn(), ""
        except CallsheetError as error:  # the page says so, and goes on trying
            found, trouble = {}, str(error)
        if trouble != self._trouble:
            self._trouble = trouble
            found["trouble"] = self._pages.trouble(trouble)
        return found

    def _drawn(self) -> dict[str, str]:
        since, self.told = self.told, max(self.told, self._onlooker.revision)
        found = dict(self._pieces(since)) if self.told > since else {}
        now = asyncio.get_running_loop().time()
        if self.told > since or now - self._heading_at > _HEADING_EVERY_SECONDS:
            self._heading_at, heading = now, self._pages.heading()
            if heading != self._heading:
                self._heading = found["heading"] = heading
        return found
