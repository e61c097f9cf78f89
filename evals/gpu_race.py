"""The three that draw in `bench_gpu`: a plain loop, a hand-tuned batch and our worker, on the same work."""

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from diffusers.pipelines.stable_diffusion_xl.pipeline_stable_diffusion_xl import StableDiffusionXLPipeline
from diffusers.utils import is_accelerate_available

from ..core.crew import MakerSpec
from ..core.errors import CallsheetError
from ..core.take import Made, Recipe
from ..models.diffusion import DiffusersMaker
from ..models.frame import as_png
from ..models.hosting import make_all

GUIDANCE = 5.0
PROMPTS = ("a fortress above the sea", "a village in the snow", "a forest road at dusk", "a harbour in fog")
FAST = {"channels_last": True, "encodings": 256, "aside": True}
"""What a worker on CUDA does by itself; said here so that a rehearsal on CPU does it too."""

PARTS = ("batch", "compile", *FAST)
"""What makes our worker fast; each can be left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What every contender draws."""

    folder: Path
    device: str
    side_px: int
    steps: int
    batch: int
    batches: int
    """As many are measured; the plain loop draws one batch's pictures, one by one."""
    is_compiled: bool

    @property
    def pictures(self) -> int:
        """How many pictures are measured."""
        return self.batch * self.batches

    def prompt(self, number: int) -> str:
        """Give a picture's prompt: a few of them, each in many variations, as productions ask."""
        return PROMPTS[number % len(PROMPTS)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Speed:
    """How fast one contender was."""

    per_second: float
    load_seconds: float
    warm_seconds: float

    def __str__(self) -> str:
        load, warm = f"{self.load_seconds:.1f} s to load", f"{self.warm_seconds:.1f} s to warm"
        return f"{self.per_second:.3f} pictures/s, {load}, {warm}"


def plain(work: Work) -> Speed:
    """Draw one by one, as a first script does."""
    dtype = torch.float16 if work.device == "cuda" else torch.float32
    with _timed(work.device) as load:
        pipeline = _pipeline(work, dtype)

    def draw(number: int, steps: int) -> None:
        generator = torch.Generator().manual_seed(number)
        drawn = pipeline(
            work.prompt(number),
            num_inference_steps=steps,
            guidance_scale=GUIDANCE,
            width=work.side_px,
            height=work.side_px,
            generator=generator,
        )
        as_png(drawn.images[0])

    with _timed(work.device) as warm:
        draw(0, 2)
    with _timed(work.device) as seconds:
        for number in range(work.batch):
            draw(number, work.steps)
    return Speed(per_second=work.batch / seconds[0], load_seconds=load[0], warm_seconds=warm[0])


def hand_tuned(work: Work) -> Speed:
    """Draw fixed batches the way an expert sets a pipeline up, without any of our code."""
    with _timed(work.device) as load:
        pipeline = _pipeline(work, torch.bfloat16 if work.device == "cuda" else torch.float32)
        pipeline.unet.to(memory_format=torch.channels_last)
        pipeline.vae.to(memory_format=torch.channels_last)
        if work.is_compiled:
            pipeline.unet.compile(dynamic=False)

    def draw(first: int, steps: int) -> None:
        numbers = range(first, first + work.batch)
        drawn = pipeline(
            [work.prompt(number) for number in numbers],
            num_inference_steps=steps,
            guidance_scale=GUIDANCE,
            width=work.side_px,
            height=work.side_px,
            generator=[torch.Generator().manual_seed(number) for number in numbers],
        )
        list(writers.map(as_png, drawn.images))

    with ThreadPoolExecutor() as writers:
        with _timed(work.device) as warm:
            draw(0, 2)
        with _timed(work.device) as seconds:
            for number in range(work.batches):
                draw(number * work.batch, work.steps)
    return Speed(per_second=work.pictures / seconds[0], load_seconds=load[0], warm_seconds=warm[0])


def ours(work: Work, *, without: str = "") -> Speed:
    """Draw with the worker's own code, with all its `PARTS` or without one."""
    on = {"compile": work.is_compiled, **FAST}
    settings = {name: setting for name, setting in on.items() if name != without}
    off = {without: False} if without in on else {}
    maker = DiffusersMaker(spec_of(work, batch=1 if without == "batch" else work.batch, **settings, **off))
    with _timed(work.device) as warm:
        pictures(maker, [recipe_of(work, number, steps=2) for number in range(work.batch)])
    with _timed(work.device) as seconds:
        pictures(maker, [recipe_of(work, number, steps=work.steps) for number in range(work.pictures)])
    return Speed(
        per_second=work.pictures / seconds[0],
        load_seconds=maker.load_seconds,
        warm_seconds=maker.warm_seconds + warm[0],
    )


def peak_flops(device: str) -> float:
    """Measure what the device reaches in operations per second, by its best of some large matrix products."""
    side, dtype = (8192, torch.bfloat16) if device == "cuda" else (256, torch.float32)
    left, right = (torch.randn(side, side, device=device, dtype=dtype) for _ in range(2))
    times = []
    for _ in range(10):
        with _timed(device) as seconds:
            for _ in range(10):
                left @ right
        times.append(seconds[0] / 10)
    return float(2 * side**3 / min(times))


def spec_of(work: Work, *, batch: int, **settings: str | int | float | bool) -> MakerSpec:
    """Give the crew block of a worker for this work."""
    return MakerSpec(
        name="bench",
        kind="diffusers",
        makes=("still",),
        source=str(work.folder),
        device=work.device,
        dtype="bfloat16" if work.device == "cuda" else "float32",
        batch=batch,
        width=work.side_px,
        height=work.side_px,
        guidance=GUIDANCE,
        settings=settings,
    )


def recipe_of(work: Work, number: int, *, steps: int) -> Recipe:
    """Give the recipe of one picture."""
    return Recipe(
        maker="bench",
        kind="diffusers",
        make="still",
        source="",
        revision="",
        weights_digest="",
        prompt=work.prompt(number),
        negative="",
        seed=number,
        width=work.side_px,
        height=work.side_px,
        steps=steps,
        guidance=GUIDANCE,
    )


def pictures(maker: DiffusersMaker, recipes: Sequence[Recipe]) -> list[Made]:
    """Have a worker make everything; raises what kept it from any of them."""
    answers = make_all(maker, recipes, [{}] * len(recipes))
    for answer in answers:
        if isinstance(answer, CallsheetError):
            raise answer
    return [answer for answer in answers if isinstance(answer, Made)]


def _pipeline(work: Work, dtype: torch.dtype) -> Any:
    pipeline = StableDiffusionXLPipeline.from_pretrained(
        work.folder, dtype=dtype, use_safetensors=True, low_cpu_mem_usage=is_accelerate_available()
    )
    pipeline.set_progress_bar_config(disable=True)
    return pipeline.to(work.device)


@contextmanager
def _timed(device: str) -> Iterator[list[float]]:
    """Give a list that holds the seconds of what was done, once it is done on the device as well."""
    seconds: list[float] = []
    began = time.perf_counter()
    yield seconds
    if device == "cuda":
        torch.cuda.synchronize()
    seconds.append(time.perf_counter() - began)
