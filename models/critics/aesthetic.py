"""How pleasing a picture is, by a linear head on a CLIP that learned from people's ratings."""

from collections.abc import Mapping, Sequence
from typing import Final

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from ...core.crew import CriticSpec
from ...core.errors import CrewError
from ...core.plan import Requirement
from ...core.take import Opinion, Score, Unscored
from ..frame import decoded
from .eye import Eye
from .signature import signature

HEAD: Final = "aesthetic_head.safetensors"
_LOWEST, _HIGHEST = 1.0, 10.0
"""The scale of the ratings such heads are trained on."""


class AestheticCritic:
    """Answers the kind `aesthetics`: an open_clip folder with a linear head, `weight` (1, d) and `bias` (1), in it.

    The head gives a rating from 1 to 10 for the unit embedding, as LAION's aesthetic predictors do (their later one is
    linear layers alone and multiplies out to one). The score is the rating brought to [0, 1]; not calibrated on this
    director's taste.

    Source: Schuhmann et al. 2022, LAION-5B (arXiv:2210.08402), sec. 5.3.
    """

    def __init__(self, spec: CriticSpec) -> None:
        self._spec, self._eye = spec, Eye(spec)
        self._weight, self._bias = _head(self._eye, f"critic {spec.name!r}")

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
        """Rate the picture."""
        return tuple(self._opinion(one, picture) for one in requirements)

    def _opinion(self, requirement: Requirement, picture: bytes) -> Opinion:
        if requirement.kind != "aesthetics":
            reason = f"it rates pictures, and does not know {requirement.id!r}"
            return Unscored(requirement=requirement.id, critic=self._spec.name, reason=reason)
        with torch.no_grad():
            seen = self._eye.see([decoded(picture)]).cpu()
            rating = float((seen @ self._weight.T + self._bias).item())
        value = min(1.0, max(0.0, (rating - _LOWEST) / (_HIGHEST - _LOWEST)))
        evidence = f"rated {rating:.1f} of 10"
        return Score(requirement=requirement.id, critic=self._spec.name, value=round(value, 6), evidence=evidence)


def _head(eye: Eye, place: str) -> tuple[Tensor, Tensor]:
    """Load the head: `weight` (1, d) and `bias` (1), d the width of the tower's embeddings."""
    path = eye.folder / HEAD
    if not path.is_file():
        raise CrewError(place, f"no {HEAD} in {str(eye.folder)!r}", "put the head there")
    try:
        head = load_file(path)
    except SafetensorError as error:
        raise CrewError(place, f"{HEAD} cannot be read ({error})", "save it again as safetensors") from None
    wanted = {"weight": (1, eye.width), "bias": (1,)}
    found = {name: tuple(values.shape) for name, values in head.items()}
    if found != wanted:
        what = f"{HEAD} holds {found}, and one linear layer for this CLIP would be {wanted}"
        raise CrewError(place, what, "multiply its layers out, or take the CLIP it was trained on")
    return head["weight"].float(), head["bias"].float()
