"""Text-to-image recipes drawn several in a call, always in batches of one size."""

import inspect
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from threading import Lock
from time import perf_counter
from typing import Any

import structlog
import torch
from PIL import Image

from ..core.errors import CallsheetError, MakerFailed, OutOfMemory
from ..core.take import Made, Recipe
from .darkroom import Darkroom
from .drawing import faults_told
from .encodings import KeptEncodings
from .frame import finished
from .rendering import Rendering, filled_up

log = structlog.get_logger()


class TextBatches:
    """Draws with one text-to-image pipeline; safe from several threads: one draws, the others' pictures develop.

    A batch that does not fit in memory is drawn in halves, and so are all from then on: a call that holds fewer recipes
    is filled up and needs as much memory. `OutOfMemory` is the answer of what does not fit alone.
    """

    def __init__(
        self, pipeline: Any, rendering: Rendering, software: Mapping[str, str], *, drawing: Lock, decoding: Lock
    ) -> None:
        """Take the pipeline, and the locks that other pipelines with the same parts hold as well."""
        self.batch = rendering.batch
        self._pipeline, self._software, self._drawing = pipeline, software, drawing
        self._takes = inspect.signature(pipeline.__call__).parameters
        keeps = rendering.encodings > 0 and KeptEncodings.fit(pipeline)
        self.encodings = KeptEncodings(pipeline, rendering.encodings) if keeps else None
        develops = rendering.develops_aside and Darkroom.fits(pipeline)
        self._darkroom = Darkroom(pipeline, decoding) if develops else None

    def draw(self, recipes: Sequence[Recipe]) -> list[Future[Made]]:
        """Promise each recipe its picture, or why there is none.

        Args:
            recipes: alike in size, steps, guidance and whether they have a negative; as many as there are.
        """
        promised: list[Future[Made]] = []
        while len(promised) < len(recipes):
            promised += self._draw(recipes[len(promised) : len(promised) + self.batch])
        return promised

    def _draw(self, recipes: Sequence[Recipe]) -> list[Future[Made]]:
        """Draw what fits in one call; a fault of one recipe is told from the others' by drawing each by itself."""
        drew_with = self.batch
        try:
            promised = self._drawn_together(recipes, drew_with)
        except OutOfMemory as error:
            self._halve(drew_with)
            return self.draw(recipes) if self.batch < drew_with else [_refused(error) for _ in recipes]
        except MakerFailed as error:
            if len(recipes) > 1:
                return [promise for one in recipes for promise in self._draw([one])]
            return [_refused(error)]
        for promise in promised:
            promise.add_done_callback(lambda done: self._halve_if_out_of_memory(done, drew_with))
        return promised

    def _drawn_together(self, recipes: Sequence[Recipe], batch: int) -> list[Future[Made]]:
        with self._drawing, faults_told(recipes[0].maker, "draw" if batch == 1 else f"draw {batch} pictures at once"):
            began = perf_counter()
            output = self._pipeline(**self._asked(filled_up(recipes, batch)))
            if self._pipeline.device.type == "cuda":
                torch.cuda.current_stream(self._pipeline.device).synchronize()
            seconds = (perf_counter() - began) / len(recipes)
        software = self._software if batch == 1 else {**self._software, "batch": str(batch)}
        if self._darkroom:
            return self._darkroom.develop(output.images, recipes, drew_seconds=seconds, software=software)
        return [_promised(output, place, one, seconds, software) for place, one in enumerate(recipes)]

    def _asked(self, recipes: Sequence[Recipe]) -> dict[str, object]:
        """Give what the pipeline is called with; noise comes from a CPU generator of each picture's own."""
        first = recipes[0]
        prompts, negatives = [one.prompt for one in recipes], [one.negative or None for one in recipes]
        texts: Mapping[str, object] = {"prompt": prompts, "negative_prompt": negatives if first.negative else None}
        asked = {
            **(self.encodings.of(prompts, negatives, first.guidance) if self.encodings else texts),
            "width": first.width,
            "height": first.height,
            "num_inference_steps": first.steps,
            "guidance_scale": first.guidance,
            "generator": [torch.Generator().manual_seed(one.seed) for one in recipes],
            "output_type": "latent" if self._darkroom else "pil",
        }
        return {name: value for name, value in asked.items() if name in self._takes and value is not None}

    def _halve_if_out_of_memory(self, developed: Future[Made], drew_with: int) -> None:
        if isinstance(developed.exception(), OutOfMemory):
            self._halve(drew_with)

    def _halve(self, drew_with: int) -> None:
        """Once for a batch, whoever else of it or beside it ran out of memory as well."""
        if self.batch > drew_with // 2 >= 1:
            self.batch = drew_with // 2
            log.warning("batch_halved", batch=self.batch)


def _promised(output: Any, place: int, recipe: Recipe, seconds: float, software: Mapping[str, str]) -> Future[Made]:
    try:
        picture = picture_of(output, recipe, place)
        promise: Future[Made] = Future()
        promise.set_result(finished(picture, recipe, perf_counter() - seconds, software))
    except CallsheetError as error:
        return _refused(error)
    return promise


def _refused(error: CallsheetError) -> Future[Made]:
    promise: Future[Made] = Future()
    promise.set_exception(error)
    return promise


def picture_of(output: Any, recipe: Recipe, place: int = 0) -> Image.Image:
    """Take one picture out of what a pipeline gave; raises `MakerFailed` when it was withheld or is none."""
    withheld = getattr(output, "nsfw_content_detected", None) or ()
    if place < len(withheld) and withheld[place]:
        raise MakerFailed(recipe.maker, "the checkpoint's safety checker withheld the picture")
    picture = output.images[place]
    if not isinstance(picture, Image.Image):
        raise MakerFailed(recipe.maker, f"it gave {type(picture).__name__} and no picture")
    return picture
