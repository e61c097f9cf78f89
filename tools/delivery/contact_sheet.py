"""The contact sheet: every task's picture under its department, with version, score and price below it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw

from ...core.plan import Plan
from ..pictures import open_picture, thumbnail
from .dossier import TaskDossier
from .palette import CARD, INK, MUTED, PAPER, RULE, WARNING, Font, fit, font, money, team_colours

_WIDTH = 1600
_MARGIN = 40
_LINE = 18
_HEADER = 52
_TITLE = 84
_FEW = 80
"""Up to so many tasks get large cells; more get smaller ones, so that the sheet stays a sheet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Grid:
    """How large a cell is, how many stand in a row, and the type below them."""

    cell: int
    columns: int
    gap: int
    face: Font
    name_lines: int
    """One, or two when a name is too long for one."""

    @classmethod
    def of(cls, names: Sequence[str]) -> "_Grid":
        columns, gap, size_px = (8, 16, 14) if len(names) <= _FEW else (10, 10, 12)
        cell, face = (_WIDTH - 2 * _MARGIN - (columns - 1) * gap) // columns, font(size_px)
        pen = ImageDraw.Draw(Image.new("RGB", (1, 1)))
        is_long = any(pen.textlength(name, font=face) > cell for name in names)
        return cls(cell=cell, columns=columns, gap=gap, face=face, name_lines=2 if is_long else 1)

    @property
    def row_height(self) -> int:
        return self.cell + 6 + _LINE * (self.name_lines + 1) + 16

    def height(self, tasks: int) -> int:
        return _HEADER + -(-tasks // self.columns) * self.row_height


def contact_sheet(plan: Plan, dossiers: Sequence[TaskDossier], root: Path, stand_in: str) -> Image.Image:
    """Draw the sheet.

    Args:
        plan: gives the departments their order.
        dossiers: the tasks to show.
        root: the folder their pictures lie in.
        stand_in: what must be said about the pictures' makers; empty when nothing.
    """
    teams = {team.name: [one for one in dossiers if one.task.department == team.name] for team in plan.departments}
    teams = {name: tasks for name, tasks in teams.items() if tasks}
    grid = _Grid.of([one.task.name for one in dossiers])
    height = _TITLE + sum(grid.height(len(tasks)) for tasks in teams.values()) + _MARGIN
    sheet = Image.new("RGB", (_WIDTH, height), PAPER)
    pen = ImageDraw.Draw(sheet)
    pen.text((_MARGIN, 24), fit(pen, plan.title or "Untitled", font(30), 1000), fill=INK, font=font(30))
    pen.text((_MARGIN, 60), fit(pen, _subtitle(dossiers, stand_in), font(15), 1500), fill=MUTED, font=font(15))
    colours, top = team_colours(plan), _TITLE
    for name, tasks in teams.items():
        _department(sheet, top, name=name, colour=colours[name], tasks=tasks)
        for number, dossier in enumerate(tasks):
            row, column = divmod(number, grid.columns)
            at = _MARGIN + column * (grid.cell + grid.gap), top + _HEADER + row * grid.row_height
            _cell(sheet, grid, at, dossier, root)
        top += grid.height(len(tasks))
    return sheet


def _subtitle(dossiers: Sequence[TaskDossier], stand_in: str) -> str:
    done = sum(one.asset is not None for one in dossiers)
    are_finished = all(one.is_finished for one in dossiers)
    framed = "" if are_finished else "framed: unfinished, or made from unfinished work"
    parts = [f"{done} of {len(dossiers)} tasks accepted", framed, "AI-made", stand_in]
    return " · ".join(part for part in parts if part)


def _department(sheet: Image.Image, top: int, *, name: str, colour: str, tasks: Sequence[TaskDossier]) -> None:
    pen = ImageDraw.Draw(sheet)
    pen.rectangle([_MARGIN, top + 18, _MARGIN + 6, top + 38], fill=colour)
    done = sum(one.asset is not None for one in tasks)
    pen.text((_MARGIN + 16, top + 17), name, fill=INK, font=font(20))
    said = f"{done} of {len(tasks)} accepted · {money(sum(one.usd for one in tasks))}"
    pen.text((_WIDTH - _MARGIN, top + 20), said, fill=MUTED, font=font(15), anchor="ra")
    pen.line([_MARGIN, top + 44, _WIDTH - _MARGIN, top + 44], fill=RULE)


def _cell(sheet: Image.Image, grid: _Grid, at: tuple[int, int], dossier: TaskDossier, root: Path) -> None:
    pen, (left, top) = ImageDraw.Draw(sheet), at
    pen.rectangle([left, top, left + grid.cell, top + grid.cell], fill=CARD)
    if shown := dossier.shown:
        picture = thumbnail(open_picture((root / shown.path).read_bytes(), shown.path), grid.cell, grid.cell)
        sheet.paste(picture, (left + (grid.cell - picture.width) // 2, top + (grid.cell - picture.height) // 2))
    else:
        pen.text((left + grid.cell // 2, top + grid.cell // 2), "no picture", fill=MUTED, font=font(14), anchor="mm")
    if not dossier.is_finished:
        pen.rectangle([left, top, left + grid.cell, top + grid.cell], outline=WARNING, width=3)
    line, colour = _line(dossier)
    under = top + grid.cell + 6
    for text in _name_lines(pen, dossier.task.name, grid):
        pen.text((left, under), text, fill=INK, font=grid.face)
        under += _LINE
    pen.text((left, under), fit(pen, line, grid.face, grid.cell), fill=colour, font=grid.face)


def _name_lines(pen: ImageDraw.ImageDraw, name: str, grid: _Grid) -> list[str]:
    """Break a name that is too long for one line at an underscore, if the sheet has room for two."""
    if grid.name_lines == 1 or pen.textlength(name, font=grid.face) <= grid.cell:
        return [name]
    places = [place for place, letter in enumerate(name, start=1) if letter == "_"]
    fitting = [place for place in places if pen.textlength(name[:place], font=grid.face) <= grid.cell]
    first = name[: fitting[-1]] if fitting else fit(pen, name, grid.face, grid.cell)
    return [first, fit(pen, name[len(first) :], grid.face, grid.cell)] if fitting else [first]


def _line(dossier: TaskDossier) -> tuple[str, str]:
    """Say a task's version, score and price in one line, and in which colour."""
    verdict = dossier.shown.verdict if dossier.shown else None
    score = f"{verdict.right:.2f}" if verdict else "not judged"
    if dossier.asset:
        said = f"v{dossier.asset.version:03d} · {score} · {money(dossier.usd)}"
        return said, MUTED if dossier.is_finished else WARNING
    if dossier.shown is None:
        return "unfinished", WARNING
    return f"unfinished · {score} · {money(dossier.usd)}", WARNING
