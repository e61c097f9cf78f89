"""Trains one generator within a time limit: rectified flow over folded pixels, with an averaged copy."""

from __future__ import annotations

import json
import math
import random
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import structlog
import torch
from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel
from diffusers.schedulers.scheduling_flow_match_euler_discrete import FlowMatchEulerDiscreteScheduler
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from transformers import CLIPTextModel, PreTrainedTokenizerFast

from .data import Scenes
from .network import (
    Width,
    build_text_encoder,
    build_tokenizer,
    build_unet,
    denoise,
    encode,
    flow_loss,
    fold,
    noised,
    training_sigmas,
)
from .pipeline import SketchPipeline

log = structlog.get_logger()

_BATCH: Final = 24
RATE: Final = 1e-3
_CAPTION_DROPOUT: Final = 0.1
_AVERAGE: Final = 0.998
_TEXT_RATE_SHARE: Final = 0.3
_WARM_STEPS: Final = 100


@dataclass(slots=True)
class Clocked:
    """Wall time spent on a job, kept across restarts, as a fraction of what it may take."""

    seconds: float
    spent: float = 0.0
    _since: float = field(default_factory=time.monotonic)

    def fraction(self) -> float:
        """Give the share of the time that is gone, 1 when it is up."""
        return min(1.0, (self.spent + time.monotonic() - self._since) / self.seconds)


def cosine_rate(fraction: float, step: int, rate: float = RATE) -> float:
    """Give the learning rate: a short warm-up, then a cosine of the time that is gone down to 2 %.

    >>> round(cosine_rate(0.0, 1_000), 6), round(cosine_rate(1.0, 1_000), 6)
    (0.001, 2e-05)
    """
    warm = min(1.0, (step + 1) / _WARM_STEPS)
    return rate * warm * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * fraction)))


class Sketcher(nn.Module):
    """Caption encoder and denoiser, trained together."""

    def __init__(self, width: Width, tokenizer: PreTrainedTokenizerFast) -> None:
        super().__init__()
        self.tokenizer = tokenizer
        self.text_encoder: CLIPTextModel = build_text_encoder(width, len(tokenizer))
        self.unet: UNet2DConditionModel = build_unet(width)

    def forward(self, clean: Tensor, captions: list[str], sigma: Tensor, focus: Tensor) -> Tensor:
        """Give the flow loss of folded pictures (n, 48, h, w) in [-1, 1]; `focus` as in `flow_loss`."""
        text = encode(self.tokenizer, self.text_encoder, captions)
        guess = denoise(self.unet, noised(clean, torch.randn_like(clean), sigma), sigma, text)
        return flow_loss(guess, clean, sigma, focus)


@torch.no_grad()
def average(mean: nn.Module, live: nn.Module, step: int) -> None:
    """Move the averaged weights toward the live ones; faster in the first steps."""
    keep = min(_AVERAGE, (1 + step) / (10 + step))
    torch._foreach_lerp_(list(mean.parameters()), list(live.parameters()), 1 - keep)


def train_generator(
    width: Width,
    scenes: Scenes,
    *,
    minutes: float,
    seed: int,
    checkpoint: Path,
    save_minutes: float = 4.0,
    words_from: CLIPTextModel | None = None,
    unet_from: UNet2DConditionModel | None = None,
    rate: float = RATE,
) -> SketchPipeline:
    """Train until the time is up, resuming from the checkpoint where there is one.

    Args:
        width: how big.
        scenes: what it is shown.
        minutes: wall time in all, restarts included.
        seed: of weights, noise and batches.
        checkpoint: where the state is kept between restarts.
        save_minutes: how often it is kept.
        words_from: a trained caption encoder of the same width to start from.
        unet_from: a trained denoiser of the same width to go on with.
        rate: the highest learning rate.
    """
    torch.manual_seed(seed)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    tokenizer = build_tokenizer()
    live, mean = Sketcher(width, tokenizer).to(device), Sketcher(width, tokenizer).to(device)
    if words_from is not None:
        live.text_encoder.load_state_dict(words_from.float().state_dict())
    if unet_from is not None:
        live.unet.load_state_dict(unet_from.float().state_dict())
    mean.load_state_dict(live.state_dict())
    optimizer = torch.optim.AdamW(_groups(live), lr=rate, betas=(0.9, 0.98), weight_decay=0.01, fused=True)
    clock = Clocked(minutes * 60)
    step = _restored(checkpoint, live, mean, optimizer, clock=clock)
    rng = random.Random(seed + step)
    saved, losses = time.monotonic(), 0.0
    while (fraction := clock.fraction()) < 1:
        for group in optimizer.param_groups:
            group["lr"] = cosine_rate(fraction, step, rate) * group["share"]
        loss = _step(live, scenes, rng, device)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(live.parameters(), 1.0)
        optimizer.step()
        average(mean, live, step)
        step, losses = step + 1, losses + float(loss.detach())
        if step % 100 == 0:
            log.info("generator_trained", step=step, loss=round(losses / 100, 4), fraction=round(fraction, 3))
            losses = 0.0
        if time.monotonic() - saved > save_minutes * 60:
            _save(checkpoint, live, mean, optimizer, clock=clock, step=step)
            saved = time.monotonic()
    _save(checkpoint, live, mean, optimizer, clock=clock, step=step)
    return to_pipeline(mean)


