"""Notes: what should be otherwise in a picture, which is work; and mere opinion, which is written down."""

import re
from collections.abc import Iterator
from typing import Final

from ...core.wish import About, Remark, Revise, Unclear
from ..language.noun_phrase import is_modifier
from ..language.phrases import TIMES, WEATHER_ADJECTIVES, WEATHERS
from ..language.words import word_set
from .clauses import is_comparative
from .glossary import term
from .offers import likely, named, sentence
from .reference_words import GENERIC, POINTING
from .references import Lost, refer
from .sayings import Saying, bare
from .scene import Scene
from .variations import axes_of

PARTS: Final = word_set(
    """
    sky skies light lights lighting background foreground backdrop shadow shadows sun moon stars face faces eye
    eyes hair mood contrast composition framing horizon water wave waves cloud clouds ground floor wall walls
    roof window windows door flag flags smoke cloak armour sword shield helmet crown wing wings tail scales head
    hand hands arm arms leg legs body pose colour colours palette tone tones saturation exposure detail details
    texture edges edge lens perspective distance atmosphere fog mist rain snow haze weather storm style size
    scale position stone stones rock rocks grass sand mast sails hat robe staff beard fire flames glow
    reflection reflections depth focus grain look sunset sunrise air trees tree hills mountains sea ocean night
    day time blacks whites highlights crop cape horse silhouette outline outlines left right top bottom middle
    centre expression line lines bricks moss ivy dirt dust
    """
)
"""What any picture may have: `the sky` is no task, but a part of what was last spoken of."""

