"""Asks about things: their colour, size and number, what is added, taken away or put in another's place."""

import re
from dataclasses import replace
from typing import Final

from ..language.noun_phrase import aspect_of
from ..language.nouns import article, is_plural, plural
from ..language.words import NUMBERS
from ..planning.phrasing import GROUNDS
from ..reading import read
from .asks import Add, Count, Quality, Remove, Swap, Unlike
from .noun_spans import bared, coloured, counted, find_noun, qualified, sized, with_articles
from .page import Page, Place, nothing_left

_TIES: Final = (
    r"(?:,|\b(?:and|with|next to|beside|behind|in front of|near|left of|right of|to the left of|to the right of|above|"
    r"below|under|on top of|on|at|in|holding|over|by|carrying|wearing|around|has|having)\b|\s)*"
)
_LINK: Final = re.compile(f"{_TIES}$", re.IGNORECASE)
_LEAD: Final = re.compile(f"^{_TIES}", re.IGNORECASE)
_CHECKED: Final = ("colour", "size")


def qualify(page: Page, ask: Quality, place: Place) -> Page:
    """Give a thing another colour, size or look."""
    noun = place.meant(ask.subject)
    span = find_noun(page.prompt, noun) if noun else None
    if span is None and ask.called and ask.aspect != "size" and noun not in place.scene.names.values():
        phrase = f"{ask.word} {ask.called}"
        return add(
            _wanted(page, ask.word),
            Add(subject=noun, words=phrase if is_plural(ask.called) else article(phrase)),
            place,
        )
    if span is None:
        return page.told(f"{noun!r} is not in this picture, so {ask.says or ask.word!r} says nothing of it.")
    page = _wanted(page, ask.word)
    if ask.word in span.modifiers and ask.aspect != "colour":
        return page
    changed = {"colour": coloured, "size": sized}.get(ask.aspect, qualified)(span, ask.word)
    page = replace(page, prompt=changed.put())
    if ask.says and ask.aspect in _CHECKED:
        page = page.told(f"{ask.says!r} is asked for as {ask.word} {noun!r}: that is what critics tell.")
    if ask.aspect not in _CHECKED:
        page = page.told(f"{ask.says or ask.word!r} is a wish: no must-have holds {noun!r} to it.")
    return page


def _wanted(page: Page, word: str) -> Page:
    """Take a quality off the negative."""
    return replace(page, negative=", ".join(one for one in page.negative.split(", ") if one != word))


def unlike(page: Page, ask: Unlike, place: Place) -> Page:
    """Say of a thing what it is no longer to be."""
    noun = place.meant(ask.subject)
    span = find_noun(page.prompt, noun) if noun else None
    if span is None and ask.subject:
        return page.told(f"{noun!r} is not in this picture, so 'not {ask.word}' says nothing of it.")
    if span and ask.word in span.modifiers:
        page = replace(page, prompt=bared(span, ask.word).put())
    if ask.word in page.negative.split(", "):
        return page
    denied = ", ".join(one for one in (page.negative, ask.word) if one)
    return replace(page, negative=denied).told(f"{ask.word!r} is kept out in words only: nobody checks that.")


def count(page: Page, ask: Count) -> Page:
    """Ask for so many of a thing."""
    span = find_noun(page.prompt, ask.subject)
    if span is None:
        return page.told(f"{ask.subject!r} is not in this picture, so its number says nothing of it.")
    now = next((one.value for one in read(page.prompt).of("count") if one.subject == ask.subject), "")
    return page if now == str(ask.count) else replace(page, prompt=counted(span, ask.subject, ask.count).put())


def swap(page: Page, ask: Swap, place: Place) -> Page:
    """Put one thing in another's place; what is said of the old one stays, where the new one is said otherwise not."""
    span = find_noun(page.prompt, ask.old)
    if span is None:
        return page if find_noun(page.prompt, ask.new) else add(page, Add(subject=ask.new, words=ask.words), place)
    is_many = span.noun.lower() != ask.old and plural(ask.old) == span.noun.lower()
    span = replace(span, noun=plural(ask.new) if is_many else ask.new)
    new = find_noun(ask.words, ask.new)
    for word in new.modifiers if new else ():
        span = {"colour": coloured, "size": sized}.get(aspect_of(word), qualified)(span, word)
    number = next((NUMBERS[one] for one in (new.determiners if new else ()) if one in NUMBERS), 0)
    return replace(page, prompt=(counted(span, ask.new, number) if number > 1 else span).put())


def add(page: Page, ask: Add, place: Place) -> Page:
    """Put something more into the picture; an empty plate is empty no longer."""
    reading = read(page.prompt)
    if ask.subject in reading.subjects:
        return page
    page = _allowed(page, ask.subject)
    plate = next((one.subject for one in reading.of("attribute") if one.value == "empty"), "")
    ground = next((word for word in plate.split() if word in GROUNDS), "")
    span = find_noun(page.prompt, plate) if plate and reading.subjects == (plate,) else None
    if span is None:
        return replace(page, prompt=f"{page.prompt}, {ask.words}")
    page = page.told(f"The plate was asked to be empty; with {ask.words!r} it no longer is.")
    if not ground:
        return replace(page, prompt=f"{bared(span, 'empty').put()}, {ask.words}")
    prompt = f"{page.prompt[: span.start]}{ask.words} {GROUNDS[ground]}{page.prompt[span.end :]}"
    return replace(page, prompt=with_articles(prompt))


def _allowed(page: Page, noun: str) -> Page:
    """Take back that a thing must not be there."""
    denials = re.compile(
        rf",? (?:and )?(?:without|with no|no)(?: any| an?| the)? (?:{noun}|{plural(noun)})\b", re.IGNORECASE
    )
    if denials.search(page.prompt):
        page = replace(page, prompt=denials.sub("", page.prompt)).told(f"It was asked to be without {noun!r} before.")
    kept = [one for one in page.negative.split(", ") if one and noun not in read(f"a {one}").subjects]
    negative = ", ".join(kept)
    if negative != page.negative:
        page = replace(page, negative=negative).told(f"The negative forbade {noun!r} before.")
    return page


def remove(page: Page, ask: Remove, place: Place) -> Page:
    """Take a thing out, and have its absence checked."""
    reading = read(page.prompt)
    if any(one.subject == ask.subject for one in reading.of("absence")):
        return page
    prompt = page.prompt
    if ask.subject in reading.subjects:
        if not [one for one in place.scene.subjects if one != ask.subject]:
            raise nothing_left(ask.subject)
        prompt = _cut(prompt, ask.subject)
    # After a comma, so that what is said next is not taken for a part of it.
    bare = re.sub(r"^(?:the|any|a|an|that|those|all) ", "", ask.words)
    return replace(page, prompt=f"{prompt}, without {bare if bare != ask.subject else article(bare)}")


def _cut(prompt: str, noun: str) -> str:
    """Cut a thing with what ties it to what stands before it, or after it where it comes first."""
    while span := find_noun(prompt, noun):
        before, after = prompt[: span.start], prompt[span.end :]
        linked = _LINK.sub("", before)
        if not linked.strip() or linked.rstrip().endswith(" of"):
            after = _LEAD.sub("", after)
            prompt = f"{before}{after}"
        else:
            prompt = f"{linked}{after}"
    return with_articles(" ".join(prompt.split()))