def _groups(live: Sketcher) -> list[dict[str, object]]:
    return [
        {"params": list(live.unet.parameters()), "share": 1.0},
        {"params": list(live.text_encoder.parameters()), "share": _TEXT_RATE_SHARE},
    ]


def _step(live: Sketcher, scenes: Scenes, rng: random.Random, device: str) -> Tensor:
    grid = live.unet.config["sample_size"]
    pictures, captions, focus = scenes.captioned(rng, _BATCH, grid)
    captions = ["" if rng.random() < _CAPTION_DROPOUT else text for text in captions]
    clean = fold(torch.from_numpy(pictures).permute(0, 3, 1, 2).to(device).float() / 127.5 - 1)
    sigma = training_sigmas(_BATCH).to(device)
    loss: Tensor = live(clean, captions, sigma, torch.from_numpy(focus).to(device))
    return loss


def _restored(path: Path, live: Sketcher, mean: Sketcher, optimizer: torch.optim.Optimizer, *, clock: Clocked) -> int:
    """Go back to a checkpoint where there is one; gives the step it was kept at."""
    if not path.exists():
        return 0
    kept = load_file(path, device=str(live.unet.device))
    with safe_open(path, "pt") as file:
        said = json.loads(file.metadata()["said"])
    live.load_state_dict(_under(kept, "live."))
    mean.load_state_dict(_under(kept, "mean."))
    rates = dict[int, dict[str, Tensor]]()
    for name, values in _under(kept, "optimizer.").items():
        number, _, what = name.partition(".")
        rates.setdefault(int(number), {})[what] = values
    optimizer.load_state_dict({"state": rates, "param_groups": said["groups"]})
    clock.spent = said["spent"]
    return int(said["step"])


def _save(
    path: Path, live: Sketcher, mean: Sketcher, optimizer: torch.optim.Optimizer, *, clock: Clocked, step: int
) -> None:
    """Keep everything in numbers and JSON: a file that runs nothing when it is read."""
    path.parent.mkdir(parents=True, exist_ok=True)
    state = optimizer.state_dict()
    rates = {f"{number}.{what}": one for number, row in state["state"].items() for what, one in row.items()}
    parts = {"live": live.state_dict(), "mean": mean.state_dict(), "optimizer": rates}
    # Copies of their own: the format takes no two names for one piece of memory.
    kept = {
        f"{part}.{name}": one.detach().clone().contiguous() for part, of in parts.items() for name, one in of.items()
    }
    said = {"groups": state["param_groups"], "spent": clock.fraction() * clock.seconds, "step": step}
    draft = path.with_suffix(".part")
    save_file(kept, draft, metadata={"said": json.dumps(said)})
    draft.replace(path)


def _under(kept: dict[str, Tensor], lead: str) -> dict[str, Tensor]:
    return {name.removeprefix(lead): values for name, values in kept.items() if name.startswith(lead)}


def to_pipeline(sketcher: Sketcher) -> SketchPipeline:
    """Make a pipeline of trained parts."""
    return SketchPipeline(
        unet=sketcher.unet.eval(),
        scheduler=FlowMatchEulerDiscreteScheduler(shift=1.0),
        text_encoder=sketcher.text_encoder.eval(),
        tokenizer=sketcher.tokenizer,
    )
