"""A look as a director says it: `golden hour, 85mm, shallow focus, teal and orange`, `colder`, `in a noir look`."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from ...core.brief import Look
from ..language.phrases import TIME_ADJECTIVES, TIMES, WEATHER_ADJECTIVES, WEATHERS
from ..reading import read
from .edit import LookEdit, over
from .library import NAMED
from .vocabulary import FOCUS, PHRASES

COMPARATIVES: Final[dict[str, str]] = {
    word: name
    for name, words in {
        "cold": "colder|cooler|icier|bluer|chillier|cold|cool",
        "warm": "warmer|hotter|cosier|cozier|more golden|warm",
        "dark": "darker|dimmer|gloomier|dark",
        "bright": "brighter|lighter|bright",
        "muted": "less colourful|less colorful|less saturated|more muted|duller|muted",
        "technicolor": "more colourful|more colorful|more saturated|more vivid|punchier",
    }.items()
    for word in words.split("|")
}
"""Words that compare, to the named look whose palette they mean."""
OPPOSITES: Final = {"cold": "warm", "warm": "cold", "dark": "bright", "bright": "dark"}

_GRAINIER: Final = {"grainier": 0.25, "more grain": 0.25, "less grain": 0.05}
_WEATHERIER: Final = {
    "foggier": "fog", "mistier": "mist", "rainier": "rain", "snowier": "snowfall", "snowy": "snowfall",
    "stormier": "storm", "sunnier": "clear", "cloudier": "cloudy", "windier": "wind", "snow": "snowfall",
    "clear": "clear",
}  # fmt: skip
_HOURS: Final = frozenset(
    {"golden_hour", "blue_hour", "moonlit", "overcast", "tempest", "winter", "autumn", "silhouette"}
)
"""Looks whose name alone says less than the look: an hour, a weather, a season, a light."""
_LESS: Final = r"(?:(?P<less>less|no|without(?: the| any)?|too(?: much| many)?|not so(?: much)?|not) )?"
_FILLER: Final = re.compile(
    r"\b(?:please|make|made|give|it|them|this|that|all|everything|every|the|whole|film|pictures?|plates?|grades?|shots?|"
    r"production|in|a|an|with|looks?|feel|style|like|more|of|and|but|a bit|a little|much|should|be|is|are|to|i|we|want|"
    r"would|let's|have|go|for|use|on|at|set|lens|very|slightly|so|now|instead|rather|colou?rs?|light|tones?|palette|"
    r"weather|during|late|early)\b|[,.;:!]"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """What a note says of the look."""

    edit: LookEdit
    said: tuple[str, ...]
    """The phrases that were understood, in their order."""
    left: str = ""
    """Words that say nothing of a look; empty when all was understood."""


def spoken(text: str, look: Look | None = None) -> Spoken:
    """Read what a note says of the look; of two phrases about one field the later stands, lens and focus go together.

    Args:
        text: the note.
        look: as it is: `less fog` says something only where it asks for fog.

    >>> found = spoken("golden hour, 85mm, shallow focus, teal and orange")
    >>> found.edit.time, found.edit.lens, found.edit.palette[0], found.left
    ('golden hour', '85mm, shallow focus', '#0b2a33', '')
    >>> spoken("make everything colder").edit.palette == NAMED["cold"].palette
    True
    >>> spoken("less fog", Look(weather="fog")).edit.weather, spoken("less fog, more dragons").left
    ('light fog', 'dragons')
    """
    found, left = _found(text, look or Look())
    edit = LookEdit()
    for _, _, part in found:
        edit = over(edit, _beside(edit, part))
    return Spoken(edit=edit, said=tuple(phrase for _, phrase, _ in found), left=left)


def spoken_parts(text: str, look: Look | None = None) -> tuple[LookEdit, ...]:
    """Give what each phrase of a note says of the look, in their order: two that differ in a field contradict."""
    return tuple(part for _, _, part in _found(text, look or Look())[0])


def _found(text: str, look: Look) -> tuple[list[tuple[int, str, LookEdit]], str]:
    rest = " ".join(text.lower().replace("\u2019", "'").split())
    found: list[tuple[int, str, LookEdit]] = []
    for phrase, edit in _BY_LENGTH:
        if phrase not in rest:
            continue
        for match in re.finditer(rf"(?<![\w-]){_LESS}{re.escape(phrase)}(?![\w-])", rest):
            found.append((match.start(), match[0], _meant(match["less"], phrase, edit, look)))
            rest = f"{rest[: match.start()]}{'#' * len(match[0])}{rest[match.end() :]}"
    left = " ".join(_FILLER.sub(" ", rest.replace("#", " ")).split())
    return sorted(found, key=lambda one: one[0]), left


def _meant(less: str | None, phrase: str, edit: LookEdit, look: Look) -> LookEdit:
    """Say what a phrase means after `less`, `no` or `too`: its opposite, where it has one."""
    if not less:
        return edit
    if edit.weather:
        return _less_weather(edit.weather, look, is_some=less.startswith(("less", "not so", "too")))
    opposite = OPPOSITES.get(COMPARATIVES.get(phrase, ""))
    return LookEdit(palette=NAMED[opposite].palette) if opposite else LookEdit()


def _less_weather(weather: str, look: Look, *, is_some: bool) -> LookEdit:
    if not look.weather or weather_of(look.weather) != weather_of(weather):
        return LookEdit()
    thins = weather_of(weather) in ("fog", "rain", "snowfall")
    thin = "light snow" if weather_of(weather) == "snowfall" else f"light {weather_of(weather)}"
    return LookEdit(weather=thin if is_some and thins else "clear")


def weather_of(said: str) -> str:
    """Name the weather that words for it mean, as critics know it; the words themselves where nobody reads them.

    >>> weather_of("light mist"), weather_of("sunny"), weather_of("frogs")
    ('fog', 'clear', 'frogs')
    """
    tries = (f"a castle in {said}", f"a castle in {said} weather")
    return next((found[0].value for found in (read(one).of("weather") for one in tries) if found), said)


def _beside(edit: LookEdit, part: LookEdit) -> LookEdit:
    """Let a focus join the lens that was said, and a lens the focus."""
    if part.lens is None or edit.lens is None:
        return part
    is_focus, has_focus = part.lens in FOCUS.values(), edit.lens in FOCUS.values()
    if is_focus == has_focus:
        return part
    return replace(part, lens=f"{edit.lens}, {part.lens}" if is_focus else f"{part.lens}, {edit.lens}")


def _named() -> Iterator[tuple[str, LookEdit]]:
    for name, edit in NAMED.items():
        spaced = name.replace("_", " ")
        yield f"{spaced} look", edit
        if name not in _HOURS and spaced not in COMPARATIVES and spaced not in PHRASES:
            yield spaced, edit


def _weathers() -> Iterator[tuple[str, LookEdit]]:
    for word, value in {**WEATHERS, **WEATHER_ADJECTIVES, **_WEATHERIER}.items():
        is_noun = word in WEATHERS and value in ("fog", "rain", "snowfall", "storm") and "weather" not in word
        yield word, LookEdit(weather=word if is_noun else value)


_BY_LENGTH: Final = sorted(
    {
        **{word: LookEdit(time=word) for word in TIMES},
        **{word: LookEdit(time=time) for word, time in TIME_ADJECTIVES.items()},
        **dict(_weathers()),
        **PHRASES,
        **dict(_named()),
        **{word: LookEdit(palette=NAMED[name].palette) for word, name in COMPARATIVES.items()},
        **{word: LookEdit(grain=amount) for word, amount in _GRAINIER.items()},
    }.items(),
    key=lambda one: -len(one[0]),
)
"""Longest first: `extreme close-up` before `close-up`."""
