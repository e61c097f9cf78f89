"""A turn into its parts: each holds one wish, as far as can be told before it is understood."""

import re
from dataclasses import dataclass
from typing import Final

from ..language.noun_phrase import is_modifier
from ..language.words import NUMBERS, word_set
from .references import Lost, refer
from .sayings import Saying, bare
from .scene import Scene

_HARD: Final = frozenset(";.!?")
_SOFT: Final = word_set(", and then but also plus so while or yet though although whereas afterwards meanwhile")
_FILLERS: Final = word_set(
    """
    please then also now just and but so maybe next finally kindly can could would you will we i want need to
    let  us okay go ahead too perhaps so
    """
)
_AFTER_GO: Final = word_set("with again back on for")
_IMPERATIVES: Final = word_set(
    """
    approve accept print buy lock okay reject refuse decline send redo retake reshoot remake rerun rerender
    regenerate repeat retry reroll redraw omit drop cut leave remove delete skip lose scrap ditch axe show
    compare hold pause halt freeze suspend resume unpause continue carry cancel abort stop prioritise do make
    give use try put take keep set turn add change raise increase lower reduce bump up cap limit spend deliver
    wrap package export ship ingest import bring replace swap route reroute hand move assign switch escalate
    start begin go roll tell explain price estimate love hate like note remember write get have rush finish
    focus price vary open let help quit exit pick choose select sign darken brighten lighten warm cool soften
    sharpen age enlarge shrink raise pull push place blur mute tone dial bring throw forget finalise reopen
    restart unfreeze shoot draw render paint list report check update expedite hurry bin kill dump veto bless
    mark circle crop enlarge thank
    """
)
_ALONE: Final = word_set(
    """
    deliver wrap go roll continue pause resume again stop help quit exit approve reject retake redo
    """
)
_OBJECTS: Final = word_set(
    """
    the a an it this that them these those him her all everything every each both my our your its their take
    takes shot shots me us up out off back down another one two three more making working with on to for in by
    first last only no some any over again anything whatever nothing at
    """
)
_ASKING: Final = word_set("what why how where which who when")
_AUX: Final = word_set(
    """
    is are was were must should needs need has have looks look feels seems could can will would ought wants does
    do  cannot 's
    """
)
_STARTS: Final = word_set(
    """
    the a an this that these those my our it they he she i we you all everything every each shot shots both
    there
    """
)
_MOST_WORDS_OF_A_SUBJECT: Final = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part of a turn."""

    saying: Saying
    is_question: bool = False
    is_joined: bool = False
    """Whether it hangs on the part before by a comma or an `and`: it may be that one's reason."""


def parts_of(saying: Saying, scene: Scene) -> tuple[Part, ...]:
    """Split a turn at full stops, and at commas and `and` where a new wish begins.

    >>> from .sayings import say
    >>> turn = say("the keep is too clean, more ruin; redo shot 3 and approve the rest")
    >>> [part.saying.text for part in parts_of(turn, Scene())]
    ['the keep is too clean , more ruin', 'redo shot 3', 'approve the rest']
    """
    found: list[Part] = []
    start = 0
    words = [word.word for word in saying.words]
    for at, word in enumerate([*words, "."]):
        if word in _HARD:
            found += _softly(saying.part(start, at), scene, is_question=word == "?")
            start = at + 1
    return tuple(part for part in found if part.saying)


def _softly(saying: Saying, scene: Scene, *, is_question: bool) -> list[Part]:
    words = [word.word for word in saying.words]
    found: list[Part] = []
    start = at = 0
    if _CONDITION.match(saying.text):
        return [Part(saying=bare(saying), is_question=is_question)]
    while at < len(words):
        after = at
        while after < len(words) and words[after] in _SOFT:
            after += 1
        if after > at > start and _opens(words[after:], scene, words[start:at]):
            found.append(Part(saying=bare(saying.part(start, at)), is_joined=start > 0))
            start = after
        at = max(after, at + 1)
    found.append(Part(saying=bare(saying.part(start)), is_question=is_question, is_joined=start > 0))
    return found


_CONDITION: Final = re.compile(
    r"(?:and |but |so )?(?:if|when|once|as soon as|unless|until|after|whenever) (?!you |possible|i )"
)
"""What follows depends on it, so the two stay together."""


