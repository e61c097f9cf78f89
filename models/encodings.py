"""Text encodings, kept: a prompt that is drawn two hundred times is encoded once."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import torch
from torch import Tensor

_BOTH_SIDES = (
    "prompt_embeds",
    "negative_prompt_embeds",
    "pooled_prompt_embeds",
    "negative_pooled_prompt_embeds",
)
_ANSWERS: dict[str, tuple[str, ...]] = {
    "StableDiffusionPipeline": _BOTH_SIDES[:2],
    "StableDiffusionXLPipeline": _BOTH_SIDES,
    "FluxPipeline": ("prompt_embeds", "pooled_prompt_embeds"),
}
"""What `encode_prompt` of a pipeline gives, in order, by the names under which its call takes it back."""


class KeptEncodings:
    """Encodes prompts for one pipeline, each by itself, with all its encoders, and keeps the last ones used."""

    def __init__(self, pipeline: Any, keep: int) -> None:
        self._pipeline = pipeline
        self._names = _ANSWERS[type(pipeline).__name__]
        self._kept = lru_cache(maxsize=keep)(self._encode)

    @staticmethod
    def fit(pipeline: Any) -> bool:
        """Say whether a pipeline takes its encodings from outside, in a way that is known here."""
        return type(pipeline).__name__ in _ANSWERS

    @property
    def encoded(self) -> int:
        """How many prompts were encoded so far."""
        return self._kept.cache_info().misses

    def of(self, prompts: Sequence[str], negatives: Sequence[str | None], guidance: float) -> dict[str, Tensor]:
        """Give what the pipeline's call takes instead of its prompts.

        Args:
            prompts: one for each picture of the batch.
            negatives: as many.
            guidance: of the whole batch; up to 1 there is none, and negatives are left out.
        """
        is_guided = "negative_prompt_embeds" in self._names and guidance > 1
        pairs = zip(prompts, negatives, strict=True)
        rows = [self._kept(one, away if is_guided else None, is_guided=is_guided) for one, away in pairs]
        columns = dict(zip(self._names, zip(*rows, strict=True), strict=False))
        return {name: torch.cat(column) for name, column in columns.items() if column[0] is not None}

    @torch.no_grad()
    def _encode(self, prompt: str, negative: str | None, *, is_guided: bool) -> tuple[Tensor | None, ...]:
        if "negative_prompt_embeds" not in self._names:
            return tuple(self._pipeline.encode_prompt(prompt, prompt_2=None))
        encoded = self._pipeline.encode_prompt(
            prompt,
            device=self._pipeline._execution_device,
            num_images_per_prompt=1,
            do_classifier_free_guidance=is_guided,
            negative_prompt=negative,
        )
        return tuple(encoded)
