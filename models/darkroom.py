"""Latents become pictures, beside the drawing of the next batch: on a GPU by threads with a stream of their own."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from threading import Lock
from time import perf_counter
from typing import Any

import torch
from PIL import Image
from torch import Tensor

from ..core.take import Made, Recipe
from .drawing import faults_told
from .frame import finished

_WRITERS = 4
"""One decodes while the others write PNG, which takes a core a few tenths of a second for a megapixel."""


class Darkroom:
    """Develops the latents of one pipeline, a picture at a time, so that no batch size changes a picture."""

    def __init__(self, pipeline: Any, decoding: Lock) -> None:
        """Take the pipeline, and the lock that whoever else uses its decoder holds as well."""
        self._decoding = decoding
        self._pipeline = pipeline
        self._unscaled = _UNSCALED[type(pipeline).__name__]
        self._writers = ThreadPoolExecutor(_WRITERS, "darkroom")
        self._stream = _stream_of(pipeline) if pipeline.device.type == "cuda" else None

    @staticmethod
    def fits(pipeline: Any) -> bool:
        """Say whether a pipeline's latents can be developed here as the pipeline itself would.

        One with a safety checker or a watermark looks at, or changes, the finished picture: it develops by itself.
        """
        after = (getattr(pipeline, name, None) for name in ("safety_checker", "watermark"))
        return type(pipeline).__name__ in _UNSCALED and all(one is None for one in after)

    def develop(
        self, latents: Tensor, recipes: Sequence[Recipe], *, drew_seconds: float, software: Mapping[str, str]
    ) -> list[Future[Made]]:
        """Promise each recipe its picture.

        Args:
            latents: finished ones, with a row for each recipe at least; no work on them may be pending.
            recipes: what was drawn.
            drew_seconds: what each took to draw.
            software: what drew it.
        """
        return [
            self._writers.submit(self._develop, latents[place : place + 1], recipe, drew_seconds, software)
            for place, recipe in enumerate(recipes)
        ]

    def _develop(self, latents: Tensor, recipe: Recipe, drew_seconds: float, software: Mapping[str, str]) -> Made:
        began = perf_counter()
        with faults_told(recipe.maker, "decode"), self._decoding, self._own_stream():
            waited = perf_counter() - began
            image = self._decoded(latents, recipe)
        return finished(image, recipe, began + waited - drew_seconds, software)

    @torch.no_grad()
    def _decoded(self, latents: Tensor, recipe: Recipe) -> Image.Image:
        """Decode as the pipelines do; the copy to the CPU waits for this stream, so nothing is freed too early."""
        pipeline, vae = self._pipeline, self._pipeline.vae
        scaled = self._unscaled(pipeline, latents, recipe)  # (1, c, h, w)
        kept_at = vae.dtype
        if kept_at == torch.float16 and vae.config.force_upcast:
            vae.to(dtype=torch.float32)
        decoded = vae.decode(scaled.to(vae.dtype), return_dict=False)[0]  # (1, 3, height, width) in [-1, 1]
        if vae.dtype != kept_at:
            vae.to(dtype=kept_at)
        levels = pipeline.image_processor.postprocess(decoded, output_type="pt").float().mul(255).round()
        return Image.fromarray(levels[0].to(torch.uint8).permute(1, 2, 0).contiguous().cpu().numpy())

    def _own_stream(self) -> AbstractContextManager[object]:
        return nullcontext() if self._stream is None else torch.cuda.stream(self._stream)


def _stream_of(pipeline: Any) -> torch.cuda.Stream:
    return torch.cuda.Stream(pipeline.device)  # type: ignore[no-untyped-call]


def _plain(pipeline: Any, latents: Tensor, recipe: Recipe) -> Tensor:
    return latents / float(pipeline.vae.config.scaling_factor)


def _xl(pipeline: Any, latents: Tensor, recipe: Recipe) -> Tensor:
    config = pipeline.vae.config
    scale, mean, std = float(config.scaling_factor), config.get("latents_mean"), config.get("latents_std")
    if mean is None or std is None:
        return latents / scale
    means, spreads = (torch.tensor(one).view(1, 4, 1, 1).to(latents) for one in (mean, std))
    return latents * spreads / scale + means


def _flux(pipeline: Any, latents: Tensor, recipe: Recipe) -> Tensor:
    config = pipeline.vae.config
    unpacked: Tensor = pipeline._unpack_latents(latents, recipe.height, recipe.width, pipeline.vae_scale_factor)
    return unpacked / float(config.scaling_factor) + float(config.shift_factor)


_UNSCALED: dict[str, Callable[[Any, Tensor, Recipe], Tensor]] = {
    "StableDiffusionPipeline": _plain,
    "StableDiffusionXLPipeline": _xl,
    "FluxPipeline": _flux,
}
"""How each pipeline brings its latents to its decoder's scale."""
