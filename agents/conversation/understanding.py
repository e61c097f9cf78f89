"""What a director wants in one turn, by rules alone. Pure; raises nothing.

A turn is split into parts; each part is held against patterns, then read as a note, then looked through for a slip of
the pen. What is left is `Unclear`, with the nearest things one can say. Nothing that spends or decides is guessed.
"""

import re
from dataclasses import replace
from typing import Final

from ...core.wish import ASKING, About, Begin, Consent, Remark, Unclear, Wish
from ..reading import read
from .clauses import Part, parts_of
from .gathering import gathered, with_reason
from .glossary import slips
from .grammar import heard, words_of_patterns
from .manners import HEDGES, NOT, REASON, consents, plainly
from .notes import note_of
from .offers import either, named, sentence, unheard
from .references import Lost, refer
from .sayings import Saying, Word, bare, say
from .scene import Scene, about_instead, about_of, only_of, speaking_of
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
        return (_without_plan(saying, text),)
    narrowed = _narrowed(saying, scene)
    if narrowed:
        return narrowed
    return _in_parts(parts_of(saying, scene), scene)


def _in_parts(parts: tuple[Part, ...], scene: Scene) -> Meant:
    found: list[Wish | Unclear] = []
    for at, part in enumerate(parts):
        answer = consents(part.saying, is_asked=bool(scene.proposed) and not at) if len(parts) > 1 else None
        if answer is not None:
            if (
                scene.proposed
                and not at
                and part.saying.text not in ("okay", "well", "right", "fine", "good", "great", ("alright"))
            ):
                found.append(Consent(yes=answer))
            continue
        if (
            re.fullmatch(
                r"(?:thanks|thank you|please|hello|hi|hey|good|great|nice|right|well|so|now|then|cheers)(?: .{0,12})?",
                part.saying.text,
            )
            and len(parts) > 1
        ):
            continue
        meant = _part(part, scene)
        found = gathered(found, meant, is_joined=part.is_joined)
        scene = speaking_of(scene, [wish for wish in found if not isinstance(wish, Unclear)])
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
        mended = _mended(saying, scene)
        again = _one(mended, scene) if mended else found
        return (again,) if not isinstance(again, Unclear) or (again.nearest and not found.nearest) else (found,)
    return (found,)


def _one(saying: Saying, scene: Scene) -> Wish | Unclear:
    first: Unclear | None = None
    for said in plainly(saying):
        found = _repeated(said, scene) or _by_rule(said, scene)
        if isinstance(found, Unclear):
            first = first or found
        elif found:
            return found if isinstance(found, ASKING) else _if_meant(saying, found)
    for said in plainly(saying):
        note = None if NOT.match(said.text) and not _is_opinion(said) else note_of(said, scene)
        if isinstance(note, Unclear):
            first = first or note
        elif note:
            return _if_meant(saying, note)
    return first or _thought(saying, scene) or unheard(saying, scene)


def _is_opinion(said: Saying) -> bool:
    return bool(
        re.match(
            r"(?:i|we) (?:do|did|can|would) not (?:really |quite |much )?(?:like|hate|love|enjoy|care|stand|mind)",
            said.text,
        )
    )


def _by_rule(said: Saying, scene: Scene) -> Wish | Unclear | None:
    first: Unclear | None = None
    for one in heard(said):
        found = wish_of(one, scene)
        if isinstance(found, Unclear):
            first = first or found
        elif found:
            return found
    return first


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
    return either(saying, "That is a thought or a condition; say it outright and it is done.", *offers)


_WONDERING: Final = re.compile(
    r"(?:so |and )?(?:maybe|perhaps|possibly|shall (?:we|i)|should (?:we|i|you)|what if (?:we|you|i)|do you think "
    r"(?:we|you|i) should|(?:we|i|you) might|i wonder (?:if|whether) (?:we|you|i) should|would it be (?:better|wise|"
    r"good) to) "
)


