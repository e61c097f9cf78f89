"""Fixed phrases of picture English as patterns: time, weather, shot, side, style, negation, relations.

Patterns are matched at a word boundary of lower-case text whose words and punctuation are single-spaced.
"""

import re
from collections.abc import Iterable
from typing import Final

from .words import word_set

TIMES: Final[dict[str, str]] = {
    word: time
    for time, words in {
        "dawn": "dawn|daybreak|sunrise|sunup|first light|early morning|morning",
        "day": "day|daytime|day time|daylight|broad daylight|noon|midday|high noon|afternoon|late morning",
        "dusk": "dusk|sunset|sundown|twilight|golden hour|blue hour|magic hour|evening|nightfall|late afternoon",
        "night": "night|nighttime|night time|midnight|moonlight|starlight",
    }.items()
    for word in words.split("|")
}
TIME_ADJECTIVES: Final = {"moonlit": "night", "starlit": "night", "nocturnal": "night", "starry": "night",
                          "sunlit": "day", "nighttime": "night", "daytime": "day"}  # fmt: skip
WEATHERS: Final[dict[str, str]] = {
    word: weather
    for weather, words in {
        "clear": "clear weather|sunny weather|fair weather|fine weather|good weather|sunshine|clear skies|sunny skies",
        "fog": "fog|mist|haze|foggy weather|misty weather|hazy weather|foggy conditions",
        "rain": "rain|drizzle|downpour|rainstorm|rainfall|rain shower|rainy weather|wet weather|monsoon",
        "snowfall": "snowfall|snow fall|snowstorm|snow storm|blizzard|falling snow|heavy snow|light snow|snowy weather|"
        "snow flurries|flurries|snow shower",
        "storm": "storm|thunderstorm|thunder storm|lightning storm|hurricane|tempest|stormy weather",
        "cloudy": "cloudy weather|overcast weather|cloudy skies",
        "wind": "wind|windy weather|strong wind",
    }.items()
    for word in words.split("|")
}
WEATHER_ADJECTIVES: Final[dict[str, str]] = {
    "foggy": "fog", "misty": "fog", "hazy": "fog", "rainy": "rain", "drizzly": "rain", "stormy": "storm",
    "sunny": "clear", "cloudless": "clear", "cloudy": "cloudy", "overcast": "cloudy", "windy": "wind",
}  # fmt: skip
WEATHER_VERBS: Final = {"raining": "rain", "pouring": "rain", "drizzling": "rain", "snowing": "snowfall",
                        "storming": "storm"}  # fmt: skip
SKIES: Final = word_set(
    """
    sky skies light scene sun mist fog rain snow view landscape air glow day horizon
    """
)
"""Nouns before which a time or weather word speaks of the whole picture: `a night sky`, `a clear sky`."""

SHOTS: Final[dict[str, str]] = {
    word: shot
    for shot, words in {
        "wide": "wide|extreme wide|very wide|ultra wide|ultra-wide|wide-angle|wide angle|long|extreme long|"
        "establishing|panoramic|panorama|distant|far|far away",
        "close": "close|close-up|closeup|close up|extreme close|extreme close-up|extreme closeup|extreme close up|"
        "tight|macro|detail|zoomed-in|zoomed in|near",
        "medium": "medium|mid|medium close|medium close-up|medium wide|medium long|waist|cowboy|waist-up",
        "full": "full|full body|full-body|full length|full-length",
        "aerial": "aerial|drone|overhead|top-down|top down|bird 's eye|bird 's-eye|birds eye|bird-eye|satellite",
        "low angle": "low angle|low-angle|worm 's eye|worm 's-eye",
        "high angle": "high angle|high-angle",
        "eye level": "eye level|eye-level",
        "over the shoulder": "over the shoulder|over-the-shoulder",
        "first person": "first person|first-person|pov",
    }.items()
    for word in words.split("|")
}


def _any(words: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=lambda word: (-len(word), word)))


_END: Final = r"(?= |$)"
_BREAK: Final = r"(?= [,.;:]|$)"
_THE: Final = r"(?:the |a |an |this )?"
_DEGREE: Final = (
    r"(?:(?:early|late|deep|dark|heavy|light|thick|thin|dense|pouring|falling|soft|gentle|hard|strong|slight|swirling|"
    r"bright|beautiful|warm|cold|quiet|calm|winter|summer|spring|autumn|last|first|long) )*"
)
_WEATHERY: Final = rf"(?:(?P<weathery>{_any(WEATHER_ADJECTIVES)}|snowy|clear) )?"

TIME: Final = re.compile(
    rf"(?:late )?(?:at|in|during|by|on|around|under|before|just before|after|just after|about|near) {_THE}{_DEGREE}"
    rf"{_WEATHERY}{_DEGREE}(?P<time>{_any(TIMES)})"
    rf"(?: of (?:the )?(?:winter|summer|autumn|spring|year|world|week|month))?{_END}"
)
"""`at dusk`, `on a foggy morning`; group `weathery` may carry the weather."""

