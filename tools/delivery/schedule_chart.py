"""The schedule as it happened: one row per worker, a block per take, the slowest chain marked, and how busy each was.

Many workers get thin rows, together by maker.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from PIL import Image, ImageDraw

from ...core.fact import TakeMade
from ...core.history import History
from ...core.plan import Plan
from ...core.timing import Session, making_seconds, sessions, slowest_chain
from .palette import CARD, CHAIN, INK, MUTED, PAPER, RULE, duration, fit, font, team_colours
from .schedule_rows import Row, Sheet, lay_out
from .workload import loads_of

_WIDTH = 1600
_LEFT = 190
_RIGHT = 76
_LEGEND_TOP = 85
_LEGEND_LINE = 24
_FOOT = 112
_THIN = 14
"""Rows lower than this have room for colour only."""
_LEAST_LABEL = 40
_STEPS = (0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 28_800, 86_400)


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One take on the chart; seconds count driving time only, breaks between sessions left out."""

    task: str
    take: str
    department: str
    worker: str
    start: float
    end: float


def blocks(plan: Plan, history: History) -> tuple[Block, ...]:
    """Give a block per made take: it ends when the take was recorded and lasts as long as its making did."""
    stretches = sessions(history)
    departments = {task.name: task.department for task in plan.tasks}
    found = []
    for entry in history.entries:
        fact = entry.fact
        if not isinstance(fact, TakeMade) or fact.take.origin == "ingested":
            continue
        end = _driven_seconds(stretches, datetime.fromisoformat(entry.at))
        start = max(0.0, end - fact.take.seconds)
        department = departments.get(fact.task, "")
        found.append(
            Block(
                task=fact.task,
                take=fact.take.id,
                department=department,
                worker=fact.take.worker,
                start=start,
                end=end,
            )
        )
    return tuple(found)


def _driven_seconds(stretches: Sequence[Session], at: datetime) -> float:
    spent = sum((max(timedelta(0), min(at, one.end) - one.start) for one in stretches), timedelta(0))
    return spent.total_seconds()


def schedule_chart(plan: Plan, history: History) -> Image.Image:
    """Draw who worked on what and when."""
    shown = blocks(plan, history)
    making = making_seconds(history)
    chain = slowest_chain(plan, making)
    stretches = sessions(history)
    total = max(sum(one.seconds for one in stretches), max((one.end for one in shown), default=0.0), 0.1)
    colours = team_colours(plan)
    entries = _legend(colours)
    sheet = lay_out(loads_of(history), _LEGEND_TOP + _LEGEND_LINE * (1 + entries[-1].line) + 3)
    image = Image.new("RGB", (_WIDTH, sheet.bottom + _FOOT), PAPER)
    chart = _Chart(image=image, seconds=total, sheet=sheet, colours=colours)
    chart.title(plan, stretches)
    chart.legend(entries)
    chart.axis()
    chart.loading(min((one.start for one in shown), default=0.0))
    chart.breaks(stretches)
    marked = frozenset(chain)
    on_chain = [one for one in shown if one.task in marked]
    if sheet.chain is None:
        chart.links(on_chain)
    for one in shown:
        chart.block(one, sheet.rows[one.worker], is_chain=one.task in marked)
    if sheet.chain is not None:
        for one in on_chain:
            chart.block(one, sheet.chain, is_chain=True)
    chart.foot(chain, sum(making.get(name, 0.0) for name in chain))
    return image


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    """One entry of the legend."""

    name: str
    colour: str
    """Empty for the slowest chain, which is an outline."""
    left: float
    line: int


def _legend(colours: Mapping[str, str]) -> list[_Entry]:
    """Place the legend's entries, in as many lines as they need."""
    found, left, line = list[_Entry](), 40.0, 0
    for name, colour in [*colours.items(), ("slowest chain", "")]:
        width = 22 + font(16).getlength(name) + 28
        if left + width > _WIDTH - 40 and left > 40:
            left, line = 40.0, line + 1
        found.append(_Entry(name=name, colour=colour, left=left, line=line))
        left += width
    return found


def _tick(second: float, step: float) -> str:
    """Name a moment in the units of the steps between.

    >>> _tick(5, 1), _tick(1800, 600), _tick(7200, 3600)
    ('5 s', '30 min', '2 h')
    """
    if step < 60:
        return f"{second:g} s"
    return f"{second / 60:g} min" if step < 3600 else f"{second / 3600:g} h"