def _thought(saying: Saying, scene: Scene) -> Unclear | None:
    """Answer a wish that is only wondered about with how to say it."""
    wonders = _WONDERING.match(saying.text)
    if not wonders:
        return None
    found = _by_rule(saying.between(wonders.end(), len(saying.text)), scene)
    return _only_thought(saying, found) if found and not isinstance(found, Unclear) else None


def _repeated(said: Saying, scene: Scene) -> Wish | Unclear | None:
    """Read `this one too`: the wish before, about other tasks."""
    again = re.fullmatch(
        r"(?:(?:and |do )*the same (?:for|with|to|goes for|on|about|again for) (?P<a>.+)|(?:and |also )*(?P<b>.+?) "
        r"(?:too|as well|also|likewise)|(?:and |also )+(?P<c>.+)|(?:same|ditto) for (?P<d>.+))",
        said.text,
    )
    wish = next((one for one in reversed(scene.said) if about_of(one)), None)
    if not again or not wish:
        return None
    name = next(group for group, words in again.groupdict().items() if words)
    slot = said.between(*again.span(name))
    about = refer(slot.text, scene, slot.raw)
    if isinstance(about, Lost):
        return None
    if wish.verb in ("approve", "more_like", "ingest") and len(about.tasks) > 1 and wish.verb != "approve":
        return None
    wish = replace(wish, take=None) if wish.verb == "approve" else wish
    return about_instead(wish, about)


def _narrowed(saying: Saying, scene: Scene) -> Meant:
    """Read `only the keep` and `not the keep`, said of what is proposed: that is proposed anew."""
    if not scene.proposed:
        return ()
    found = re.fullmatch(
        r"(?:(?:yes|yeah|okay|no|sure|fine|do it|go ahead|approve|well)[ ,]*)*(?:but )?(?:(?:and )?(?P<only>only|"
        r"just)(?: do| for)? (?P<a>.+?)|(?P<b>.+?) (?:only|alone)|(?:but )?(?:not|without|except(?: for)?|leave out|"
        r"minus) (?P<c>.+?)|(?:all|everything|them all|all of them) (?:but|except(?: for)?) (?P<d>.+?))(?: please)?",
        bare(saying).text,
    )
    if not found:
        return ()
    name = next(one for one in "abcd" if found[one])
    slot = bare(saying).between(*found.span(name))
    about = _exact(slot, scene) or refer(slot.text, scene, slot.raw)
    if isinstance(about, Lost):
        return ()
    if name in "cd":
        left_out = set(about.tasks)
        of = [task for wish in scene.proposed if (one := about_of(wish)) for task in one.tasks if task not in left_out]
        about = About(says=bare(saying).raw, tasks=tuple(dict.fromkeys(of)))
    narrowed = only_of(scene.proposed, about)
    if narrowed:
        return tuple(narrowed)
    tasks = dict.fromkeys(task for wish in scene.proposed if (one := about_of(wish)) for task in one.tasks)
    return (either(saying, "Nothing of that is proposed now.", *(f"only {task}" for task in list(tasks)[:3])),)


def _exact(slot: Saying, scene: Scene) -> About | None:
    name = re.sub(r"^(?:the )?(?:task )?", "", slot.text).replace(" ", "_")
    return About(says=slot.raw, tasks=(name,)) if name in scene.glossary.place else None


_FILM: Final = re.compile(
    r"(?:(?:please|hello|hi|hey|okay|so|now|can you|could you|would you|let us|i want to|i would like to|we want to|i "
    r"want|i would like|we need|i need|we want|give me|let us have|,) ?)*"
    r"(?:(?:make|create|shoot|draw|produce|plan|film|render|paint|imagine|picture|build|do|begin|start|generate|"
    r"show)(?: me| us)? )?"
    r"(?:(?:with )?(?:a |an |the |some )?(?:short |little |new |small )*(?:film|movie|production|story|scene|picture|"
    r"sequence|trailer|animatic|series|video|brief|project)s? (?:about|of|with|where|showing|in which|on|:) ?(?:: )?)?"
)
_OF_A_PLAN: Final = frozenset({"show_takes", "vary", "options", "light", "compare", "more_like"})
"""Kinds whose words may also describe a picture that is to be made."""


