"""The closed classes of notes: words that compare, and what is asked for when they are said of one picture."""

import re
from typing import Final

from ..language.phrases import BARE_STYLE, IN_STYLE_OF, STYLE, WEATHER_ADJECTIVES
from ..looks.spoken import COMPARATIVES, spoken
from ..looks.vocabulary import PALETTES

_DARK: Final = ("night", "")
_BRIGHT: Final = ("day", "")
_SAID: Final = {"cold": ("", "cold blue tones"), "warm": ("", "warm golden tones"), "dark": _DARK, "bright": _BRIGHT,
                "muted": ("", "muted tones"), "technicolor": ("", "vivid saturated colours")}  # fmt: skip
TONES: Final[dict[str, tuple[str, str]]] = {word: _SAID[name] for word, name in COMPARATIVES.items()}
"""To a time of day, which critics tell, or else to a style, which is a wish: nobody measures how dark a still is."""

TOO: Final[dict[str, str]] = {
    "dark": "brighter", "bright": "darker", "light": "darker", "cold": "warmer", "cool": "warmer", "warm": "colder",
    "hot": "colder", "small": "bigger", "tiny": "bigger", "big": "smaller", "large": "smaller", "huge": "smaller",
    "tall": "smaller", "close": "wider", "near": "wider", "tight": "wider", "wide": "closer", "far": "closer",
    "distant": "closer", "clean": "dirty", "new": "old", "old": "new", "dirty": "clean", "soft": "sharp",
    "smooth": "rough", "colourful": "less colourful", "colorful": "less colourful", "pale": "more saturated",
    "dull": "more saturated", "friendly": "fierce", "modern": "ancient", "plain": "ornate", "ornate": "plain",
    "calm": "dramatic",
}  # fmt: skip
"""What is asked for by `too dark`."""

SIZES_SAID: Final[dict[str, str]] = {
    word: size
    for size, words in {
        "large": "bigger|larger|big|large|huge|giant|massive|enormous|taller",
        "small": "smaller|tinier|small|tiny|little|shorter",
    }.items()
    for word in words.split("|")
}
"""Critics tell large from small and nothing between: both words and comparatives mean one of the two."""

RUINS: Final = {
    "ruin": "ruined", "ruins": "ruined", "decay": "decayed", "rust": "rusty", "dirt": "dirty", "dust": "dusty",
    "moss": "mossy", "mud": "muddy", "damage": "damaged", "age": "old", "wear": "worn", "detail": "detailed",
    "details": "detailed", "drama": "dramatic", "mystery": "mysterious", "ice": "icy", "menace": "menacing",
    "majesty": "majestic", "magic": "magical", "gloom": "gloomy", "shine": "shiny", "grime": "grimy",
}  # fmt: skip
"""Nouns that are no things: `more ruin` is a ruined castle."""

WEATHERS_SAID: Final = {
    **WEATHER_ADJECTIVES, "foggier": "fog", "mistier": "fog", "mist": "fog", "haze": "fog", "rainier": "rain",
    "drizzle": "rain", "snowy": "snowfall", "snowier": "snowfall", "snow": "snowfall", "sunnier": "clear",
    "stormier": "storm", "cloudier": "cloudy", "windier": "wind",
}  # fmt: skip
LESS_IS: Final = {
    "less light": "darker", "less dark": "brighter", "less bright": "darker", "less warm": "colder",
    "less cold": "warmer", "less colour": "less colourful", "less color": "less colourful",
}  # fmt: skip


def is_style(words: str) -> bool:
    """Whether words read as a style wherever they stand.

    >>> is_style("as an oil painting"), is_style("cinematic"), is_style("a bridge")
    (True, True, False)
    """
    tries = (pattern.match(words) for pattern in (IN_STYLE_OF, STYLE, BARE_STYLE))
    return any(found and found.end() == len(words) for found in tries)


def style_words(words: str) -> str:
    """Say a lens, a light or a grain of the look in words that read as a style; empty for anything else.

    >>> style_words("85mm, shallow focus"), style_words("rim light"), style_words("noir look"), style_words("a bridge")
    ('85mm lens, shallow depth of field', 'rim lighting', 'hard low-key lighting, 40mm lens, grainy film effect', '')
    """
    found = spoken(words)
    edit = found.edit
    if found.left or not found.said or (edit.aspect and len(found.said) == 1 and "look" not in words):
        return ""
    palette = next((name for name in PALETTES if re.search(rf"\b{name}\b", words)), "")
    colour = f"{palette.replace(' and ', '-and-')} tones" if palette else ""
    lens = ", ".join(
        _LENS.get(one, f"{one} lens" if one.endswith("mm") else one) for one in (edit.lens or "").split(", ")
    )
    grain = "grainy film effect" if edit.grain else ""
    return ", ".join(one for one in (edit.lighting or "", lens, colour, grain) if one)


_LENS: Final = {"shallow focus": "shallow depth of field", "deep focus": "deep depth of field",
                "soft focus": "soft focus effect", "split diopter": "split diopter effect"}  # fmt: skip
