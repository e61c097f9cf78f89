"""How a pipeline is worked: what makes it faster on a GPU, each part by itself, and which recipes one call may hold."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import torch

from ..core.crew import MakerSpec
from ..core.take import Recipe

_KEPT_ENCODINGS = 256
"""A prompt with its negative takes 0.6 MB in SDXL at 16 bits: 160 MB in all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendering:
    """The parts of the fast way of working. All off, it is the pipeline as its authors call it."""

    batch: int = 1
    """Pictures one call draws, always: a call that is not full is filled up, so that a picture never depends on how
    many others were asked for with it."""
    is_channels_last: bool = False
    """Denoiser and decoder keep channels last in memory, as a GPU's convolutions want them."""
    is_compiled: bool = False
    """The denoiser is compiled, anew for each size of picture."""
    encodings: int = 0
    """Prompts whose encodings are kept."""
    develops_aside: bool = False
    """Decoding and PNG encoding happen beside the drawing of the next batch."""


def rendering_of(spec: MakerSpec) -> Rendering:
    """Read how a maker is to be worked from its crew block.

    On CUDA everything is on but compiling, which costs a minute at every start and is asked for (`compile`). Elsewhere
    everything is off. A setting of the maker decides otherwise: `channels_last`, `encodings`, `aside`.

    >>> rendering_of(MakerSpec(name="xl", kind="diffusers", makes=("still",), device="cuda", batch=8)).develops_aside
    True
    >>> rendering_of(MakerSpec(name="xl", kind="diffusers", makes=("still",))) == Rendering()
    True
    """
    is_on_gpu = torch.device(spec.device).type == "cuda"
    return Rendering(
        batch=spec.batch,
        is_channels_last=bool(spec.settings.get("channels_last", is_on_gpu)),
        is_compiled=bool(spec.settings.get("compile", False)),
        encodings=int(spec.settings.get("encodings", _KEPT_ENCODINGS if is_on_gpu else 0)),
        develops_aside=bool(spec.settings.get("aside", is_on_gpu)),
    )


def prepare(pipeline: Any, rendering: Rendering) -> None:
    """Set a loaded pipeline's denoiser and decoder up; compiling itself happens at the first call."""
    denoiser = getattr(pipeline, "unet", None) or getattr(pipeline, "transformer", None)
    if rendering.is_channels_last:
        for part in (denoiser, getattr(pipeline, "vae", None)):
            if part is not None:
                part.to(memory_format=torch.channels_last)
    if rendering.is_compiled and denoiser is not None:
        denoiser.compile(dynamic=False)


def alike(recipes: Sequence[Recipe]) -> list[list[int]]:
    """Group recipes that one call of a pipeline can draw, by their places; whoever brings ingredients stays alone."""
    groups: dict[Hashable, list[int]] = {}
    for place, recipe in enumerate(recipes):
        shape = (recipe.width, recipe.height, recipe.steps, recipe.guidance, bool(recipe.negative))
        groups.setdefault(place if recipe.ingredients else shape, []).append(place)
    return list(groups.values())


def filled_up(recipes: Sequence[Recipe], batch: int) -> list[Recipe]:
    """Repeat the last recipe until the batch is full; the pictures beyond the recipes are thrown away."""
    return [*recipes, *[recipes[-1]] * (batch - len(recipes))]
