"""More of a task: options beside it, a matrix of its light, another one close to a take."""

import re
from itertools import pairwise
from typing import Final

from ...core.wish import About, MoreLike, Options, Unclear
from ..language.phrases import TIMES, WEATHER_ADJECTIVES, WEATHERS
from .amounts import number_of
from .grammar import Heard
from .offers import Torn, either, named
from .sayings import Saying
from .scene import Scene
from .slots import one_with_take, takes_in, tasks_in

ALL_TIMES: Final = ("dawn", "day", "dusk", "night")
ALL_WEATHERS: Final = ("clear", "fog", "rain", "snowfall")
_WORDS: Final[dict[str, tuple[str, str]]] = {
    **{word: ("time", time) for word, time in TIMES.items()},
    **{word: ("weather", weather) for word, weather in (WEATHERS | WEATHER_ADJECTIVES).items()},
    "snow": ("weather", "snowfall"),
    "clear": ("weather", "clear"),
}
_EVERY: Final = (
    (
        re.compile(r"\b(?:every|all|each|any)(?: (?:kinds?|sorts?) of)? (?:weathers?|conditions?)\b"),
        ("weather"),
        ALL_WEATHERS,
    ),
    (
        re.compile(
            r"\b(?:every|all|each|any)(?: the)? (?:times?|hours?|light|lights)(?: of (?:the )?(?:day|night))?\b"
        ),
        ("time"),
        ALL_TIMES,
    ),
)
_BESIDE: Final = r"\b(?:options?|variations?|variants?|alternatives?|versions?|alts?|choices|seeds?|vary)\b"
"""What stands beside a picture; `one more of it` is done in its place."""
_JOINING: Final = frozenset(
    [
        "at",
        "in",
        "by",
        "under",
        "with",
        "for",
        "and",
        "or",
        "the",
        "a",
        "also",
        "too",
        "as",
        "well",
        ",",
        "during",
        "on",
        "over",
        "across",
        "through",
        "time",
        "times",
        "weather",
        "weathers",
        "light",
    ]
)
_SORTED: Final = sorted(_WORDS, key=len, reverse=True)


def axes_of(words: str) -> dict[str, tuple[str, ...]] | None:
    """Read the light and weather of new cells; None where a word is neither.

    >>> axes_of("at dawn and sunset in fog"), axes_of("in every weather")["weather"], axes_of("at the harbour")
    ({'time': ('dawn', 'dusk'), 'weather': ('fog',)}, ('clear', 'fog', 'rain', 'snowfall'), None)
    """
    axes: dict[str, tuple[str, ...]] = {}
    for pattern, axis, values in _EVERY:
        if pattern.search(words):
            axes[axis], words = values, pattern.sub(" ", words)
    left = f" {words} "
    at: list[tuple[int, str]] = []
    for word in _SORTED:
        place = left.find(f" {word} ")
        if place >= 0:
            at.append((place, word))
            left = left[:place] + " " + "\u00b7" * len(word) + " " + left[place + len(word) + 2 :]
    for _, word in sorted(at):
        axis, value = _WORDS[word]
        axes[axis] = (*axes.get(axis, ()), *(() if value in axes.get(axis, ()) else (value,)))
    unread = {word for word in left.replace("\u00b7", " ").split() if word not in _JOINING}
    return None if unread else axes or None


def options_of(heard: Heard, scene: Scene) -> Options | Unclear | Torn | None:
    """Make the wish for more variations of a task."""
    if heard.kind == "vary":
        return _varied(heard, scene)
    about = tasks_in(heard, scene)
    if not isinstance(about, About):
        return about
    count = max(number_of(heard.text("n")), 1)
    if heard.kind == "options" and count == 1 and not re.search(_BESIDE, heard.saying.text):
        return None
    if heard.kind == "light":
        return _lit(about, count, heard.text("axis"))
    return Options(about=about, count=count)


def _varied(heard: Heard, scene: Scene) -> Options | Unclear | Torn | None:
    axes = axes_of(heard.text("cells"))
    about = tasks_in(heard, scene)
    if axes is None:
        return None
    if not isinstance(about, About):
        return about
    return Options(about=about, count=max(number_of(heard.text("n")), 1), vary=axes)


def _lit(about: About, count: int, axis: str) -> Options:
    """Spread a number over light and weather: over as many cells as divide it, and the rest over seeds."""
    by_time: dict[str, tuple[str, ...]] = {"time": ALL_TIMES}
    by_weather: dict[str, tuple[str, ...]] = {"weather": ALL_WEATHERS}
    if axis.startswith("seed"):
        return Options(about=about, count=count)
    if axis.startswith(("time", "hour")) and "weather" not in axis:
        return Options(about=about, count=-(-count // 4), vary=by_time)
    if axis.startswith("weather"):
        return Options(about=about, count=-(-count // 4), vary=by_weather)
    both = by_time | by_weather
    fits = [one for one in (both, by_time | {"weather": ("clear", "fog")}, by_time) if count % _cells(one) == 0]
    vary = fits[0] if fits else by_time
    return Options(about=about, count=max(-(-count // _cells(vary)), 1), vary=vary)


def _cells(vary: dict[str, tuple[str, ...]]) -> int:
    cells = 1
    for values in vary.values():
        cells *= len(values)
    return cells


def more_like(heard: Heard, scene: Scene) -> MoreLike | Unclear | Torn | None:
    """Make the wish for another one close to a take."""
    about = tasks_in(heard, scene)
    if not isinstance(about, About):
        return about
    takes = takes_in(heard, scene, about) if heard.text("takes") or heard.text("nth") else ()
    take = takes[0] if takes else scene.last_take
    if take is None and len(about.tasks) == 1:
        take = 1 if scene.takes.get(about.tasks[0]) == 1 else None
    if take is None:
        return either(
            heard.saying,
            "It is not said which take.",
            f"more like take 1 of {about.tasks[0]}",
            (f"show me the takes of {named(about)}"),
        )
    one = one_with_take(heard, scene, about, take)
    if not isinstance(one, About):
        return one
    note = heard.slot("text")
    return MoreLike(about=one, take=take, text=_bare_text(note))


def _bare_text(note: Saying | None) -> str:
    but = re.match(r"(?:but|and|only|just|though) ", note.text) if note else None
    return "" if not note else note.between(but.end(), len(note.text)).raw if but else note.raw


def axis_words(words: str) -> dict[str, tuple[str, ...]]:
    """Find the light and weather words say, whatever else they say.

    >>> axis_words("could use some at dusk n night")
    {'time': ('dusk', 'night')}
    """
    runs = [*words.split(), *(" ".join(pair) for pair in pairwise(words.split()))]
    axes: dict[str, tuple[str, ...]] = {axis: values for pattern, axis, values in _EVERY if pattern.search(words)}
    for word in dict.fromkeys(run for run in runs if run in _WORDS):
        axis, value = _WORDS[word]
        axes[axis] = tuple(dict.fromkeys((*axes.get(axis, ()), value)))
    return axes
