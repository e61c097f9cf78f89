"""The house model as a maker: sketch checkpoints, which know few words and say which they left out."""

from collections.abc import Mapping
from pathlib import Path
from time import perf_counter

import diffusers
import torch
from diffusers.utils import logging as diffusers_logging
from transformers.utils import logging as transformers_logging

from ..core.crew import MakerSpec
from ..core.take import Made, Recipe
from .checkpoint import check_folder
from .drawing import drawing_settings, faults_told
from .frame import finished, ingredients_of
from .sketch.pipeline import SketchPipeline

_SOFTWARE = {"torch": torch.__version__, "diffusers": diffusers.__version__}


class SketchMaker:
    """Draws storybook scenes at the checkpoint's own size.

    An `image` ingredient is drawn over (setting `strength`), only where a `mask` ingredient is white when there is one.
    """

    def __init__(self, spec: MakerSpec) -> None:
        folder = Path(spec.folder or spec.source)
        check_folder(folder, f"maker {spec.name!r}")
        if spec.device == "cpu":
            torch.set_num_threads(1)
        diffusers_logging.disable_progress_bar()
        transformers_logging.disable_progress_bar()
        with faults_told(spec.name, "load"):
            self._pipeline = SketchPipeline.from_pretrained(folder).to(spec.device)

    def make(self, recipe: Recipe, ingredients: Mapping[str, bytes]) -> Made:
        """Draw the prompt; words beyond the vocabulary are left out and reported."""
        began = perf_counter()
        settings = drawing_settings(recipe)
        images = ingredients_of(recipe, "image", ingredients)
        masks = ingredients_of(recipe, "mask", ingredients)
        with faults_told(recipe.maker, "draw"):
            drawn = self._pipeline(
                recipe.prompt,
                negative_prompt=recipe.negative or None,
                num_inference_steps=recipe.steps,
                guidance_scale=recipe.guidance,
                generator=torch.Generator().manual_seed(recipe.seed),
                image=images[0] if images else None,
                mask_image=masks[0] if masks else None,
                strength=settings.strength,
            )
        return finished(drawn.images[0], recipe, began, _SOFTWARE, self._pipeline.unknown_words(recipe.prompt))
