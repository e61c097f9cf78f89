"""The recipe of everything in the box: `python -m callsheet.models.sketch.train --minutes 240`.

The second generator starts from the first one's caption encoder.
On a CPU it makes 64 px models; where CUDA is, wider ones at 128 px. The time is split: 45 % for sketch-l, 30 %
for sketch-s, 15 % for the critic; painting and redrawing come on top. An interrupted run goes on from its last
checkpoint, and begins the critic anew. `--more sketch-l --minutes 90` trains one generator, or
the critic, further.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import structlog
import torch

from .critic import SketchCritic, load_critic, save_critic
from .data import CRITIC_SEEDS, GENERATOR_SEEDS, MEASURE_SEEDS, Scenes, load_shards, paint_shards
from .network import Width
from .painter import paint_samples
from .pipeline import SketchPipeline
from .train_critic import (
    accuracy,
    clean_pool,
    faithful_pool,
    first_of,
    half_learned_pool,
    joined,
    redrawn_pool,
    spoiled_pool,
    textured_pool,
    train_critic,
)
from .training import train_generator

log = structlog.get_logger()

_SPOILED_SEED: Final = 15_000_000
_FAITHFUL_SEED: Final = 17_000_000
_MORE_RATE: Final = 6e-4


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """One generator of the box."""

    name: str
    width: Width
    steps: int
    share: float
    """Of the training time."""
    seed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """What is trained, on how many pictures."""

    models: tuple[Model, ...]
    size_px: int
    scenes: int
    critic_scenes: int
    redrawn: int


def recipe(*, has_cuda: bool) -> Recipe:
    """Choose the recipe for this computer."""
    size_px = 128 if has_cuda else 64
    large = (192, 320, 448) if has_cuda else (80, 128, 160)
    small = (96, 160, 224) if has_cuda else (64, 80, 112)
    width_l = Width(channels=large, text_width=128, text_layers=2, size_px=size_px)
    width_s = Width(channels=small, text_width=128, text_layers=2, size_px=size_px)
    return Recipe(
        models=(
            Model(name="sketch-l", width=width_l, steps=16, share=0.45, seed=11),
            Model(name="sketch-s", width=width_s, steps=10, share=0.3, seed=12),
        ),
        size_px=size_px,
        scenes=400_000 if has_cuda else 70_000,
        critic_scenes=100_000 if has_cuda else 40_000,
        redrawn=20_000 if has_cuda else 1_500,
    )


def main() -> None:
    """Paint, train, measure, save."""
    parser = argparse.ArgumentParser(description="Train the sketch generators and their critic.")
    parser.add_argument("--minutes", type=float, default=240.0, help="wall time for training in all")
    parser.add_argument("--out", type=Path, default=Path("models/sketch/weights"))
    parser.add_argument("--cache", type=Path, default=Path(".cache/sketch"), help="shards and checkpoints")
    parser.add_argument("--more", metavar="NAME", help="go on training this one model, from its saved weights")
    parser.add_argument("--redrawn", type=int, help="how many scenes the generator redraws for the critic")
    options = parser.parse_args()
    plan = recipe(has_cuda=torch.cuda.is_available())
    plan = replace(plan, redrawn=options.redrawn or plan.redrawn)
    if options.more:
        train_more(plan, options.more, minutes=options.minutes, cache=options.cache, out=options.out)
        return
    began = time.monotonic()
    paint_shards(options.cache, GENERATOR_SEEDS, plan.scenes, plan.size_px)
    paint_shards(options.cache, CRITIC_SEEDS, plan.critic_scenes, plan.size_px)
    log.info("scenes_painted", seconds=round(time.monotonic() - began))
    scenes = load_shards(options.cache, GENERATOR_SEEDS, plan.scenes, plan.size_px)
    words_from: SketchPipeline | None = None
    for model in plan.models:
        words_from = _train_generator(model, scenes, options.minutes, options.cache, words_from=words_from)
        save_generator(words_from, model.steps, options.out / model.name)
        log.info("generator_saved", name=model.name)
    pipeline = _loaded(options.out / plan.models[0].name)
    clean = load_shards(options.cache, CRITIC_SEEDS, plan.critic_scenes, plan.size_px)
    _train_critic(plan, clean, pipeline, minutes=options.minutes * 0.15, cache=options.cache, out=options.out)


def train_more(plan: Recipe, name: str, *, minutes: float, cache: Path, out: Path) -> None:
    """Train a generator, or the critic, further: from its saved weights, on pictures of which most are new to it."""
    if name == "critic":
        _more_critic(plan, minutes=minutes, cache=cache, out=out)
    else:
        model = next(model for model in plan.models if model.name == name)
        _more_generator(plan, model, minutes=minutes, cache=cache, out=out)


def _more_generator(plan: Recipe, model: Model, *, minutes: float, cache: Path, out: Path) -> None:
    paint_shards(cache, GENERATOR_SEEDS, 2 * plan.scenes, plan.size_px)
    saved = _loaded(out / model.name)
    pipeline = train_generator(
        model.width,
        load_shards(cache, GENERATOR_SEEDS, 2 * plan.scenes, plan.size_px),
        minutes=minutes,
        seed=model.seed + 200,
        checkpoint=cache / f"{model.name}-more.safetensors",
        words_from=saved.text_encoder,
        unet_from=saved.unet,
        rate=_MORE_RATE,
    )
    save_generator(pipeline, model.steps, out / model.name)


def _more_critic(plan: Recipe, *, minutes: float, cache: Path, out: Path) -> None:
    """Half of what is redrawn are pairs; some of what is spoiled has the generator's texture."""
    paint_shards(cache, CRITIC_SEEDS, plan.critic_scenes, plan.size_px)
    clean = load_shards(cache, CRITIC_SEEDS, plan.critic_scenes, plan.size_px)
    pipeline = _loaded(out / plan.models[0].name)
    half = plan.redrawn // 2
    pairs = [row for row, scene in enumerate(clean.scenes) if scene.other_kind is not None][-half:]
    others = [row for row, scene in enumerate(clean.scenes) if scene.other_kind is None][-half:]
    lightly = textured_pool(pipeline, clean_pool(_picked(clean, [*pairs, *others])), seed=42)
    strongly = faithful_pool(pipeline, range(_FAITHFUL_SEED, _FAITHFUL_SEED + plan.redrawn), seed=46)
    spoiled = spoiled_pool(_seeds(plan, 2), plan.size_px)
    part = first_of(spoiled, plan.redrawn)
    critic = train_critic(
        clean_pool(clean),
        joined(spoiled, textured_pool(pipeline, part, seed=44)),
        joined(lightly, strongly),
        minutes=minutes,
        seed=43,
        start=load_critic(out / "critic"),
    )
    _save_measured(critic, plan, out)