def _without_plan(saying: Saying, text: str) -> Wish | Unclear:
    """Read a turn before anything is planned: a brief, unless it only asks or says goodbye."""
    scene = Scene()
    kinds = set[str]()
    for said in plainly(saying):
        if re.fullmatch(r"\S+\.(?:ya?ml|json|md|markdown|txt)|(?:~|\.{0,2}/)\S+", said.text):
            return Begin(brief=said.raw)
        for one in heard(said):
            kinds.add(one.kind)
            if one.kind in ("help", "leave", "begin"):
                found = wish_of(one, scene)
                if found:
                    return found
    said = bare(saying)
    film = _FILM.match(said.text)
    brief = said.between(film.end(), len(said.text)) if film else said
    if kinds - _OF_A_PLAN or NOT.match(said.text) or not _describes(brief):
        why = "Nothing is planned yet: describe what you want to see, or name a brief's file."
        return Unclear(
            text=text.strip(),
            why=why,
            nearest=("a red castle above the sea at dusk", "plan briefs/fantasy_castle.yaml", ("help")),
        )
    end = text[saying.words[-1].end - 1 : saying.words[-1].end] if saying.words[-1].word in ".!" else ""
    return Begin(brief=brief.raw + ("." if end == "." else ""))


def _describes(said: Saying) -> bool:
    words = said.text.split()
    subjects = read(said.text).subjects if words else ()
    says_how = len(words) > 2 or (len(words) == 2 and words[0] in ("a", "an", "the", "some", "two", "three"))
    return (
        bool(subjects)
        and says_how
        and words[0] not in ("what", "why", "how", "where", "who", "when", "is", "are", "do", ("does"))
    )


_KNOWN_TOO: Final = frozenset(
    [
        "sound",
        "round",
        "could",
        "would",
        "should",
        "there",
        "their",
        "where",
        "these",
        "those",
        "other",
        "first",
        "second",
        "third",
        "light",
        "night",
        "right",
        "sight",
        "image",
        "shape",
        "share",
        "shore",
        "store",
        "stone",
        "house",
        "horse",
        "place",
        "plane",
        "plate",
        "plain",
        "scale",
        "smoke",
        "water",
        "white",
        "whole",
        "world",
        "years",
        "young",
        "black",
        "brown",
        "green",
        "grand",
        "grass",
        "great",
        "ground",
        "floor",
        "three",
        "trees",
        "wind",
        "under",
        "until",
        "very",
        "with",
        "that",
        "this",
        "then",
        "than",
        "them",
        "they",
        "from",
        "have",
        "more",
        "some",
        "like",
        "want",
        "need",
        "look",
        "looks",
        "much",
        "many",
        "long",
        "last",
        "late",
        "less",
        "line",
        "list",
        "live",
        "made",
    ]
)


def _mended(saying: Saying, scene: Scene) -> Saying | None:
    """Mend slips of the pen in the words of patterns: `aprove`. Words that a plan or a pattern knows are left alone."""
    known = words_of_patterns()
    words: list[Word] = []
    for word in saying.words:
        is_strange = (
            len(word.word) >= 4 and word.word.isalpha() and word.word not in known and word.word not in _KNOWN_TOO
        )
        near = (
            [
                one
                for one in known
                if is_strange and abs(len(one) - len(word.word)) <= 1 and len(one) >= 4 and slips(word.word, one) == 1
            ]
            if is_strange and not scene.glossary.knows(word.word)
            else []
        )
        same = [one for one in near if one[0] == word.word[0]] or near
        mends = len(same) == 1 and (len(word.word) >= 5 or sorted(same[0]) == sorted(word.word))
        words.append(Word(same[0], word.start, word.end) if mends else word)
    mended = Saying(tuple(words), saying.source)
    return mended if mended.text != saying.text else None
