"""The contact sheet: every task's picture under its department, with version, score and price below it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw

from ..core.plan import Plan
from .dossier import TaskDossier
from .palette import CARD, INK, MUTED, PAPER, RULE, WARNING, fit, font, money, team_colours
from .pictures import open_picture, thumbnail

_WIDTH = 1600
_MARGIN = 40
_GAP = 16
_LABEL = 42
_HEADER = 52
_TITLE = 84
_FEW = 80
"""Up to so many tasks get large cells; more get smaller ones, so that the sheet stays a sheet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Grid:
    """How large a cell is and how many stand in a row."""

    cell: int
    columns: int

    @classmethod
    def of(cls, tasks: int) -> "_Grid":
        columns = 8 if tasks <= _FEW else 12
        return cls(cell=(_WIDTH - 2 * _MARGIN - (columns - 1) * _GAP) // columns, columns=columns)

    def rows(self, tasks: int) -> int:
        return -(-tasks // self.columns)

    def height(self, tasks: int) -> int:
        return _HEADER + self.rows(tasks) * (self.cell + _LABEL + _GAP)


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
    grid = _Grid.of(len(dossiers))
    height = _TITLE + sum(grid.height(len(tasks)) for tasks in teams.values()) + _MARGIN
    sheet = Image.new("RGB", (_WIDTH, height), PAPER)
    pen = ImageDraw.Draw(sheet)
    done = sum(one.asset is not None for one in dossiers)
    pen.text((_MARGIN, 24), fit(pen, plan.title or "Untitled", font(30), 1000), fill=INK, font=font(30))
    pen.text(
        (_MARGIN, 60), fit(pen, _subtitle(done, len(dossiers), stand_in), font(15), 1500), fill=MUTED, font=font(15)
    )
    colours, top = team_colours(plan), _TITLE
    for name, tasks in teams.items():
        _department(sheet, top, name=name, colour=colours[name], tasks=tasks)
        for number, dossier in enumerate(tasks):
            row, column = divmod(number, grid.columns)
            at = _MARGIN + column * (grid.cell + _GAP), top + _HEADER + row * (grid.cell + _LABEL + _GAP)
            _cell(sheet, grid, at, dossier, root)
        top += grid.height(len(tasks))
    return sheet


def _subtitle(done: int, tasks: int, stand_in: str) -> str:
    parts = [f"{done} of {tasks} tasks accepted", "AI-made", stand_in]
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
    if dossier.asset is None:
        pen.rectangle([left, top, left + grid.cell, top + grid.cell], outline=WARNING, width=3)
    small = font(13 if grid.columns > 8 else 14)
    pen.text((left, top + grid.cell + 5), fit(pen, dossier.task.name, small, grid.cell), fill=INK, font=small)
    line, colour = _line(dossier)
    pen.text((left, top + grid.cell + 23), fit(pen, line, small, grid.cell), fill=colour, font=small)


def _line(dossier: TaskDossier) -> tuple[str, str]:
    """Say a task's version, score and price in one line, and in which colour."""
    verdict = dossier.shown.verdict if dossier.shown else None
    score = f"{verdict.right:.2f}" if verdict else "not judged"
    if dossier.asset:
        return f"v{dossier.asset.version:03d} · {score} · {money(dossier.usd)}", MUTED
    if dossier.shown is None:
        return "unfinished", WARNING
    return f"unfinished · {score} · {money(dossier.usd)}", WARNING