_ORDERS: Final = (
    r"(?:"
    r"we should have|could we have|could i have|i would like|i would love|can we have|let us have|"
    r"let us make|can i have|may i have|regenerate|send back|re-light|rerender|give me|give us|"
    r"relight|reshoot|retouch|we need|we want|adjust|change|colour|i need|i want|i wish|redraw|"
    r"reject|remake|render|retake|revise|rework|bring|do me|dress|frame|light|paint|place|"
    r"rerun|shoot|stage|style|tweak|crop|dial|draw|give|have|keep|make|move|push|redo|take|"
    r"tint|turn|fix|let|put|set|try|do|show me"
    r")"
)
_FILLED: Final = re.compile(
    r"^(?:, |: |; |- )*(?:(?:to be|to look|to have|to become|so that it is|so it is|be|look|looks|into|to|becomes?|so "
    r"that|were|was|again|over|but|and|only|just|this time|that is|which is|which are|and make (?:it|them)|but make "
    r"(?:it|them)|,|:|-)(?: |$))*"
)
_SUBJECT: Final = re.compile(
    r"(?P<about>.+?) (?P<aux>is|are|was|were|looks|look|looked|feels|feel|seems|seem|appears|must|should|needs|need|"
    r"has|have|had|ought|wants|want|could|can|will|would|does|do|'s|lacks|lack|reads|read|comes|deserves?) "
    r"(?P<text>.+)"
)
_INVERTED: Final = re.compile(
    r"(?:can|could|may|might|should) (?P<about>.+?) (?:perhaps |maybe |please )?(?P<aux>be|look|have|become|wear|"
    r"stand) (?P<text>.+)"
)
_ADDING: Final = (
    re.compile(
        r"(?:add|put|insert|include|place|throw in|paint|draw|bring) (?P<text>.+?) (?:to|on|in|into|onto|behind|"
        r"around|over|at|above|under|beside|next to|in front of|for) (?P<about>.+)"
    ),
    re.compile(
        r"(?:remove|take|take away|lose|drop|cut|erase|get rid of|clear|delete|tone down|turn down|dial down|reduce|"
        r"paint out|dial back|turn up|increase|bring down|bring up|push|lower|raise|soften|sharpen|fix|change|swap|"
        r"exchange|replace|warm|darken|brighten) "
        r"(?P<text>.+?) (?:from|out of|off|on|in|of|around) (?P<about>.+)"
    ),
    re.compile(r"(?P<text>.+?) (?:on|in|for|around|over|at|behind|of|about|to|with|across|above) (?P<about>.+)"),
    re.compile(
        r"(?:for|on|in|about|with|as for|regarding) (?P<about>.+?) (?:, |: |- |i want |i would like |we need |i need "
        r")+(?P<text>.+)"
    ),
    re.compile(r"(?P<about>.+?) (?::|,|-) (?P<text>.+)"),
)
_BY_VERB: Final = re.compile(
    r"(?P<verb>darken|brighten|lighten|warm up|warm|cool down|cool|soften|sharpen|age|enlarge|shrink|blur|mute|tone "
    r"down|desaturate|saturate|clean up|simplify|light up|dim|weather|ruin|relight|de-age|roughen|dirty|zoom in on|"
    r"zoom in to|zoom out (?:of|from)|push in on|pull back from|flip|mirror|rotate|straighten) "
    r"(?P<about>.+?)(?: (?P<more>up|down|a (?:bit|little|lot)|slightly|more|further|by .+|with .+|please|somewhat))?"
)
_WISHED: Final = re.compile(
    r"\b(?:too|more|less|fewer|enough|without|remove|missing|lacks?|lacking|must|should|needs?|supposed|wrong "
    r"(?:colour|side|size|place|number|light|time)|instead|a (?:bit|little|touch|tad)|slightly|kind of|sort of|rather|"
    r"way|"
    r"not|no longer|never|half|twice|double|bit|could use|ought|wants|than|same|like in|only)\b"
)
_OPINION: Final = re.compile(
    r"(?:(?:i|we) (?:really |do |just |quite |absolutely |also |still |honestly |rather )*(?:do not |did not |never "
    r")?(?:really |quite |much )?(?:like|liked|love|hate|hated|dislike|adore|enjoy|enjoyed|admire|loathe|am (?:not "
    r")?(?:so "
    r"|really |very )?(?:sure|convinced|keen|fond|happy|unhappy|pleased|impressed|worried|excited|thrilled|sold|bored|"
    r"disappointed|intrigued|a fan)|have (?:mixed|doubts|my doubts|a feeling)|can not stand|miss|wonder|remember|"
    r"appreciate|doubt|care)\b.*)"
    r"|(?:(?:that|this|it|they|these|those|take \w+|the \w+ one) (?:is|are|looks?|was|were|feels?) )?(?:(?:really|"
    r"very|so|quite|pretty|"
    r"absolutely|just|such|what|how|a|not|rather) )*(?:beautiful|nice|lovely|gorgeous|great|wonderful|interesting|"
    r"boring|ugly|pretty|amazing|awesome|stunning|bad|terrible|awful|horrible|good|fine|okay|superb|excellent|"
    r"fantastic|brilliant|marvellous|impressive|magnificent|splendid|cool|funny|strange|weird|odd|dull|disappointing|"
    r"perfect|promising|cute|neat|meh|hmm|hm|wow|better|exquisite|solid|decent)(?: (?:work|job|stuff|picture|image|"
    r"one|try|effort|thing|start|piece|shot|light|mood|everyone|everybody|team|all))*"
    r"|(?:good|nice|great|well|lovely|bad|fine) (?:job|work|done|stuff|try|one|effort)(?: .*)?|well done(?: .*)?|"
    r"(?:wow|hmm|hm|ugh|ooh|oh|aha|bravo|yuck|meh)(?: .*)?|there is (?:something|a problem|an issue).*|not a (?:big "
    r")?fan(?: .*)?|not (?:my|really my) (?:taste|favourite|thing|cup of tea)|"
    r"my favourite.*|.+ (?:bores?|pleases?|moves?|bothers?|annoys?|reminds?|delights?|worries|intrigues?) me.*"
)
_NOTED: Final = re.compile(
    r"(?:(?:add |make |take |leave |write )?(?:a |this )?(?:note|remark|comment|memo)(?: (?:down|that|to self|for "
    r"later|this))*|"
    r"remember(?: that)?|for the record|write (?:this |that )?down(?: that)?|jot down(?: that)?|keep in mind(?: that)?|"
    r"bear in mind(?: that)?|fyi|by the way)(?: (?:on|for|about|to) (?P<about>.+?) ?(?:,|:|;|-|that)| ?[,:;-])? "
    r"(?P<text>.+)"
)
_FRAMED: Final = {*TIMES, *WEATHERS, *WEATHER_ADJECTIVES, "snow", "storm", "dark", "light"}
_CONNECTING: Final = word_set("at in on of by with from during under and , that which except or without")


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
        and words[end] in _CONNECTING
        and not (words[end] == "," and words[end + 1 : end + 2] != [("and")])
    ):
        for until in range(end + 2, min(len(words), end + 9)):
            found = refer(" ".join(words[:until]), scene, saying.part(0, until).raw)
            if isinstance(found, About) and words[until] not in GENERIC and not _goes_on(words, until, scene):
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


