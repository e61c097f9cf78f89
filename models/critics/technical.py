"""Technical checks, by arithmetic alone.

Named beside the items of the EBU's QC catalogue (ebu.io/qc, Tech 3363) that ask the same of video:

- `borders`: 0015B, Black Bars (letter box, pillar box); ours may have any colour.
- `clipped`: near 0051B, Video Signal Levels, which counts levels outside a legal range; a still's range is all of it.

For `size`, `blank`, `duplicate`, `blurred`, `banding` and `seams` we know of no item that measures what we do.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ...core.crew import CriticSpec
from ...core.plan import Requirement
from ...core.take import Opinion, Score, Unscored
from ..fingerprint import distance, fingerprint
from ..frame import decoded
from .measures import Planes, edge_widths, frame, planes_of, seam, staircase_share
from .signature import signature

Measured = tuple[float, str]
"""A value in [0, 1] and what was measured, in a director's words."""

_SIZE = re.compile(r"(\d+)\s*[x\u00d7]\s*(\d+)")
_SMALLEST_PX = 16

SAME_BITS = 2
"""Fingerprints this close are one picture.

Measured on 4,000 pairs of renders of one description with different seeds, clean and noisy: no pair is closer than 3
of 64 bits, empty plates of sky and ground not closer than 4; the same picture saved again, rescaled or a shade brighter
is within 2.
"""

_BLANK_SPREAD = (1.0, 3.0)
"""Standard deviation, in 8-bit levels of the liveliest channel, between certainly blank and certainly not."""

_CLIPPED_SHARE = (0.25, 0.6)
"""Share of pixels at the very ends, between quite all right and ruined."""

# The four below reach 0.6, the standard gate, where `evals/bench_technical.py` measured at most one false alarm in a
# hundred on clean renders and on generated takes.

_BANDED_SHARE = (0.08, 0.18)
"""Share of the picture on stairs of shade, between quite all right and ruined; 0.6 at 0.12."""

_FRAMED_SHARE = (0.83, 1.0)
"""Share of a band's inner edge that is a ruled line; 0.6 at 0.9."""

_SEAMED_SHARE = (0.6, 0.85)
"""Share of a line across the picture that jumps; 0.6 at 0.7."""

_SOFT_WIDTH = (0.8, 1.3)
"""Width of the edges that should be sharp, over the widest that passes for sharp; 0.6 at 1."""

_SHARPEST_EDGES, _WIDEST_PX = 0.1, 2.3
"""Which share of the edges must be how narrow.

Only the sharpest: a soft backdrop is no fault of a close shot. A wide shot with a soft place behind a sharp subject
would be one, but no share of the edges told such renders from sharp ones.
"""

_SOFTEST_SHARE = 0.012
"""Pictures above 192 px may have edges this wide, as a share of their shorter side: they are looked at as a whole."""

_FEWEST_EDGES = 1.25
"""For each pixel of the shorter side. A plate's horizon is one, and in fog it is soft: too little to judge by."""


class TechnicalCritic:
    """Answers `technical:` and size, blank, clipped, duplicate, blurred, banding, borders and seams.

    A size reads its value as `64x64`; any other value asks only for a picture of at least 16 x 16.
    """

    def __init__(self, spec: CriticSpec) -> None:
        self._spec = spec

    def spec(self) -> str:
        """Name the critic."""
        return signature(self._spec)

    def look(
        self,
        picture: bytes,
        requirements: Sequence[Requirement],
        earlier: Sequence[str],
        references: Mapping[str, bytes],
    ) -> tuple[Opinion, ...]:
        """Measure the picture."""
        seen = _Seen(decoded(picture), earlier)
        return tuple(self._opinion(one, seen) for one in requirements)

    def _opinion(self, requirement: Requirement, seen: "_Seen") -> Opinion:
        topic = (requirement.subject or requirement.id.rpartition(":")[2]).partition("=")[0]
        if topic not in _CHECKS:
            reason = f"it does not measure {topic!r}, only {', '.join(_CHECKS)}"
            return Unscored(requirement=requirement.id, critic=self._spec.name, reason=reason)
        value, evidence = _CHECKS[topic](seen, requirement.value)
        return Score(requirement=requirement.id, critic=self._spec.name, value=value, evidence=evidence)


