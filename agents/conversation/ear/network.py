"""The ear's network: a small pretrained encoder of sentences, tuned to directors' turns, and three answers a word.

The encoder is the Universal Sentence Encoder's lite form (Cer et al. 2018, arXiv 1803.11175): two layers of attention.
One gated recurrent layer reads over its words both ways, in the form and the order of gates PyTorch has. NumPy alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from io import BytesIO
from typing import Final

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import ThreadpoolController

from .pieces import pieces

Floats = NDArray[np.float32]
VERBS: Final = (
    "status", "show_plan", "show_takes", "compare", "why", "costs", "price", "help", "leave", "revise", "retake",
    "more_like", "options", "remark", "approve", "reject", "omit", "ingest", "reroute", "budget", "pause", "resume",
    "cancel", "prioritise", "greenlight", "deliver", "yes", "no", "aside", "unclear",
)  # fmt: skip
"""What a part of a turn can ask for. An aside asks for nothing; of what is unclear nothing should come."""
ROLES: Final = ("other", "about", "note")
"""What a word does in its part: names what it is about, says what should be otherwise, or neither."""
MARKS: Final = (
    "<idle>", "<asked>", "<task>", "<tasks>", "<team>", "<whole>", "<maker>", "<file>", "<name>", "<n>", "<lost>",
)  # fmt: skip
"""What stands for something that is no word of the language; their rows follow those of the pieces."""
ROWS: Final = 8002
"""The rows of the pretrained pieces."""
HEADS: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What the network says of each word of a turn, as probabilities."""

    begins: Floats
    """(words,) whether a part begins here."""
    verbs: Floats
    """(words, verbs) what its part asks for."""
    roles: Floats
    """(words, roles) what the word does in it."""


def in_pieces(texts: Sequence[str]) -> tuple[list[int], list[int]]:
    """Give the rows of all pieces of some tokens, and where each token's first piece stands.

    >>> in_pieces(["<task>", "<n>"])
    ([8004, 8011], [0, 1])
    """
    rows: list[int] = []
    firsts: list[int] = []
    for text in texts:
        firsts.append(len(rows))
        rows += [ROWS + MARKS.index(text)] if text in MARKS else pieces(text)
    return rows, firsts


@lru_cache(maxsize=2_000)
def listen(texts: tuple[str, ...]) -> Answers:
    """Run the network over the tokens of a turn; the first says whether an answer is waited for.

    On one thread: on matrices this small, waiting for a second takes longer than the work.
    """
    with _libraries().limit(limits=1, user_api="blas"):
        return _answers(texts, _weights())


@cache
def _libraries() -> ThreadpoolController:
    return ThreadpoolController()


def _answers(texts: tuple[str, ...], weights: Mapping[str, Floats]) -> Answers:
    rows, firsts = in_pieces(texts)
    read = _encoded(np.array(rows), weights)
    words = read[firsts]
    over = np.concatenate([_gated(words, weights, "forth"), _gated(words[::-1], weights, "back")[::-1]], axis=1)
    heard = np.concatenate([words, over], axis=1)
    whole = np.broadcast_to(read.mean(axis=0), (len(words), read.shape[1]))
    begins, roles = _linear(heard, weights, "begins"), _linear(heard, weights, "roles")
    verbs = _linear(np.concatenate([heard, whole], axis=1), weights, "verbs")
    return Answers(begins=_sigmoid(begins[:, 0]), verbs=_softmax(verbs), roles=_softmax(roles))


@cache
def _weights() -> Mapping[str, Floats]:
    """Load the network; a matrix is kept as whole numbers, each row with the size of its unit."""
    blob = files(__package__).joinpath("weights", "ear.npz").read_bytes()
    with np.load(BytesIO(blob), allow_pickle=False) as tensors:
        found = {name: tensors[name].astype(np.float32) for name in tensors.files}
    return {
        name: tensor * found.get(f"{name}/unit", np.float32(1))
        for name, tensor in found.items()
        if not name.endswith("/unit")
    }


def _encoded(rows: NDArray[np.int64], weights: Mapping[str, Floats]) -> Floats:
    place = np.arange(len(rows), dtype=np.float32)[:, None] * weights["rates"]
    read: Floats = 2 * weights["pieces"][rows] + np.concatenate([np.sin(place), np.cos(place)], axis=1)
    for layer in ("0", "1"):
        read = _attended(read, weights, layer)
        inner = np.maximum(_linear(_normed(read, weights, f"{layer}.norm2"), weights, f"{layer}.wide"), 0)
        read = read + _linear(inner, weights, f"{layer}.narrow")
    return read


def _attended(read: Floats, weights: Mapping[str, Floats], layer: str) -> Floats:
    asks, keys, values = np.split(_linear(_normed(read, weights, f"{layer}.norm1"), weights, f"{layer}.qkv"), 3, axis=1)
    heads = [_by_head(one) for one in (asks, keys, values)]
    scores = heads[0] @ heads[1].transpose(0, 2, 1) / np.sqrt(heads[0].shape[2])
    mixed = (_softmax(scores) @ heads[2]).transpose(1, 0, 2).reshape(len(read), -1)
    before = _linear(read, weights, f"{layer}.widen") if f"{layer}.widen.w" in weights else read
    return before + _linear(mixed, weights, f"{layer}.out")


def _by_head(values: Floats) -> Floats:
    return values.reshape(len(values), HEADS, -1).transpose(1, 0, 2)


def _normed(read: Floats, weights: Mapping[str, Floats], name: str) -> Floats:
    apart = read - read.mean(axis=1, keepdims=True)
    spread: Floats = np.sqrt((apart**2).mean(axis=1, keepdims=True) + np.float32(1e-6))
    found: Floats = weights[f"{name}.w"] * apart / spread + weights[f"{name}.b"]
    return found


def _gated(read: Floats, weights: Mapping[str, Floats], way: str) -> Floats:
    """Read words in their order (Cho et al. 2014, arXiv 1406.1078): reset, update and new gates, one after another."""
    given = _linear(read, weights, f"{way}.in")
    hidden = given.shape[1] // 3
    state: Floats = np.zeros((1, hidden), np.float32)
    states: list[Floats] = []
    for x in given:
        h = _linear(state, weights, f"{way}.state")[0]
        reset, update = _sigmoid(x[: 2 * hidden] + h[: 2 * hidden]).reshape(2, hidden)
        new: Floats = np.tanh(x[2 * hidden :] + reset * h[2 * hidden :])
        state = ((1 - update) * new + update * state[0])[None]
        states.append(state)
    return np.concatenate(states)


def _linear(read: Floats, weights: Mapping[str, Floats], name: str) -> Floats:
    found: Floats = read @ weights[f"{name}.w"].T + weights[f"{name}.b"]
    return found


def _sigmoid(values: Floats) -> Floats:
    found: Floats = np.reciprocal(1 + np.exp(-values))
    return found


def _softmax(values: Floats) -> Floats:
    raised: Floats = np.exp(values - values.max(axis=-1, keepdims=True))
    found: Floats = raised / raised.sum(axis=-1, keepdims=True)
    return found
