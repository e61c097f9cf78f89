"""Which words of a sentence name tasks, and what is left to say of them."""

from collections.abc import Iterator

from ...core.wish import About
from ..language.noun_phrase import is_modifier
from .glossary import term
from .note_words import CONNECTING, DETERMINERS, OPEN_ENDED, POINTS_ON
from .reference_words import GENERIC, POINTING, SMALL
from .references import refer
from .sayings import Saying, bare
from .scene import Scene


def head_and_rest(saying: Saying, scene: Scene) -> Iterator[tuple[About, Saying]]:
    """Split words into tasks and what is said of them: the shortest name first, then with what qualifies it.

    >>> from ...core.plan import Task
    >>> from .rehearsal import a_plan
    >>> from .sayings import say
    >>> scene = Scene(plan=a_plan(Task(name="keep", department="sets", make="still")))
    >>> [(about.says, rest.text) for about, rest in head_and_rest(say("the keep darker, at night"), scene)]
    [('the keep', 'darker , at night')]
    """
    words = [word.word for word in saying.words]
    first = _named_until(saying, words, scene)
    if not first:
        return
    end, about = first
    longer: tuple[int, About] | None = None
    if (
        end < len(words)
        and words[end] in CONNECTING
        and not (words[end] == "," and words[end + 1 : end + 2] != [("and")])
    ):
        for until in range(end + 2, min(len(words), end + 9)):
            found = refer(" ".join(words[:until]), scene, saying.part(0, until).raw)
            is_open = words[until] in GENERIC or words[until - 1] in SMALL or _goes_on(words, until, scene)
            if isinstance(found, About) and not is_open:
                longer = until, found
    if longer:
        yield longer[1], bare(saying.part(longer[0]))
    yield about, bare(saying.part(end))


def _goes_on(words: list[str], until: int, scene: Scene) -> bool:
    """Whether the next word still belongs to the name."""
    return until < len(words) and term(words[until]) in scene.glossary.strong and not is_modifier(words[until])


def _named_until(saying: Saying, words: list[str], scene: Scene, *, mends: bool = True) -> tuple[int, About] | None:
    """Find the shortest run of first words that names tasks; misspelt ones only after a `the`."""
    for is_mending in (False, True)[: 2 if mends and words[:1] == ["the"] else 1]:
        for end in range(1, min(len(words), 12) + 1):
            following = words[end] if end < len(words) else ""
            if following and (
                _is_cut_short(words[end - 1], following, scene) or following in GENERIC or following == "'s"
            ):
                continue
            found = refer(" ".join(words[:end]), scene, saying.part(0, end).raw, mends=is_mending)
            if isinstance(found, About) and found.tasks and not _goes_on(words, end, scene):
                return end, found
    return None


def _is_cut_short(last: str, following: str, scene: Scene) -> bool:
    """Whether a name cannot end here: `all` before `the plates`."""
    if last in POINTS_ON:
        return following in DETERMINERS or following in POINTING | GENERIC or scene.glossary.knows(following)
    return last in OPEN_ENDED


def mentioned(saying: Saying, scene: Scene) -> About:
    """Find what a sentence is about anywhere in it; else what was last spoken of, else the whole.

    >>> from .rehearsal import a_plan
    >>> from .sayings import say
    >>> mentioned(say("how lovely the keep is"), Scene(plan=a_plan())).tasks
    ('keep',)
    """
    for start in range(len(saying)):
        word = saying.words[start].word
        if word in ("the", "that", "this", "all", "everything", "shot") or scene.glossary.knows(word):
            first = _named_until(saying.part(start), [one.word for one in saying.words[start:]], scene, mends=False)
            if first:
                return first[1]
    return scene.last if scene.last.tasks else scene.whole