def _opens(rest: list[str], scene: Scene, before: list[str]) -> bool:
    """Whether words begin a wish of their own, instead of going on with the one before."""
    at = 0
    if _LEAVING.match(" ".join(rest)):
        return True
    while at < len(rest) - 1 and rest[at] in _FILLERS and not (rest[at] == "go" and rest[at + 1] in _AFTER_GO):
        at += 1
    rest = rest[at:]
    if not rest:
        return False
    if rest[0] in _ASKING:
        return (len(rest) > 1 and rest[1] not in ("failed", "have") and rest[0] != "which") or rest[:2] in (
            ["which", "is"],
            ["which", ("one")],
        )
    if rest[0] == "do" and len(rest) > 1 and rest[1] in _IMPERATIVES:
        rest = rest[1:]
    if _commands(rest, scene) or _goes_first(rest, scene) or _notes(rest, scene):
        return True
    has_verb = any(word in _AUX or word in _IMPERATIVES or is_comparative(word) or word in _ASKING for word in before)
    return (has_verb or before[-1:] == [","] or len(before) == 1) and _states(rest, scene)


_LEAVING: Final = re.compile(
    r"(?:(?:then|and|now|so|but) )*(?:(?:i am|we are) (?:out|off|done|away|gone)|that is me|good ?bye|bye|"
    r"good ?night)\b"
)


def _commands(rest: list[str], scene: Scene) -> bool:
    first, second = rest[0], rest[1] if len(rest) > 1 else ""
    if first in ("redo", "retake", "reshoot", "approve", "reject", "omit", "compare", "deliver", "reroute"):
        return True
    if first not in _IMPERATIVES:
        return bool(
            re.match(
                r"(?:more like |one more |another |no more |yes to |no to |(?:i|we) (?:like|love|hate|want|need|do "
                r"not)|that is |"
                r"that will |i am (?:out|off|done|away)|that is me|hand over |i (?:take|reject|approve) |"
                r"put in |good ?night|good night|bye)",
                (" ").join(rest),
            )
        )
    if first == "start" and second in ("again", "over", "afresh", "from"):
        return False
    if first == "take" and (second.isdecimal() or second in NUMBERS):
        return False
    if not second or second in _SOFT:
        return first in _ALONE and not scene.glossary.knows(first)
    return (
        second in _OBJECTS
        or second in scene.makers
        or second.isdecimal()
        or (scene.glossary.knows(second) and not scene.glossary.knows(first))
        or ("_") in second
    )


def _goes_first(rest: list[str], scene: Scene) -> bool:
    """Whether it is said what goes first: `pause post, the plates to the front`."""
    end = next((at for at, word in enumerate(rest) if word in _SOFT), len(rest))
    first = re.fullmatch(r"(?P<about>.+?) (?:first|next|to the front|to the top|on hold)", " ".join(rest[:end]))
    return bool(first) and not isinstance(refer(first["about"], scene), Lost) if first else False


def _states(rest: list[str], scene: Scene) -> bool:
    """Whether a subject with its verb follows: `the houses should be older`."""
    if rest[0] not in _STARTS and not scene.glossary.knows(rest[0]):
        return False
    for at, word in enumerate(rest[1:_MOST_WORDS_OF_A_SUBJECT], start=1):
        if word in _SOFT or word in ("that", "which", "with"):
            return False
        if word in _AUX:
            return rest[at - 1] not in ("to", "which", "who") and at < len(rest) - 1
    return False


def _notes(rest: list[str], scene: Scene) -> bool:
    """Whether a note about something else follows: `less fog on the plates`, `the dragons bigger`."""
    end = next((at for at, word in enumerate(rest) if word in _SOFT), len(rest))
    words = rest[:end]
    if rest[0] in ("more", "less", "fewer", "no", "a", "an", "some") or is_comparative(rest[0]):
        at = max((i for i, word in enumerate(words) if word in ("on", "in", "for", "around", "at", "to")), default=0)
        return 0 < at < len(words) - 1 and not isinstance(refer(" ".join(words[at + 1 :]), scene), Lost)
    is_named = rest[0] in ("the", "all", "every") or scene.glossary.knows(rest[0])
    if is_named and len(words) > 1 and is_comparative(words[-1]):
        return not isinstance(refer(" ".join(words[:-1]), scene), Lost)
    return False


_NOT_COMPARATIVE: Final = word_set(
    """
    courier soldier frontier barrier carrier terrier glacier chandelier premier pier
    tower water over under other after river paper power user layer poster corner rather never ever cover order
    either another number silver winter summer water former amber timber ember her per
    """
)


def is_comparative(word: str) -> bool:
    """Whether a word says that something should be otherwise: `darker`, `bigger`.

    >>> is_comparative("darker"), is_comparative("tower"), is_comparative("dark")
    (True, False, False)
    """
    if word in ("better", "worse", "farther", "further", "nearer", "closer", "larger", "older", "younger"):
        return True
    if word.endswith("ier") and len(word) > 5 and word not in _NOT_COMPARATIVE:
        return True
    return word.endswith("er") and word not in _NOT_COMPARATIVE and is_modifier(word)
