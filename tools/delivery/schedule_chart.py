"""The schedule as it happened: one row per worker, a block per take, the slowest chain marked."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from PIL import Image, ImageDraw

from ...core.fact import TakeMade
from ...core.history import History
from ...core.plan import Plan
from ...core.timing import Session, making_seconds, sessions, slowest_chain
from .palette import CARD, CHAIN, INK, MUTED, PAPER, RULE, duration, fit, font, team_colours

_WIDTH = 1600
_LEFT = 190
_RIGHT = 40
_TOP = 112
_ROW = 44
_BLOCK = 30
_FOOT = 112
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
    workers = sorted({one.worker for one in shown}, key=_natural)
    image = Image.new("RGB", (_WIDTH, _TOP + _ROW * max(1, len(workers)) + _FOOT), PAPER)
    chart = _Chart(image=image, seconds=total, workers=workers, colours=team_colours(plan))
    chart.title(plan, stretches)
    chart.legend()
    chart.axis()
    chart.loading(min((one.start for one in shown), default=0.0))
    chart.breaks(stretches)
    chart.links([one for one in shown if one.task in chain])
    for one in shown:
        chart.block(one, is_chain=one.task in chain)
    chart.foot(chain, sum(making.get(name, 0.0) for name in chain))
    return image


def _natural(worker: str) -> list[tuple[int, str]]:
    """Sort `post/2` before `post/10`."""
    return [(int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"(\d+)", worker)]


class _Chart:
    """A picture with a time axis."""

    def __init__(self, *, image: Image.Image, seconds: float, workers: list[str], colours: dict[str, str]) -> None:
        self.pen = ImageDraw.Draw(image)
        self.seconds, self.workers, self.colours = seconds, workers, colours
        self.bottom = _TOP + _ROW * max(1, len(workers))

    def x(self, second: float) -> float:
        return _LEFT + second / self.seconds * (_WIDTH - _LEFT - _RIGHT)

    def y(self, worker: str) -> int:
        return _TOP + _ROW * self.workers.index(worker) + (_ROW - _BLOCK) // 2

    def title(self, plan: Plan, stretches: Sequence[Session]) -> None:
        self.pen.text((40, 22), fit(self.pen, f"{plan.title}: who worked on what", font(26), 1500), INK, font(26))
        driven = sum(one.seconds for one in stretches)
        said = f"{duration(driven)} of wall time, {len(self.workers)} workers; a block is one take being made"
        if len(stretches) > 1:
            said += f"; {len(stretches)} sittings, the breaks between them left out"
        self.pen.text((40, 58), said, MUTED, font(16))

    def legend(self) -> None:
        left = 40.0
        entries = [*self.colours.items(), ("slowest chain", "")]
        for name, colour in entries:
            box = [left, 88, left + 16, 102]
            if colour:
                self.pen.rectangle(box, fill=colour)
            else:
                self.pen.rectangle(box, outline=CHAIN, width=3)
            self.pen.text((left + 22, 85), name, INK, font(16))
            left += 22 + self.pen.textlength(name, font=font(16)) + 28

    def axis(self) -> None:
        for number, worker in enumerate(self.workers):
            top = _TOP + _ROW * number
            self.pen.rectangle([_LEFT, top + 3, _WIDTH - _RIGHT, top + _ROW - 3], fill=CARD)
            label = fit(self.pen, worker or "unnamed", font(15), _LEFT - 56)
            self.pen.text((_LEFT - 12, top + _ROW // 2), label, INK, font(15), anchor="rm")
        step = next((step for step in _STEPS if self.seconds / step <= 14), self.seconds / 10)
        second = 0.0
        while second <= self.seconds * 1.0001:
            x = self.x(second)
            self.pen.line([x, _TOP, x, self.bottom + 6], fill=RULE)
            self.pen.text((x, self.bottom + 10), f"{second:g} s", MUTED, font(14), anchor="ma")
            second = round(second + step, 6)

    def loading(self, until: float) -> None:
        """Name the time before the first take: nobody idles, workers are being started."""
        left, right = self.x(0), self.x(until)
        said = f"starting workers, loading models: {duration(until)}"
        if self.pen.textlength(said, font=font(15)) > right - left - 16:
            return
        self.pen.rectangle([left, _TOP + 3, right - 2, self.bottom - 3], fill=PAPER, outline=RULE)
        self.pen.text(((left + right) / 2, (_TOP + self.bottom) / 2), said, MUTED, font(15), anchor="mm")

    def breaks(self, stretches: Sequence[Session]) -> None:
        at = 0.0
        for one in stretches[:-1]:
            at += one.seconds
            for top in range(_TOP, self.bottom, 8):
                self.pen.line([self.x(at), top, self.x(at), top + 4], fill=INK)

    def block(self, one: Block, *, is_chain: bool) -> None:
        left, right, top = self.x(one.start), self.x(one.end), self.y(one.worker)
        right = max(left + 2, right - 1)
        self.pen.rectangle([left, top, right, top + _BLOCK], fill=self.colours.get(one.department, MUTED))
        if is_chain:
            self.pen.rectangle([left, top, right, top + _BLOCK], outline=CHAIN, width=3)
        label = fit(self.pen, one.take, font(13), right - left - 10)
        if len(label) > 8 or label == one.take:
            self.pen.text(((left + right) / 2, top + _BLOCK / 2), label, PAPER, font(13), anchor="mm")

    def links(self, marked: Sequence[Block]) -> None:
        ordered = sorted(marked, key=lambda one: one.end)
        for one, following in pairwise(ordered):
            start = self.x(one.end) - 1, self.y(one.worker) + _BLOCK / 2
            end = self.x(following.start), self.y(following.worker) + _BLOCK / 2
            self.pen.line([start, end], fill=CHAIN, width=2)

    def foot(self, chain: Sequence[str], seconds: float) -> None:
        said = f"Slowest chain, {duration(seconds)} of making: {' > '.join(chain)}" if chain else "Nothing was made."
        self.pen.text((40, self.bottom + 48), fit(self.pen, said, font(17), _WIDTH - 80), CHAIN, font(17))
        note = "No number of workers makes it faster than its slowest chain; loading and looking come on top."
        self.pen.text((40, self.bottom + 76), note, MUTED, font(15))
