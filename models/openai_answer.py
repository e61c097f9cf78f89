"""An image service's answer, read with a cap on its size and checked before anybody believes it."""

import base64
import binascii
from dataclasses import dataclass
from typing import Any, Final

from pydantic import BaseModel, Field, ValidationError

from ..core.errors import ChargeUnknown

_MOST_BYTES: Final = 96 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A picture, and what was said with it."""

    data: bytes
    request_id: str
    revised_prompt: str
    """Empty where the service kept to the words it was given, or does not say."""
    tokens: str


class _Picture(BaseModel):
    b64_json: str | None = None
    url: str | None = None
    revised_prompt: str | None = None


class _Usage(BaseModel):
    input_tokens: int = 0
    output_tokens: int = 0


class _Body(BaseModel):
    data: list[_Picture] = Field(min_length=1)
    usage: _Usage | None = None


async def read_answer(response: Any, maker: str) -> Answer:
    """Read a streamed response to its end.

    Raises:
        ChargeUnknown: it is too long, no JSON, or holds no picture; the service holds it for delivered all the same.
    """
    body = bytearray()
    async for chunk in response.iter_bytes():
        body += chunk
        if len(body) > _MOST_BYTES:
            raise ChargeUnknown(maker, f"its answer has more than {_MOST_BYTES // 2**20} MiB", answer="spoilt")
    return answer_in(bytes(body), maker, request_id=str(response.headers.get("x-request-id", "")))


def answer_in(body: bytes, maker: str, *, request_id: str = "") -> Answer:
    """Find the picture in an answer.

    >>> answer_in(b'{"data": [{"b64_json": "aGVsbG8="}]}', "m").data
    b'hello'
    """
    try:
        said = _Body.model_validate_json(body)
    except ValidationError as error:
        what = f"its answer is not what the API promises ({error.errors()[0]['msg']}): {body[:80]!r}"
        raise ChargeUnknown(maker, what, answer="strange") from None
    picture, usage = said.data[0], said.usage
    if not picture.b64_json:
        fix = 'set response_format = "b64_json" in its settings' if picture.url else "the service may know why"
        what = f"its answer holds no picture{' but an address' if picture.url else ''}; {fix}"
        raise ChargeUnknown(maker, what, answer="spoilt")
    try:
        data = base64.b64decode(picture.b64_json, validate=True)
    except (binascii.Error, ValueError):
        raise ChargeUnknown(maker, "the picture in its answer is not base64", answer="spoilt") from None
    return Answer(
        data=data,
        request_id=request_id,
        revised_prompt=picture.revised_prompt or "",
        tokens=f"{usage.input_tokens} in, {usage.output_tokens} out" if usage else "",
    )
