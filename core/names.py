"""Names to offer a person whose word means nothing here: the closest first, the variations of one task as one."""

from collections.abc import Iterable
from difflib import SequenceMatcher

_BETWEEN = "__"
"""Stands between a task of the brief and what makes a variation of it."""


def names_to_offer(asked: str, names: Iterable[str]) -> list[str]:
    """Give what may be asked for instead, closest first; what is equally close keeps its order.

    Variations are told by what stands before `__`; those of a task that was named rightly follow one by one, after all
    the rest.

    >>> names_to_offer("tover", ["keep__dawn", "keep__dusk", "tower"])
    ['tower', 'keep']
    >>> names_to_offer("keep__dask", ["keep__dawn", "keep__dusk", "tower"])
    ['keep', 'tower', 'keep__dusk', 'keep__dawn']
    """
    known = list(names)
    of, between, _ = asked.partition(_BETWEEN)
    bases = dict.fromkeys(name.partition(_BETWEEN)[0] for name in known)
    variations = [name for name in known if between and name.startswith(f"{of}{_BETWEEN}")]
    return [*_closest_first(asked, bases), *_closest_first(asked, variations)]


def _closest_first(asked: str, names: Iterable[str]) -> list[str]:
    matcher = SequenceMatcher(b=asked.lower())

    def closeness(name: str) -> float:
        matcher.set_seq1(name.lower())
        return matcher.ratio()

    return sorted(names, key=closeness, reverse=True)
