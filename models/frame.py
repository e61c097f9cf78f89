"""Pictures as makers and critics hold them: read safely, written as PNG, wrapped up as what was made."""

import struct
from collections.abc import Mapping
from io import BytesIO
from time import perf_counter

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ..core.errors import MakerFailed
from ..core.take import Made, Recipe
from .fingerprint import fingerprint

FORMATS = ("PNG", "JPEG", "WEBP")
MAX_PIXELS = 64_000_000
MAX_SIDE_PX = 32_768

_DAMAGE = (OSError, SyntaxError, ValueError, LookupError, TypeError, struct.error, Image.DecompressionBombError)
"""What Pillow raises over bytes that are no picture, or far too large a one."""

Pixels = NDArray[np.float32]
"""(height, width, 3) in [0, 1], sRGB values."""


def opened(data: bytes, maker: str) -> Image.Image:
    """Decode picture bytes; raises `MakerFailed` when they are no picture we take, or a far too large one."""
    try:
        picture = Image.open(BytesIO(data), formats=FORMATS)
        if picture.width * picture.height > MAX_PIXELS:
            what = f"a picture of {picture.width} x {picture.height}, above {MAX_PIXELS:,} pixels"
            raise MakerFailed(maker, what)
        picture.load()
    except _DAMAGE as error:
        raise MakerFailed(maker, f"an ingredient is no picture ({error})") from None
    return picture


class NoPicture(MakerFailed):
    """What a maker handed over as a picture is none."""


def check_made(made: Made, maker: str) -> None:
    """Refuse what a maker hands over where it is no PNG of the size it says; its pixels are not decoded.

    Raises:
        NoPicture: nothing but a picture is ever stored, judged and shown as a take.
    """
    what = "what it handed over is no PNG picture"
    try:
        with Image.open(BytesIO(made.data), formats=("PNG",)) as picture:
            size = picture.size
    except (*_DAMAGE, Image.DecompressionBombWarning) as error:
        raise NoPicture(maker, f"{what} ({error})"[:300]) from None
    if size != (made.width, made.height) or size[0] * size[1] > MAX_PIXELS or max(size) > MAX_SIDE_PX:
        raise NoPicture(maker, f"{what} of {made.width} x {made.height}, but one of {size[0]} x {size[1]}")


def decoded(picture: bytes) -> Image.Image:
    """Decode a picture that the store already holds, as RGB."""
    with Image.open(BytesIO(picture), formats=FORMATS) as image:
        return image.convert("RGB")


def ingredients_of(recipe: Recipe, role: str, ingredients: Mapping[str, bytes]) -> list[Image.Image]:
    """Open a recipe's ingredients of one role, in the recipe's order; raises `MakerFailed` when bytes are missing."""
    wanted = [one.digest for one in recipe.ingredients if one.role == role]
    for digest in wanted:
        if digest not in ingredients:
            raise MakerFailed(recipe.maker, f"the recipe's {role} {digest} was not handed over")
    return [opened(ingredients[digest], recipe.maker) for digest in wanted]


def to_pixels(image: Image.Image) -> Pixels:
    """Give a picture as numbers."""
    return np.asarray(image.convert("RGB"), np.float32) / np.float32(255)


def to_image(pixels: Pixels) -> Image.Image:
    """Give numbers as a picture."""
    return Image.fromarray((pixels.clip(0, 1) * 255).round().astype(np.uint8))


def as_png(image: Image.Image) -> bytes:
    """Write a picture as PNG; the same pixels give the same bytes with the same Pillow."""
    file = BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def finished(
    image: Image.Image,
    recipe: Recipe,
    began: float,
    software: Mapping[str, str],
    ignored_words: tuple[str, ...] = (),
    *,
    data: bytes = b"",
) -> Made:
    """Wrap a picture up.

    Args:
        image: the picture.
        recipe: what was asked for.
        began: `perf_counter()` when the work began.
        software: what made it, by name and version.
        ignored_words: words of the prompt that were left out.
        data: the picture's PNG bytes where there are some already, with all they carry besides pixels.
    """
    data = data or as_png(image)
    return Made(
        data=data,
        width=image.width,
        height=image.height,
        fingerprint=fingerprint(image),
        seconds=perf_counter() - began,
        worker=recipe.maker,
        software=software,
        ignored_words=ignored_words,
    )
