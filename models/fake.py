"""Fakes that ship: a maker that draws labelled cards and a critic that follows a script. For tests, and they say so."""

import hashlib
import os
import time
from collections.abc import Mapping, Sequence
from io import BytesIO

import PIL
from PIL import Image, ImageDraw, ImageFont, PngImagePlugin

from ..core.crew import CriticSpec, MakerSpec
from ..core.errors import MakerFailed
from ..core.plan import Requirement
from ..core.take import Made, Opinion, Recipe, Score, Unscored
from .critics.signature import signature
from .fingerprint import fingerprint
from .simulated import heavy_tail

_FOREVER_SECONDS = 3600.0


class FakeMaker:
    """Draws a card from the recipe, the same bytes every time, with FAKE on it.

    Settings:
        seconds: how long each take takes.
        tail: whether that is only the mean: now and then a take takes far longer (`heavy_tail`).
        fail_first: how many first calls of this worker fail, retryably.
        fail_on, hang_on, die_on: a word of the prompt on which it fails for good, hangs, or takes its process down.
    """

    def __init__(self, spec: MakerSpec) -> None:
        self._spec = spec
        self._failures_left = int(spec.settings.get("fail_first", 0))

    def make(self, recipe: Recipe, ingredients: Mapping[str, bytes]) -> Made:
        """Draw the card, or misbehave as the settings say."""
        began = time.perf_counter()
        missing = [one.digest for one in recipe.ingredients if one.digest not in ingredients]
        if missing:
            raise MakerFailed(recipe.maker, f"{missing[0]} was not handed over")
        self._misbehave(recipe)
        time.sleep(self._seconds(recipe))
        image = draw_card(recipe)
        return Made(
            data=_labelled(image, recipe),
            width=image.width,
            height=image.height,
            fingerprint=fingerprint(image),
            seconds=time.perf_counter() - began,
            worker=recipe.maker,
            software={"fake": "1", "pillow": PIL.__version__},
            ignored_words=tuple(
                word for word in recipe.prompt.split() if self._spec.words and word not in self._spec.words
            ),
        )

    def _seconds(self, recipe: Recipe) -> float:
        seconds = float(self._spec.settings.get("seconds", 0))
        return heavy_tail(seconds, f"{recipe.maker}/{recipe.seed}") if self._spec.settings.get("tail") else seconds

    def _misbehave(self, recipe: Recipe) -> None:
        words = set(recipe.prompt.split())
        if self._failures_left > 0:
            self._failures_left -= 1
            raise MakerFailed(recipe.maker, "told to fail this call", True)  # noqa: FBT003 - as the error takes it
        if self._spec.settings.get("fail_on") in words:
            raise MakerFailed(recipe.maker, f"told to fail on {self._spec.settings['fail_on']!r}")
        if self._spec.settings.get("hang_on") in words:
            time.sleep(_FOREVER_SECONDS)
        if self._spec.settings.get("die_on") in words:
            os._exit(1)


class FakeCritic:
    """Scores by a script, the same picture the same way every time.

    Settings:
        pass_rate: share of (seed, requirement) pairs that pass; 1 when not given.
        pass_from: the attempt from which everything passes, counted by the earlier takes; overrules `pass_rate`.
        fail_on: a word of the prompt whose pictures never pass.
        unscored: a kind of requirement it has no opinion of.
        raise_on: a word of the prompt on which it breaks.
        seconds: how long each look takes.
    """

    def __init__(self, spec: CriticSpec) -> None:
        self._spec = spec

    def spec(self) -> str:
        """Name the fake."""
        return signature(self._spec)

    def look(
        self,
        picture: bytes,
        requirements: Sequence[Requirement],
        earlier: Sequence[str],
        references: Mapping[str, bytes],
    ) -> tuple[Opinion, ...]:
        """Follow the script."""
        time.sleep(float(self._spec.settings.get("seconds", 0)))
        prompt, seed = _label_of(picture)
        if self._spec.settings.get("raise_on") in prompt.split():
            raise ValueError(f"told to break on {self._spec.settings['raise_on']!r}")
        return tuple(
            self._unlike(one)
            if one.kind == "continuity" and one.value not in references
            else self._opinion(one, prompt, seed, len(earlier) + 1)
            for one in requirements
        )

    def _unlike(self, requirement: Requirement) -> Unscored:
        return Unscored(requirement=requirement.id, critic=self._spec.name, reason="there is no reference yet")

    def _opinion(self, requirement: Requirement, prompt: str, seed: str, attempt: int) -> Opinion:
        settings = self._spec.settings
        if settings.get("unscored") == requirement.kind:
            return Unscored(requirement=requirement.id, critic=self._spec.name, reason="told to have no opinion")
        draw = _number(f"{seed}/{requirement.id}") / 0xFFFFFFFF
        if settings.get("fail_on") in prompt.split():
            passes = False
        elif "pass_from" in settings:
            passes = attempt >= int(settings["pass_from"])
        else:
            passes = draw < float(settings.get("pass_rate", 1.0))
        value = 0.9 + draw * 0.1 if passes else draw * 0.2
        evidence = "the script says yes" if passes else "the script says no"
        return Score(requirement=requirement.id, critic=self._spec.name, value=round(value, 6), evidence=evidence)


def draw_card(recipe: Recipe) -> Image.Image:
    """Draw what stands for a picture: colours from the prompt, shapes from the seed, words across it."""
    hue = _number(recipe.prompt) % 360
    image = Image.new("RGB", (recipe.width, recipe.height), f"hsl({hue}, 45%, 35%)")
    pen = ImageDraw.Draw(image)
    for shape in range(6):
        x, y, r = (_number(f"{recipe.seed}/{recipe.maker}/{shape}/{axis}") % 1000 / 1000 for axis in "xyr")
        side = (0.08 + 0.2 * r) * recipe.width
        left, top = x * recipe.width - side / 2, y * recipe.height - side / 2
        pen.ellipse(
            (left, top, left + side, top + side), fill=f"hsl({(hue + 60 * shape) % 360}, 60%, {40 + 8 * shape}%)"
        )
    pen.text((2, 1), f"FAKE {recipe.make}\n{recipe.prompt}", fill="white", font=ImageFont.load_default(10))
    return image


def _labelled(image: Image.Image, recipe: Recipe) -> bytes:
    label = PngImagePlugin.PngInfo()
    label.add_itxt("fake-prompt", recipe.prompt)
    label.add_itxt("fake-seed", str(recipe.seed))
    file = BytesIO()
    image.save(file, "PNG", pnginfo=label)
    return file.getvalue()


def _label_of(picture: bytes) -> tuple[str, str]:
    with Image.open(BytesIO(picture), formats=("PNG",)) as image:
        return str(image.info.get("fake-prompt", "")), str(image.info.get("fake-seed", fingerprint(image)))


def _number(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big")
