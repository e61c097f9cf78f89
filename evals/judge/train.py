"""Trains the judge: `python -m callsheet.evals.judge.train --minutes 15`. It sees renders only, never a generator."""

from __future__ import annotations

import argparse
import math
import random
import time
from pathlib import Path
from typing import Final

import numpy as np
import structlog
import torch
from numpy.typing import NDArray
from torch import Tensor

from ...models.sketch.painter import paint_samples
from ...models.sketch.vocabulary import Scene
from .damage import damaged_sample, worn
from .judge import WEIGHTS, save_judge
from .network import HEADS, InverseRenderer, labels, reading_loss

log = structlog.get_logger()

FIRST_SEED: Final = 20_000_000
_DAMAGED_SEED: Final = 25_000_000
_BATCH: Final = 64
_RATE: Final = 2e-3
_DAMAGED_SHARE: Final = 0.2
_AVERAGE: Final = 0.99


def painted(first_seed: int, count: int) -> tuple[NDArray[np.uint8], list[Scene]]:
    """Paint clean scenes."""
    pictures, scenes, _ = paint_samples(range(first_seed, first_seed + count))
    return pictures, scenes


def damaged(first_seed: int, count: int) -> tuple[NDArray[np.uint8], list[Scene]]:
    """Paint scenes with spoiled subjects."""
    samples = [damaged_sample(seed) for seed in range(first_seed, first_seed + count)]
    return np.stack([picture for picture, _ in samples]), [scene for _, scene in samples]


def train(
    whole: tuple[NDArray[np.uint8], list[Scene]],
    spoiled: tuple[NDArray[np.uint8], list[Scene]],
    *,
    minutes: float,
    seed: int,
) -> InverseRenderer:
    """Train a network until the time is up; gives its running average."""
    torch.manual_seed(seed)
    rng, chance = random.Random(seed), torch.Generator().manual_seed(seed)
    live, mean = InverseRenderer(), InverseRenderer()
    mean.load_state_dict(live.state_dict())
    optimizer = torch.optim.AdamW(live.parameters(), lr=_RATE, weight_decay=0.02)
    began, step, total = time.monotonic(), 0, 0.0
    while (fraction := (time.monotonic() - began) / (minutes * 60)) < 1:
        for group in optimizer.param_groups:
            group["lr"] = _RATE * min(1, (step + 1) / 100) * (0.01 + 0.99 * (1 + math.cos(math.pi * fraction)) / 2)
        pictures, answers = _batch(whole, spoiled, rng)
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


def _batch(
    whole: tuple[NDArray[np.uint8], list[Scene]], spoiled: tuple[NDArray[np.uint8], list[Scene]], rng: random.Random
) -> tuple[Tensor, dict[str, Tensor]]:
    pictures: list[NDArray[np.uint8]] = []
    answers: list[dict[str, int]] = []
    for _ in range(_BATCH):
        is_whole = rng.random() >= _DAMAGED_SHARE
        source, scenes = whole if is_whole else spoiled
        row = rng.randrange(len(scenes))
        pictures.append(source[row])
        answers.append(labels(scenes[row], is_whole=is_whole))
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
    parser.add_argument("--minutes", type=float, default=15.0)
    parser.add_argument("--scenes", type=int, default=40_000)
    parser.add_argument("--seed", type=int, default=20)
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    options = parser.parse_args()
    whole, spoiled = painted(FIRST_SEED, options.scenes), damaged(_DAMAGED_SEED, options.scenes // 4)
    save_judge(train(whole, spoiled, minutes=options.minutes, seed=options.seed), options.out)


if __name__ == "__main__":
    main()
