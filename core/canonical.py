"""One way to write a noun as bytes, to read it back and to name it by digest."""

import hashlib
import json
from collections.abc import Hashable
from functools import cache
from typing import TypeVar, cast

from pydantic import TypeAdapter, ValidationError
from pydantic_core import CoreSchema, SchemaValidator

from .secret import names_secret, redacted

T = TypeVar("T")
_CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


@cache
def _adapter(noun: Hashable) -> TypeAdapter[object]:
    adapter = TypeAdapter(cast("type[object]", noun))
    adapter.validator = SchemaValidator(cast("CoreSchema", _finite(adapter.core_schema)))
    return adapter


def _finite(schema: object) -> object:
    """Have no number of a schema be infinite or NaN: canonical JSON could not hold it."""
    match schema:
        case dict():
            found = {key: _finite(value) for key, value in schema.items()}
            return {**found, "allow_inf_nan": False} if schema.get("type") == "float" else found
        case list():
            return [_finite(one) for one in schema]
        case tuple():
            return tuple(_finite(one) for one in schema)
    return schema


def adapter_of(noun: object) -> TypeAdapter[object]:
    """Give the validator of a noun's type, built once per process."""
    return _adapter(noun)


def to_plain(noun: object, kind: object = None) -> object:
    """Turn a noun into plain JSON values, aliases applied.

    Args:
        noun: any core noun.
        kind: its declared type where that is a union; its own class otherwise.
    """
    return adapter_of(kind or type(noun)).dump_python(noun, mode="json", by_alias=True)


def to_json(noun: object, kind: object = None) -> str:
    """Write a noun as canonical JSON: sorted keys, no spaces, no NaN."""
    return _CANONICAL.encode(to_plain(noun, kind))


def from_json(kind: type[T] | object, text: str | bytes) -> T:
    """Read a noun back; raises `pydantic.ValidationError` when the text does not fit."""
    return cast("T", adapter_of(kind).validate_json(text))


def from_plain(kind: type[T] | object, value: object) -> T:
    """Validate plain values into a noun; raises `pydantic.ValidationError` when they do not fit."""
    return cast("T", adapter_of(kind).validate_python(value))


def digest_of_bytes(data: bytes) -> str:
    """Name bytes: `sha256:<64 hex>`.

    >>> digest_of_bytes(b"")[:14]
    'sha256:e3b0c44'
    """
    return "sha256:" + hashlib.sha256(data).hexdigest()


def digest_of(noun: object, kind: object = None) -> str:
    """Name a noun by the digest of its canonical JSON."""
    return digest_of_bytes(to_json(noun, kind).encode())


def first_fault(error: ValidationError) -> tuple[str, str]:
    """Give the place and the message of the first thing a validation refused."""
    fault = error.errors(include_url=False)[0]
    place = ".".join(str(part) for part in fault["loc"]) or "the document"
    # Where a secret is named, or the name of one is wanted, what was written there may be the secret itself.
    if any(names_secret(str(part).removesuffix("_env")) for part in fault["loc"]):
        return place, plainly(fault["msg"])
    return place, redacted(f"{plainly(fault['msg'])} (got {fault['input']!r})")[:300]


def plainly(message: str) -> str:
    """Say a validation's message in the words of a file rather than of Python."""
    return message.replace("a valid tuple", "a list, like [one, two]")
