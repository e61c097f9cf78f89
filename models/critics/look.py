"""The look as a critic: how near a picture is to the look's palette and references. By arithmetic alone."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from math import exp
from typing import Final

import numpy as np
from PIL import Image

from ...core.crew import CriticSpec
from ...core.plan import Requirement
from ...core.take import Opinion, Score, Unscored
from ..frame import Pixels, decoded, to_pixels
from ..grading import UnknownColour, palette_of
from ..oklab import Lab, to_lab
from ..style import Style, style_likeness, style_of
from .signature import signature

_SPREAD: Final = 0.1
"""The mean OKLab distance at which the score is down to 1/e: five of CSS Color 4's just noticeable differences."""

_REACH: Final = 0.1
"""Pixels within this of the palette are counted in the evidence."""


class LookCritic:
    """Answers `style:palette` and `style:references`.

    The palette is named in the requirement's value, colour words or #rrggbb separated by commas; the score is
    exp(-d / 0.1), d the mean distance to it: 1 is nothing but the palette. References are named by their digests; the
    score is the likeness in style to the nearest. Neither is calibrated on anybody's decisions: compare them only
    between pictures of one look.
    """

    def __init__(self, spec: CriticSpec) -> None:
        self._spec = spec
        self._styles: dict[str, Style] = {}
        """Of the references seen so far, by digest."""

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
        """Compare the picture with each requirement's palette or references."""
        seen = decoded(picture)
        return tuple(self._opinion(one, seen, references) for one in requirements)

    def _opinion(self, requirement: Requirement, seen: Image.Image, references: Mapping[str, bytes]) -> Opinion:
        match requirement.id:
            case "style:palette":
                return self._near_palette(requirement, to_pixels(seen))
            case "style:references":
                return self._near_references(requirement, seen, references)
        return self._unscored(requirement, f"it compares with palettes and pictures, not with {requirement.id!r}")

    def _near_references(self, requirement: Requirement, seen: Image.Image, references: Mapping[str, bytes]) -> Opinion:
        named = requirement.value.split(",")
        missing = [digest for digest in named if digest not in references]
        if missing:
            return self._unscored(requirement, f"the reference {missing[0]} was not handed over")
        own = style_of(seen)
        likeness = [style_likeness(own, self._style(digest, references[digest])) for digest in named]
        which = f", the nearest of {len(named)}" if len(named) > 1 else ""
        evidence = f"likeness in colours and detail{which}"
        value = round(max(likeness), 6)
        return Score(requirement=requirement.id, critic=self._spec.name, value=value, evidence=evidence)

    def _style(self, digest: str, reference: bytes) -> Style:
        """Measure a reference once for all takes."""
        if digest not in self._styles:
            self._styles[digest] = style_of(decoded(reference))
        return self._styles[digest]

    def _near_palette(self, requirement: Requirement, pixels: Pixels) -> Opinion:
        words = [word for word in requirement.value.replace(",", " ").split() if word]
        if not words:
            return self._unscored(requirement, "the look has no palette")
        try:
            palette = palette_of(words)
        except UnknownColour as error:
            return self._unscored(requirement, str(error))
        far = palette_distance(to_lab(pixels), palette)
        near, mean = float((far <= _REACH).mean()), float(far.mean())
        evidence = f"{near:.0%} of it is near {', '.join(words)}; {mean:.2f} away on average"
        value = round(exp(-mean / _SPREAD), 6)
        return Score(requirement=requirement.id, critic=self._spec.name, value=value, evidence=evidence)

    def _unscored(self, requirement: Requirement, reason: str) -> Unscored:
        return Unscored(requirement=requirement.id, critic=self._spec.name, reason=reason)


def palette_distance(lab: Lab, palette: Lab) -> Lab:
    """Measure how far each colour is from the palette: from the line through its swatches, darkest to lightest.

    Between two swatches lie their mixtures, which belong to the look as much as they do. One way only: a picture need
    not use every swatch.

    Args:
        lab: (..., 3) OKLab.
        palette: (n, 3) OKLab, darkest first; at least one colour.

    Returns:
        (...) distances; their mean is the directed chamfer distance from picture to palette.

    Source: chamfer matching, Barrow et al. 1977; distances in OKLab, Ottosson 2020.
    """
    ends = list(pairwise(palette)) or [(palette[0], palette[0])]
    return np.asarray(np.min([_segment_distance(lab, start, end) for start, end in ends], axis=0), np.float32)


def _segment_distance(lab: Lab, start: Lab, end: Lab) -> Lab:
    along = end - start
    share = ((lab - start) @ along / max(float(along @ along), 1e-12)).clip(0, 1)  # (...)
    return np.asarray(np.linalg.norm(lab - (start + share[..., None] * along), axis=-1), np.float32)
