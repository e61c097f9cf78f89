"""The words of a cinematographer, each with what it says of a look: shots, angles, lenses, light, colour, grain, frame.

Times and weathers are not listed here: the reader of prompts knows them all.
"""

from typing import Final

from .edit import LookEdit

SHOT_SIZES: Final = {
    "extreme wide shot": "extreme wide", "establishing shot": "establishing", "wide shot": "wide", "long shot": "long",
    "full shot": "full", "medium long shot": "medium long", "cowboy shot": "cowboy", "medium shot": "medium",
    "medium close-up": "medium close-up", "close-up": "close-up", "extreme close-up": "extreme close-up",
    "macro shot": "macro", "panoramic shot": "panoramic",
}  # fmt: skip
"""As a look's `shot_size` has them: the reader of prompts knows each before `shot of`."""

ANGLES: Final = {
    "low angle": "low angle", "worm's eye view": "low angle", "high angle": "high angle", "eye level": "eye level",
    "bird's eye view": "aerial", "top-down": "top-down", "aerial view": "aerial", "drone shot": "drone",
    "over the shoulder": "over the shoulder", "point of view": "first person",
}  # fmt: skip

LENSES: Final = (
    "14mm", "18mm", "21mm", "24mm", "28mm", "35mm", "40mm", "50mm", "65mm", "75mm", "85mm", "100mm", "135mm", "200mm",
    "fisheye lens", "wide-angle lens", "telephoto lens", "anamorphic lens", "macro lens", "tilt-shift lens",
    "vintage lens",
)  # fmt: skip
FOCUS: Final = {
    "shallow focus": "shallow focus", "shallow depth of field": "shallow focus", "bokeh": "shallow focus",
    "deep focus": "deep focus", "soft focus": "soft focus", "split diopter": "split diopter",
}  # fmt: skip

LIGHTING: Final = {
    "low-key": "low-key lighting", "low-key lighting": "low-key lighting", "high-key": "high-key lighting",
    "high-key lighting": "high-key lighting", "rim light": "rim lighting", "rim lighting": "rim lighting",
    "backlit": "back lighting", "backlight": "back lighting", "back lighting": "back lighting",
    "side lighting": "side lighting", "sidelit": "side lighting", "rembrandt lighting": "rembrandt lighting",
    "butterfly lighting": "butterfly lighting", "soft light": "soft lighting", "soft lighting": "soft lighting",
    "hard light": "hard lighting", "hard lighting": "hard lighting", "harsh light": "hard lighting",
    "top lighting": "top lighting", "underlighting": "under lighting", "silhouette": "silhouette lighting",
    "silhouettes": "silhouette lighting", "chiaroscuro": "chiaroscuro lighting", "candlelight": "candle lighting",
    "candlelit": "candle lighting", "firelight": "fire lighting", "neon light": "neon lighting",
    "neon lighting": "neon lighting", "practical lighting": "practical lighting", "natural light": "natural lighting",
    "natural lighting": "natural lighting", "studio lighting": "studio lighting", "god rays": "volumetric lighting",
    "volumetric light": "volumetric lighting", "volumetric lighting": "volumetric lighting",
}  # fmt: skip

PALETTES: Final[dict[str, tuple[str, ...]]] = {
    "teal and orange": ("#0b2a33", "#1f6f78", "#d9824a", "#f6dcb8"),
    "orange and teal": ("#0b2a33", "#1f6f78", "#d9824a", "#f6dcb8"),
    "black and white": ("#0a0a0a", "#5a5a5a", "#b0b0b0", "#f5f5f5"),
    "monochrome": ("#0a0a0a", "#5a5a5a", "#b0b0b0", "#f5f5f5"),
    "earth tones": ("#2b2118", "#6b4a2f", "#a9865b", "#e3d3b4"),
    "jewel tones": ("#14081f", "#4b1248", "#0f5c5c", "#c9a227"),
    "pastel colours": ("#7d7a9c", "#d3a4b5", "#b9d8d6", "#fbf1e6"),
    "neon colours": ("#0a0618", "#5b1a8a", "#e0218a", "#2de2e6"),
    "muted colours": ("#2d3033", "#62686b", "#9aa09c", "#d8d8d0"),
    "desaturated": ("#2d3033", "#62686b", "#9aa09c", "#d8d8d0"),
    "saturated colours": ("#1a1040", "#b3123a", "#f08a00", "#ffe45c"),
    "green tint": ("#08140d", "#1f4a33", "#5f8f62", "#d6e6c8"),
    "red tint": ("#1a0606", "#6b1414", "#b8443a", "#f3d3c8"),
    "blue tint": ("#06101f", "#1d3f73", "#5f8fc4", "#dcebf7"),
}  # fmt: skip
"""Darkest first."""

GRAINS: Final = {
    "no grain": 0.0, "clean image": 0.0, "fine grain": 0.05, "light grain": 0.05, "film grain": 0.15, "grain": 0.15,
    "grainy": 0.25, "heavy grain": 0.4, "coarse grain": 0.4, "35mm film": 0.1, "16mm film": 0.25, "super 8": 0.45,
}  # fmt: skip

ASPECTS: Final = {
    "square": "1:1", "square frame": "1:1", "academy ratio": "1.37:1", "four by three": "4:3",
    "widescreen": "16:9", "sixteen by nine": "16:9", "flat": "1.85:1", "cinemascope": "2.39:1", "scope": "2.39:1",
    "anamorphic frame": "2.39:1", "imax": "1.43:1", "univisium": "2:1", "vertical frame": "9:16",
    "vertical video": "9:16",
    **{ratio: ratio for ratio in ("1:1", "4:3", "3:2", "16:9", "9:16", "1.37:1", "1.85:1", "2:1", "2.35:1", "2.39:1")},
}  # fmt: skip


def _phrases() -> dict[str, LookEdit]:
    found: dict[str, LookEdit] = {}
    found |= {phrase: LookEdit(shot_size=value) for phrase, value in SHOT_SIZES.items()}
    found |= {phrase: LookEdit(angle=value) for phrase, value in ANGLES.items()}
    found |= {f"{phrase} shot": LookEdit(angle=value) for phrase, value in ANGLES.items() if "shot" not in phrase}
    found |= {phrase: LookEdit(lens=phrase) for phrase in LENSES}
    found |= {f"{phrase} lens": LookEdit(lens=phrase) for phrase in LENSES if phrase.endswith("mm")}
    found |= {phrase: LookEdit(lens=value) for phrase, value in FOCUS.items()}
    found |= {phrase: LookEdit(lighting=value) for phrase, value in LIGHTING.items()}
    found |= {phrase: LookEdit(palette=value) for phrase, value in PALETTES.items()}
    found |= {phrase.replace("colours", "colors"): LookEdit(palette=value) for phrase, value in PALETTES.items()}
    found |= {phrase: LookEdit(grain=value) for phrase, value in GRAINS.items()}
    found |= {phrase: LookEdit(aspect=value) for phrase, value in ASPECTS.items()}
    return found


PHRASES: Final[dict[str, LookEdit]] = _phrases()
"""Every phrase of this file, in lower case, with what it says."""