_OPEN_ENDED: Final = word_set("the a of shot shots my our in at on")
_POINTS_ON: Final = word_set("this that these those all both every each")


def _is_cut_short(last: str, following: str, scene: Scene) -> bool:
    """Whether a name cannot end here: `all` before `the plates`."""
    if last in _POINTS_ON:
        return following in _DETERMINERS or following in POINTING | GENERIC or scene.glossary.knows(following)
    return last in _OPEN_ENDED


def changes(words: str) -> bool:
    """Whether words say what should be otherwise, so that one could look whether it is.

    >>> [changes(words) for words in ("too clean", "darker", "at night", "more ruin", "boring", "lovely")]
    [True, True, True, True, False, False]
    """
    said = words.split()
    if _WISHED.search(words) or any(is_comparative(word) for word in said):
        return True
    return bool(said) and said[0] in ("at", "in", "with", "by", "under", "on", "no", "add") and len(said) > 1


def note_of(saying: Saying, scene: Scene) -> Revise | Remark | Unclear | None:
    """Read a note; None where it is none.

    >>> from ...core.plan import Task
    >>> from .rehearsal import a_plan
    >>> from .sayings import say
    >>> scene = Scene(plan=a_plan(Task(name="keep", department="sets", make="still")))
    >>> for text in ("the keep is too clean, more ruin", "the keep is beautiful"):
    ...     found = note_of(say(text), scene)
    ...     print(found.verb, "|", found.about.says, "|", found.text)
    revise | the keep | too clean, more ruin
    remark | the keep | the keep is beautiful
    """
    for rule in (_noted, _opinion, _again_with, _ordered, _by_verb, _said_of, _added, _described, _bare_note):
        found = rule(saying, scene)
        if found:
            return found
    return None


def _slot(saying: Saying, found: re.Match[str], name: str) -> Saying:
    return saying.between(*found.span(name)) if found[name] else saying.part(0, 0)


def _about(saying: Saying, scene: Scene) -> About | None:
    """Give the tasks words name; a part any picture has belongs to what was last spoken of."""
    found = refer(saying.text, scene, saying.raw)
    return None if isinstance(found, Lost) else found


def _noted(saying: Saying, scene: Scene) -> Remark | None:
    found = _NOTED.fullmatch(saying.text)
    if not found:
        return None
    about = _about(_slot(saying, found, "about"), scene) if found["about"] else None
    if found["about"] and not about:
        return None
    return Remark(about=about or mentioned(_slot(saying, found, "text"), scene), text=_slot(saying, found, "text").raw)


def _opinion(saying: Saying, scene: Scene) -> Remark | None:
    compares = any(is_comparative(word) and word != "better" for word in saying.text.split()[:4])
    if compares or not _OPINION.fullmatch(saying.text):
        return None
    return Remark(about=mentioned(saying, scene), text=saying.raw)


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


def _ordered(saying: Saying, scene: Scene) -> Revise | None:
    """Read `make the castle darker`, `redo shot 3 with fog`, `give the knight a red cloak`."""
    found = re.match(rf"{_ORDERS} ", saying.text)
    if not found:
        return None
    rest = saying.between(found.end(), len(saying.text))
    inside = _INSIDE.match(rest.text)
    if inside and not isinstance(refer(rest.text, scene), About):
        for about, said in head_and_rest(rest.between(inside.end(), len(rest.text)), scene):
            if said:
                return Revise(about=about, text=f"{rest.between(*inside.span('part')).raw} {said.raw}")
    for about, said in head_and_rest(rest, scene):
        filled = _FILLED.match(said.text)
        text = said.between(filled.end(), len(said.text)) if filled else said
        if text and text.text not in (
            "again",
            "over",
            "first",
            "now",
            "back",
            "too",
            "as well",
            "also",
            "out",
            "off",
            "up",
            "down",
            ("on hold"),
        ):
            return Revise(about=about, text=text.raw)
    if rest and set(rest.text.split()) & PARTS and scene.last.tasks and not found[0].startswith(("reject", "send")):
        return Revise(about=scene.last, text=rest.raw) if changes(rest.text) or len(rest) > 2 else None
    return None


