"""Any diffusers checkpoint as a maker: text to image, image to image or inpainting, as the recipe's ingredients ask."""

import inspect
import re
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path, PurePosixPath
from threading import Lock
from time import perf_counter
from typing import Any, Literal

import diffusers
import structlog
import torch
import transformers
from diffusers import (
    AutoPipelineForImage2Image,
    AutoPipelineForInpainting,
    AutoPipelineForText2Image,
    DiffusionPipeline,
)
from diffusers.utils import is_accelerate_available
from diffusers.utils import logging as diffusers_logging
from transformers.utils import logging as transformers_logging

from ..core.crew import MakerSpec
from ..core.errors import CallsheetError, CrewError, MakerFailed
from ..core.take import Made, Recipe
from .batches import TextBatches, picture_of
from .checkpoint import check_folder
from .drawing import drawing_settings, faults_told
from .frame import finished, ingredients_of
from .rendering import alike, prepare, rendering_of

log = structlog.get_logger()

Way = Literal["text", "image", "inpaint"]

_WAYS = {"text": AutoPipelineForText2Image, "image": AutoPipelineForImage2Image, "inpaint": AutoPipelineForInpainting}
_VARIANT = re.compile(r"[A-Za-z0-9_-]*")
_DTYPES = {"float32": torch.float32, "float16": torch.float16, "bfloat16": torch.bfloat16}
_SOFTWARE = {
    "torch": torch.__version__,
    "diffusers": diffusers.__version__,
    "transformers": transformers.__version__,
}


class DiffusersMaker:
    """Loads a checkpoint in its own pipeline class and borrows its parts for the other ways of working.

    An `image` ingredient is drawn over (setting `strength`), only where a `mask` ingredient is white when there is one.
    A `reference` ingredient goes to the IP adapter that the maker's setting `ip_adapter` names. Recipes without
    ingredients are drawn in batches of the crew block's `batch`, as `rendering_of` reads from it.

    Settings of the maker:
        variant: of the weights' files, such as `fp16`.
        ip_adapter: a .safetensors file, relative to the checkpoint, for references.
        compile: whether the denoiser is compiled, for the crew block's size while loading, for another at its first.
        channels_last, encodings, aside: parts of the fast way of working, on by themselves on CUDA.
    """

    def __init__(self, spec: MakerSpec) -> None:
        if spec.device == "cpu":
            torch.set_num_threads(1)
        diffusers_logging.disable_progress_bar()
        transformers_logging.disable_progress_bar()
        self._spec = spec
        self._rendering = rendering_of(spec)
        self._pipelines: dict[Way, Any] = {}
        self._texts: TextBatches | None = None
        self._drawing, self._decoding, self._building = Lock(), Lock(), Lock()
        self.load_seconds = self._load()
        """What reading the weights took."""
        self.warm_seconds = self._warm() if self._rendering.is_compiled else 0.0
        """What compiling took."""
        log.info("maker_loaded", maker=spec.name, seconds=self.load_seconds, warm_seconds=self.warm_seconds)

    @property
    def prompts_encoded(self) -> int:
        """How many prompts went through the text encoders, as far as encodings are kept."""
        return self._texts.encodings.encoded if self._texts and self._texts.encodings else 0

    def make(self, recipe: Recipe, ingredients: Mapping[str, bytes]) -> Made:
        """Draw the recipe; noise comes from a CPU generator, so that the seed means the same on every device."""
        if recipe.ingredients:
            return self._drawn_over(recipe, ingredients)
        (promise,) = self._text_batches(recipe.maker).draw([recipe])
        return promise.result()

    def make_many(
        self, recipes: Sequence[Recipe], ingredients: Sequence[Mapping[str, bytes]]
    ) -> list[Made | CallsheetError]:
        """Draw recipes that are alike together; safe from two threads, of which one draws while the other develops.

        A picture's seconds are the worker's for it alone: its share of the batch, and its own development.
        """
        answers: dict[int, Made | CallsheetError] = {}
        promised: dict[int, Future[Made]] = {}
        for places in alike(recipes):
            try:
                if recipes[places[0]].ingredients:
                    answers[places[0]] = self._drawn_over(recipes[places[0]], ingredients[places[0]])
                else:
                    texts = self._text_batches(recipes[places[0]].maker)
                    promised.update(zip(places, texts.draw([recipes[place] for place in places]), strict=True))
            except CallsheetError as error:
                answers.update(dict.fromkeys(places, error))
        answers.update({place: _outcome(promise) for place, promise in promised.items()})
        return [answers[place] for place in range(len(recipes))]

    def _drawn_over(self, recipe: Recipe, ingredients: Mapping[str, bytes]) -> Made:
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
        with self._drawing, self._decoding, self._uncompiled(), faults_told(recipe.maker, "draw"):
            pipeline = self._pipeline("inpaint" if masks else "image" if images else "text")
            takes = inspect.signature(pipeline.__call__).parameters
            output = pipeline(**{name: value for name, value in asked.items() if name in takes and value is not None})
        return finished(picture_of(output, recipe), recipe, began, _SOFTWARE)

    def _load(self) -> float:
        began, spec = perf_counter(), self._spec
        with faults_told(spec.name, "load"):
            folder = _folder(spec)
            _check_index(folder, spec)
            adapter = _adapter(folder, spec)
            self._own: Any = DiffusionPipeline.from_pretrained(
                folder,
                dtype=_DTYPES[spec.dtype],
                variant=_variant(spec),
                use_safetensors=True,
                local_files_only=True,
                low_cpu_mem_usage=is_accelerate_available(),
            ).to(spec.device)
            if adapter:
                self._own.load_ip_adapter(
                    str(adapter.parent), subfolder="", weight_name=adapter.name, image_encoder_folder=None
                )
            prepare(self._own, self._rendering)
        self._own.set_progress_bar_config(disable=True)
        return perf_counter() - began

    def _warm(self) -> float:
        """Draw a picture in two steps, which compiles, and finds the batch that fits."""
        began = perf_counter()
        (promise,) = self._text_batches(self._spec.name).draw([_trial(self._spec)])
        promise.result()
        return perf_counter() - began

    def _text_batches(self, maker: str) -> TextBatches:
        with self._building, faults_told(maker, "draw"):
            self._texts = self._texts or TextBatches(
                self._pipeline("text"), self._rendering, _SOFTWARE, drawing=self._drawing, decoding=self._decoding
            )
            return self._texts

    def _uncompiled(self) -> AbstractContextManager[object]:
        """Draw one picture eagerly: it has another shape than the batch, and compiling for it would never pay."""
        return torch.compiler.set_stance("force_eager") if self._rendering.is_compiled else nullcontext()

    def _pipeline(self, way: Way) -> Any:
        if way not in self._pipelines:
            self._pipelines[way] = _WAYS[way].from_pipe(self._own)
            self._pipelines[way].set_progress_bar_config(disable=True)
        return self._pipelines[way]


