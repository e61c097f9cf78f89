"""Continuity: does the subject look as in its reference? Colours by arithmetic, form by a CLIP where there is one."""

from collections.abc import Mapping, Sequence

from PIL import Image

from ...core.crew import CriticSpec
from ...core.plan import Requirement
from ...core.take import Opinion, Score, Unscored
from ..frame import decoded
from ..likeness import CutOut, colour_likeness, cut_out
from .eye import Eye
from .signature import signature


class ContinuityCritic:
    """Compares the subject of a picture with that of the reference whose digest the requirement has as its value.

    Both are cut out of their backdrops first, so that a sky they share is no likeness. With a `source` (an open_clip
    folder, as for the kind `clip`) a score is the geometric mean of the likeness of colours and of the cosine of the
    cut-outs' embeddings; without one it is that of the colours alone. Not calibrated.
    """

    def __init__(self, spec: CriticSpec) -> None:
        self._spec = spec
        self._eye = Eye(spec) if spec.source else None

    def spec(self) -> str:
        """Name the critic with its weights."""
        return signature(self._spec)

    def look(
        self,
        picture: bytes,
        requirements: Sequence[Requirement],
        earlier: Sequence[str],
        references: Mapping[str, bytes],
    ) -> tuple[Opinion, ...]:
        """Compare the picture with each requirement's reference."""
        own = _subject(picture) if requirements else None
        return tuple(self._opinion(one, own, references.get(one.value)) for one in requirements)

    def _opinion(self, requirement: Requirement, own: CutOut | None, reference: bytes | None) -> Opinion:
        theirs = _subject(reference) if reference else None
        if reference is None:
            return self._unscored(requirement, "its reference has no picture yet")
        if theirs is None:
            return self._unscored(requirement, "found no subject before the backdrop of the reference")
        if own is None:
            return self._unscored(requirement, "found no subject before the backdrop")
        value = colour = colour_likeness(own.colours, theirs.colours)
        evidence = f"colours {colour:.2f} like the reference"
        if self._eye:
            form = _alike(self._eye, own.picture, theirs.picture)
            value, evidence = (colour * form) ** 0.5, f"colours {colour:.2f}, form {form:.2f} like the reference"
        return Score(requirement=requirement.id, critic=self._spec.name, value=round(value, 6), evidence=evidence)

    def _unscored(self, requirement: Requirement, reason: str) -> Unscored:
        return Unscored(requirement=requirement.id, critic=self._spec.name, reason=reason)


def _alike(eye: Eye, one: Image.Image, other: Image.Image) -> float:
    """Give the cosine of two pictures, in [0, 1]; negative ones count as 0."""
    seen = eye.see([one, other])  # (2, d)
    return max(0.0, min(1.0, float((seen[0] @ seen[1]).item())))


def _subject(picture: bytes) -> CutOut | None:
    return cut_out(decoded(picture))
