"""The pages and their pieces, drawn by the server; whatever a brief, a model or a person says is only ever text."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from ...graphs.desk import Onlooker
from ..tables import in_time_units
from .cards import Card, Sort, asks_of, sections_of
from .details import task_page
from .heading import heading_of

_TEMPLATES: Final = Path(__file__).parent / "templates"
STATIC: Final = Path(__file__).parent / "static"
STATES: Final = ("all", "waiting", "open", "accepted", "unfinished")
"""What the grid may be narrowed down to."""


class Pages:
    """Draws one production for one person."""

    def __init__(self, onlooker: Onlooker, *, by: str) -> None:
        self._onlooker, self._by = onlooker, by
        self._environment = Environment(
            loader=FileSystemLoader(_TEMPLATES),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.filters |= {"time_units": in_time_units, "moment": _moment}

    def grid(self, *, show: str, sort: Sort) -> str:
        """Draw the whole grid, narrowed down and ordered."""
        onlooker = self._onlooker
        return self._page(
            "grid.html.j2",
            asks=asks_of(onlooker),
            is_greenlit=onlooker.standing.history.is_greenlit,
            film=self._film(),
            sections=sections_of(onlooker, sort),
            show=show if show in STATES else "all",
            sort=sort,
            states=STATES,
        )

    def task(self, name: str) -> str:
        """Draw a task's page; raises `UnknownName`."""
        return self._page("task.html.j2", page=task_page(self._onlooker, name))

    def conflict(self, name: str, why: str, *, what: str, note: str) -> str:
        """Draw what a person gets whose decision was not recorded; their words are not lost."""
        return self._page("conflict.html.j2", page=task_page(self._onlooker, name), why=why, what=what, note=note)

    def refused(self, why: str) -> str:
        """Draw what a person gets who asked for what is not there."""
        return self._page("refused.html.j2", why=why)

    def heading(self) -> str:
        """Draw the top of every page."""
        return self._draw("_heading.html.j2", heading=heading_of(self._onlooker), by=self._by)

    def inbox(self) -> str:
        """Draw what waits for the person."""
        is_greenlit = self._onlooker.standing.history.is_greenlit
        return self._draw("_inbox.html.j2", asks=asks_of(self._onlooker), is_greenlit=is_greenlit)

    def film(self) -> str:
        """Draw the animatic, where one was delivered."""
        return self._draw("_film.html.j2", film=self._film())

    def sections(self) -> str:
        """Draw all cards."""
        return self._draw("_sections.html.j2", sections=sections_of(self._onlooker))

    def card(self, card: Card) -> str:
        """Draw one card."""
        return self._draw("_card.html.j2", card=card)

    def task_pieces(self, name: str) -> Mapping[str, str]:
        """Draw the parts of a task's page, by element id."""
        page = task_page(self._onlooker, name)
        return {part: self._draw(f"_{part}.html.j2", page=page) for part in ("about", "takes", "decide", "remarks")}

    def trouble(self, why: str) -> str:
        """Draw why the page stands still; nothing where it does not."""
        return self._draw("_trouble.html.j2", trouble=why)

    def _film(self) -> str:
        """Give the animatic's address, another one for each delivery; empty where there is none."""
        is_there = (self._onlooker.standing.folder / "animatic.mp4").is_file()
        return f"/animatic.mp4?of={self._onlooker.delivered_at}" if is_there else ""

    def _page(self, template: str, **shown: object) -> str:
        heading, revision = heading_of(self._onlooker), self._onlooker.revision
        return self._draw(template, heading=heading, by=self._by, revision=revision, trouble="", **shown)

    def _draw(self, template: str, **shown: object) -> str:
        return self._environment.get_template(template).render(shown)


def _moment(at: str) -> str:
    """Write a moment for a person.

    >>> _moment("2026-11-21T19:24:30.044Z")
    '2026-11-21 19:24:30 UTC'
    """
    return f"{at[:10]} {at[11:19]} UTC"
