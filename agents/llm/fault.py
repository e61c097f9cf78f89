"""An answer becomes a noun, or a fault that can be told to the model."""

import re
from dataclasses import dataclass
from typing import Final, Literal, TypeVar

from pydantic import ValidationError

from ...core.canonical import from_json
from ...core.chat import MOST_CHARS, Answer

T = TypeVar("T")

_MOST_FAULTS: Final = 5
_FENCED: Final = re.compile(r"```(?:json)?\s*\n(.*?)\n?```", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What is wrong with an answer."""

    kind: Literal["refused", "truncated", "malformed"]
    says: str
    """One or two sentences, for the model that is told of it and for the person who reads why rules were used."""
    can_be_mended: bool = True
    """Whether telling the model may help."""


def said(answer: Answer) -> str | Fault:
    """Give the words of an answer, or what is wrong with it as a whole.

    >>> said(Answer(text=" A keep at dusk. ", tokens_in=1, tokens_out=1))
    'A keep at dusk.'
    """
    text = answer.text.strip()
    match answer.stop:
        case "refused":
            return Fault(kind="refused", says=text[:200] or "it gave no reason", can_be_mended=False)
        case "truncated":
            return Fault(kind="truncated", says="it was longer than allowed: be brief")
        case "tool":
            return Fault(kind="malformed", says=f"it called a tool nobody offered: {text[:80]}")
        case "end":
            pass
    if not text:
        return Fault(kind="malformed", says="it is empty")
    if len(answer.text) > MOST_CHARS:
        return Fault(kind="malformed", says=f"it has more than {MOST_CHARS:,} characters")
    return text


def parsed(kind: type[T], answer: Answer) -> T | Fault:
    """Read an answer's JSON as a noun; words around it are left out, unknown fields and NaN are refused.

    >>> parsed(bool, Answer(text="Sure: true", tokens_in=1, tokens_out=1)).kind
    'malformed'
    """
    text = said(answer)
    if isinstance(text, Fault):
        return text
    try:
        return from_json(kind, _json_in(text))
    except ValidationError as error:
        return Fault(kind="malformed", says=faults_of(error))


def faults_of(error: ValidationError) -> str:
    """List the first things a validation refused, each with its place."""
    found = [
        f"{'.'.join(str(part) for part in one['loc']) or 'the answer'}: {one['msg']}"
        for one in error.errors(include_url=False, include_input=False, include_context=False)
    ]
    rest = f"; and {len(found) - _MOST_FAULTS} more" if len(found) > _MOST_FAULTS else ""
    return "; ".join(found[:_MOST_FAULTS])[:1000] + rest


def _json_in(text: str) -> str:
    """Give the JSON of an answer without what some models put around it."""
    if fenced := _FENCED.search(text):
        return fenced[1]
    begin, end = text.find("{"), text.rfind("}")
    return text[begin : end + 1] if 0 <= begin < end else text