def _picked(scenes: Scenes, rows: list[int]) -> Scenes:
    return Scenes(scenes.pictures[rows], tuple(scenes.scenes[row] for row in rows))


def _loaded(folder: Path) -> SketchPipeline:
    pipeline = SketchPipeline.from_pretrained(folder)
    pipeline.to("cuda" if torch.cuda.is_available() else "cpu")
    return pipeline


def save_generator(pipeline: SketchPipeline, steps: int, folder: Path) -> None:
    """Save a generator in half precision, with its default number of steps."""
    pipeline.register_to_config(default_steps=steps)
    pipeline.to(torch.float16).save_pretrained(folder)


def _train_generator(
    model: Model, scenes: Scenes, minutes: float, cache: Path, *, words_from: SketchPipeline | None
) -> SketchPipeline:
    early = cache / f"{model.name}-early"
    if words_from is None and not early.exists():
        state = cache / f"{model.name}-early.safetensors"
        first = train_generator(model.width, scenes, minutes=minutes * 0.04, seed=model.seed + 100, checkpoint=state)
        save_generator(first, model.steps, early)
    return train_generator(
        model.width,
        scenes,
        minutes=minutes * model.share,
        seed=model.seed,
        checkpoint=cache / f"{model.name}.safetensors",
        words_from=None if words_from is None else words_from.text_encoder,
    )


def _train_critic(
    plan: Recipe, clean: Scenes, pipeline: SketchPipeline, *, minutes: float, cache: Path, out: Path
) -> None:
    early = _loaded(cache / f"{plan.models[0].name}-early")
    part = Scenes(clean.pictures[: plan.redrawn], clean.scenes[: plan.redrawn])
    with_subjects = [scene for scene in clean.scenes if scene.kind is not None][: plan.redrawn // 4]
    drawn = joined(redrawn_pool(pipeline, part, seed=31), half_learned_pool(early, with_subjects, seed=32))
    spoiled = spoiled_pool(_seeds(plan, 1), plan.size_px)
    critic = train_critic(clean_pool(clean), spoiled, drawn, minutes=minutes, seed=33)
    _save_measured(critic, plan, out)


def _seeds(plan: Recipe, part: int) -> range:
    """Give the seeds of the spoiled pictures of the first training, or of a later one."""
    count = plan.critic_scenes // 4
    return range(_SPOILED_SEED + (part - 1) * count, _SPOILED_SEED + part * count)


def _save_measured(critic: SketchCritic, plan: Recipe, out: Path) -> None:
    save_critic(critic, out / "critic")
    pictures, scenes, _ = paint_samples(range(MEASURE_SEEDS, MEASURE_SEEDS + 500), plan.size_px)
    unseen = Scenes(pictures, tuple(scenes))
    log.info("critic_measured", accuracy=accuracy(critic, clean_pool(unseen), seed=34))


if __name__ == "__main__":
    main()
