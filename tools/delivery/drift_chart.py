"""Drift, drawn: for every entity its reference, then its accepted stills in the order of the cut, and how alike."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path

from PIL import Image, ImageDraw

from ...core.delivery import Drift
from ..pictures import open_picture, thumbnail
from .dossier import TakeDossier, TaskDossier
from .palette import CARD, CHAIN, GOOD, INK, MUTED, PAPER, RULE, WARNING, fit, font

_WIDTH = 1600
_MARGIN = 40
_TOP = 104
_TITLE = 34
_CURVE = 130
_CELL = 112
_GAP = 12
_NAMES = 44
_PANEL = _TITLE + _CURVE + _CELL + _NAMES + 28
_INDENT = 44
_ROOM = _WIDTH - 2 * _MARGIN
_MOST = (_ROOM - _INDENT) // (_CELL + _GAP) - 1
"""Stills a row holds beside the reference; of more, the ones furthest from it are shown."""


def drift_chart(drifts: Sequence[Drift], dossiers: Sequence[TaskDossier], root: Path) -> Image.Image:
    """Draw the curves.

    Args:
        drifts: at least one.
        dossiers: have the paths of the pictures.
        root: the folder those lie in.
    """
    columns = _columns(drifts)
    image = Image.new("RGB", (_WIDTH, _TOP + _PANEL * -(-len(drifts) // columns) + 8), PAPER)
    pen = ImageDraw.Draw(image)
    pen.text((_MARGIN, 22), "Continuity: how much each entity looks like its reference", INK, font(26))
    said = "1 is the same picture; each still is compared on its subject, cut out of the backdrop; not calibrated"
    pen.text((_MARGIN, 58), said, MUTED, font(16))
    takes = {take.take.id: take for dossier in dossiers for take in dossier.takes}
    for number, drift in enumerate(drifts):
        row, column = divmod(number, columns)
        at = _MARGIN + column * (_ROOM // columns), _TOP + row * _PANEL
        _Panel(image, at, takes, root).draw(drift, _ROOM // columns - 2 * _GAP)
    return image


def _columns(drifts: Sequence[Drift]) -> int:
    """Say how many curves stand side by side: as many as the longest leaves room for, three at most."""
    longest = 1 + min(_MOST, max(len(drift.points) for drift in drifts))
    return max(1, min(3, _ROOM // (_INDENT + longest * (_CELL + _GAP))))


class _Panel:
    """One entity's curve over its pictures."""

    def __init__(self, image: Image.Image, at: tuple[int, int], takes: Mapping[str, TakeDossier], root: Path) -> None:
        self.image, self.pen = image, ImageDraw.Draw(image)
        (self.left, self.top), self.takes, self.root = at, takes, root

    def draw(self, drift: Drift, width: int) -> None:
        furthest = sorted(range(len(drift.points)), key=lambda place: drift.points[place].likeness)[:_MOST]
        kept = [drift.points[place] for place in sorted(furthest)]
        values = [point.likeness for point in drift.points]
        said = f"against {drift.reference}" + ("" if drift.is_accepted else ", which is unfinished")
        said += f"; mean {sum(values) / len(values):.2f}, least {min(values):.2f}" if len(values) > 1 else ""
        said += f"; the {len(kept)} furthest from it are shown" if len(kept) < len(values) else ""
        self.pen.text((self.left, self.top), drift.entity, INK, font(20))
        indent = 14 + self.pen.textlength(drift.entity, font=font(20))
        shown = fit(self.pen, said, font(15), width - indent)
        self.pen.text((self.left + indent, self.top + 4), shown, MUTED, font(15))
        self._axis(1 + len(kept))
        self._curve([1.0, *(point.likeness for point in kept)])
        self._cell(0, drift.reference_take, drift.reference, "reference", GOOD if drift.is_accepted else WARNING)
        for number, point in enumerate(kept, start=1):
            self._cell(number, point.take, point.task, f"{point.likeness:.2f}", MUTED)

    def _axis(self, count: int) -> None:
        right = self._x(count - 1) + _CELL // 2
        for value in (0.0, 0.5, 1.0):
            y = self._y(value)
            self.pen.line([self.left + _INDENT, y, right, y], fill=RULE)
            self.pen.text((self.left + _INDENT - 8, y), f"{value:g}", MUTED, font(14), anchor="rm")

    def _curve(self, values: Sequence[float]) -> None:
        dots = [(self._x(number), self._y(value)) for number, value in enumerate(values)]
        for one, following in pairwise(dots):
            self.pen.line([one, following], fill=CHAIN, width=3)
        for x, y in dots:
            self.pen.ellipse([x - 5, y - 5, x + 5, y + 5], fill=CHAIN)

    def _cell(self, number: int, take: str, task: str, value: str, colour: str) -> None:
        left, top = self._x(number) - _CELL // 2, self.top + _TITLE + _CURVE + 10
        self.pen.rectangle([left, top, left + _CELL, top + _CELL], fill=CARD)
        path = self.takes[take].path
        shown = thumbnail(open_picture((self.root / path).read_bytes(), path), _CELL, _CELL)
        self.image.paste(shown, (left + (_CELL - shown.width) // 2, top + (_CELL - shown.height) // 2))
        under = top + _CELL + 6
        self.pen.text((left, under), value, INK if colour == MUTED else colour, font(14))
        self.pen.text((left, under + 18), fit(self.pen, task, font(14), _CELL), MUTED, font(14))

    def _x(self, number: int) -> int:
        return self.left + _INDENT + _CELL // 2 + number * (_CELL + _GAP)

    def _y(self, value: float) -> int:
        return self.top + _TITLE + 6 + round((1 - value) * (_CURVE - 12))
