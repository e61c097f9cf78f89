"""The colours, type and figures of everything a delivery draws."""

from colorsys import hls_to_rgb
from functools import cache

from PIL import ImageDraw, ImageFont

from ...core.plan import Plan

PAPER = "#14161b"
CARD = "#1d2027"
RULE = "#343944"
INK = "#eceff4"
MUTED = "#9aa3b2"
WARNING = "#ff8f6b"
GOOD = "#7fd49b"
CHAIN = "#ffd75e"

_TEAMS = ("#6ea8fe", "#63c7a6", "#e59ad0", "#f0a860", "#b39bf5", "#d8cf6a", "#7ec8e3", "#e57f7f")

_GOLDEN_SHARE = 0.618034
"""Of the circle of hues: steps of it never come near one another soon."""

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont


def team_colours(plan: Plan) -> dict[str, str]:
    """Give each department a colour of its own, in the plan's order."""
    return {team.name: _colour(number) for number, team in enumerate(plan.departments)}


def _colour(number: int) -> str:
    """Take the chosen colours first, then hues as far apart as they get."""
    if number < len(_TEAMS):
        return _TEAMS[number]
    red, green, blue = hls_to_rgb(number * _GOLDEN_SHARE % 1.0, 0.55 + 0.1 * (number % 3), 0.6)
    return f"#{round(255 * red):02x}{round(255 * green):02x}{round(255 * blue):02x}"


@cache
def font(size_px: int) -> Font:
    """Give the built-in type at a size."""
    return ImageFont.load_default(size_px)


def fit(pen: ImageDraw.ImageDraw, text: str, face: Font, width_px: float) -> str:
    """Shorten a text with an ellipsis until it is no wider than this."""
    if pen.textlength(text, font=face) <= width_px:
        return text
    while text and pen.textlength(text + "...", font=face) > width_px:
        text = text[:-1]
    return text + "..." if text else ""


def money(usd: float) -> str:
    """Write an amount with as many decimals as it needs.

    >>> money(1.5), money(0.0012), money(0)
    ('$1.50', '$0.0012', '$0.00')
    """
    return f"${usd:.2f}" if usd >= 0.1 or not usd else f"${usd:.4f}"


def duration(seconds: float) -> str:
    """Write a time the way people say it.

    >>> duration(0.035), duration(9.34), duration(74), duration(5400)
    ('35 ms', '9.3 s', '1 min 14 s', '1 h 30 min')
    """
    if 0 < seconds < 0.0995:
        return f"{1000 * seconds:.0f} ms"
    if seconds < 59.95:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"
