"""What a director wants in one turn. Pure; raises nothing.

Two read it: patterns, which know exactly what they mean and fit little; and the ear, which has heard thousands of turns
and says how sure it is. What both say is done; where they differ the surer one counts, and where neither is sure the
turn is `Unclear`, with the nearest things one can say. Nothing that spends or decides is carried out without a yes.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import zip_longest
from typing import Final

from ...core.wish import ASKING, Begin, Command, Consent, Greenlight, Remark, Revise, Status, Unclear, Wish
from .again import narrowed_to
from .answers import LIMITS, agreed, answered, is_doubtful
from .beginnings import begun
from .ear.filling import filled
from .ear.listening import Passage, passages
from .manners import NOT, consents
from .offers import UNHEARD, likely, offered
from .patterns import Meant, if_meant, read, read_part, surely
from .sayings import Saying, bare, say
from .scene import Scene, about_of, speaking_of
from .wishes import IN_A_PICTURE

_MOST_CHARACTERS: Final = 4000
"""A longer turn is cut to this: it is a brief or a paste, no direction."""
_TO_ASK: Final = 0.5
_TO_ORDER: Final = 0.6
_TO_CONSENT: Final = 0.85
"""How sure the ear must be, alone: that something is asked, that something is ordered, that a yes is a yes."""
_TO_OVERRULE: Final = 0.8
"""And where patterns say that something is wanting."""
_TO_OVERRULE_RULES: Final = 0.97
_TO_OVERRULE_ON_DECISIONS: Final = 0.95
_TO_CHOOSE: Final = 0.93
"""And where they can be meant in two ways."""
_NEVER: Final = 2.0
"""More than it can be: a yes is read in `_answer` alone."""
_DOUBTED: Final = 0.05
"""Under this chance the ear denies what a pattern reads; of a note, which patterns see everywhere, under the next."""
_DOUBTED_NOTE: Final = 0.3
_ASIDE: Final = 0.5
_BESIDE_AN_ANSWER: Final = 0.9
"""How sure it must be that more than a yes or no is meant, where no picture is named."""
_YES: Final = frozenset({"yes", "yep", "yeah", "yup"})
_NO: Final = frozenset({"no", "nope", "nah"})
_FEW_WORDS: Final = 3
"""Of so few words patterns know more than the ear does."""


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
        return _unsure(text) if answer and _asks_back(saying) else (Consent(yes=answer),)
    if scene.plan is None:
        return (begun(saying, text),)
    narrowed = narrowed_to(saying, scene)
    if narrowed:
        return narrowed
    found = agreed(_of_a_plan(saying, scene))
    is_no_yes = found == (Consent(yes=True),) and _asks_back(saying)
    return _unsure(text) if is_no_yes or not found else found


def _asks_back(saying: Saying) -> bool:
    """Whether a yes is a question: `go ahead?`."""
    return saying.text.endswith("?") and not saying.text.endswith("why not ?")


def _unsure(text: str) -> Meant:
    return (Unclear(text=text, why="That may be a yes or a no.", nearest=("yes", "no")),)


def _of_a_plan(saying: Saying, scene: Scene) -> Meant:
    by_patterns, heard = read(saying, scene), passages(saying, scene)
    if scene.proposed and by_patterns == (Greenlight(),):
        return (Consent(yes=True),)
    if _agree(by_patterns, heard) or _is_sure(by_patterns, heard, saying, scene) or _is_told(by_patterns, heard):
        return by_patterns
    lead = answered(saying, scene)
    if lead and (scene.proposed or saying.words[0].word in _YES | _NO):
        consent, more = lead
        return (consent, *_after_an_answer(more, replace(scene, proposed=())))
    found = _settled(heard, saying, scene)
    return found if scene.proposed or saying.words[0].word in _YES | _NO else _without_answers(found)


def _without_answers(found: Meant) -> Meant:
    """Leave out a yes beside a wish where none is waited for: `that is fine, we may begin`."""
    rest = tuple(one for one in found if not isinstance(one, Consent))
    return rest if any(not isinstance(one, Unclear) for one in rest) else found


def _after_an_answer(more: Saying, scene: Scene) -> Meant:
    """Understand what is said beside a yes or no; small talk there is nothing one did not understand."""
    heard = passages(more, scene) if more else ()
    if len(heard) == 1 and heard[0].verb in ("approve", "greenlight", "yes") and not heard[0].mentioned:
        return ()
    if all(one.verb == "aside" or (not one.mentioned and one.chance < _BESIDE_AN_ANSWER) for one in heard):
        return ()
    return _of_a_plan(more, scene)


def verb_of(wish: Wish | Unclear) -> str:
    """Name what a wish asks for as the ear does.

    >>> verb_of(Consent(yes=False)), verb_of(Command(kind="pause"))
    ('no', 'pause')
    """
    match wish:
        case Consent(yes=yes):
            return "yes" if yes else "no"
        case Command(kind=kind):
            return kind
        case Unclear():
            return "unclear"
    return wish.verb


def _agree(by_patterns: Meant, heard: Sequence[Passage]) -> bool:
    spoken = {one.verb for one in heard if one.verb != "aside"}
    read_by_them = {verb_of(one) for one in by_patterns if not isinstance(one, Unclear)}
    return spoken == (read_by_them or {"unclear"})


def _is_sure(by_patterns: Meant, heard: Sequence[Passage], saying: Saying, scene: Scene) -> bool:
    """Whether patterns read the whole turn, and the ear is not sure of anything they did not read."""
    if any(isinstance(one, Unclear) for one in by_patterns):
        return False
    if len(saying) <= _FEW_WORDS or any(isinstance(one, Begin) for one in by_patterns):
        return True
    by_rule = {verb_of(one) for one in surely(saying, scene)}
    verbs = {verb_of(one) for one in by_patterns}
    doubted = [verb for verb in verbs - by_rule if max(one.chances.get(verb, 0) for one in heard) < _DOUBTED]
    limit = _TO_OVERRULE_RULES if verbs <= by_rule else _TO_OVERRULE
    missed = [one for one in heard if one.chance > limit and one.verb not in verbs | {"aside"}]
    return not doubted and not missed


def _is_told(by_patterns: Meant, heard: Sequence[Passage]) -> bool:
    """Whether patterns say what is wanting of the whole turn, and the ear knows no better."""
    is_told = all(isinstance(one, Unclear) and one.why != UNHEARD for one in by_patterns)
    return is_told and all(one.chance < _TO_ORDER for one in heard)


def _settled(heard: Sequence[Passage], saying: Saying, scene: Scene) -> Meant:
    """Settle every part by itself, each in the light of those before."""
    found: list[Wish | Unclear] = []
    for passage, after in zip_longest(heard, heard[1:]):
        if after and _is_reason(passage, after):
            scene = speaking_of(scene, [Status(about=one.about) for one in passage.mentioned])
            continue
        new = _settle(passage, scene)
        if any(isinstance(one, Consent) for one in new):
            scene = replace(scene, proposed=())
        understood = [one for one in new if not isinstance(one, Unclear)]
        scene = speaking_of(scene, understood or [Status(about=one.about) for one in passage.mentioned])
        for one in new:
            found = _with(found, one) if not _is_said(passage, one, found) else found
    understood = [one for one in found if not isinstance(one, Unclear)]
    nothing = Unclear(text=saying.raw, why=UNHEARD, nearest=offered(("help", "status"), scene))
    return tuple(found) if understood else tuple(found[:1]) or (nothing,)


def _with(found: list[Wish | Unclear], one: Wish | Unclear) -> list[Wish | Unclear]:
    """Add a wish; two notes on the same are one, and of two other wishes of a kind on the same the later counts."""
    before = found[-1] if found else None
    if before is None or isinstance(one, Unclear | Consent) or verb_of(before) != verb_of(one):
        return found if one in found else [*found, one]
    if isinstance(before, Revise) and isinstance(one, Revise) and before.about.tasks == one.about.tasks:
        return [*found[:-1], replace(one, text=f"{before.text}; {one.text}")]
    is_same = about_of(before) is not None and about_of(before) == about_of(one)
    return [*found[:-1], one] if is_same else [*found, one]


def _is_reason(passage: Passage, after: Passage) -> bool:
    """Whether a complaint is why what follows is wished: `the far one is a blob, let me have three alternates`."""
    return passage.verb in ("revise", "remark", "reject") and after.verb in _FOR_A_REASON and not after.mentioned


_FOR_A_REASON: Final = frozenset({"options", "retake", "reroute", "omit", "more_like"})


def _is_said(passage: Passage, one: Wish | Unclear, found: Sequence[Wish | Unclear]) -> bool:
    """Whether a question but asks again what was asked: `why did it fail? is there a reason?`."""
    return isinstance(one, ASKING) and not passage.mentioned and any(type(one) is type(before) for before in found)


def _settle(passage: Passage, scene: Scene) -> Meant:
    """Say what one part asks for: what patterns read where the ear does not deny it, else what the ear is sure of."""
    answer = _answer(passage, scene) if passage.saying else None
    if answer or not passage.saying:
        return (answer,) if answer else ()
    by_patterns = read_part(passage.saying, scene) if passage.verb not in ("yes", "no") else ()
    if _stands(by_patterns, passage, scene):
        return by_patterns
    if passage.verb == "aside" and passage.chance > _ASIDE:
        return ()
    told = next((one for one in by_patterns if isinstance(one, Unclear) and one.why != UNHEARD), None)
    return _by_ear(passage, told, scene)


def _answer(passage: Passage, scene: Scene) -> Consent | None:
    """Read a yes or no: by its words, or by ear where it is sure and an answer is waited for."""
    answer = consents(passage.saying, is_asked=bool(scene.proposed))
    if answer is not None:
        return Consent(yes=answer)
    if not scene.proposed or LIMITS & {word.word for word in passage.saying.words}:
        return None
    lead = answered(passage.saying, scene) if passage.verb in ("yes", "no") else None
    if lead and lead[0].yes == (passage.verb == "yes"):
        return lead[0]
    if is_doubtful(passage.saying):
        return None
    is_short = len(passage.saying) <= _FEW_WORDS and bool(_YES & {word.word for word in passage.saying.words})
    is_yes = passage.chances["yes"] + passage.chances["greenlight"] > _TO_CONSENT
    return Consent(yes=True) if is_short or is_yes else None


def _stands(by_patterns: Meant, passage: Passage, scene: Scene) -> bool:
    """Whether the ear lets stand what patterns read."""
    if by_patterns and all(verb_of(one) == passage.verb for one in by_patterns):
        return True
    if any(isinstance(one, Revise) for one in by_patterns) and IN_A_PICTURE.match(f"{passage.about.text} "):
        return True
    wishes = [one for one in by_patterns if not isinstance(one, Unclear)]
    if not wishes or len(wishes) < len(by_patterns):
        return False
    is_note = any(isinstance(one, Revise | Remark) for one in wishes)
    is_sure = not is_note and {verb_of(one) for one in wishes} <= {
        verb_of(one) for one in surely(passage.saying, scene)
    }
    return min(passage.chances.get(verb_of(one), 0.0) for one in wishes) > (_DOUBTED if is_sure else _DOUBTED_NOTE)


def _by_ear(passage: Passage, told: Unclear | None, scene: Scene) -> Meant:
    """Do as the ear heard, where it is sure; `told` is what patterns found wanting, and stands where it names more."""
    if passage.chance >= _needed(passage, told):
        wish = _meant(passage, filled(passage, scene))
        if wish is not None and not (isinstance(wish, Unclear) and told):
            return (_offering(wish, passage, scene),)
    if passage.verb == "aside" and not told:
        return ()
    return (told or Unclear(text=passage.saying.raw, why=UNHEARD, nearest=_nearest(passage, scene)),)


def _meant(passage: Passage, wish: Wish | Unclear | None) -> Wish | Unclear | None:
    """Let through what was not only thought about, and not said not to be done."""
    if wish is None or isinstance(wish, (Unclear, *ASKING)):
        return wish
    if passage.verb in _DONE and NOT.match(bare(passage.saying).text):
        return None
    return if_meant(passage.saying, wish)


def _needed(passage: Passage, told: Unclear | None) -> float:
    """Say how sure the ear must be."""
    if told:
        return _to_overrule(passage, told)
    if passage.verb == "yes":
        return _NEVER
    if passage.verb == "revise" and not passage.note:
        return _TO_OVERRULE
    return _TO_ASK if passage.verb in _ASKED else _TO_ORDER


def _to_overrule(passage: Passage, told: Unclear) -> float:
    """Say how sure it must be where patterns found a word unknown, or two meanings; what else they found stands."""
    unknown = re.search(r"called '([^']+)'", told.why)
    is_noun = unknown and re.search(rf"\b(?:the|a|an|my|our|all) {re.escape(unknown[1])}\b", passage.saying.text)
    if unknown and (passage.mentioned or not (is_noun or unknown[1] in passage.about.text)):
        return _TO_OVERRULE_ON_DECISIONS if passage.verb in _DECIDED else _TO_OVERRULE
    may_choose = told.why.startswith("That may mean") and passage.mentioned and passage.verb != "retake"
    return _TO_CHOOSE if may_choose else _NEVER


_DECIDED: Final = frozenset({"approve", "reject", "omit", "cancel"})
_ASKED: Final = frozenset({"status", "show_plan", "show_takes", "compare", "why", "costs", "price", "help", "leave"})
_DONE: Final = frozenset(
    {
        "approve",
        "reject",
        "greenlight",
        "deliver",
        "retake",
        "options",
        "more_like",
        "reroute",
        "budget",
        "ingest",
        "resume",
        "prioritise",
    }
)
"""What `do not` takes back. What leaves out or holds may be said by it."""


def _offering(wish: Wish | Unclear, passage: Passage, scene: Scene) -> Wish | Unclear:
    if isinstance(wish, Unclear) and not wish.nearest:
        return replace(wish, nearest=_nearest(passage, scene))
    return wish


def _nearest(passage: Passage, scene: Scene) -> tuple[str, ...]:
    """Offer what the ear holds likeliest, about what was named or spoken of."""
    verbs: Iterable[str] = sorted(passage.chances, key=lambda verb: -passage.chances[verb])
    name = next(
        (task for one in passage.mentioned for task in one.about.tasks), next(iter(likely(scene)), "everything")
    )
    return offered([verb for verb in verbs if verb not in ("aside", "unclear", "yes", "no")][:3], scene, name)
