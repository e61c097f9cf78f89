"""Words in pieces, the way the pretrained encoder was taught them: the likeliest cut under a unigram model.

Kudo 2018 (arXiv 1804.10959), by Viterbi's search.
"""

from functools import cache, lru_cache
from importlib.resources import files
from math import inf
from typing import Final

UNKNOWN: Final = 0
_LONGEST: Final = 20
_STRANGE: Final = -20.0
"""The score of a letter there is no piece for."""
_MOST: Final = 8
"""A longer word is heard by its first pieces."""


@cache
def _scores() -> dict[str, tuple[int, float]]:
    """Read the pieces: each with its row and its log probability."""
    lines = files(__package__).joinpath("weights", "pieces.tsv").read_text(encoding="utf-8").splitlines()
    rows = (line.split("\t") for line in lines)
    return {piece: (int(row), float(score)) for piece, row, score in rows}


@lru_cache(maxsize=20_000)
def pieces(word: str) -> tuple[int, ...]:
    """Give the rows of a word's pieces.

    >>> len(pieces("castle")) <= len(pieces("castellated"))
    True
    """
    text, known = f"\u2581{word}", _scores()
    best: list[tuple[float, int, int]] = [(0.0, 0, 0)] + [(-inf, 0, 0)] * len(text)
    for start in range(len(text)):
        for end in range(start + 1, min(len(text), start + _LONGEST) + 1):
            row, score = known.get(text[start:end], (UNKNOWN, _STRANGE if end == start + 1 else -inf))
            if best[start][0] + score > best[end][0]:
                best[end] = (best[start][0] + score, start, row)
    found: list[int] = []
    end = len(text)
    while end:
        _, end, row = best[end]
        found.append(row)
    return tuple(reversed(found))[:_MOST]
