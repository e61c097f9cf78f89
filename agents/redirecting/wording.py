"""How the words of a note are worked into a prompt: every ask changes its own words, and nothing else may be lost."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final, assert_never

from ...core.errors import BriefError
from ..language.atoms import Atom, Framed, Reading
from ..language.phrases import TIME_ADJECTIVES, TIMES, WEATHER_ADJECTIVES, WEATHERS
from ..planning.contradictions import contradictions, in_words
from ..planning.phrasing import GROUNDS, ground_of, requirements_of
from ..planning.phrasing import WEATHERS as SAID_WEATHERS
from ..planning.wording import BACKDROP, on_backdrop, say_frame, without
from ..reading import read
from .asks import Add, Ask, Count, Frame, Ground, Quality, Remove, Style, Swap, Thinner, Unasked, Unlike, Unread
from .notes import asks_of
from .noun_spans import find_noun, with_articles
from .page import Page, Place, may_go, said_by
from .things import add, count, qualify, remove, swap, unlike

_SPIRIT: Final = ", in the spirit of "
"""What the reader takes for a style: words nobody can check become a wish, and no thing that must be there."""
_FRAME_WORDS: Final = {"time": {*TIME_ADJECTIVES, *TIMES}, "weather": {*WEATHER_ADJECTIVES, *WEATHERS, "snowy"}}
_GROUND: Final = re.compile(
    r" (?:on|at|in) (?:the |an? )?(?:plain )?(?:grass|rock|sand|snow|sea|backdrop)\b", re.IGNORECASE
)


def worked_in(page: Page, note: str, place: Place) -> Page:
    """Work a note into a prompt.

    >>> from .scene import Scene
    >>> prompt = "one large blue knight on the left"
    >>> scene = Scene(reading=read(prompt), shown=read(prompt), names={"edda": "knight"})
    >>> place = Place(scene=scene, takes_any_words=False)
    >>> worked_in(Page(prompt=prompt), "Edda must wear red, at night", place).prompt
    'one large red knight on the left at night'

    Raises:
        BriefError: the note contradicts itself, or nothing would be left to show.
    """
    return carried_out(page, asks_of(note, place.scene), place)


def carried_out(page: Page, asks: Sequence[Ask], place: Place) -> Page:
    """Change a prompt as asks want; what they do not speak of still reads as before.

    Raises:
        BriefError: they contradict each other, or nothing would be left to show.
    """
    refuse_contradictions(asks)
    for ask in asks:
        done = _done(page, ask, place)
        old, new = read(page.prompt), read(done.prompt)
        lost = [atom for atom in old.atoms if atom not in new.atoms and not may_go(atom, ask, old)]
        if lost:
            named = " ".join(part for part in (lost[0].subject, lost[0].value, lost[0].other) if part)
            what = f"{said_by(ask)!r} cannot be worked in without losing {named!r}: say it in other words."
            page = page.told(what)
        else:
            page = done
    return page


def refuse_contradictions(asks: Sequence[Ask]) -> None:
    """Refuse asks that no one picture can meet together; the middle of two is never taken.

    Raises:
        BriefError: says which two.
    """
    fix = "say one of the two"
    framed = [one for one in asks if isinstance(one, Frame)]
    atoms = [Atom(kind=one.kind, subject=_owner(one), value=one.value) for one in framed]
    single = [Atom(kind="count", subject=_owner(one), value="1") for one in framed if one.kind == "position"]
    found = contradictions(requirements_of(Reading(atoms=(*dict.fromkeys((*atoms, *single)),), unknown=())))
    if found:
        raise BriefError("the note", in_words(*found[0]), fix)
    seen: dict[tuple[str, str], str] = {}
    for slot, value in _slots(asks):
        if seen.setdefault(slot, value) != value:
            raise BriefError("the note", f"asks for {slot[0] or 'it'} {seen[slot]!r} and {value!r}", fix)


def _owner(frame: Frame) -> str:
    return (frame.subject or "subject") if frame.kind == "position" else ""


def _slots(asks: Sequence[Ask]) -> Iterator[tuple[tuple[str, str], str]]:
    for ask in asks:
        match ask:
            case Quality(aspect="colour" | "size"):
                yield (ask.subject, ask.aspect), ask.word
            case Count():
                yield (ask.subject, "count"), str(ask.count)
            case Add():
                yield (ask.subject, "there"), "to be there"
            case Remove():
                yield (ask.subject, "there"), "not to be there"
            case Ground():
                yield ("", "ground"), ask.value
            case _:
                pass


def _done(page: Page, ask: Ask, place: Place) -> Page:  # noqa: PLR0911, PLR0912 - one case per kind of ask
    match ask:
        case Frame():
            return _frame(page, ask, place)
        case Ground():
            return _ground(page, ask, place)
        case Thinner():
            return _thinner(page, ask, place)
        case Quality():
            return qualify(page, ask, place)
        case Unlike():
            return unlike(page, ask, place)
        case Count():
            return count(page, ask)
        case Swap():
            return swap(page, ask, place)
        case Add():
            return add(page, ask, place)
        case Remove():
            return remove(page, ask, place)
        case Style():
            return _style(page, ask)
        case Unread():
            return _unread(page, ask)
        case Unasked():
            return page.told(f"{ask.words!r} changes nothing: {ask.why}.")
        case _:
            assert_never(ask)


# -- what concerns the whole frame


def _frame(page: Page, ask: Frame, place: Place) -> Page:
    if ask.kind == "position":
        return _position(page, ask, place)
    said = [one for one in read(page.prompt).said if one.kind == ask.kind]
    values = {one.value for one in read(page.prompt).of(ask.kind)}
    is_said = ask.phrase in page.prompt
    if values == {ask.value} and (is_said or ask.why):
        return page.told(f"It is asked for {ask.value} already.") if ask.why else page
    text = _unsaid(without(page.prompt, ask.kind), ask.kind)
    at = [one.start for one in said][:1]
    prompt = _put_in(text, ask, at) or say_frame(text, ask.kind, ask.value)
    page = _on_its_backdrop(replace(page, prompt=prompt), ask.kind, place)
    if ask.why:
        why = f"{ask.why!r} is asked for as {ask.value}: critics tell the time of day, nobody measures how dark it is."
        return page.told(why)
    return page


def _put_in(text: str, ask: Frame, at: Sequence[int]) -> str:
    """Say a time or weather where another was said, else at the end, else before a comma: wherever it reads as that."""
    if ask.kind == "shot":
        return ""
    before = (found.start() for found in re.finditer(f",| {BACKDROP}", text))
    places = (*at, len(text.removesuffix(f" {BACKDROP}")), len(text), *before)
    wanted = {*read(text).atoms, Atom(kind=ask.kind, value=ask.value)}
    for place in places:
        said = f"{text[:place].rstrip()} {ask.phrase} {text[place:].lstrip()}".strip()
        said = re.sub(r" +([,.;])", r"\1", said)
        if set(read(said).atoms) == wanted:
            return said
    return ""


def _unsaid(text: str, kind: Framed) -> str:
    """Cut adjectives that say a time or weather without a phrase of its own: `a moonlit castle`."""
    words = "|".join(sorted(map(re.escape, _FRAME_WORDS.get(kind, ())), key=len, reverse=True))
    if not words or not read(text).of(kind):
        return text
    phrase = rf"\b(?:on|in|at|during|by) (?:an? |the )?(?:early |late |deep |dark )?(?:(?:{words})\b ?)+"
    for found in (*re.findall(phrase, text.lower()), *re.findall(rf"\b(?:{words})\b", text.lower())):
        bare = " ".join(re.sub(rf"\b{re.escape(found.strip())}\b", "", text, count=1, flags=re.IGNORECASE).split())
        gone = [one for one in read(text).atoms if one not in read(bare).atoms]
        if gone and all(one.kind == kind for one in gone):
            text = with_articles(bare)
    return text


def _on_its_backdrop(page: Page, kind: Framed, place: Place) -> Page:
    """Keep what is cut out on a plain backdrop, which a time or weather of its own would take from it."""
    if not place.is_layer or kind not in ("time", "weather") or ground_of(read(page.prompt)):
        return page
    notice = (
        "It is laid over other pictures, so it stays on its plain backdrop: say time and weather of the plates too."
    )
    return replace(page, prompt=on_backdrop(page.prompt)).told(notice)


def _position(page: Page, ask: Frame, place: Place) -> Page:
    noun = place.meant(ask.subject)
    wanted = Atom(kind="position", subject=noun, value=ask.value)
    reading = read(page.prompt)
    if wanted in reading.of("position"):
        return page
    if noun not in reading.subjects:
        return page.told(f"{noun!r} is not in this picture, so {ask.phrase!r} says nothing of it.")
    text = page.prompt
    for said in reversed(reading.said):
        bare = f"{text[: said.start].rstrip(' ,')} {text[said.end :].lstrip()}".strip()
        gone = [one for one in read(text).atoms if one not in read(bare).atoms]
        if said.kind == "position" and gone and all(one.kind == "position" and one.subject == noun for one in gone):
            text = bare
    tries = (f"{text} {ask.phrase}", f"{text}, the {noun} {ask.phrase}", _after_noun(text, noun, ask.phrase))
    fits = (one for one in tries if set(read(one).of("position")) == {*read(text).of("position"), wanted})
    return replace(page, prompt=next(fits, tries[1]))


def _after_noun(text: str, noun: str, phrase: str) -> str:
    span = find_noun(text, noun)
    return f"{text[: span.end]} {phrase}{text[span.end :]}" if span else text


def _thinner(page: Page, ask: Thinner, place: Place) -> Page:
    reading = place.scene.shown if not read(page.prompt).of("weather") else read(page.prompt)
    if ask.is_none and not reading.of("weather") and not place.is_layer:
        return _frame(page, Frame(kind="weather", value="clear", phrase=SAID_WEATHERS["clear"]), place)
    if all(one.value != ask.weather for one in reading.of("weather")):
        return page.told(f"No {ask.weather} is asked for here, so there is none to take away.")
    can_thin = ask.weather in ("fog", "rain", "snowfall") and place.takes_any_words and not ask.is_none
    if can_thin:
        light = {"snowfall": "in light snow"}.get(ask.weather, f"in light {ask.weather}")
        page = _frame(page, Frame(kind="weather", value=ask.weather, phrase=light), place)
        return page.told(
            f"Critics tell {ask.weather} from clear weather, not how much: say 'no {ask.weather}' for none."
        )
    page = _frame(page, Frame(kind="weather", value="clear", phrase=SAID_WEATHERS["clear"]), place)
    if ask.is_none:
        return page
    return page.told(f"This crew knows no light {ask.weather}: less of it is asked for as clear weather.")


def _ground(page: Page, ask: Ground, place: Place) -> Page:
    reading = read(page.prompt)
    if ground_of(reading) == ask.value:
        return page
    if place.is_layer:
        return page.told(
            "It is laid over other pictures and stays on its plain backdrop: say the ground of the plates."
        )
    plate = next((one.subject for one in reading.of("attribute") if one.value == "empty"), "")
    if plate and (span := find_noun(page.prompt, plate)):
        field = "sea" if ask.value == "sea" else f"{ask.value} field"
        return replace(page, prompt=with_articles(replace(span, noun=field).put()))
    return replace(page, prompt=f"{_GROUND.sub('', page.prompt)} {GROUNDS[ask.value]}")


# -- what only a wish holds to


def _style(page: Page, ask: Style) -> Page:
    if ask.words.lower() in page.prompt.lower():
        return page
    notice = f"{said_by(ask)!r} is a wish: no critic makes a must-have of a style."
    return replace(page, prompt=f"{page.prompt}, {ask.words}").told(notice)


def _unread(page: Page, ask: Unread) -> Page:
    if ask.words.lower() in page.prompt.lower():
        return page
    words = re.sub(r"\s*[,.;:]+\s*", " ", ask.words)
    return replace(page, prompt=f"{page.prompt}{_SPIRIT}{words}").told(
        f"{ask.words!r} stays in the prompt as you said it; nobody checks it."
    )