BARE_TIME: Final = re.compile(rf"{_WEATHERY}(?P<time>{_any(TIMES)})(?: (?:time|scene|setting))?{_BREAK}")
WEATHER: Final = re.compile(
    rf"(?:in|during|under|through|amid|amidst|with|on|despite) {_THE}{_DEGREE}(?P<weather>{_any(WEATHERS)})"
    rf"{_END}"
)
BARE_WEATHER: Final = re.compile(
    rf"(?:very )?{_DEGREE}(?P<weather>{_any([*WEATHERS, *WEATHER_ADJECTIVES, 'snowy'])})(?: weather)?{_BREAK}"
)
FALLING: Final = re.compile(
    rf"(?:while |when |as )?(?:it is |it 's |it was )?(?P<verb>{_any(WEATHER_VERBS)}){_END}"
    r"|(?:while |when |as )?it (?P<finite>rains|snows|storms)"
    rf"|(?:with |and |while |as )?(?:the )?(?P<stuff>rain|snow) (?:is )?(?:falling|falls){_END}"
)
SHOT: Final = re.compile(
    rf"(?:in |as )?(?:a |an |the )?(?P<shot>{_any(SHOTS)}) "
    r"(?:shot|view|angle|angle shot|angle view|framing|perspective|view shot)(?: photo| photograph)?"
    rf"(?: of{_END}|(?P<bare>{_END}))"
)
CLOSE_UP: Final = re.compile(
    r"(?:in |an? |the )?(?:(?:extreme|tight|detailed) )?(?:close-up|closeup|close up|macro|panorama)"
    r"(?: shot| view| photo| photograph| picture| image| portrait)?(?: of| on)?(?= |$)"
)
FROM: Final = re.compile(
    r"(?:seen |viewed |shot |photographed |taken )?from (?:(?P<aerial>above|overhead|the air|the sky)|"
    rf"(?P<wide>afar|far away|a distance|far|a great distance)|(?P<close>up close|close up|near)){_END}(?! the| a| an)"
)
POSITION: Final = re.compile(
    r"(?:on|at|in|to|toward|towards|near|along|from) (?:the )?(?:very |far |extreme )?"
    r"(?:(?P<row>top|bottom|upper|lower|center|centre|middle)[ -])?"
    r"(?P<side>left|right|top|bottom|center|centre|middle|foreground|background|distance|leftmost|rightmost)"
    r"(?:[ -]hand)?(?: side| corner| edge| half| part| third| area)?"
    r"(?P<frame> of (?:the |this |a )?(?:frame|picture|image|photo|photograph|scene|shot|composition|screen|canvas))?"
    rf"{_END}(?! (?:of|to|side|corner|edge|half|part|third|area|hand)(?: |$))"
)
RELATION_SIDE: Final = re.compile(
    r"(?:(?:located |positioned |placed )?(?:to|on|at) (?:the |its )?)?(?:far |immediate |direct )?"
    r"(?P<side>left|right)(?:[ -]hand)?(?: side)? (?:of|to)(?= |$)"
)
_RELATIONS: Final = (
    "on top of|at the top of|at the bottom of|at the foot of|at the edge of|on the edge of|in the middle of|"
    "in the center of|in the centre of|at the center of|in the corner of|on the side of|at the side of|"
    "on the shore of|in front of|in back of|on the back of|at the back of|on the other side of|in between|next to|"
    "close to|near to|adjacent to|far from|away from|out of|outside of|inside of|across from|up against|"
    "made of|made from|made out of|built of|made out|a top|atop|beside|besides|alongside|behind|above|over|below|"
    "under|underneath|beneath|inside|within|outside|between|among|amongst|amid|around|near|nearby|against|across|along|through|throughout|into|onto|upon|off|"
    "towards|toward|opposite|beyond|past|by|at|in|on|with|of|for|to|from|down|up|about|after|before|during|via|as"
)
RELATION: Final = re.compile(rf"(?:(?:right|just|directly|high|up|down|out|straight) )?"
                             rf"(?P<relation>{_any(_RELATIONS.split('|'))}){_END}")  # fmt: skip
