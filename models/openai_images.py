"""Pictures from an image service that speaks the OpenAI API: drawn from words, edited under a mask, after references.

Nothing is tried twice here: one call is one request, its outcome typed, so that nobody pays twice without knowing.
Every request carries the name of its purchase as its `Idempotency-Key`; a service that honours it sells that once.
"""

import asyncio
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from time import perf_counter
from typing import Any, Final, Literal
from urllib.parse import urlsplit

import openai
from PIL import Image, ImageFilter
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ..core.canonical import first_fault
from ..core.crew import MakerSpec
from ..core.errors import ChargeUnknown, CrewError, MakerFailed
from ..core.secret import blotted
from ..core.take import Made, Recipe, service_key
from .calling import DEADLINE_SECONDS
from .fitting import Frame, Size, covered, framed, nearest_size, said
from .frame import as_png, finished, ingredients_of, opened
from .openai_answer import Answer, read_answer
from .openai_faults import fault_of

_CONNECT_SECONDS: Final = 10.0
_MOST_IMAGES: Final = 16
_FEATHER: Final = 1 / 256
"""Of the longer side: how softly what was repainted meets what stays."""

_STANDARD: Final = "1024x1024 1536x1024 1024x1536"
_NEVER_TAKEN: Final = "seed, steps, guidance"


class _Settings(BaseModel):
    """What a maker of this kind understands in the crew file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    base_url: str = "https://api.openai.com/v1"
    key_env: str = Field(default="OPENAI_API_KEY", pattern=r"^[A-Z][A-Z0-9_]*$")
    quality: Literal["low", "medium", "high", "xhigh", "max", "auto"] | None = None
    background: Literal["transparent", "opaque", "auto"] | None = None
    moderation: Literal["low", "auto"] | None = None
    input_fidelity: Literal["low", "high"] | None = None
    response_format: Literal["b64_json"] | None = None
    sizes: str = Field(default=_STANDARD, pattern=r"^(any|\d+x\d+( \d+x\d+)*)$")
    any_aspect: bool = False
    keep_outside: bool = True
    deadline_seconds: float = Field(default=DEADLINE_SECONDS, gt=0)
    sells_once: bool = False

    @property
    def offered(self) -> list[Size]:
        """The sizes the model draws; none stands for any."""
        pairs = [one.split("x") for one in self.sizes.split() if one != "any"]
        return [(int(width), int(height)) for width, height in pairs]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Brought:
    """What a recipe brings along besides words, as the service wants it."""

    files: list[tuple[str, bytes, str]] = field(default_factory=list)
    mask: tuple[str, bytes, str] | None = None
    frame: Frame | None = None
    """Where the picture to edit lies in what is sent."""
    under: Image.Image | None = None
    """The picture to edit, in the recipe's size."""
    repainted: Image.Image | None = None
    """White where it is to be painted anew."""


class OpenAIImages:
    """Asks an image service; the crew block's `source` is its name for the model.

    A recipe with an `image` is an edit of it, only where a `mask` is white when there is one; each `reference` goes
    along as a further picture. The service knows no seeds: the same recipe gives another picture, and every take says
    so.

    Settings of the maker:
        base_url: of a compatible server; key_env: the environment variable that holds its key.
        quality, background, moderation, input_fidelity, response_format: as the service takes them; sent where given.
        sizes: what the model draws, as `1024x1024 1536x1024`, or `any`; the nearest is asked for, cropped and scaled.
        any_aspect: whether it is asked for the look's aspect.
        keep_outside: whether an edit keeps the old pixels outside its mask, whatever the service did there.
        deadline_seconds: of one call, from connecting to the last byte.
        sells_once: whether the service sells the same work once under one `Idempotency-Key`: then a call that may
            have been charged is asked for again, and costs what it cost.
    """

    def __init__(self, spec: MakerSpec) -> None:
        self._spec, place = spec, f"maker {spec.name!r}"
        try:
            self._settings = _Settings.model_validate(dict(spec.settings))
        except ValidationError as error:
            name, what = first_fault(error)
            raise CrewError(f"{place}: settings.{name}", what, f"mend `{name}`") from None
        _check_address(self._settings.base_url, place)
        self._key = os.environ.get(self._settings.key_env, "")
        if not self._key:
            fix = "set it to the service's key (any word where the server asks for none)"
            raise CrewError(place, f"the environment has no {self._settings.key_env}", fix)

    def make(self, recipe: Recipe, ingredients: Mapping[str, bytes]) -> Made:
        """Ask for one picture, in the size that comes nearest, and bring it to the recipe's.

        Raises:
            ServiceBusy: the service turned the call away; nothing was bought.
            ServiceRefused: it takes none of this account's calls until a person mends that.
            ChargeUnknown: it may have charged, and there is no picture.
            MakerFailed: it will not draw this, or cannot read the request.
        """
        began, wanted = perf_counter(), (recipe.width, recipe.height)
        size = nearest_size(wanted, self._settings.offered)
        brought = _brought(recipe, ingredients, size)
        try:
            answer = asyncio.run(self._answer(recipe, self._asked(recipe, brought, size), is_edit=bool(brought.files)))
        except MakerFailed as error:
            error.args = tuple(blotted(one, [self._key]) if isinstance(one, str) else one for one in error.args)
            error.what = blotted(error.what, [self._key])
            raise error from None
        came = _picture(answer, recipe)
        picture, done = _fitted(came, brought, wanted, keep_outside=self._settings.keep_outside)
        is_as_it_came = picture is came and came.format == "PNG" and not getattr(came, "is_animated", False)
        told = self._told(recipe, answer, came, done)
        return finished(picture, recipe, began, told, data=answer.data if is_as_it_came else b"")

    def _asked(self, recipe: Recipe, brought: _Brought, size: Size) -> dict[str, object]:
        settings = self._settings
        prompt = f"{recipe.prompt}\n\nDo not show: {recipe.negative}." if recipe.negative else recipe.prompt
        asked: dict[str, object | None] = {
            "model": self._spec.source,
            "prompt": prompt,
            "n": 1,
            "size": f"{size[0]}x{size[1]}",
            "quality": settings.quality,
            "background": settings.background,
            "response_format": settings.response_format,
        }
        if brought.files:
            asked |= {"image": brought.files, "mask": brought.mask, "input_fidelity": settings.input_fidelity}
        else:
            asked["moderation"] = settings.moderation
        return {name: value for name, value in asked.items() if value is not None}

    async def _answer(self, recipe: Recipe, asked: Mapping[str, object], *, is_edit: bool) -> Answer:
        """Send one request and read all of its answer within the deadline, however slowly it comes."""
        seconds, maker = self._settings.deadline_seconds, recipe.maker
        client = openai.AsyncOpenAI(
            api_key=self._key,
            base_url=self._settings.base_url,
            max_retries=0,
            timeout=openai.Timeout(seconds, connect=min(_CONNECT_SECONDS, seconds / 2)),
        )
        try:
            async with asyncio.timeout(seconds), client:
                images = client.images.with_streaming_response
                ask: Any = images.edit if is_edit else images.generate
                async with ask(**asked, extra_headers={"Idempotency-Key": service_key(recipe)}) as response:
                    return await read_answer(response, maker)
        except TimeoutError:
            what = f"no whole answer within {seconds:g} s (setting `deadline_seconds`)"
            raise ChargeUnknown(maker, what) from None
        except openai.APIError as error:
            raise fault_of(maker, error) from error

    def _told(self, recipe: Recipe, answer: Answer, came: Image.Image, done: str) -> dict[str, str]:
        """Say what made the picture, and what of the recipe the service takes no notice of."""
        strength = ", strength" if "strength" in recipe.settings else ""
        told = {
            "openai": openai.__version__,
            "model": self._spec.source,
            "drawn_px": f"{came.width}x{came.height}",
            "fitted": done,
            "ignored": f"{_NEVER_TAKEN}{strength}: the same recipe gives another picture",
            "revised_prompt": answer.revised_prompt,
            "request": answer.request_id,
            "tokens": answer.tokens,
        }
        return {name: blotted(value, [self._key]) for name, value in told.items() if value}