class _Seen:
    """A picture in the forms the checks want, each made once."""

    def __init__(self, image: Image.Image, earlier: Sequence[str]) -> None:
        self.image, self.earlier = image, earlier

    @cached_property
    def levels(self) -> NDArray[np.uint8]:
        return np.asarray(self.image)

    @cached_property
    def planes(self) -> Planes:
        return planes_of(self.levels)


def _size(seen: _Seen, wanted: str) -> Measured:
    is_right = min(seen.image.size) >= _SMALLEST_PX
    if asked := _SIZE.fullmatch(wanted.strip()):
        is_right = seen.image.size == (int(asked[1]), int(asked[2]))
    return float(is_right), f"it is {seen.image.width} x {seen.image.height}"


def _blank(seen: _Seen, _: str) -> Measured:
    spread = float(seen.levels.reshape(-1, 3).std(axis=0).max())
    return _between(spread, *_BLANK_SPREAD), f"levels spread by {spread:.1f} of 255"


def _clipped(seen: _Seen, _: str) -> Measured:
    white, black = float((seen.levels >= 253).all(-1).mean()), float((seen.levels <= 2).all(-1).mean())
    evidence = f"{white:.0%} of it is pure white, {black:.0%} pure black"
    return _without(white + black, _CLIPPED_SHARE), evidence


def _duplicate(seen: _Seen, _: str) -> Measured:
    if not seen.earlier:
        return 1.0, "the first take"
    nearest = min(distance(fingerprint(seen.image), one) for one in seen.earlier)
    evidence = f"{nearest} of 64 bits from the nearest earlier take"
    return float(nearest > SAME_BITS), evidence


def _blurred(seen: _Seen, _: str) -> Measured:
    widths = edge_widths(np.asarray(seen.image.convert("L"), np.int16))
    if len(widths) < _FEWEST_EDGES * min(seen.image.size):
        return 1.0, "hardly an edge to judge its sharpness by"
    widest = max(_WIDEST_PX, _SOFTEST_SHARE * min(seen.image.size))
    width = float(np.quantile(widths, _SHARPEST_EDGES))
    evidence = f"its sharpest edges take {width:.1f} px, {widest:.1f} at most pass for sharp"
    return _without(width / widest, _SOFT_WIDTH), evidence


def _banding(seen: _Seen, _: str) -> Measured:
    share = staircase_share(seen.planes)
    return _without(share, _BANDED_SHARE), f"{share:.0%} of it lies on steps of shade instead of a ramp"


def _borders(seen: _Seen, _: str) -> Measured:
    band = frame(seen.planes)
    if band is None:
        return 1.0, "the picture reaches all its edges"
    colour = "#" + "".join(f"{level:02x}" for level in band.colour)
    evidence = f"an even band of {band.depth_px} px along the {band.side} ({colour}), ruled off for {band.jumps:.0%}"
    return _without(band.jumps, _FRAMED_SHARE), evidence


def _seams(seen: _Seen, _: str) -> Measured:
    line = seam(seen.planes)
    way = "across" if line.runs == "from top to bottom" else "down"
    evidence = f"the straightest line {line.runs} is {line.at:.0%} {way}, and jumps along {line.jumps:.0%} of it"
    return _without(line.jumps, _SEAMED_SHARE), evidence


_CHECKS: Final[dict[str, Callable[[_Seen, str], Measured]]] = {
    "size": _size,
    "blank": _blank,
    "clipped": _clipped,
    "duplicate": _duplicate,
    "blurred": _blurred,
    "banding": _banding,
    "borders": _borders,
    "seams": _seams,
}


def _between(value: float, low: float, high: float) -> float:
    return round(min(1.0, max(0.0, (value - low) / (high - low))), 4)


def _without(value: float, bounds: tuple[float, float]) -> float:
    """Score the lack of a fault: 1 up to the lower bound, 0 from the upper."""
    return round(1.0 - _between(value, *bounds), 4)
