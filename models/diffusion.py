"""Any diffusers checkpoint as a maker: text to image, image to image or inpainting, as the recipe's ingredients ask."""

import inspect
import json
from collections.abc import Mapping
from pathlib import Path
from time import perf_counter
from typing import Any, Literal

import diffusers
import torch
import transformers
from diffusers import (
    AutoPipelineForImage2Image,
    AutoPipelineForInpainting,
    AutoPipelineForText2Image,
    DiffusionPipeline,
)
from diffusers.utils import logging as diffusers_logging
from PIL import Image
from transformers.utils import logging as transformers_logging

from ..core.crew import MakerSpec
from ..core.errors import CrewError, MakerFailed
from ..core.take import Made, Recipe
from .checkpoint import check_folder
from .drawing import drawing_settings, faults_told
from .frame import finished, ingredients_of

Way = Literal["text", "image", "inpaint"]

_WAYS = {"text": AutoPipelineForText2Image, "image": AutoPipelineForImage2Image, "inpaint": AutoPipelineForInpainting}
_DTYPES = {"float32": torch.float32, "float16": torch.float16, "bfloat16": torch.bfloat16}
_SOFTWARE = {
    "torch": torch.__version__,
    "diffusers": diffusers.__version__,
    "transformers": transformers.__version__,
}


class DiffusersMaker:
    """Loads a checkpoint in its own pipeline class and borrows its parts for the other ways of working.

    An `image` ingredient is drawn over (setting `strength`), only where a `mask` ingredient is white when there is one.
    A `reference` ingredient goes to the IP adapter that the maker's setting `ip_adapter` names.

    Settings of the maker:
        variant: of the weights' files, such as `fp16`.
        ip_adapter: a .safetensors file, relative to the checkpoint, for references.
    """

    def __init__(self, spec: MakerSpec) -> None:
        if spec.device == "cpu":
            torch.set_num_threads(1)
        diffusers_logging.disable_progress_bar()
        transformers_logging.disable_progress_bar()
        self._spec = spec
        with faults_told(spec.name, "load"):
            folder = _folder(spec)
            _check_parts(folder, spec)
            self._own: Any = DiffusionPipeline.from_pretrained(
                folder,
                dtype=_DTYPES[spec.dtype],
                variant=_variant(spec),
                use_safetensors=True,
                local_files_only=True,
            ).to(spec.device)
            adapter = spec.settings.get("ip_adapter")
            if adapter:
                path = folder / str(adapter)
                self._own.load_ip_adapter(
                    str(path.parent), subfolder="", weight_name=path.name, image_encoder_folder=None
                )
        self._own.set_progress_bar_config(disable=True)
        self._pipelines: dict[Way, Any] = {}

    def make(self, recipe: Recipe, ingredients: Mapping[str, bytes]) -> Made:
        """Draw the recipe; noise comes from a CPU generator, so that the seed means the same on every device."""
        began = perf_counter()
        size = (recipe.width, recipe.height)
        images = [one.convert("RGB").resize(size) for one in ingredients_of(recipe, "image", ingredients)]
        masks = [one.convert("L").resize(size) for one in ingredients_of(recipe, "mask", ingredients)]
        references = [one.convert("RGB") for one in ingredients_of(recipe, "reference", ingredients)]
        if masks and not images:
            raise MakerFailed(recipe.maker, "a mask says where to repaint, and there is no image to repaint")
        if references and "ip_adapter" not in self._spec.settings:
            raise MakerFailed(recipe.maker, "it takes no references: its setting `ip_adapter` names none")
        asked: dict[str, object] = {
            "prompt": recipe.prompt,
            "negative_prompt": recipe.negative or None,
            "width": recipe.width,
            "height": recipe.height,
            "num_inference_steps": recipe.steps,
            "guidance_scale": recipe.guidance,
            "generator": torch.Generator().manual_seed(recipe.seed),
            "image": images[0] if images else None,
            "mask_image": masks[0] if masks else None,
            "strength": drawing_settings(recipe).strength if images else None,
            "ip_adapter_image": [references] if references else None,
        }
        with faults_told(recipe.maker, "draw"):
            pipeline = self._pipeline("inpaint" if masks else "image" if images else "text")
            takes = inspect.signature(pipeline.__call__).parameters
            output = pipeline(**{name: value for name, value in asked.items() if name in takes and value is not None})
        return finished(_picture(recipe, output), recipe, began, _SOFTWARE)

    def _pipeline(self, way: Way) -> Any:
        if way not in self._pipelines:
            self._pipelines[way] = _WAYS[way].from_pipe(self._own)
            self._pipelines[way].set_progress_bar_config(disable=True)
        return self._pipelines[way]


def _folder(spec: MakerSpec) -> Path:
    """Give the checkpoint's folder, fetched at its pinned commit when it is a hub id; refuse code and pickles."""
    place = f"maker {spec.name!r}"
    if spec.folder or Path(spec.source).is_dir():
        folder = Path(spec.folder or spec.source)
    else:
        folder = Path(
            DiffusionPipeline.download(
                spec.source, revision=spec.revision, variant=_variant(spec), use_safetensors=True
            )
        )
    check_folder(folder, place)
    return folder


def _check_parts(folder: Path, spec: MakerSpec) -> None:
    """Refuse a checkpoint whose parts would be imported from anything but diffusers and transformers."""
    index = folder / "model_index.json"
    if not index.is_file():
        raise CrewError(f"maker {spec.name!r}", f"no model_index.json in {str(folder)!r}", "give a diffusers folder")
    for part, home in json.loads(index.read_text(encoding="utf-8")).items():
        library = home[0] if isinstance(home, list) and home else None
        if library in (None, "diffusers", "transformers") or hasattr(diffusers.pipelines, str(library)):
            continue
        what = f"its {part!r} would be imported from {library!r}"
        raise CrewError(f"maker {spec.name!r}", what, "take a checkpoint made of diffusers and transformers parts")


def _variant(spec: MakerSpec) -> str | None:
    variant = spec.settings.get("variant")
    return str(variant) if variant else None


def _picture(recipe: Recipe, output: Any) -> Image.Image:
    if any(getattr(output, "nsfw_content_detected", None) or ()):
        raise MakerFailed(recipe.maker, "the checkpoint's safety checker withheld the picture")
    picture = output.images[0]
    if not isinstance(picture, Image.Image):
        raise MakerFailed(recipe.maker, f"it gave {type(picture).__name__} and no picture")
    return picture
