"""From the network's answers to the parts of a turn: what each asks for, how surely, and of what words."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from ..sayings import Saying, bare
from ..scene import Scene
from .mentions import Mention, mentions
from .network import ROLES, VERBS, Answers, Floats, listen
from .tokens import ASKED, IDLE, Token, tokens

_WEIGHT: Final = 0.5
"""How much the verbs of words count beside where parts begin."""
_LISTING: Final = frozenset({",", "and", "plus"})
"""What stands between the names of a list."""
_ABOUT, _NOTE = ROLES.index("about"), ROLES.index("note")
_LEAST: Final = 1e-4
_MOST_TOKENS: Final = 100
"""A longer turn is heard up to here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """One part of a turn as the ear heard it."""

    saying: Saying
    """All its words."""
    chances: dict[str, float]
    """How likely it asks for each verb; they add up to 1."""
    about: Saying
    """The words that name what it is about; none where nothing is named."""
    mentioned: tuple[Mention, ...]
    """Those of them that name tasks of the plan."""
    note: Saying
    """The words that say what should be otherwise, or why."""

    @property
    def verb(self) -> str:
        """What it most likely asks for."""
        return max(self.chances, key=self.chances.__getitem__)

    @property
    def chance(self) -> float:
        """How likely that is."""
        return max(self.chances.values())


def passages(saying: Saying, scene: Scene) -> tuple[Passage, ...]:
    """Cut a turn into what it asks for, in its order."""
    saying = _without_last_stop(saying)
    heard = tokens(saying, mentions(saying, scene), scene)[:_MOST_TOKENS]
    answers = listen((ASKED if scene.proposed else IDLE, *(one.text for one in heard)))
    starts = starts_of(answers.begins[1:], answers.verbs[1:])
    ends = [*starts[1:], len(heard)]
    return tuple(_passage(saying, heard, answers, start, end) for start, end in zip(starts, ends, strict=True))


def _without_last_stop(saying: Saying) -> Saying:
    """Leave out full stops at the end: with or without them a turn asks for the same."""
    end = len(saying)
    while end > 1 and saying.words[end - 1].word in (".", "!", ","):
        end -= 1
    return saying.part(0, end)


def starts_of(begins: Floats, verbs: Floats) -> list[int]:
    """Find where parts begin: the likeliest way to cut the words so that each part asks for one thing (Viterbi 1967).

    Args:
        begins: (words,) the chance that a part begins at a word.
        verbs: (words, verbs) the chances of what its part asks for.

    >>> starts_of(np.array([1.0, 0.1, 0.6, 0.1]), np.array([[0.9, 0.1], [0.9, 0.1], [0.2, 0.8], [0.1, 0.9]]))
    [0, 2]
    """
    chance = np.clip(begins, _LEAST, 1 - _LEAST)
    score = _WEIGHT * np.log(np.maximum(verbs[0], _LEAST))
    cut = np.zeros((len(verbs), verbs.shape[1]), dtype=bool)
    came = np.zeros((len(verbs), verbs.shape[1]), dtype=int)
    for at in range(1, len(verbs)):
        stays, goes = score + np.log(1 - chance[at]), score.max() + np.log(chance[at])
        cut[at] = goes > stays
        came[at] = np.where(cut[at], score.argmax(), np.arange(len(score)))
        score = np.maximum(stays, goes) + _WEIGHT * np.log(np.maximum(verbs[at], _LEAST))
    verb, starts = int(score.argmax()), []
    for at in range(len(verbs) - 1, 0, -1):
        if cut[at, verb]:
            starts.append(at)
        verb = int(came[at, verb])
    return [0, *reversed(starts)]


def _passage(saying: Saying, heard: tuple[Token, ...], answers: Answers, start: int, end: int) -> Passage:
    within = heard[start:end]
    roles = answers.roles[start + 1 : end + 1].argmax(axis=1)
    about = _name([one if role == _ABOUT else None for one, role in zip(within, roles, strict=True)], within)
    note = [one for one, role in zip(within, roles, strict=True) if role == _NOTE]
    return Passage(
        saying=bare(saying.part(within[0].start, within[-1].end)),
        chances=_chances(answers.verbs[start + 1 : end + 1]),
        about=_spanning(saying, about),
        mentioned=tuple(one.mention for one in about if one.mention),
        note=_to_the_end(saying, note, within, about),
    )


def _name(about: list[Token | None], within: tuple[Token, ...]) -> list[Token]:
    """Give the words of one name or list of names: the first run that names tasks of the plan, else the first."""
    runs: list[list[Token]] = [[]]
    for chosen, token in zip(about, within, strict=True):
        if chosen or (runs[-1] and token.text in _LISTING):
            runs[-1].append(token)
        else:
            runs.append([])
    found = [run for run in runs if run]
    return next((run for run in found if any(one.mention for one in run)), found[0] if found else [])


def _chances(of_words: Floats) -> dict[str, float]:
    """Give a part's chances: the geometric mean of its words', so that one word alone decides little."""
    mean = np.exp(np.log(np.maximum(of_words, _LEAST)).mean(axis=0))
    return dict(zip(VERBS, (mean / mean.sum()).tolist(), strict=True))


def _to_the_end(saying: Saying, note: list[Token], within: tuple[Token, ...], about: list[Token]) -> Saying:
    """Give a note with all that follows it, unless the name does."""
    if note and not any(one.start > note[0].start for one in about):
        return bare(saying.part(note[0].start, within[-1].end))
    return _spanning(saying, note)


def _spanning(saying: Saying, chosen: list[Token]) -> Saying:
    while chosen and chosen[-1].text in _LISTING:
        chosen = chosen[:-1]
    return bare(saying.part(chosen[0].start, chosen[-1].end)) if chosen else saying.part(0, 0)
