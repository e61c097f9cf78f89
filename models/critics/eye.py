"""An open_clip checkpoint in a folder, loaded to look: what every critic that needs a CLIP shares."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final, cast

import open_clip
import torch
from PIL import Image
from torch import Tensor
from torch.nn import functional
from transformers.utils import logging as transformers_logging

from ...core.crew import CriticSpec
from ..checkpoint import check_folder
from ..sketch import tower  # noqa: F401  # registers the house critic's tower, for open_clip to build

_MOST_KEPT: Final = 20_000
"""Embedded phrases a worker keeps: some 10 MiB at 128 numbers each."""


class Eye:
    """Turns pictures and phrases into unit vectors of one space."""

    def __init__(self, spec: CriticSpec) -> None:
        """Load the spec's folder; raises `CrewError` where it is no checkpoint."""
        self.folder: Final = Path(spec.folder or spec.source)
        check_folder(self.folder, f"critic {spec.name!r}")
        if spec.device == "cpu":
            torch.set_num_threads(1)
        transformers_logging.disable_progress_bar()
        self._device, name = torch.device(spec.device), f"local-dir:{self.folder}"
        model, _, self._look = open_clip.create_model_and_transforms(name, device=self._device)
        self._model = model.eval()
        self._tokenize = open_clip.get_tokenizer(name)
        self._said: dict[str, Tensor] = {}

    @property
    def width(self) -> int:
        """How many numbers an embedding has."""
        return int(self.see([Image.new("RGB", (64, 64))]).shape[1])

    @torch.no_grad()
    def see(self, pictures: Sequence[Image.Image]) -> Tensor:
        """Embed pictures: (n, d) rows of unit length."""
        pixels = torch.stack([cast("Tensor", self._look(one)) for one in pictures]).to(self._device)
        return functional.normalize(self._model.encode_image(pixels).float(), dim=-1)

    @torch.no_grad()
    def learn(self, phrases: Sequence[str]) -> None:
        """Embed phrases in one go, those not known yet."""
        if len(self._said) > _MOST_KEPT:
            self._said.clear()
        new = [phrase for phrase in dict.fromkeys(phrases) if phrase not in self._said]
        if new:
            rows = self._model.encode_text(self._tokenize(new).to(self._device)).float()
            self._said.update(zip(new, functional.normalize(rows, dim=-1), strict=True))

    @torch.no_grad()
    def cosines(self, phrases: Sequence[str], seen: Tensor) -> Tensor:
        """Give the cosine of one picture (1, d) with each of the phrases learnt: (m,)."""
        said = torch.stack([self._said[phrase] for phrase in phrases])  # (m, d)
        return (seen @ said.T)[0]

    @torch.no_grad()
    def shares(self, phrases: Sequence[str], seen: Tensor) -> list[float]:
        """Give each phrase's probability among them all for one picture, at the model's own logit scale."""
        scale = cast("Tensor", self._model.logit_scale).exp()
        return cast("list[float]", (scale * self.cosines(phrases, seen)).softmax(0).tolist())