_INSIDE: Final = re.compile(
    rf"(?P<part>(?:the |that |his |her |its )?(?:\w+ )?(?:{'|'.join(sorted(PARTS))})) (?:in|on|of|behind|above|around|"
    rf"over) "
)


def _again_with(saying: Saying, scene: Scene) -> Revise | None:
    """Read `try again with less red`: about what was last spoken of."""
    found = _AGAIN.fullmatch(saying.text)
    if not found or not scene.last.tasks:
        return None
    return Revise(about=scene.last, text=_slot(saying, found, "text").raw)


_AGAIN: Final = re.compile(
    r"(?:(?:do|try|redo|make|shoot|render)(?: it| that| this| them)? (?:again|over|once more)|again|once more|one "
    r"more(?: take)?|"
    r"another(?: one| take| go)?|redo|retake|reshoot)(?: ,)? (?:but |and |only |just |this time |, )*(?P<text>(?:with|"
    r"without|in|at|on|less|more|by) .+)"
)


def _by_verb(saying: Saying, scene: Scene) -> Revise | None:
    found = _BY_VERB.fullmatch(saying.text)
    if not found:
        return None
    about = None if re.search(r" (?:in|on|from|at) ", found["about"]) else _about(_slot(saying, found, "about"), scene)
    if about:
        said = (_slot(saying, found, name).raw for name in ("verb", "more") if found[name])
        return Revise(about=about, text=" ".join(said))
    is_a_part = bool(scene.last.tasks and set(found["about"].split()) & PARTS and " in " not in found["about"])
    return Revise(about=scene.last, text=saying.raw) if is_a_part else None


def _added(saying: Saying, scene: Scene) -> Revise | None:
    """Read `add a flag to the keep`, `less fog on the plates`, `for shot 3, more fog`."""
    for place, pattern in enumerate(_ADDING):
        for found in _every(pattern, saying.text):
            text, about = _slot(saying, found, "text"), _about(_slot(saying, found, "about"), scene)
            if not about or not text or (place == _ON and not _may_stand_on(text, found["about"])):
                continue
            if place < 2:
                return Revise(about=about, text=saying.between(0, found.end("text")).raw)
            if changes(text.text) or _is_wish(text.text):
                return Revise(about=about, text=text.raw)
    return None


_ON: Final = 2
_NOTES_BEGIN: Final = word_set(
    "more less fewer no too much a some another not enough without with only lots extra add slightly"
)


def _may_stand_on(text: Saying, about: str) -> bool:
    """Whether `less fog` on something is a note about it; `at night` and whole sentences are none."""
    words = text.text.split()
    begins = words[0] in _NOTES_BEGIN or is_comparative(words[0]) or is_modifier(words[0])
    return begins and not set(about.split()) <= _FRAMED | _DETERMINERS and not set(words) & _VERBS


_VERBS: Final = word_set("has have is are was be do does did must should make give put get that which i we you")


