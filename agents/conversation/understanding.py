"""What a director wants in one turn, by rules alone. Pure; raises nothing.

A turn is split into parts; each part is held against patterns, then read as a note, then looked through for a slip of
the pen. What is left is `Unclear`, with the nearest things one can say. Nothing that spends or decides is guessed.
"""

import re
from dataclasses import replace
from typing import Final

from ...core.wish import (
    ASKING,
    About,
    Approve,
    Command,
    Consent,
    Omit,
    Reject,
    Remark,
    Retake,
    Revise,
    ShowTakes,
    Unclear,
    Wish,
)
from .again import narrowed_to, repeated
from .amounts import TAKES, takes_of
from .beginnings import begun
from .clauses import Part, parts_of
from .gathering import gathered, with_reason
from .grammar import heard
from .manners import HEDGES, NOT, REASON, consents, plainly
from .mending import mended
from .notes import changes, mentioned, note_of
from .offers import Torn, named, sentence, unheard
from .references import refer
from .sayings import Saying, bare, say
from .scene import Scene, about_of, speaking_of
from .wishes import wish_of

Meant = tuple[Wish | Unclear, ...]
_MOST_CHARACTERS: Final = 4000
"""A longer turn is cut to this: it is a brief or a paste, no direction."""


def understand(text: str, scene: Scene) -> Meant:
    """Say what one turn asks for, in its order.

    >>> from ...core.plan import Task
    >>> from .rehearsal import a_plan
    >>> scene = Scene(plan=a_plan(Task(name="keep", department="sets", make="still")))
    >>> [wish.verb for wish in understand("approve the keep and then deliver, please", scene)]
    ['approve', 'deliver']
    >>> understand("approve the moat", scene)[0].nearest
    ('approve sets', 'approve keep')
    """
    saying = say(text[:_MOST_CHARACTERS])
    if not saying or not bare(saying):
        return (Unclear(text=text, why="Nothing was said.", nearest=("help",)),)
    answer = consents(saying, is_asked=bool(scene.proposed))
    if answer is not None:
        return (Consent(yes=answer),)
    if scene.plan is None:
        return (begun(saying, text),)
    narrowed = narrowed_to(saying, scene)
    if narrowed:
        return narrowed
    answer_and_more = _answer_before(saying, scene)
    if answer_and_more:
        answered, more = answer_and_more
        return (answered, *_in_parts(parts_of(more, scene), replace(scene, proposed=())))
    return _in_parts(parts_of(saying, scene), scene)


def _answer_before(saying: Saying, scene: Scene) -> tuple[Consent, Saying] | None:
    """Take a plain yes or no from before a comma, where one was asked for: `no, the other one`."""
    at = next((at for at, word in enumerate(saying.words) if word.word in _PAUSES), 0)
    first, rest = saying.part(0, at), bare(saying.part(at + 1))
    answer = consents(first, is_asked=False) if scene.proposed and first and rest else None
    if answer is None or first.text in _FILLERS or (answer and rest.words[0].word in _LIMITS):
        return None
    return Consent(yes=answer), rest


def _with_take(saying: Saying, scene: Scene) -> Scene:
    """Remember a take that was named, so that `print it` prints that one."""
    named_take = re.search(rf"\b{TAKES}\b", saying.text)
    takes = takes_of(named_take[0]) if named_take else ()
    return replace(scene, last_take=takes[0]) if len(takes) == 1 and takes[0] > 0 else scene


_PAUSES: Final = frozenset({",", ".", "!", ";", "and", "then"})
_LIMITS: Final = frozenset({"but", "only", "just", "not", "except", "without", "if", "unless", "though"})
"""What follows takes some of a yes back."""
_FILLERS: Final = frozenset({"okay", "well", "right", "fine", "good", "great", "alright", "all right"})
"""What one also says to begin a sentence: no answer where more follows."""
_COURTESY: Final = re.compile(
    r"(?:thanks|thank you|please|hello|hi|hey|good|great|nice|right|well|so|now|then|cheers)(?: .{0,12})?|"
    r"(?:let us )?(?:move on|moving on|onwards|next one)|next"
)


def _in_parts(parts: tuple[Part, ...], scene: Scene) -> Meant:
    found: list[Wish | Unclear] = []
    for part in parts:
        if len(parts) > 1 and (
            consents(part.saying, is_asked=False) is not None or _COURTESY.fullmatch(part.saying.text)
        ):
            continue
        found = gathered(found, _part(part, scene), is_joined=part.is_joined)
        scene = speaking_of(scene, [wish for wish in found if not isinstance(wish, Unclear)])
        scene = _with_take(part.saying, scene)
    return tuple(found) or (unheard(parts[0].saying, scene),)


def _part(part: Part, scene: Scene) -> Meant:
    """Understand one part: with its reason apart, as it stands, then with slips of the pen mended."""
    saying = bare(part.saying)
    reason = REASON.search(f" {saying.text}")
    if reason and reason.start() > 1 and not saying.text.startswith("why"):
        main = saying.between(0, reason.start())
        why = saying.between(reason.end() - 1, len(saying.text))
        found = _one(main, scene)
        if main and why and not isinstance(found, Unclear):
            return with_reason(found, why.raw)
    found = _one(saying, scene)
    if isinstance(found, Unclear):
        said_more = _with_tail(saying, scene)
        if said_more:
            return said_more
        better = mended(saying, scene)
        again = _one(better, scene) if better else found
        return (again,) if not isinstance(again, Unclear) or (again.nearest and not found.nearest) else (found,)
    return (found,)


