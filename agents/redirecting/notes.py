"""A note taken apart into what it asks of one picture: clause by clause, by rule, nothing dropped."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Final, Literal

from ..language.atoms import Reading
from ..language.noun_phrase import aspect_of, is_modifier
from ..language.nouns import is_plural, plural, singular
from ..language.words import COLOURS, DETERMINERS, FUNCTION, NUMBERS
from ..looks.spoken import weather_of
from ..planning.phrasing import GROUNDS, WEATHERS, ground_of
from ..reading import read
from . import clauses
from .asks import Add, Ask, Count, Frame, Ground, Quality, Remove, Style, Swap, Thinner, Unasked, Unlike, Unread
from .clauses import (
    ADD,
    ARTICLES,
    INSTEAD,
    INSTEAD_OF_IT,
    LESS,
    MADE,
    MAKE,
    MORE,
    NEVER,
    NOBODY,
    RELATIVE,
    REMOVE,
    REPLACE,
    SAID,
    VERBS,
    WORN,
    bare,
    clauses_of,
)
from .frames import frames_in
from .scene import Scene
from .terms import LESS_IS, RUINS, SIZES_SAID, TONES, TOO, WEATHERS_SAID, is_style, style_words

_THICK: Final = {"fog": "in thick fog", "rain": "in heavy rain", "snowfall": "in heavy snow"}
_WEATHERS: Final = ("fog", "rain", "snowfall", "storm", "wind")
"""Those one can have less of."""


def asks_of(note: str, scene: Scene) -> tuple[Ask, ...]:
    """Take a note apart.

    >>> scene = Scene(reading=read("one blue knight at dusk"), shown=read("one blue knight at dusk in fog"))
    >>> [type(one).__name__ for one in asks_of("the knight must wear red, less fog, add a bridge; more soul", scene)]
    ['Quality', 'Thinner', 'Add', 'Unread']
    """
    asks = [ask for clause in clauses_of(note) for ask in _clause(clause, scene)]
    has_time = any(isinstance(one, Frame) and one.kind == "time" and not one.why for one in asks)
    # "darker, at night": the second says what the first meant.
    kept = [one for one in asks if not (has_time and isinstance(one, Frame) and one.kind == "time" and one.why)]
    return tuple(dict.fromkeys(kept))


def _clause(clause: str, scene: Scene, subject: str = "") -> list[Ask]:
    low = clause.lower()
    rules: tuple[Callable[[str, Scene, str], list[Ask]], ...] = (
        _never, _instead, _relative, _too, _tone, _less, _removal, _size, _more, _worn, _frame, _of_a_thing, _style,
        _quality_of_none, _thing, _adjectives,
    )  # fmt: skip
    for rule in rules:
        if asks := rule(low, scene, subject):
            # Names keep their capitals: "in the style of Caspar David Friedrich".
            return [replace(one, words=clause) if one == Style(words=low) else one for one in asks]
    return [Unread(words=clause)]


def _instead(low: str, scene: Scene, subject: str) -> list[Ask]:
    if (whole := INSTEAD_OF_IT.match(low)) and not subject:
        low = f"{whole['new']} instead of {next(iter(scene.subjects), 'it')}"
    found = REPLACE.match(low) or INSTEAD.match(low)
    if not found or low.startswith(("not ", "don't ", "do not ")) or NEVER.match(low):
        return []
    old, new = scene.noun_of(found["old"]), found["new"]
    fresh = read(new)
    colours = [one for one in fresh.of("attribute") if one.other == "colour"]
    if (
        old in scene.subjects
        and fresh.subjects
        and fresh.subjects[0] not in (old, *scene.subjects)
        and not colours_only(new)
    ):
        return [Swap(old=old, new=fresh.subjects[0], words=bare(new))]
    is_thing = bool(fresh.subjects) and not colours_only(new) and not frames_in(new)
    if is_thing and old not in scene.reading.subjects and old in scene.names.values():
        return [Unasked(words=low, why=f"there is no {old} in this picture")]
    if found["old"].split()[-1] in NUMBERS and fresh.of("count"):
        return [Count(subject=scene.noun_of(one.subject), count=int(one.value)) for one in fresh.of("count")]
    if colours and fresh.subjects and scene.noun_of(fresh.subjects[0]) in scene.subjects:
        return [Quality(word=colours[0].value, aspect="colour", subject=scene.noun_of(fresh.subjects[0]))]
    return _clause(bare(new), scene, subject or (old if old in scene.subjects else ""))


def colours_only(words: str) -> bool:
    """Whether words say nothing but colours.

    >>> colours_only("dark red and white"), colours_only("a red castle")
    (True, False)
    """
    said = words.split()
    return said[-1] in COLOURS and all(word in COLOURS or word == "and" or is_modifier(word) for word in said)


def _never(low: str, scene: Scene, subject: str) -> list[Ask]:
    """Read `the castle must not be red`."""
    found = NEVER.match(low)
    if not found:
        return []
    who = scene.noun_of(found["who"]) if found["who"] and found["who"] not in ("it", "they", "she", "he") else subject
    return _clause(f"not {found['what']}", scene, who)


def _relative(low: str, scene: Scene, _: str) -> list[Ask]:
    found = RELATIVE.match(ADD.sub("", low))
    if not found:
        return []
    noun = scene.noun_of(found["what"] or found["other"])
    if noun not in scene.reading.subjects:
        return []
    return [_say_how_many(low, noun, scene)]


def _say_how_many(words: str, noun: str, scene: Scene) -> Unasked:
    now = next((one.value for one in scene.reading.of("count") if one.subject == noun), "1")
    return Unasked(words=words, why=f"say how many {plural(noun)} there should be; {now} asked for now")


def _too(low: str, scene: Scene, subject: str) -> list[Ask]:
    found = clauses.TOO.match(low)
    if not found:
        return []
    if lacks := found["lacks"]:
        return _clause(f"more {lacks}" if lacks not in TOO.values() else lacks, scene, subject)
    word = found["what"]
    if opposite := TOO.get(word):
        return _clause(opposite, scene, subject)
    if weather := WEATHERS_SAID.get(word):
        return [Thinner(weather=weather, is_none=False)]
    return [Unlike(word=word, subject=subject)] if is_modifier(word) else []


def _tone(low: str, _: Scene, subject: str) -> list[Ask]:
    if subject or low not in TONES:
        return []
    time, style = TONES[low]
    if time:
        return [Frame(kind="time", value=time, phrase=f"at {time}", why=low)]
    return [Style(words=style, says=low)]


def _removal(low: str, scene: Scene, subject: str) -> list[Ask]:
    if NOBODY.match(low):
        return [Remove(subject="person", words="people")]
    found = REMOVE.match(low)
    if not found:
        return []
    asks: list[Ask] = []
    for what in re.split(r",? (?:and|or|nor) (?:no |the |any |a |an )?", found["what"]):
        weather = WEATHERS_SAID.get(what) or weather_of(what)
        is_ground = what == "snow" and ground_of(scene.reading) == "snow"
        if weather in _WEATHERS and (not is_ground or scene.shown.of("weather")):
            asks.append(Thinner(weather=weather, is_none=True))
        if is_ground:
            asks.append(Remove(subject="snow", words="snow"))
        elif weather in _WEATHERS:
            continue
        elif is_modifier(what) and scene.noun_of(what) not in scene.subjects:
            asks.append(Unlike(word=what, subject=subject))
        elif (noun := scene.noun_of(what)) and not read(f"a {what}").unknown:
            asks.append(Remove(subject=noun, words=what))
        else:
            asks.append(Unread(words=low))
    return asks


def _less(low: str, scene: Scene, subject: str) -> list[Ask]:
    found = LESS.match(low)
    if not found:
        return []
    what = found["what"]
    if low in LESS_IS:
        return _clause(LESS_IS[low], scene, subject)
    weather = WEATHERS_SAID.get(what) or weather_of(what)
    if weather != what or what in _WEATHERS:
        return [Thinner(weather=weather, is_none=False)]
    if is_modifier(what):
        return [Unlike(word=what, subject=subject)]
    noun = scene.noun_of(what)
    if noun in scene.subjects:
        return [_say_how_many(low, noun, scene)]
    return [Unread(words=low)]


def _size(low: str, _: Scene, subject: str) -> list[Ask]:
    size = SIZES_SAID.get(low)
    return [Quality(word=size, aspect="size", subject=subject, says=low)] if size else []


def _more(low: str, scene: Scene, subject: str) -> list[Ask]:  # noqa: PLR0911 - what there can be more of, one by one
    found = MORE.match(low)
    if not found:
        return []
    what = found["what"]
    if what in RUINS:
        return [Quality(word=RUINS[what], aspect="look", subject=subject, says=low)]
    weather = WEATHERS_SAID.get(what) or weather_of(what)
    if weather != what or what in _WEATHERS:
        return list(frames_in(_THICK.get(weather, f"in {weather}")))
    if is_style(what):
        return [Style(words=what)]
    if is_modifier(what) and what not in COLOURS:
        return [Quality(word=what, aspect="look", subject=subject)]
    noun = scene.noun_of(what)
    if noun in scene.reading.subjects:
        return [_say_how_many(low, noun, scene)]
    if is_plural(what.split()[-1]) and not read(what).unknown:
        return [Add(subject=noun, words=f"several {what}")]
    return []


def _frame(low: str, scene: Scene, subject: str) -> list[Ask]:
    if ground := next((one for one, phrase in GROUNDS.items() if _says_ground(low, one, phrase)), ""):
        return [Ground(value=ground)]
    if weather := WEATHERS_SAID.get(low):
        return list(frames_in(WEATHERS.get(weather, "")))
    return [replace(one, subject=subject) if one.kind == "position" else one for one in frames_in(low)]


def _says_ground(low: str, ground: str, phrase: str) -> bool:
    return low in (phrase, f"on the {ground}", f"on {ground} ground", f"standing {phrase}") and ground != "backdrop"


def _of_a_thing(low: str, scene: Scene, _: str) -> list[Ask]:
    """Read `make the knight red`, `Edda must wear red`, `the keep is too clean`, `the castle on the left`."""
    made = MAKE.match(low)
    rest = made["rest"] if made else low
    called = sorted(
        {*scene.names, *scene.reading.subjects, *map(plural, scene.reading.subjects)}, key=len, reverse=True
    )
    for name in called:
        found = re.match(rf"{ARTICLES}{re.escape(name)}\b{VERBS} +(?P<says>.+)$", rest)
        if not found or (found["says"].split()[0] in ("and", "or", "of") or not rest.strip()):
            continue
        if name in GROUNDS and found["says"] in GROUNDS:
            return [Ground(value=found["says"])]
        asks = _clause(bare(found["says"]), scene, scene.names.get(name, singular(name)))
        if not any(isinstance(one, Unread) for one in asks):
            return [_explained(one, low) for one in asks]
    if made and (found := MADE.match(rest)):
        noun = singular(found["noun"])
        if found["says"] in COLOURS or is_modifier(found["says"]):
            asks = _clause(found["says"], scene, noun)
            return [replace(one, called=found["noun"]) if isinstance(one, Quality) else one for one in asks]
    if found := SAID.match(low):
        asks = _clause(bare(found["says"]), scene, scene.noun_of(found["noun"]))
        return [replace(one, called=found["noun"]) if isinstance(one, Quality) else one for one in asks]
    return []


def _worn(low: str, _: Scene, subject: str) -> list[Ask]:
    """Read `must wear red`, `dressed in dark blue`: of whom it is said is known already."""
    found = WORN.match(low)
    if not found or not colours_only(found["colour"]):
        return []
    return [Quality(word=found["colour"], aspect="colour", subject=subject, says=low)]


def _explained(ask: Ask, low: str) -> Ask:
    is_worn = isinstance(ask, Quality) and ask.aspect == "colour" and re.search(r"\bwear|\bdress| in ", low)
    return replace(ask, says=low) if isinstance(ask, Quality) and is_worn else ask


def _style(low: str, _: Scene, subject: str) -> list[Ask]:
    if subject:
        return []
    if is_style(low):
        return [Style(words=low)]
    if re.fullmatch(r"[a-z]+ light", low):
        return [Style(words=f"{low}ing", says=low)]
    words = style_words(low)
    return [Style(words=words, says=low)] if words else []


def _quality_of_none(low: str, scene: Scene, subject: str) -> list[Ask]:
    """Read `add fog`, `a ruin`: what is named like a thing and is none."""
    words = ADD.sub("", low)
    weather = WEATHERS_SAID.get(words) or weather_of(words)
    if words != low and weather in _WEATHERS:
        return list(frames_in(WEATHERS[weather]))
    if (what := re.sub(f"^{ARTICLES}", "", words)) in RUINS:
        return [Quality(word=RUINS[what], aspect="look", subject=subject, says=low)]
    return []


def _thing(low: str, scene: Scene, subject: str) -> list[Ask]:
    """Read a noun phrase: a thing there is, said otherwise, or another one."""
    words = ADD.sub("", low)
    is_added = words != low
    reading = read(words)
    first = words.split()[0]
    starts = (
        (first in DETERMINERS and first not in ("more", "most", "any", "other"))
        or first in NUMBERS
        or first.isdecimal()
    )
    if not reading.subjects or reading.unknown or reading.of("absence") or not _is_plain(reading):
        return []
    noun = scene.noun_of(reading.subjects[0])
    if subject and not starts:
        return []
    known = noun in scene.reading.subjects
    is_told = any(one.other in ("colour", "size", "material") for one in reading.of("attribute"))
    if not (known or is_added or starts or is_told or is_plural(words.split()[-1])):
        return []
    if not known:
        said = words if starts or is_plural(words.split()[-1]) else f"a {words}"
        return [Add(subject=noun, words=said)]
    asks: list[Ask] = [
        Quality(word=one.value, aspect=_aspect(one.value), subject=noun)
        for one in reading.of("attribute")
        if one.subject == reading.subjects[0]
    ]
    asks += [
        Count(subject=noun, count=int(one.value)) for one in reading.of("count") if one.subject == reading.subjects[0]
    ]
    asks += frames_in(words)
    asks += [
        Add(subject=other, words=_phrase_of(other, words)) for other in reading.subjects[1:]
        if other not in scene.reading.subjects and other not in GROUNDS
    ]  # fmt: skip
    return asks or [Unasked(words=low, why=f"{noun!r} is asked for already")]


def _is_plain(reading: Reading) -> bool:
    """Whether all that was read is things and what is said of them, no verbs without an object."""
    return not any(one.other == "action" for one in reading.of("attribute"))


def _phrase_of(noun: str, words: str) -> str:
    found = re.search(rf"\b(?:an?|the|two|three|some) (?:(?!an? |the |with )[a-z-]+ )*?{re.escape(noun)}s?\b", words)
    return found[0] if found else f"a {noun}"


def _adjectives(low: str, scene: Scene, subject: str) -> list[Ask]:
    words = [word for word in low.split() if word not in FUNCTION]
    if not words or not all(is_modifier(word) for word in words):
        return []
    if len(words) > 1 and words[-1] in COLOURS:
        shade = {"darker": "dark", "lighter": "light", "brighter": "bright", "paler": "pale"}
        said = " ".join(shade.get(word, word) for word in low.split())
        return [Quality(word=said, aspect="colour", subject=subject)]
    return [Quality(word=word, aspect=_aspect(word), subject=subject) for word in words]


def _aspect(word: str) -> Literal["colour", "size", "material", "look"]:
    match aspect_of(word):
        case "colour" | "size" | "material" as aspect:
            return aspect
        case _:
            return "look"