def _outcome(promise: Future[Made]) -> Made | CallsheetError:
    try:
        return promise.result()
    except CallsheetError as error:
        return error


def _trial(spec: MakerSpec) -> Recipe:
    return Recipe(
        maker=spec.name,
        kind=spec.kind,
        make="still",
        source=spec.portable_source,
        revision=spec.revision,
        weights_digest=spec.weights_digest,
        prompt="",
        negative="",
        seed=0,
        width=spec.width,
        height=spec.height,
        steps=2,
        guidance=spec.guidance,
    )


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


def _check_index(folder: Path, spec: MakerSpec) -> None:
    """Refuse a folder that is no diffusers checkpoint."""
    if not (folder / "model_index.json").is_file():
        raise CrewError(f"maker {spec.name!r}", f"no model_index.json in {str(folder)!r}", "give a diffusers folder")


def _adapter(folder: Path, spec: MakerSpec) -> Path | None:
    """Give the adapter a maker names: a .safetensors file of its checkpoint, checked with it, or nothing at all."""
    named = spec.settings.get("ip_adapter")
    if not named:
        return None
    inner = PurePosixPath(str(named))
    path = folder / inner
    # By its words alone: what a hub keeps are links to files elsewhere.
    if inner.is_absolute() or ".." in inner.parts or inner.suffix != ".safetensors" or not path.is_file():
        what = f"its ip_adapter {str(named)!r} is no .safetensors file in its checkpoint"
        raise CrewError(f"maker {spec.name!r}", what, "put one there, and name it by its path in the checkpoint")
    return path


def _variant(spec: MakerSpec) -> str | None:
    variant = str(spec.settings.get("variant", ""))
    if not _VARIANT.fullmatch(variant):  # it becomes part of file names
        raise CrewError(f"maker {spec.name!r}", f"its variant {variant!r} is no word", 'write one like "fp16"')
    return variant or None
