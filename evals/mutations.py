"""Bytes and JSON made wrong on purpose: small changes of sound inputs, from a seed."""

import json
import random
from collections.abc import Callable, Sequence
from typing import Final

Json = dict[str, "Json"] | list["Json"] | str | int | float | bool | None

_TOKENS: Final = (
    b"\x00", b"\xff\xfe", b"\xed\xa0\x80", b"\xef\xbb\xbf", b"\r", b"\n", b"\t", b"---\n", b"...\n",
    b"&a [*a]", b"*a", b"<<: *a",
    b"!!python/object/apply:os.system ['touch CANARY']", b"!!binary |", b"!!set", b"? ", b"- ", b": ", b"{",
    b"}", b"[", b"]",
    b'"', b"'", b"`", b"```yaml\n", b"# ", b"## ", b"1e309", b"-0", b"NaN", b".inf", b"0x1f", b"0b1",
    b"1_000", b"12:30:45",
    b"2026-01-01", b"null", b"~", b"true", b"yes", b"no", b"99999999999999999999999999", b"../../etc/passwd",
    b"C:\\CON", b"$(id)",
    b"__proto__", b"__class__", b"\xe2\x80\xae", b"\xf0\x9f\x92\xa9", b"%s%n", b"\\u0000", b"\\ud800",
    b"sha256:", b"task", b"USD",
)  # fmt: skip
_LEAVES: Final[tuple[Json, ...]] = (
    None, True, False, 0, -1, 1, 2**31, 2**63, -(2**63), 10**40, 0.0, -0.0, 1e308, 5e-324, float("nan"), float("inf"),
    "", " ", "\x00", "\ud800", "a" * 5000, "\n", "../x", "NaN", "1", "true", "sha256:" + "0" * 64, [], {},
    [[]], [None], {"": None},
    {"kind": "accept"}, {"event": "take_made"}, [1, 2, 3, 4], [0.0, 0.0, 0.0, 0.0], ["a"] * 300,
)  # fmt: skip
_DEPTH: Final = 3000


def mutated_bytes(seeds: Sequence[bytes], dice: random.Random) -> bytes:
    """Give one of the seeds after a few small changes."""
    data = bytearray(dice.choice(seeds))
    for _ in range(dice.choice((1, 1, 1, 2, 3, 6))):
        dice.choice(_BYTE_CHANGES)(data, seeds, dice)
    return bytes(data)


def mutated_json(seeds: Sequence[Json], dice: random.Random) -> bytes:
    """Give one of the seeds as JSON with something in it that does not belong there; now and then broken as text."""
    value: Json = json.loads(json.dumps(dice.choice(seeds)))
    for _ in range(dice.choice((1, 1, 1, 2, 4))):
        value = _changed(value, dice)
    text = json.dumps(value)
    if dice.random() < 0.01:
        text = "[" * _DEPTH + text + "]" * _DEPTH
    data = text.encode("utf-8", "surrogatepass")
    return mutated_bytes([data], dice) if dice.random() < 0.25 else data


def _changed(value: Json, dice: random.Random) -> Json:  # noqa: PLR0911 - one line per change
    """Change one thing in a value, the deeper the likelier."""
    if isinstance(value, dict) and value and dice.random() < 0.9:
        key = dice.choice(list(value))
        match dice.random():
            case low if low < 0.08:
                return {name: one for name, one in value.items() if name != key}
            case low if low < 0.14:
                return value | {dice.choice(("", "x", "schema", "event", "kind", key + " ", key.upper())): value[key]}
            case _:
                return value | {key: _changed(value[key], dice)}
    if isinstance(value, list) and value and dice.random() < 0.9:
        place = dice.randrange(len(value))
        match dice.random():
            case low if low < 0.1:
                return value[:place] + value[place + 1 :]
            case low if low < 0.2:
                return [*value, value[place]]
            case _:
                return [*value[:place], _changed(value[place], dice), *value[place + 1 :]]
    return dice.choice(_LEAVES)


def _flip(data: bytearray, _: Sequence[bytes], dice: random.Random) -> None:
    if data:
        data[dice.randrange(len(data))] ^= 1 << dice.randrange(8)


def _drop(data: bytearray, _: Sequence[bytes], dice: random.Random) -> None:
    start = dice.randrange(len(data) + 1)
    del data[start : start + dice.choice((1, 1, 4, 40))]


def _cut(data: bytearray, _: Sequence[bytes], dice: random.Random) -> None:
    del data[dice.randrange(len(data) + 1) :]


def _repeat(data: bytearray, _: Sequence[bytes], dice: random.Random) -> None:
    start = dice.randrange(len(data) + 1)
    piece = data[start : start + dice.choice((1, 8, 60))]
    data[start:start] = piece * dice.choice((1, 2, 50))


def _insert(data: bytearray, _: Sequence[bytes], dice: random.Random) -> None:
    start = dice.randrange(len(data) + 1)
    data[start:start] = dice.choice(_TOKENS)


def _splice(data: bytearray, seeds: Sequence[bytes], dice: random.Random) -> None:
    other = dice.choice(seeds)
    start = dice.randrange(len(data) + 1)
    data[start:] = other[dice.randrange(len(other) + 1) :]


_BYTE_CHANGES: Final[tuple[Callable[[bytearray, Sequence[bytes], random.Random], None], ...]] = (
    _flip, _drop, _cut, _repeat, _insert, _insert, _insert, _splice,
)  # fmt: skip
