"""Trains the judge: `python -m callsheet.evals.judge.train --minutes 25`.

It learns from renders, whole and damaged, as painted and with the generators' texture: redrawn so lightly, and without
words, that they stay what they were; and from scenes redrawn so strongly that shapes are lost, where what was lost is
measured. It never sees a take, and shares no picture with the critic.
"""

from __future__ import annotations

import argparse
import math
import random
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import structlog
import torch
from numpy.typing import NDArray
from torch import Tensor

from ...core.errors import SetupError
from ...models.sketch.faithful import KEPT, LOST, redrawn_strongly
from ...models.sketch.painter import paint_samples
from ...models.sketch.pipeline import SketchPipeline
from ...models.sketch.redraw import redrawn
from ...models.sketch.vocabulary import Scene
from .damage import damaged_sample, worn
from .judge import WEIGHTS, load_judge, save_judge
from .network import HEADS, INPUT_PX, InverseRenderer, labels, reading_loss

log = structlog.get_logger()

FIRST_SEED: Final = 20_000_000
_DAMAGED_SEED: Final = 25_000_000
_FAITHFUL_SEED: Final = 27_000_000
_BATCH: Final = 64
_RATE: Final = 2e-3
_MORE_RATE: Final = 8e-4
_AVERAGE: Final = 0.99
_GENERATORS: Final = Path(__file__).parents[2] / "models" / "sketch" / "weights"
_TEXTURED: Final = ("sketch-l", "sketch-s")


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Pictures of one kind to learn from."""

    pictures: NDArray[np.uint8]
    scenes: list[Scene]
    is_whole: bool
    share: float
    """Of every batch."""


def sources(scenes: int, textured: int) -> list[Source]:
    """Paint, damage and texture what the judge learns from."""
    whole, whole_scenes = _painted(FIRST_SEED, scenes)
    spoiled, spoiled_scenes = _damaged(_DAMAGED_SEED, scenes // 4)
    return [
        Source(pictures=whole, scenes=whole_scenes, is_whole=True, share=0.45),
        Source(pictures=spoiled, scenes=spoiled_scenes, is_whole=False, share=0.15),
        Source(
            pictures=_with_texture(whole[:textured], seed=51), scenes=whole_scenes[:textured], is_whole=True, share=0.22
        ),
        Source(
            pictures=_with_texture(spoiled[:textured], seed=52),
            scenes=spoiled_scenes[:textured],
            is_whole=False,
            share=0.18,
        ),
        *_strongly(textured // 2),
    ]


def _strongly(count: int) -> list[Source]:
    """Redraw scenes so strongly that shapes are lost; those in between are left out, for nobody can say."""
    sources: list[Source] = []
    for row, name in enumerate(_TEXTURED):
        pipeline = _generator(name)
        first = _FAITHFUL_SEED + row * count
        found = redrawn_strongly(pipeline, range(first, first + count), seed=61 + row)
        for is_whole, rows in ((True, found.faithfulness > KEPT), (False, found.faithfulness < LOST)):
            chosen = np.flatnonzero(rows)
            scenes = [found.scenes[one] for one in chosen]
            sources.append(Source(pictures=found.pictures[chosen], scenes=scenes, is_whole=is_whole, share=0.08))
    return sources


def _generator(name: str) -> SketchPipeline:
    pipeline = SketchPipeline.from_pretrained(_GENERATORS / name)
    if pipeline.size_px != INPUT_PX:
        raise SetupError(
            f"{name} draws {pipeline.size_px} px, and the judge sees {INPUT_PX}: train it beside such ones"
        )
    return pipeline


def _painted(first_seed: int, count: int) -> tuple[NDArray[np.uint8], list[Scene]]:
    pictures, scenes, _ = paint_samples(range(first_seed, first_seed + count))
    return pictures, scenes


def _damaged(first_seed: int, count: int) -> tuple[NDArray[np.uint8], list[Scene]]:
    samples = [damaged_sample(seed) for seed in range(first_seed, first_seed + count)]
    return np.stack([picture for picture, _ in samples]), [scene for _, scene in samples]


def _with_texture(pictures: NDArray[np.uint8], seed: int) -> NDArray[np.uint8]:
    """Redraw pictures lightly, the first half by one generator and the second by the other."""
    halves = zip(_TEXTURED, np.array_split(pictures, len(_TEXTURED)), strict=True)
    pipelines = ((_generator(name), part) for name, part in halves)
    return np.concatenate([redrawn(one, part, None, between=(0.2, 0.4), seed=seed)[0] for one, part in pipelines])


def train(
    learnt_from: list[Source], *, minutes: float, seed: int, start: InverseRenderer | None = None
) -> InverseRenderer:
    """Train a network until the time is up, a new one or one that has learned already; gives its running average."""
    torch.manual_seed(seed)
    rng, chance = random.Random(seed), torch.Generator().manual_seed(seed)
    live, mean = start or InverseRenderer(), InverseRenderer()
    rate = _RATE if start is None else _MORE_RATE
    mean.load_state_dict(live.state_dict())
    optimizer = torch.optim.AdamW(live.parameters(), lr=_RATE, weight_decay=0.02)
    began, step, total = time.monotonic(), 0, 0.0
    while (fraction := (time.monotonic() - began) / (minutes * 60)) < 1:
        for group in optimizer.param_groups:
            group["lr"] = rate * min(1, (step + 1) / 100) * (0.01 + 0.99 * (1 + math.cos(math.pi * fraction)) / 2)
        pictures, answers = _batch(learnt_from, rng)
        loss = reading_loss(live.train()(worn(pictures, chance)), answers)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        _average(mean, live)
        step, total = step + 1, total + float(loss.detach())
        if step % 50 == 0:
            log.info("judge_trained", step=step, loss=round(total / 50, 3), fraction=round(fraction, 3))
            total = 0.0
    return mean.eval()


def _batch(learnt_from: list[Source], rng: random.Random) -> tuple[Tensor, dict[str, Tensor]]:
    chosen = rng.choices(learnt_from, [source.share for source in learnt_from], k=_BATCH)
    rows = [rng.randrange(len(source.scenes)) for source in chosen]
    pictures = [source.pictures[row] for source, row in zip(chosen, rows, strict=True)]
    answers = [labels(one.scenes[row], is_whole=one.is_whole) for one, row in zip(chosen, rows, strict=True)]
    table = {name: torch.tensor([answer[name] for answer in answers]) for name in HEADS}
    return torch.from_numpy(np.stack(pictures)), table


@torch.no_grad()
def _average(mean: InverseRenderer, live: InverseRenderer) -> None:
    state = live.state_dict()
    for name, slow in mean.state_dict().items():
        if slow.is_floating_point():
            slow.lerp_(state[name], 1 - _AVERAGE)
        else:
            slow.copy_(state[name])


def main() -> None:
    """Paint, train, save."""
    parser = argparse.ArgumentParser(description="Train the independent judge.")
    parser.add_argument("--minutes", type=float, default=25.0)
    parser.add_argument("--scenes", type=int, default=40_000)
    parser.add_argument("--textured", type=int, default=3_000, help="of the whole and of the damaged, each")
    parser.add_argument("--seed", type=int, default=20)
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    parser.add_argument("--more", action="store_true", help="go on from the weights in --out")
    options = parser.parse_args()
    learnt_from = sources(options.scenes, options.textured)
    start = load_judge(options.out).network if options.more else None
    save_judge(train(learnt_from, minutes=options.minutes, seed=options.seed, start=start), options.out)


if __name__ == "__main__":
    main()