def _every(pattern: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    """Give the ways a pattern fits, its first slot the longest first: the name is what stands last."""
    found = pattern.fullmatch(text)
    if not found:
        return
    longer = re.compile(pattern.pattern.replace("(?P<text>.+?)", "(?P<text>.+)"))
    yield from (one for one in (longer.fullmatch(text), found) if one)


def _is_wish(words: str) -> bool:
    return bool(re.match(r"(?:add|remove|more|less|no|a|an|some|with|put|make it|make them|try|use)\b", words))


def _said_of(saying: Saying, scene: Scene) -> Revise | Remark | Unclear | None:
    """Read a sentence about a picture: `the houses should be older`."""
    found = _INVERTED.fullmatch(saying.text) or _SUBJECT.fullmatch(saying.text)
    if not found:
        return None
    subject, text = _slot(saying, found, "about"), _slot(saying, found, "text")
    about, part = _about(subject, scene), bool(set(subject.text.split()) & PARTS)
    asks = found["aux"] in _ASKED or changes(text.text)
    if not about and not part:
        return None
    if not about:
        about = _owner(subject, scene)
        if not about:
            why = f"I do not know which picture {subject.raw!r} is in"
            return Unclear(text=saying.raw, why=f"{why}.", nearest=_darker(scene))
        text = saying
    elif not asks or found["aux"] not in _ASKED:
        text = text if asks else saying
    else:
        text = _asked(found, text, saying)
    return Revise(about=about, text=text.raw) if asks else Remark(about=about, text=saying.raw)


_ASKED: Final = word_set("be become wear stand must should needs need ought wants want could can would will lacks lack")


def _asked(found: re.Match[str], text: Saying, saying: Saying) -> Saying:
    """Leave out `should be`; keep a `must` before any other verb."""
    be = re.match(r"(?:(?:to )?(?:be|use|look more|have to be)|to) (?=\S)(?!like)", text.text)
    if be:
        return text.between(be.end(), len(text.text))
    if found["aux"] in ("needs", "need", "wants", "want", "be", "become"):
        return text
    return saying.between(found.start("aux"), len(saying.text))


def _owner(subject: Saying, scene: Scene) -> About | None:
    """Find whose sky it is: the task named with it, else what was last spoken of."""
    of = re.search(r" (?:of|in|on|behind|above|around) (?P<about>.+)", subject.text)
    if of:
        return _about(subject.between(of.start("about"), of.end("about")), scene)
    return scene.last if scene.last.tasks else None


_DETERMINERS: Final = word_set("the all every each this that these those it them everything my our")


def _described(saying: Saying, scene: Scene) -> Revise | Unclear | None:
    """Read `a darker castle`, `warmer dragons`, `the dragons bigger`."""
    words = [word.word for word in saying.words]
    start = 1 if words[0] in ("a", "the", "an", "some") else 0
    end = start
    while end < len(words) and _compares(words, end, start):
        end += 1
    if (
        start < end < len(words)
        and (words[end] in _DETERMINERS or scene.glossary.knows(words[end]))
        and any(is_comparative(word) or word in ("more", ("less")) for word in words[start:end])
    ):
        about = _about(saying.part(end), scene)
        if about:
            return Revise(about=about, text=saying.part(start, end).raw)
    for about, rest in head_and_rest(saying, scene):
        filled = _FILLED.match(rest.text)
        text = rest.between(filled.end(), len(rest.text)) if filled else rest
        if not text or not (changes(text.text) or is_comparative(text.words[0].word)):
            continue
        if (
            text.words[0].word in ("at", "in", "by", "under", "with")
            and "," not in saying.text
            and (":") not in saying.text
        ):
            why = "That may be one more picture, or another in the place of the one there is."
            beside = f"{named(about)} {text.raw} too" if axes_of(text.text) else f"two more options for {named(about)}"
            offers = (beside, f"redo {named(about)}, {text.raw}")
            return Unclear(text=saying.raw, why=why, nearest=offers)
        return Revise(about=about, text=text.raw)
    return None


_MEASURES: Final = word_set("more less much far even and bit slightly lot")


def _compares(words: list[str], at: int, start: int) -> bool:
    """Whether a word belongs to a comparison before a name: `much darker and more foggy`."""
    if is_comparative(words[at]) or words[at] in _MEASURES:
        return True
    return at > start and words[at - 1] in ("more", "less") and is_modifier(words[at])


def _bare_note(saying: Saying, scene: Scene) -> Revise | Unclear | None:
    """Read `darker, at night`: about what was last spoken of."""
    if not (changes(saying.text) or set(saying.text.split()) <= _FRAMED) or re.match(
        r"(?:if|when|not|no)\b(?! (?:so|more|too|longer|enough|that|quite|.*enough))", saying.text
    ):
        return None
    if _names_unknown(saying, scene):
        return None
    if not scene.last.tasks:
        return Unclear(text=saying.raw, why="It is not said which picture should change.", nearest=_darker(scene))
    return Revise(about=scene.last, text=saying.raw)


def _darker(scene: Scene) -> tuple[str, ...]:
    return tuple(sentence("revise", name) for name in likely(scene))


def _names_unknown(saying: Saying, scene: Scene) -> bool:
    """Whether the words begin like a command or a sentence that was not understood: then they are no mere note."""
    first = saying.words[0].word
    return not (
        is_comparative(first)
        or first
        in word_set(
            "more less fewer too with without a much bit slightly way far not no at in under on by add remove even "
            "still only maybe just some lots double half twice same make give use put set keep try the darker dark "
            "light"
        )
        or first in _FRAMED
        or is_modifier(first)
    )
