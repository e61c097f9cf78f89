"""The post-production maker: composite, grade, crop, upscale. Plain image arithmetic, the same bytes every time."""

from collections.abc import Mapping
from time import perf_counter

import numpy as np
import PIL
from PIL import Image, ImageFilter

from ..core.crew import MakerSpec
from ..core.errors import MakerFailed
from ..core.take import Made, Recipe
from .frame import finished, ingredients_of, to_image, to_pixels
from .grading import UnknownColour, grade, palette_of
from .keying import key, lay, relit

_SOFTWARE = {"pillow": PIL.__version__, "numpy": np.__version__}
_LANCZOS = Image.Resampling.LANCZOS
_LARGEST_PX = 16_384


class PostMaker:
    """Works on other takes. What to do comes in the recipe's settings, all of them text.

    Settings:
        palette: colour words or #rrggbb, separated by commas (grade).
        strength: of the grade, 0 to 1; 0.6 when not given.
        grain: film grain, 0 to 1 (grade).
        box: left, top, right, bottom as fractions, separated by commas (crop).
        scale: 2 to 8 (upscale).
        shadow: of the contact shadow, 0 to 1; 0.6 when not given (composite).
        match: how far layers take on the plate's light, 0 to 1; 0.35 when not given (composite).
    """

    def __init__(self, spec: MakerSpec) -> None:
        self._spec = spec

    def make(self, recipe: Recipe, ingredients: Mapping[str, bytes]) -> Made:
        """Make what the recipe says from its ingredients.

        A composite's first layer is the plate; a `mask` ingredient each cuts out the layers after it, else they are
        keyed. Everything else takes one `source`.
        """
        began = perf_counter()
        match recipe.make:
            case "composite":
                image = _composite(recipe, ingredients)
            case "grade":
                image = _grade(recipe, _source(recipe, ingredients))
            case "crop":
                image = _crop(recipe, _source(recipe, ingredients))
            case "upscale":
                image = _upscale(recipe, _source(recipe, ingredients))
            case "still":
                raise MakerFailed(recipe.maker, "it works on pictures and draws none")
        return finished(image, recipe, began, _SOFTWARE)


def _source(recipe: Recipe, ingredients: Mapping[str, bytes]) -> Image.Image:
    sources = ingredients_of(recipe, "source", ingredients)
    if len(sources) != 1:
        raise MakerFailed(recipe.maker, f"a {recipe.make} takes one source, got {len(sources)}")
    return sources[0].convert("RGB")


def _composite(recipe: Recipe, ingredients: Mapping[str, bytes]) -> Image.Image:
    layers = ingredients_of(recipe, "layer", ingredients)
    masks = ingredients_of(recipe, "mask", ingredients)
    if not layers:
        raise MakerFailed(recipe.maker, "a composite takes at least one layer")
    if len(masks) > len(layers) - 1:
        raise MakerFailed(recipe.maker, f"{len(masks)} masks for {len(layers) - 1} layers above the plate")
    shadow, match = _number(recipe, "shadow", 0.6, 0, 1), _number(recipe, "match", 0.35, 0, 1)
    plate = layers[0].convert("RGB")
    light = to_pixels(plate)
    picture = light
    for number, layer in enumerate(layers[1:]):
        fitted = layer.convert("RGB").resize(plate.size, _LANCZOS)
        if number < len(masks):
            mask = masks[number].convert("L").resize(plate.size, _LANCZOS)
            alpha, pixels = np.asarray(mask, np.float32) / np.float32(255), to_pixels(fitted)
        else:
            alpha, pixels = key(fitted)
        picture = lay(picture, relit(pixels, alpha, light, match), alpha, shadow=shadow)
    return to_image(picture)


def _grade(recipe: Recipe, source: Image.Image) -> Image.Image:
    words = [word for word in recipe.settings.get("palette", "").replace(",", " ").split() if word]
    if not words:
        raise MakerFailed(recipe.maker, "a grade takes a palette, and the look has none")
    strength, grain = _number(recipe, "strength", 0.6, 0, 1), _number(recipe, "grain", 0.0, 0, 1)
    try:
        palette = palette_of(words)
    except UnknownColour as error:
        raise MakerFailed(recipe.maker, str(error)) from None
    return to_image(grade(to_pixels(source), palette, strength=strength, grain=grain, seed=recipe.seed))


def _crop(recipe: Recipe, source: Image.Image) -> Image.Image:
    text = recipe.settings.get("box", "")
    try:
        left, top, right, bottom = (float(part) for part in text.split(","))
    except ValueError:
        raise MakerFailed(recipe.maker, f"a crop takes a box of four fractions, got {text!r}") from None
    if not (0 <= left < right <= 1 and 0 <= top < bottom <= 1):
        raise MakerFailed(recipe.maker, f"the box {text!r} is not left, top, right, bottom within the picture")
    edges = (left * source.width, top * source.height, right * source.width, bottom * source.height)
    corner = (round(edges[0]), round(edges[1]))
    far = (max(corner[0] + 1, round(edges[2])), max(corner[1] + 1, round(edges[3])))
    return source.crop((*corner, *far))


def _upscale(recipe: Recipe, source: Image.Image) -> Image.Image:
    scale = round(_number(recipe, "scale", 2, 2, 8))
    width, height = source.width * scale, source.height * scale
    if max(width, height) > _LARGEST_PX:
        raise MakerFailed(recipe.maker, f"{width} x {height} is above {_LARGEST_PX} px")
    larger = source.resize((width, height), _LANCZOS)
    return larger.filter(ImageFilter.UnsharpMask(radius=0.6 * scale, percent=60, threshold=2))


def _number(recipe: Recipe, name: str, default: float, low: float, high: float) -> float:
    text = recipe.settings.get(name, str(default))
    try:
        value = float(text)
    except ValueError:
        raise MakerFailed(recipe.maker, f"setting {name!r} is {text!r}, not a number") from None
    if not low <= value <= high:
        raise MakerFailed(recipe.maker, f"setting {name!r} is {text}, outside {low:g} to {high:g}")
    return value