MADE_OF: Final = frozenset({"made of", "made from", "made out of", "built of", "made out"})
NEGATION: Final = re.compile(
    r"(?:(?:but |and |or |with )?(?:without|with no|with not|no|not any|not a single|devoid of|free of|free from|"
    r"lacking|minus|excluding|nor|neither|never any|empty of|not a|not an|not one|not the|none of|absent|sans|"
    r"not (?:on|in|at|near|with|under|by|next to)))"
    r"(?: any| a| an| the| single| visible| other)*(?= )"
)
NOBODY: Final = re.compile(
    r"(?:with |and |but )?(?:no one|nobody|no body|no-one)(?: else)?(?: in sight| around| there)?(?= |$)"
)
OPENING: Final = re.compile(
    r"(?:(?:this is|here is|show me|generate|draw|paint|create|make|render) )?(?:(?:a|an|the|one|some) )?"
    r"(?P<mods>(?:(?!(?:of|in|on|at|a|an|the|with|to|by|is|are|as|under|over|near|left|right)\b)[\w'-]+ ){0,6}?)"
    r"(?P<medium>photo|photograph|picture|pic|image|snapshot|depiction|view|scene|shot|footage|portrait|painting|drawing|"
    r"sketch|illustration|watercolor|watercolour|render|rendering|cartoon|comic|mosaic|engraving|etching|woodcut|poster|"
    r"print|collage|doodle|fresco|artwork|art|animation|photography|panorama|wallpaper|diorama|tapestry|lithograph)s?"
    r" (?:of|showing|depicting|featuring|that shows)(?= )"
)
"""The head of a prompt that names the picture, not what is in it: `a high resolution photo of`."""

NEUTRAL_MEDIA: Final = word_set(
    """
    photo photograph picture pic image snapshot depiction view scene shot footage still frame photography
    wallpaper
    """
)
STYLE_NOUNS: Final = (
    "style|painting|drawing|sketch|illustration|watercolor|watercolour|watercolors|render|rendering|cartoon|comic|"
    "comic book|mosaic|engraving|etching|woodcut|collage|doodle|fresco|artwork|art|animation|photography|"
    "photorealism|aesthetic|aesthetics|lighting|quality|resolution|lens|bokeh|palette|colors|colours|tones|mood|"
    "atmosphere|effect|oil on canvas|unreal engine|depth of field|"
    "(?:soft|dramatic|natural|volumetric|studio|ambient|rim|cinematic) light"
)
STYLE_WORDS: Final = word_set(
    """
    cinematic photorealistic hyperrealistic realistic surreal surrealist impressionist impressionistic
    expressionist cubist minimalist minimalistic abstract anime manga cyberpunk steampunk noir vaporwave baroque
    gothic art-deco pixelated cel-shaded low-poly isometric monochrome sepia grayscale greyscale hd uhd hdr 4k
    8k masterpiece watercolor watercolour pastel vintage retro moody dramatic dreamy ethereal stylized stylised
    painterly storybook flat sketch comic cartoon oil ukiyo-e claymation render 3d 2d photography detailed
    intricate epic illustration painting drawing artstation
    """
)
_WORD: Final = r"(?:(?!(?:of|in|on|at|a|an|the|and|with|to|by|is|are|as|under|over|near|next|left|right)\b)[\w'-]+ )"
IN_STYLE_OF: Final = re.compile(
    r"(?:in|after|with) (?:the |a )?(?:style|manner|spirit) of (?P<of>[^,.;]+?)(?= [,.;]|$)"
    r"|(?:painted|drawn|rendered|done|made|shot|styled|captured) (?:in|as|on|with) (?:an? |the )?"
    rf"(?P<done>{_WORD}{{0,3}}(?:{STYLE_NOUNS})){_BREAK}"
)
STYLE: Final = re.compile(
    rf"(?:in |as |with )(?:an? |the )?(?P<style>{_WORD}{{0,3}}(?:{STYLE_NOUNS}|black and white)){_BREAK}"
)
BARE_STYLE: Final = re.compile(
    rf"(?:in )?(?P<style>{_WORD}{{0,3}}(?:{STYLE_NOUNS}|black and white)|"
    rf"(?:(?:highly|very|ultra|super|extremely|and) )?(?:{_any(STYLE_WORDS)})"
    rf"(?: (?:{_any(STYLE_WORDS)}|and))*|trending on \w+){_BREAK}"
)
PAIRS: Final = re.compile(
    r"(?:(?P<how>a|an|the|one|\d+|[a-z]+) )?(?P<unit>pair|pairs|couple|couples|half a dozen|half-dozen|dozen|dozens)"
    r"(?P<of> of(?: the)?)?(?= )"
)
GROUPS: Final = re.compile(
    r"(?:(?:a|an|the)(?: large| small| big| huge| whole| dense| little| tiny)? )?"
    r"(?:group|herd|flock|crowd|bunch|set|collection|assortment|pack|school|swarm|number|variety|lots?|plenty|"
    r"range|selection|array|team|gang|kind|type|sort|piece|slice) of(?: the)?(?= )"
)


def weather_word(word: str) -> str:
    """Give the weather a word stands for."""
    if word in ("snowy", "clear"):
        return {"snowy": "snowfall", "clear": "clear"}[word]
    return WEATHERS.get(word) or WEATHER_ADJECTIVES[word]
