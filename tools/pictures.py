"""Pictures from anywhere, opened safely: three formats, caps on bytes and pixels, one clear error for all else."""

import os
import stat
import struct
from io import BytesIO
from pathlib import Path
from typing import Final

from PIL import Image, ImageOps, UnidentifiedImageError

from ..core.errors import NotAPicture

FORMATS = ("PNG", "JPEG", "WEBP")
MAX_PIXELS = 64_000_000
MAX_SIDE_PX = 32_768
MAX_BYTES = 256 * 1024 * 1024

_LANCZOS = Image.Resampling.LANCZOS
_DAMAGE: Final = (OSError, SyntaxError, ValueError, LookupError, TypeError, ArithmeticError, struct.error, Warning)
"""What Pillow raises over pixels and EXIF that make no sense; a warning only where warnings are errors."""


def open_picture(data: bytes, name: str) -> Image.Image:
    """Decode picture bytes completely.

    Args:
        data: the file's bytes.
        name: what to call it in an error.

    Raises:
        NotAPicture: another format, damaged, or more than `MAX_PIXELS` pixels or `MAX_SIDE_PX` along a side.
    """
    if len(data) > MAX_BYTES:
        raise NotAPicture(name, f"it has {len(data):,} bytes, more than {MAX_BYTES:,}")
    try:
        picture = Image.open(BytesIO(data), formats=FORMATS)
        width, height = picture.size
        if width * height > MAX_PIXELS:
            raise NotAPicture(name, f"it is {width} x {height}, more than {MAX_PIXELS:,} pixels")
        if max(width, height) > MAX_SIDE_PX:
            raise NotAPicture(name, f"it is {width} x {height}, more than {MAX_SIDE_PX:,} pixels along a side")
        picture.load()
    except UnidentifiedImageError:
        raise NotAPicture(name, "it is no PNG, JPEG or WebP picture") from None
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise NotAPicture(name, f"it has more than {MAX_PIXELS:,} pixels") from None
    except _DAMAGE as error:
        raise NotAPicture(name, f"it is damaged ({error})") from None
    return picture


def read_picture(path: Path) -> bytes:
    """Read a picture a person brings in and give it as PNG.

    A plain 8-bit RGB PNG comes back byte for byte, so that what other programs wrote into it survives. Anything else
    is turned upright, flattened onto white where it is transparent, and written as RGB.

    Raises:
        NotAPicture: no such file, or no picture we take.
    """
    data = _bytes_of(path)
    picture = open_picture(data, str(path))
    try:
        is_turned = bool(picture.getexif())
        is_plain = picture.format == "PNG" and picture.mode == "RGB" and not getattr(picture, "is_animated", False)
        return data if is_plain and not is_turned else as_png(flatten(ImageOps.exif_transpose(picture)))
    except _DAMAGE as error:
        raise NotAPicture(str(path), f"what its EXIF says makes no sense ({error})") from None


def _bytes_of(path: Path) -> bytes:
    """Read a regular file, and never more than we take: a pipe could keep us waiting, a device could go on for ever."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise NotAPicture(str(path), "it is no regular file")
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as file:
            data = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else error
        raise NotAPicture(str(path), f"it cannot be read ({why})") from None
    if len(data) > MAX_BYTES:
        raise NotAPicture(str(path), f"it has more than {MAX_BYTES:,} bytes")
    return data


def flatten(picture: Image.Image) -> Image.Image:
    """Give the picture as 8-bit RGB, transparent parts over white."""
    if picture.mode.startswith("I"):
        import numpy as np  # here: every door loads this file, and hardly any picture has sixteen bits

        deep = np.asarray(picture).astype(np.int32)
        picture = Image.fromarray(((deep.clip(0, 65_535) + 128) // 257).astype(np.uint8))
    if not picture.has_transparency_data:
        return picture.convert("RGB")
    layer = picture.convert("RGBA")
    ground = Image.new("RGBA", layer.size, "white")
    return Image.alpha_composite(ground, layer).convert("RGB")


def as_png(picture: Image.Image) -> bytes:
    """Write a picture as PNG bytes; the same picture gives the same bytes."""
    buffer = BytesIO()
    Image.Image.save(_without_extras(picture), buffer, format="PNG", compress_level=6)
    return buffer.getvalue()


def _without_extras(picture: Image.Image) -> Image.Image:
    plain = picture.copy()
    plain.info = {}
    return plain


def thumbnail(picture: Image.Image, width_px: int, height_px: int) -> Image.Image:
    """Scale a picture, up or down, to fit a box; its aspect stays."""
    factor = min(width_px / picture.width, height_px / picture.height)
    size = max(1, round(picture.width * factor)), max(1, round(picture.height * factor))
    return picture.convert("RGB").resize(size, _LANCZOS)
