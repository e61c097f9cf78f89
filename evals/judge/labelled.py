"""Generated takes and what a person saw in them, written down before anything was compared.

`attributes`: what was seen, attribute by attribute. `decisions`: whether a take is all-correct, the subjects named
first without the caption.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from PIL import Image

from ...models.sketch.vocabulary import Scene

FOLDER: Final = Path(__file__).parent / "labelled"
_TILE_PX: Final = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """One take, the scene it was asked to show, and what a person saw; None where nobody could tell."""

    number: int
    model: str
    image: Image.Image
    asked: Scene
    seen: dict[str, str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """One take, the scene it was asked to show, and whether a person found it all-correct."""

    model: str
    image: Image.Image
    asked: Scene
    named: tuple[str | None, ...]
    """The subjects as named without the caption, left to right; None where a shape could not be told."""
    is_right: bool


def load_labelled(folder: Path = FOLDER) -> list[Labelled]:
    """Load the takes labelled attribute by attribute."""
    return [
        Labelled(number=row["number"], model=row["model"], image=tile, asked=Scene(**row["asked"]), seen=row["seen"])
        for row, tile in _rows(folder, "attributes")
    ]


def load_decided(folder: Path = FOLDER) -> list[Decided]:
    """Load the takes decided upon."""
    return [
        Decided(
            model=row["model"],
            image=tile,
            asked=Scene(**row["asked"]),
            named=tuple(row["named"]),
            is_right=row["right"],
        )
        for row, tile in _rows(folder, "decisions")
    ]


def _rows(folder: Path, name: str) -> Iterator[tuple[dict[str, Any], Image.Image]]:
    """Give each row with its picture; pictures lie row by row in one sheet."""
    sheet = Image.open(folder / f"{name}.webp").convert("RGB")
    across = sheet.width // _TILE_PX
    for row in json.loads((folder / f"{name}.json").read_text())["takes"]:
        x, y = row["number"] % across * _TILE_PX, row["number"] // across * _TILE_PX
        yield row, sheet.crop((x, y, x + _TILE_PX, y + _TILE_PX))
