"""Images: generated from words, and edited where a mask is transparent."""

import base64
from collections.abc import Mapping
from hashlib import sha256
from io import BytesIO

from PIL import Image, ImageDraw, ImageFont
from pydantic import BaseModel, Field

from .events import plain
from .meter import Request
from .multipart import form_of
from .replies import Good, Refused
from .server import Body, Wrong

_MOST_EDITED = 16


class Asked(BaseModel):
    """The request, as far as it changes the answer."""

    model: str
    prompt: str = Field(min_length=1, max_length=32000)
    n: int = Field(default=1, ge=1, le=10)
    size: str = "auto"
    quality: str = "auto"
    background: str = "auto"
    output_format: str = "png"


def generated(request: Request, good: Good) -> Body:
    """Answer `POST /v1/images/generations`."""
    asked = Asked.model_validate_json(request.body)
    return _answer(asked, good, [good.picture or _png(_card(asked, request, place)) for place in range(asked.n)])


def edited(request: Request, good: Good) -> Body:
    """Answer `POST /v1/images/edits`: a new card where the mask is transparent, the first image elsewhere."""
    form = form_of(request)
    asked = Asked.model_validate(form.fields)
    images = [_opened(data) for data in form.files.get("image", [])]
    if not 1 <= len(images) <= _MOST_EDITED:
        raise Wrong(_invalid(f"Invalid number of images: {len(images)}."))
    card = _card(asked, request, 0)
    for data in form.files.get("mask", []):
        mask = _opened(data)
        if "A" not in mask.getbands():
            raise Wrong(_invalid("Invalid mask: it has no alpha channel."))
        if mask.size != images[0].size:
            raise Wrong(_invalid(f"Invalid mask: {mask.size} does not match the image's size {images[0].size}."))
        card.paste(images[0].convert("RGB").resize(card.size), mask=mask.getchannel("A").resize(card.size))
    return _answer(asked, good, [good.picture or _png(card)])


def _answer(asked: Asked, good: Good, pictures: list[bytes]) -> Body:
    said: Mapping[str, object] = {"revised_prompt": good.revised_prompt} if good.revised_prompt else {}
    data = [{"b64_json": base64.b64encode(picture).decode(), **said} for picture in pictures]
    details = {"image_tokens": 0, "text_tokens": len(asked.prompt.split())}
    taken, given = len(asked.prompt.split()), 1000 * len(pictures)
    usage = {"input_tokens": taken, "input_tokens_details": details, "output_tokens": given}
    return plain(
        {
            "created": 1,
            "data": data,
            "background": "opaque",
            "output_format": "png",
            "quality": "low",
            "size": asked.size,
            "usage": usage | {"total_tokens": taken + given},
        }
    )


def _card(asked: Asked, request: Request, place: int) -> Image.Image:
    """Draw what stands for a picture: another one for every request, as the service has no seeds."""
    width, height = _size(asked.size)
    seed = sha256(f"{asked.prompt}/{request.number}/{place}".encode()).digest()
    image = Image.new("RGB", (width, height), f"hsl({seed[0]}, 55%, 40%)")
    pen = ImageDraw.Draw(image)
    for shape in range(3):
        x, y, r = (value / 255 for value in seed[1 + 3 * shape : 4 + 3 * shape])
        side = (0.1 + 0.3 * r) * width
        pen.ellipse(
            (x * width, y * height, x * width + side, y * height + side), f"hsl({seed[9] + 90 * shape}, 70%, 60%)"
        )
    pen.text((4, 4), f"WIRE {request.number}\n{asked.prompt}", fill="white", font=ImageFont.load_default(24))
    return image


def _size(text: str) -> tuple[int, int]:
    """Read a size; sides are multiples of 16, no longer than three times the other."""
    if text == "auto":
        return 1024, 1024
    width, _, height = text.partition("x")
    if not (width.isdigit() and height.isdigit()):
        raise Wrong(_invalid(f"Invalid size {text!r}."))
    across, down = int(width), int(height)
    if across % 16 or down % 16 or not down / 3 <= across <= 3 * down or across * down == 0:
        raise Wrong(_invalid(f"Invalid size {text!r}: sides are multiples of 16, of at most 3 to 1."))
    return across, down


def _opened(data: bytes) -> Image.Image:
    try:
        image = Image.open(BytesIO(data), formats=("PNG", "JPEG", "WEBP"))
        image.load()
    except (OSError, SyntaxError, ValueError):
        raise Wrong(_invalid("Invalid image file.")) from None
    return image


def _invalid(what: str) -> Refused:
    return Refused(status=400, kind="image_generation_user_error", code="invalid_value", message=what)


def _png(image: Image.Image) -> bytes:
    file = BytesIO()
    image.save(file, "PNG", compress_level=1)
    return file.getvalue()