class _Chart:
    """A picture with a time axis."""

    def __init__(self, *, image: Image.Image, seconds: float, sheet: Sheet, colours: Mapping[str, str]) -> None:
        self.pen = ImageDraw.Draw(image)
        self.seconds, self.sheet, self.colours = seconds, sheet, colours

    def x(self, second: float) -> float:
        return _LEFT + second / self.seconds * (_WIDTH - _LEFT - _RIGHT)

    def title(self, plan: Plan, stretches: Sequence[Session]) -> None:
        self.pen.text((40, 22), fit(self.pen, f"{plan.title}: who worked on what", font(26), 1500), INK, font(26))
        driven = sum(one.seconds for one in stretches)
        said = f"{duration(driven)} of wall time, {len(self.sheet.rows)} workers; a block is one take being made"
        if len(stretches) > 1:
            said += f"; {len(stretches)} sittings, the breaks between them left out"
        self.pen.text((40, 58), said, MUTED, font(16))

    def legend(self, entries: Sequence[_Entry]) -> None:
        for one in entries:
            top = _LEGEND_TOP + _LEGEND_LINE * one.line
            box = [one.left, top + 3, one.left + 16, top + 17]
            if one.colour:
                self.pen.rectangle(box, fill=one.colour)
            else:
                self.pen.rectangle(box, outline=CHAIN, width=3)
            self.pen.text((one.left + 22, top), one.name, INK, font(16))

    def axis(self) -> None:
        self.sides()
        step = next((step for step in _STEPS if self.seconds / step <= 14), self.seconds / 10)
        second = 0.0
        while second <= self.seconds * 1.0001:
            x = self.x(second)
            self.pen.line([x, self.sheet.top, x, self.sheet.bottom + 6], fill=RULE)
            self.pen.text((x, self.sheet.bottom + 10), _tick(second, step), MUTED, font(14), anchor="ma")
            second = round(second + step, 6)

    def sides(self) -> None:
        """Name the rows on the left; say on the right which share of the time they were busy."""
        right = _WIDTH - _RIGHT
        for label in self.sheet.labels:
            self.pen.rectangle([_LEFT, label.top, right, label.bottom], fill=CARD)
            middle = (label.top + label.bottom) / 2
            says = fit(self.pen, label.says, font(15), _LEFT - 56)
            self.pen.text((_LEFT - 12, middle - (9 if label.aside else 0)), says, INK, font(15), anchor="rm")
            if label.aside:
                self.pen.text((_LEFT - 12, middle + 9), label.aside, MUTED, font(14), anchor="rm")
            self.pen.text((right + 10, middle), f"{label.utilisation:.0%}", INK, font(15), anchor="lm")
        if self.sheet.chain:
            middle = self.sheet.chain.middle
            self.pen.text((_LEFT - 12, middle), "slowest chain", CHAIN, font(15), anchor="rm")
        if self.sheet.labels:
            self.pen.text((right + 10, self.sheet.top - 2), "busy", MUTED, font(14), anchor="ls")

    def loading(self, until: float) -> None:
        """Name the time before the first take: nobody idles, workers are being started."""
        left, right = self.x(0), self.x(until)
        said = f"starting workers, loading models: {duration(until)}"
        if self.pen.textlength(said, font=font(15)) > right - left - 16:
            return
        self.pen.rectangle([left, self.sheet.top + 3, right - 2, self.sheet.bottom - 3], fill=PAPER, outline=RULE)
        self.pen.text(
            ((left + right) / 2, (self.sheet.top + self.sheet.bottom) / 2), said, MUTED, font(15), anchor="mm"
        )

    def breaks(self, stretches: Sequence[Session]) -> None:
        at = 0.0
        for one in stretches[:-1]:
            at += one.seconds
            for top in range(self.sheet.top, self.sheet.bottom, 8):
                self.pen.line([self.x(at), top, self.x(at), top + 4], fill=INK)

    def block(self, one: Block, row: Row, *, is_chain: bool) -> None:
        left, right = self.x(one.start), self.x(one.end)
        colour = self.colours.get(one.department, MUTED)
        if row.bottom - row.top < _THIN:
            area = [left, row.top, max(left, right - 1), row.bottom]
            self.pen.rectangle(area, fill=CHAIN if is_chain else colour)
            return
        right = max(left + 2, right - 1)
        self.pen.rectangle([left, row.top, right, row.bottom], fill=colour)
        if is_chain:
            self.pen.rectangle([left, row.top, right, row.bottom], outline=CHAIN, width=3)
        label = fit(self.pen, one.take, font(13), right - left - 10) if right - left > _LEAST_LABEL else ""
        if len(label) > 8 or (label and label == one.take):
            self.pen.text(((left + right) / 2, row.middle), label, PAPER, font(13), anchor="mm")

    def links(self, marked: Sequence[Block]) -> None:
        ordered = sorted(marked, key=lambda one: one.end)
        for one, following in pairwise(ordered):
            start = self.x(one.end) - 1, self.sheet.rows[one.worker].middle
            end = self.x(following.start), self.sheet.rows[following.worker].middle
            self.pen.line([start, end], fill=CHAIN, width=2)

    def foot(self, chain: Sequence[str], seconds: float) -> None:
        said = f"Slowest chain, {duration(seconds)} of making: {' > '.join(chain)}" if chain else "Nothing was made."
        self.pen.text((40, self.sheet.bottom + 48), fit(self.pen, said, font(17), _WIDTH - 80), CHAIN, font(17))
        note = (
            "No number of workers makes it faster than its slowest chain; loading and looking come on top. "
            "Busy: the share of the wall time in which a worker was making a take."
        )
        self.pen.text((40, self.sheet.bottom + 76), note, MUTED, font(15))
