"""How pleasing a picture is, by a linear head on a CLIP that learned from people's ratings."""

from collections.abc import Mapping, Sequence
from typing import Final

import torch
from safetensors.torch import load_file

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
    """Answers `style:aesthetics`: an open_clip folder with a linear head, `weight` (1, d) and `bias` (1), beside it.

    The head gives a rating from 1 to 10 for the unit embedding, as LAION's aesthetic predictors do (their later one is
    linear layers alone and multiplies out to one). The score is the rating brought to [0, 1]; not calibrated on this
    director's taste.

    Source: Schuhmann et al. 2022, LAION-5B (arXiv:2210.08402), sec. 5.3.
    """

    def __init__(self, spec: CriticSpec) -> None:
        self._spec, self._eye = spec, Eye(spec)
        path = self._eye.folder / HEAD
        if not path.is_file():
            raise CrewError(f"critic {spec.name!r}", f"no {HEAD} in {str(self._eye.folder)!r}", "put the head there")
        head = load_file(path)
        if {"weight", "bias"} - set(head) or head["weight"].shape[0] != 1:
            what = f"{HEAD} holds {sorted(head)}, not one row of `weight` and a `bias`"
            raise CrewError(f"critic {spec.name!r}", what, "multiply its layers out to one linear layer")
        self._weight, self._bias = head["weight"].float(), head["bias"].float()

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
        if requirement.id != "style:aesthetics":
            reason = f"it rates pictures, and does not know {requirement.id!r}"
            return Unscored(requirement=requirement.id, critic=self._spec.name, reason=reason)
        with torch.no_grad():
            seen = self._eye.see([decoded(picture)]).cpu()
            rating = float((seen @ self._weight.T + self._bias).item())
        value = min(1.0, max(0.0, (rating - _LOWEST) / (_HIGHEST - _LOWEST)))
        evidence = f"rated {rating:.1f} of 10"
        return Score(requirement=requirement.id, critic=self._spec.name, value=round(value, 6), evidence=evidence)