def _check_address(url: str, place: str) -> None:
    """Refuse to send a key in the clear to another machine."""
    parts = urlsplit(url)
    if "@" in parts.netloc:
        raise CrewError(place, "base_url holds a name or a password", "name the key's variable in `key_env` instead")
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise CrewError(place, f"base_url {url!r} is no address", 'write it as "https://host/v1"')
    if parts.scheme == "http" and not _is_here(parts.hostname):
        raise CrewError(place, f"would send its key to {parts.hostname} unencrypted", "give an https address")


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _brought(recipe: Recipe, ingredients: Mapping[str, bytes], size: Size) -> _Brought:
    """Lay out what the recipe brings: the picture to edit first, its mask transparent where it is to be repainted."""
    images, masks, references = (ingredients_of(recipe, role, ingredients) for role in ("image", "mask", "reference"))
    if masks and not images:
        raise MakerFailed(recipe.maker, "a mask says where to repaint, and there is no image to repaint")
    if len(images) + len(references) > _MOST_IMAGES:
        raise MakerFailed(recipe.maker, f"{len(images) + len(references)} pictures, and it takes {_MOST_IMAGES}")
    after = [_file(f"reference{number}", one.convert("RGB")) for number, one in enumerate(references, 1)]
    if not images:
        return _Brought(files=after)
    wanted = (recipe.width, recipe.height)
    frame, under = framed(wanted, size), images[0].convert("RGB").resize(wanted)
    files = [_file("image", frame.fill(under, "grey")), *after]
    if not masks:
        return _Brought(files=files, frame=frame, under=under)
    repainted = masks[0].convert("L").resize(wanted).point(lambda level: 255 if level > 127 else 0)
    see_through = Image.new("RGBA", size, "black")
    see_through.putalpha(frame.fill(repainted, "black").point(lambda level: 0 if level > 127 else 255))
    return _Brought(files=files, mask=_file("mask", see_through), frame=frame, under=under, repainted=repainted)


def _file(name: str, image: Image.Image) -> tuple[str, bytes, str]:
    return f"{name}.png", as_png(image), "image/png"


def _picture(answer: Answer, recipe: Recipe) -> Image.Image:
    try:
        picture = opened(answer.data, recipe.maker)
    except MakerFailed as error:
        what = f"what it answered cannot be shown ({error.what})"
        raise ChargeUnknown(recipe.maker, what, answer="spoilt") from None
    mode = "RGBA" if picture.has_transparency_data else "RGB"
    return picture if picture.mode == mode else picture.convert(mode)


def _fitted(came: Image.Image, brought: _Brought, wanted: Size, *, keep_outside: bool) -> tuple[Image.Image, str]:
    """Bring a picture to the recipe's size, and say how; an edit lies in it where the picture lay that was sent."""
    if brought.frame is None or brought.under is None:
        if came.size == wanted:
            return came, said(came.size, wanted)
        return covered(came, wanted), said(came.size, wanted)
    picture = brought.frame.cut(came.convert("RGB"), wanted)
    if brought.repainted is None or not keep_outside:
        return picture, said(came.size, wanted)
    soft = brought.repainted.filter(ImageFilter.GaussianBlur(max(wanted) * _FEATHER))
    return Image.composite(picture, brought.under, soft), f"{said(came.size, wanted)}; outside the mask as before"
