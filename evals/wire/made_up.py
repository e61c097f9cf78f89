"""What a server makes up where its script leaves it open: an instance of a schema, words, log-probabilities."""

from collections.abc import Mapping, Sequence
from typing import Final

from .replies import Good

Schema = Mapping[str, object]

WORDS: Final = "This is the wire speaking."

_PLAIN: Final[Mapping[str, object]] = {"string": "text", "integer": 0, "number": 0.0, "boolean": False, "null": None}


def instance_of(schema: Schema, root: Schema | None = None) -> object:
    """Make up the plainest thing a JSON schema allows.

    >>> instance_of({"type": "object", "properties": {"hue": {"enum": ["red", "blue"]}, "many": {"type": "integer"}}})
    {'hue': 'red', 'many': 0}
    """
    root = root or schema
    if isinstance(reference := schema.get("$ref"), str):
        return instance_of(_found(root, reference), root)
    if "const" in schema:
        return schema["const"]
    for choices in (schema.get("enum"), schema.get("anyOf"), schema.get("oneOf")):
        if isinstance(choices, Sequence) and choices:
            return instance_of(choices[0], root) if isinstance(choices[0], Mapping) else choices[0]
    kind = schema.get("type", "object")
    if kind == "array":
        items, least = schema.get("items"), schema.get("minItems", 0)
        count = least if isinstance(least, int) else 0
        return [instance_of(items, root) for _ in range(count)] if isinstance(items, Mapping) else []
    if kind == "object":
        properties = schema.get("properties")
        fields = properties.items() if isinstance(properties, Mapping) else ()
        return {name: instance_of(one, root) for name, one in fields}
    return schema.get("minimum", _PLAIN.get(str(kind)))


def tokens_of(text: str) -> list[str]:
    """Split a text as a tokeniser might, so that the pieces joined are the text.

    >>> tokens_of("Yes, it is.")
    ['Yes,', ' it', ' is.']
    """
    first, *rest = text.split(" ")
    return [first, *(f" {word}" for word in rest)]


def logprobs_of(text: str, good: Good, most: int) -> list[dict[str, object]]:
    """Give what a chat completion says of each token, and what else the first might have been."""
    found = []
    for place, token in enumerate(tokens_of(text)):
        others = good.top_logprobs if place == 0 and good.top_logprobs else {token: -0.01}
        said = others.get(token, max(others.values()))
        best = sorted(others.items(), key=lambda one: one[1], reverse=True)[:most]
        found.append(_priced(token, said) | {"top_logprobs": [_priced(name, value) for name, value in best]})
    return found


def _priced(token: str, logprob: float) -> dict[str, object]:
    return {"token": token, "logprob": logprob, "bytes": list(token.encode())}


def _found(root: Schema, reference: str) -> Schema:
    place: object = root
    for name in reference.removeprefix("#/").split("/"):
        place = place.get(name, {}) if isinstance(place, Mapping) else {}
    return place if isinstance(place, Mapping) else {}
