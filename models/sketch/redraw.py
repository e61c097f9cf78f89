"""Redraws painted scenes with a generator: its texture, over a truth that is known."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray

from .pipeline import DEFAULT_GUIDANCE, SketchPipeline

Pixels = NDArray[np.uint8]
_BATCH: Final = 20
_STEPS: Final = 12


def redrawn(
    pipeline: SketchPipeline,
    pictures: Pixels,
    captions: Sequence[str] | None,
    *,
    between: tuple[float, float],
    seed: int,
) -> tuple[Pixels, list[float]]:
    """Redraw every picture part of the way; the pictures of one batch share a strength.

    Up to a strength of about 0.4 without words, shapes stay what they were and only their texture is the
    generator's; with its own caption a picture drifts toward what the generator would have drawn.

    Args:
        pipeline: the generator.
        pictures: (n, side, side, 3) uint8, of the generator's size.
        captions: one a picture; None draws without words and without guidance.
        between: the least and the greatest strength, in (0, 1].
        seed: of strengths and noise.

    Returns:
        Pictures (n, side, side, 3) uint8, and the strength each was redrawn with.
    """
    rng, noise = random.Random(seed), torch.Generator(pipeline.device).manual_seed(seed)
    guidance = 1.0 if captions is None else DEFAULT_GUIDANCE
    said = captions or [""] * len(pictures)
    drawn: list[Pixels] = []
    strengths: list[float] = []
    for first in range(0, len(pictures), _BATCH):
        rows = slice(first, first + _BATCH)
        strength = rng.uniform(*between)
        picture = pipeline(
            said[rows],
            image=torch.from_numpy(pictures[rows]).permute(0, 3, 1, 2).float() / 127.5 - 1,
            strength=strength,
            num_inference_steps=_STEPS,
            guidance_scale=guidance,
            generator=noise,
            output_type="pt",
        ).images
        drawn.append((picture * 255).round().byte().permute(0, 2, 3, 1).cpu().numpy())
        strengths += [strength] * len(drawn[-1])
    return np.concatenate(drawn), strengths
