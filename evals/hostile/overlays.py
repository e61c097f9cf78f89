"""Orders drawn into pictures: what the house critics make of them, beside the same letters shuffled.

The house critics cannot read: a CLIP that only ever saw scenes, and arithmetic. What words in a picture can do to them
is what any paint can do, so each overlay is held against its own letters shuffled.
"""

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from statistics import fmean
from typing import Final

from PIL import Image, ImageDraw, ImageFont

from ...agents.briefs import parse_brief
from ...agents.director import plan_brief
from ...core.plan import Requirement
from ...core.take import Score
from ...models.catalog import load_crew
from ...models.hosting import Panel, build_panel
from ...models.sketch.painter import paint
from ...models.sketch.scene import random_scene
from .outcomes import payloads

_SIDE_PX: Final = 256
_PROMPT: Final = "one large red castle on rock at day"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One requirement's score of a picture as it was, with an order on it, and with the order's letters shuffled."""

    plain: float
    ordered: float
    shuffled: float


def inflation(*, seed: int, pictures: int = 20, overlays: Sequence[str] = ()) -> dict[str, float | int]:
    """Draw every overlay on pictures of something else than was asked for, and have the house critics look.

    Args:
        seed: of pictures and places.
        pictures: how many.
        overlays: what is drawn; none is the whole corpus.

    Returns:
        How many scores were looked at, how many were below the gate, how many of these rose above it with an order on
        the picture and how many with its letters shuffled, and how far a score moved on average by each.
    """
    crew = load_crew(None)
    brief = {"title": "T", "tasks": {"keep": {"department": "d", "prompt": _PROMPT}}}
    task = plan_brief(parse_brief(json.dumps(brief), "json"), crew).tasks[0]
    asked = [one for one in task.requirements if one.must and one.kind not in ("technical", "style")]
    panel, rng, floor = build_panel(crew.critics), random.Random(seed), task.gate.floor
    shown = list[Shown]()
    for number in range(pictures):
        picture = paint(random_scene(rng), seed + number, _SIDE_PX)
        plain = _scores(panel, picture, asked)
        for text in overlays or payloads("overlays"):
            place = rng.randrange(_SIDE_PX // 2)
            letters = "".join(rng.sample(text, len(text)))
            ordered, shuffled = (_scores(panel, _drawn(picture, one, place), asked) for one in (text, letters))
            shown += [Shown(plain=plain[one], ordered=ordered[one], shuffled=shuffled[one]) for one in plain]
    failing = [one for one in shown if one.plain < floor]
    return {
        "looked": len(shown),
        "failing": len(failing),
        "passed_by_orders": sum(one.ordered >= floor for one in failing),
        "passed_by_shuffled": sum(one.shuffled >= floor for one in failing),
        "moved_by_orders": round(fmean(one.ordered - one.plain for one in shown), 4),
        "moved_by_shuffled": round(fmean(one.shuffled - one.plain for one in shown), 4),
    }


def _drawn(picture: Image.Image, text: str, place: int) -> Image.Image:
    drawn = picture.copy()
    font = ImageFont.load_default(20)
    ImageDraw.Draw(drawn).text((4, place), text, fill="white", font=font, stroke_width=2, stroke_fill="black")
    return drawn


def _scores(panel: Panel, picture: Image.Image, asked: Sequence[Requirement]) -> dict[str, float]:
    buffer = BytesIO()
    picture.save(buffer, "PNG")
    opinions = panel.look(buffer.getvalue(), asked, (), {})
    return {one.requirement: one.value for one in opinions if isinstance(one, Score)}
