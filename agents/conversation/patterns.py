"""What a director wants in one turn, by patterns alone. Pure; raises nothing.

A turn is split into parts; each part is held against patterns, then read as a note, then looked through for a slip of
the pen. What is left is `Unclear`, with the nearest things one can say.
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
    Options,
    Reject,
    Remark,
    Reroute,
    Retake,
    Revise,
    ShowTakes,
    Status,
    Unclear,
    Wish,
)
from .again import corrected, repeated
from .amounts import ORDINALS, TAKES, takes_of
from .answers import answered
from .asides import is_aside, is_reason, without_asides
from .clauses import Part, parts_of
from .gathering import gathered, with_reason
from .grammar import heard
from .manners import HEDGES, NOT, REASON, consents, plainly
from .mending import mended
from .naming import mentioned
from .note_words import NOTED
from .notes import changes, note_of
from .offers import Torn, named, sentence, unheard
from .references import refer
from .sayings import Saying, bare
from .scene import Scene, about_of, speaking_of
from .wishes import wish_of

Meant = tuple[Wish | Unclear, ...]
_MOST_CHARACTERS: Final = 4000
"""A longer turn is cut to this: it is a brief or a paste, no direction."""


def read(saying: Saying, scene: Scene) -> Meant:
    """Say what one turn about a plan asks for, in its order, as far as patterns fit it.

    >>> from ...core.plan import Task
    >>> from .rehearsal import a_plan
    >>> from .sayings import say
    >>> scene = Scene(plan=a_plan(Task(name="keep", department="sets", make="still")))
    >>> [wish.verb for wish in read(say("approve the keep and then deliver, please"), scene)]
    ['approve', 'deliver']
    """
    return _of_a_plan(without_asides(saying), scene)


def read_part(saying: Saying, scene: Scene) -> Meant:
    """Say what one part of a turn asks for, as far as a pattern fits it."""
    return _part(Part(saying=saying), scene)


def surely(saying: Saying, scene: Scene) -> list[Wish]:
    """Give the wishes of those parts of a turn that a pattern fits wholly, so that nothing is left to say otherwise."""
    parts = (bare(part.saying) for part in parts_of(without_asides(saying), scene))
    found = (repeated(said, scene) or _by_rule(said, scene) for part in parts for said in plainly(part))
    return [one for one in found if one is not None and not isinstance(one, Unclear | Torn)]


def _of_a_plan(saying: Saying, scene: Scene) -> Meant:
    answer = consents(saying, is_asked=bool(scene.proposed))
    if answer is not None:
        return (Consent(yes=answer),)
    answer_and_more = answered(saying, scene)
    if not answer_and_more:
        return _in_parts(parts_of(saying, scene), scene)
    first, more = answer_and_more
    return (first, *(_in_parts(parts_of(more, scene), replace(scene, proposed=())) if more else ()))


def _with_take(saying: Saying, scene: Scene) -> Scene:
    """Remember a take that was named, so that `print it` prints that one."""
    named_take = re.search(rf"\b{TAKES}\b", saying.text)
    takes = takes_of(named_take[0]) if named_take else ()
    nth = re.search(rf"\bthe ({'|'.join(ORDINALS)}) one\b", saying.text)
    if nth and not takes and len(scene.last.tasks) == 1:
        takes = (ORDINALS[nth[1]],)
    return replace(scene, last_take=takes[0]) if len(takes) == 1 and takes[0] > 0 else scene


_COURTESY: Final = re.compile(
    r"(?:thanks|thank you|please|hello|hi|hey|good(?! ?night| ?bye)|great|nice|right|well|so|now|then|"
    r"cheers)(?: .{0,12})?|"
    r"(?:let us )?(?:move on|moving on|onwards|next one)|next"
)


def _in_parts(parts: tuple[Part, ...], scene: Scene) -> Meant:
    found: list[Wish | Unclear] = []
    beside: list[Wish | Unclear] = []
    for at, part in enumerate(parts):
        if len(parts) > 1 and (
            consents(part.saying, is_asked=False) is not None
            or _COURTESY.fullmatch(part.saying.text)
            or is_aside(part.saying.text)
        ):
            continue
        new = _part(part, scene)
        scene = speaking_of(scene, [wish for wish in new if not isinstance(wish, Unclear)])
        scene = _with_take(part.saying, scene)
        if isinstance(new[0], Unclear):
            scene = _turned_to(part.saying, scene)
        if found and isinstance(found[-1], Reject) and isinstance(new[0], Remark):
            found = gathered(found, new, is_joined=part.is_joined)
            continue
        if _is_beside(part, new, found) or _is_mention(part, new, parts[at + 1 :]):
            beside = gathered(beside, new, is_joined=part.is_joined)
            continue
        said_before = [one for one in beside if isinstance(one, Remark)]
        found = gathered([*found, *said_before] if _takes_words(new) else found, new, is_joined=part.is_joined)
        found = [one for one in found if one not in said_before]
    return tuple(found or beside) or (unheard(parts[0].saying, scene),)


def _turned_to(saying: Saying, scene: Scene) -> Scene:
    """Remember what was named where nothing was understood of it: `it` is then no other picture."""
    if not re.search(r"\b(?:the|my|our|shot|take)\b|_", saying.text):
        return scene
    about = mentioned(saying, scene)
    if not about.tasks or about.tasks in (scene.whole.tasks, scene.last.tasks):
        return scene
    return _with_take(saying, replace(scene, last=about, before=scene.last, last_take=None))


def _takes_words(new: Meant) -> bool:
    return len(new) == 1 and isinstance(new[0], Reject)


def _is_beside(part: Part, new: Meant, found: list[Wish | Unclear]) -> bool:
    """Whether a part is a mere opinion or reason: it stands only where nothing else was wished."""
    if len(new) == 1 and isinstance(new[0], Remark):
        return not NOTED.match(part.saying.text) and not any(NOTED.match(one.text) for one in plainly(part.saying))
    is_lost = len(new) == 1 and isinstance(new[0], Unclear)
    return bool(is_lost and found and part.is_joined and is_reason(part.saying.text))


def _is_mention(part: Part, new: Meant, later: tuple[Part, ...]) -> bool:
    """Whether a part but names what the next one is about: `take 2, that's the one`."""
    if len(new) == 1 and isinstance(new[0], Status) and re.match(r"(?:\w+ )?what about ", part.saying.text):
        return bool(later and _POINTS.search(later[0].saying.text))
    shown = len(new) == 1 and isinstance(new[0], ShowTakes) and new[0]
    return bool(
        shown and later and not SHOWS.match(plainly(part.saying)[-1].text) and _POINTS.search(later[0].saying.text)
    )


SHOWS: Final = re.compile(
    r"(?:show|see|let|look|display|open|view|bring|pull|put|play|can|could|may|what|give|review|watch|list|have|take a|"
    r"i |start|how|which|all)\b"
)
_POINTS: Final = re.compile(r"\b(?:it|that|this|them|those|these|him|her|one)\b")


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
    meant = corrected(saying, scene)
    if meant:
        return _part(Part(saying=meant), replace(scene, lost=""))
    ordered = _with_why(saying, scene)
    if ordered:
        return ordered
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


def _with_why(saying: Saying, scene: Scene) -> Meant:
    """Read an order with its reason after a comma, where the two together are no pattern."""
    for at in [at for at, word in enumerate(saying.words) if word.word in (",", ":", "-")]:
        main, tail = saying.part(0, at), bare(saying.part(at + 1))
        if not main or not is_reason(tail.text) or _MORE_OF_IT.match(tail.text):
            continue
        if changes(tail.text) and not _OF_PEOPLE.match(tail.text):
            continue
        if any(isinstance(_by_rule(said, scene), _DONE) for said in plainly(saying)):
            return ()
        found = next((one for said in plainly(main) if isinstance(one := _by_rule(said, scene), _DONE)), None)
        if isinstance(found, Approve | Omit | Command | Options | Reroute | Reject) and if_meant(main, found) == found:
            return with_reason(found, tail.raw)
    return ()


_OF_PEOPLE: Final = re.compile(
    r"(?:nobody|no one|somebody|someone|everybody|everyone|the (?:client|agency|producer|editor|studio)) |"
    r"(?:far |way |much )?too (?:dear|expensive|costly|pricey|much|slow|late)$"
)
"""What says something of people or of money is no change of a picture."""
_DONE: Final = (Approve, Omit, Command, Options, Reroute, Reject, Retake, *ASKING)
_MORE_OF_IT: Final = re.compile(r"(?:not|no|a|that) ")


def _one(saying: Saying, scene: Scene) -> Wish | Unclear:
    first: Unclear | None = None
    for said in plainly(saying):
        found = repeated(said, scene) or _by_rule(said, scene)
        if isinstance(found, Torn):
            return found.unclear
        if isinstance(found, Unclear):
            first = found
        elif found:
            return found if isinstance(found, ASKING) else if_meant(saying, found)
    is_asked_back = False
    for said in reversed(plainly(saying)):
        note = (
            None
            if _ASKED.match(said.text) or (NOT.match(said.text) and not _is_opinion(said))
            else note_of(said, scene)
        )
        if isinstance(note, Unclear):
            first, is_asked_back = first or note, True
        elif note and not (is_asked_back and isinstance(note, Remark)):
            return if_meant(saying, note)
    return (
        _pointed(saying, scene) or _thought(saying, scene) or _denied(saying, scene) or first or unheard(saying, scene)
    )


_ASKED: Final = re.compile(
    r"(?:which|who|whom|whose|when|where|why|did|does|do you|is (?:it|there|this|that|the)|are (?:they|there|we|the)|"
    r"how (?:much|many|long|far|is|are|do|does|did)|what (?:is|are|was|were|do|does|did|will|would)) "
)
"""A question is no note."""


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


def if_meant(saying: Saying, wish: Wish) -> Wish | Unclear:
    """Let a wish through unless it was only thought about: `if`, `should we`, `maybe`."""
    hedge = HEDGES.search(saying.text)
    if (
        not hedge
        or isinstance(wish, Remark)
        or (wish.verb in ("revise", "options") and hedge[0] in ("maybe", "perhaps", "possibly", ("might")))
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
