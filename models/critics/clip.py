"""CLIP as a critic: one atom at a time, each phrase against the phrases it must beat."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import cast

import open_clip
import torch
from torch import Tensor
from transformers.utils import logging as transformers_logging

from ...core.crew import CriticSpec
from ...core.plan import Requirement
from ...core.take import Opinion, Score, Unscored
from ..checkpoint import check_folder, words_of
from ..frame import decoded
from ..sketch import tower  # noqa: F401  # registers the house critic's tower, for open_clip to build
from .signature import signature

_WORD = re.compile(r"[^\W\d_]+")
_MOST_KEPT = 20_000
"""Embedded phrases a worker keeps: some 10 MiB at 128 numbers each."""


class ClipCritic:
    """Any open_clip checkpoint in a folder: `open_clip_config.json` beside a .safetensors file.

    A score is the probability of the asked phrase in a softmax over it and its contrasts, at the model's own logit
    scale. Where the requirement comes with its prompt, it is the geometric mean of that and of the prompt's probability
    against itself with this one thing changed. A prompt is never asked alone. What it was not taught it leaves open.
    """

    def __init__(self, spec: CriticSpec) -> None:
        folder = Path(spec.folder or spec.source)
        check_folder(folder, f"critic {spec.name!r}")
        if spec.device == "cpu":
            torch.set_num_threads(1)
        transformers_logging.disable_progress_bar()
        self._spec, self._device = spec, torch.device(spec.device)
        self._words = frozenset(spec.words or words_of(folder))
        name = f"local-dir:{folder}"
        model, _, self._look = open_clip.create_model_and_transforms(name, device=self._device)
        self._model = model.eval()
        self._tokenize = open_clip.get_tokenizer(name)
        self._said: dict[str, Tensor] = {}

    def spec(self) -> str:
        """Name the critic with its weights."""
        return signature(self._spec)

    @torch.no_grad()
    def look(
        self,
        picture: bytes,
        requirements: Sequence[Requirement],
        earlier: Sequence[str],
        references: Mapping[str, bytes],
    ) -> tuple[Opinion, ...]:
        """Compare the picture with each requirement's phrases; it is embedded once for all of them."""
        pixels = self._look(decoded(picture))[None].to(self._device)
        seen = torch.nn.functional.normalize(self._model.encode_image(pixels).float(), dim=-1)  # (1, d)
        phrases = {one.id: self._phrases(one) for one in requirements}
        contexts = {one.id: self._known(one.in_context) for one in requirements}
        if len(self._said) > _MOST_KEPT:
            self._said.clear()
        self._embed([phrase for asked in phrases.values() if not isinstance(asked, str) for phrase in asked])
        self._embed([prompt for prompts in contexts.values() for prompt in prompts])
        return tuple(self._opinion(one, phrases[one.id], contexts[one.id], seen) for one in requirements)

    def _known(self, prompts: Sequence[str]) -> Sequence[str]:
        """Give the prompt and its answerable changes; nothing where the prompt itself is not."""
        known = [one for one in prompts if not self._unknown(one)]
        return known if len(known) > 1 and known[0] == prompts[0] else ()

    def _phrases(self, requirement: Requirement) -> list[str] | str:
        """Give the asked phrase and its answerable contrasts, or why there is nothing to ask."""
        if not requirement.asks:
            return "it asks no phrase"
        unknown = self._unknown(requirement.asks)
        if unknown:
            return f"it was never taught {', '.join(unknown)}"
        contrasts = [one for one in requirement.contrasts if not self._unknown(one) and one != requirement.asks]
        if not contrasts:
            return f"nothing it was taught stands against {requirement.asks!r}"
        return [requirement.asks, *dict.fromkeys(contrasts)]

    def _opinion(
        self, requirement: Requirement, phrases: list[str] | str, context: Sequence[str], seen: Tensor
    ) -> Opinion:
        if isinstance(phrases, str):
            return Unscored(requirement=requirement.id, critic=self._spec.name, reason=phrases)
        shares = self._shares(phrases, seen)
        best = max(range(len(phrases)), key=shares.__getitem__)
        # Absence is asked positively: `a dragon` where no dragon may be.
        value = 1 - shares[0] if requirement.kind == "absence" else shares[0]
        if context:
            value = (value * self._shares(context, seen)[0]) ** 0.5
        is_it = best == 0 and requirement.kind != "absence"
        evidence = f"seen with confidence {value:.2f}" if is_it else f"looks like {phrases[best]}, {shares[best]:.2f}"
        return Score(requirement=requirement.id, critic=self._spec.name, value=round(value, 6), evidence=evidence)

    def _shares(self, phrases: Sequence[str], seen: Tensor) -> list[float]:
        """Give each phrase's probability among them all."""
        said = torch.stack([self._said[phrase] for phrase in phrases])  # (m, d)
        scale = cast("Tensor", self._model.logit_scale).exp()
        return cast("list[float]", (scale * (seen @ said.T)[0]).softmax(0).tolist())

    def _embed(self, phrases: Sequence[str]) -> None:
        new = [phrase for phrase in dict.fromkeys(phrases) if phrase not in self._said]
        if new:
            rows = self._model.encode_text(self._tokenize(new).to(self._device)).float()
            self._said.update(zip(new, torch.nn.functional.normalize(rows, dim=-1), strict=True))

    def _unknown(self, phrase: str) -> list[str]:
        return [word for word in _WORD.findall(phrase.lower()) if self._words and word not in self._words]
