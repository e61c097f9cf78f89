"""Generated takes and what a person saw in them, written down before anything was compared."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PIL import Image

from ...models.sketch.vocabulary import Scene
from .atoms import Reading

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

    @property
    def seen_reading(self) -> Reading:
        """What the person saw, in the judge's terms, every value certain."""

        def sure(name: str) -> tuple[str, float]:
            return (self.seen.get(name) or "nobody can tell", 1.0)

        return Reading(
            kind=sure("kind"),
            colour=sure("colour"),
            count=sure("count"),
            side=sure("side"),
            size=sure("size"),
            ground=sure("ground"),
            time=sure("time"),
            weather=sure("weather"),
            whole=float(self.seen.get("whole") != "spoiled"),
            pair=float(self.seen.get("pair") == "pair"),
            other_kind=sure("other_kind"),
            other_colour=sure("other_colour"),
        )


def load_labelled(folder: Path = FOLDER) -> list[Labelled]:
    """Load the labelled takes; they lie row by row in one sheet."""
    rows = json.loads((folder / "labels.json").read_text())["takes"]
    sheet = Image.open(folder / "sheet.webp").convert("RGB")
    across = sheet.width // _TILE_PX
    takes: list[Labelled] = []
    for row in rows:
        x, y = row["number"] % across * _TILE_PX, row["number"] // across * _TILE_PX
        tile = sheet.crop((x, y, x + _TILE_PX, y + _TILE_PX))
        asked = Scene(**row["asked"])
        takes.append(Labelled(number=row["number"], model=row["model"], image=tile, asked=asked, seen=row["seen"]))
    return takes