_TAIL: Final = re.compile(
    r"(?:it|they|he|she|this|that|these|those|too|not|no|so|way|a|very|much|rather|still|the|i|we) .+"
)


def _with_tail(saying: Saying, scene: Scene) -> Meant:
    """Read what stands after a comma as the reason for what stands before it: `send it back, they lean`."""
    at = next((at for at, word in enumerate(saying.words) if word.word in (",", ":", "-")), 0)
    main, tail = saying.part(0, at), bare(saying.part(at + 1))
    if not main or not _TAIL.fullmatch(tail.text):
        return ()
    found = _one(main, scene)
    speaker = tail.words[0].word
    says_of = speaker in ("i", "we") or (
        speaker in ("it", "they", "he", "she", "this", "that") and not changes(tail.text)
    )
    if isinstance(found, Unclear) and found.nearest and says_of and not found.why.startswith("I do not know"):
        return (found,)
    if isinstance(found, Retake | Reject | Revise) or (says_of and isinstance(found, Command | Omit | Approve)):
        return with_reason(found, tail.raw)
    return ()


def _one(saying: Saying, scene: Scene) -> Wish | Unclear:
    first: Unclear | None = None
    for said in plainly(saying):
        found = repeated(said, scene) or _by_rule(said, scene)
        if isinstance(found, Torn):
            return found.unclear
        if isinstance(found, Unclear):
            first = found
        elif found:
            return found if isinstance(found, ASKING) else _if_meant(saying, found)
    for said in reversed(plainly(saying)):
        note = None if NOT.match(said.text) and not _is_opinion(said) else note_of(said, scene)
        if isinstance(note, Unclear):
            first = first or note
        elif note:
            return _if_meant(saying, note)
    return (
        _pointed(saying, scene) or _thought(saying, scene) or _denied(saying, scene) or first or unheard(saying, scene)
    )


def _is_opinion(said: Saying) -> bool:
    return bool(
        re.match(
            r"(?:i|we) (?:am not|are not|(?:do|did|can|would) not (?:really |quite |much )?(?:like|hate|love|enjoy|"
            r"care|stand|mind))",
            said.text,
        )
    )


def _by_rule(said: Saying, scene: Scene) -> Wish | Unclear | Torn | None:
    """Try the patterns; one that can be meant in two ways gives way only to a question."""
    lost: Unclear | None = None
    torn: Torn | None = None
    for one in heard(said):
        found = wish_of(one, scene)
        if isinstance(found, Torn):
            torn = torn or found
        elif isinstance(found, Unclear):
            lost = lost or found
        elif found and (torn is None or isinstance(found, ASKING)):
            return found
    return torn or lost


def _if_meant(saying: Saying, wish: Wish) -> Wish | Unclear:
    """Let a wish through unless it was only thought about: `if`, `should we`, `maybe`."""
    hedge = HEDGES.search(saying.text)
    if (
        not hedge
        or isinstance(wish, Remark)
        or (wish.verb == "revise" and hedge[0] in ("maybe", "perhaps", "possibly", ("might")))
    ):
        return wish
    return _only_thought(saying, wish)


def _only_thought(saying: Saying, wish: Wish) -> Unclear:
    about = about_of(wish)
    name = named(about) if about else "everything"
    kind = {"command": getattr(wish, "kind", "")}.get(wish.verb, wish.verb)
    try:
        offers: tuple[str, ...] = (sentence(kind, name), sentence("show_takes", name))
    except KeyError:
        offers = ("help",)
    return Unclear(
        text=saying.raw, why=("That is a thought or a condition; say it outright and it is done."), nearest=offers
    )


_WONDERING: Final = re.compile(
    r"(?:so |and )?(?:maybe|perhaps|possibly|shall (?:we|i)|should (?:we|i|you)|what if (?:we|you|i)|do you think "
    r"(?:we|you|i) should|(?:we|i|you) might|i wonder (?:if|whether) (?:we|you|i) should|would it be (?:better|wise|"
    r"good) to) "
)


def _pointed(saying: Saying, scene: Scene) -> ShowTakes | None:
    """Read a bare name: one who says `now the dragons` wants to see them."""
    said = plainly(saying)[-1]
    words = said.text.split()
    if not words or not (words[0] in ("the", "shot", "my", "this", "that") or scene.glossary.knows(words[0])):
        return None
    about = refer(said.text, scene, said.raw, mends=False)
    return ShowTakes(about=about) if isinstance(about, About) else None


def _denied(saying: Saying, scene: Scene) -> Unclear | None:
    """Answer what is said not to be done with what would keep it from being done."""
    denied = NOT.match(saying.text)
    if not denied:
        return None
    about = mentioned(saying.between(denied.end(), len(saying.text)), scene)
    name = named(about) if about.tasks else "everything"
    offers = (sentence("pause", name), sentence("omit", name))
    return Unclear(text=saying.raw, why="That says what not to do: it may be held, or left out.", nearest=offers)


def _thought(saying: Saying, scene: Scene) -> Unclear | None:
    """Answer a wish that is only wondered about with how to say it."""
    wonders = _WONDERING.match(saying.text)
    if not wonders:
        return None
    found = _by_rule(saying.between(wonders.end(), len(saying.text)), scene)
    return _only_thought(saying, found) if found and not isinstance(found, Unclear | Torn) else None
