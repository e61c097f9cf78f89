"""Trains the house critic: whole captions against a batch, short phrases against their alternatives."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import structlog
import torch
from numpy.typing import NDArray
from open_clip import CLIP
from PIL import Image
from torch import Tensor
from torch.nn import functional

from .critic import INPUT_PX, SketchCritic, new_critic, token_ids
from .data import Scenes
from .faithful import KEPT, LOST, redrawn_strongly
from .pipeline import SketchPipeline
from .questions import Aspect, Condition, Question, ask, swapped
from .redraw import redrawn
from .spoil import spoiled_sample
from .training import Clocked, cosine_rate
from .vocabulary import Scene, caption

log = structlog.get_logger()

_BATCH: Final = 64
_QUESTIONS: Final = 6
_HARDER: Final[frozenset[Aspect]] = frozenset({"existence", "count", "relation", "condition", "side", "size"})
_SHARES: Final = (0.55, 0.2, 0.25)
_TEXT_RATE_SHARE: Final = 0.4
_SCALE_LIMIT: Final = 4.6
_WHOLE_BELOW: Final = 0.45
_PAIRS: Final = 1 / 2


@dataclass(frozen=True, slots=True)
class Pool:
    """Pictures of one origin: what is in each, and how its subjects look where that is known."""

    pictures: NDArray[np.uint8]
    scenes: Sequence[Scene]
    conditions: Sequence[Condition | None]
    pairs: tuple[int, ...] = field(init=False)
    """Rows with two kinds: which colour is whose takes longest to learn."""

    def __post_init__(self) -> None:
        pairs = tuple(row for row, scene in enumerate(self.scenes) if scene.other_kind is not None)
        object.__setattr__(self, "pairs", pairs)

    def draw(self, rng: random.Random) -> int:
        """Draw a row; every other time among the pairs alone."""
        return rng.choice(self.pairs) if self.pairs and rng.random() < _PAIRS else rng.randrange(len(self.scenes))


def clean_pool(scenes: Scenes) -> Pool:
    """Take painted scenes as they are."""
    return Pool(scenes.pictures, scenes.scenes, ["whole"] * len(scenes))


def spoiled_pool(seeds: range, size_px: int) -> Pool:
    """Paint scenes and spoil their subjects."""
    samples = [spoiled_sample(seed, size_px) for seed in seeds]
    return Pool(np.stack([s[0] for s in samples]), [s[1] for s in samples], [s[2] for s in samples])


def redrawn_pool(pipeline: SketchPipeline, scenes: Scenes, seed: int) -> Pool:
    """Redraw painted scenes part of the way with their own captions: right labels, the generator's texture.

    A light redraw keeps its subjects whole; nobody knows how a strong one looks.
    """
    rng = random.Random(seed)
    captions = [caption(scene, rng) for scene in scenes.scenes]
    pictures, strengths = redrawn(pipeline, scenes.pictures, captions, between=(0.3, 0.75), seed=seed)
    return Pool(pictures, scenes.scenes, ["whole" if one < _WHOLE_BELOW else None for one in strengths])


def faithful_pool(pipeline: SketchPipeline, seeds: range, seed: int) -> Pool:
    """Redraw scenes so strongly that shapes are lost, those labelled as melted that lost theirs."""
    found = redrawn_strongly(pipeline, seeds, seed=seed)
    conditions: list[Condition | None] = [
        "whole" if kept > KEPT else "melted" if kept < LOST else None for kept in found.faithfulness
    ]
    return Pool(found.pictures, found.scenes, conditions)


def textured_pool(pipeline: SketchPipeline, pool: Pool, seed: int) -> Pool:
    """Give a pool's pictures the generator's texture: redrawn lightly and without words, they stay what they were."""
    pictures, _ = redrawn(pipeline, pool.pictures, None, between=(0.2, 0.4), seed=seed)
    return Pool(pictures, pool.scenes, pool.conditions)


def half_learned_pool(pipeline: SketchPipeline, scenes: Sequence[Scene], seed: int, batch: int = 20) -> Pool:
    """Draw with a generator that has not learned its shapes yet: surroundings right, subjects melted."""
    rng = random.Random(seed)
    noise = torch.Generator(pipeline.device).manual_seed(seed)
    pictures: list[NDArray[np.uint8]] = []
    for first in range(0, len(scenes), batch):
        captions = [caption(scene, rng) for scene in scenes[first : first + batch]]
        drawn = pipeline(captions, num_inference_steps=10, generator=noise, output_type="pt").images
        pictures.extend((drawn * 255).round().byte().permute(0, 2, 3, 1).cpu().numpy())
    return Pool(np.stack(pictures), scenes, ["melted"] * len(scenes))


def first_of(pool: Pool, count: int) -> Pool:
    """Take a pool's first pictures."""
    return Pool(pool.pictures[:count], pool.scenes[:count], pool.conditions[:count])


def joined(*pools: Pool) -> Pool:
    """Put pools together."""
    return Pool(
        np.concatenate([pool.pictures for pool in pools]),
        [scene for pool in pools for scene in pool.scenes],
        [condition for pool in pools for condition in pool.conditions],
    )


def train_critic(
    clean: Pool, spoiled: Pool, drawn: Pool, *, minutes: float, seed: int, start: SketchCritic | None = None
) -> SketchCritic:
    """Train until the time is up, a new critic or one that has learned already."""
    torch.manual_seed(seed)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    critic, rng = start or new_critic(), random.Random(seed)
    model = critic.model.to(device).train()
    model.visual.to(memory_format=torch.channels_last)  # a third faster on a CPU
    spoken = [*model.transformer.parameters(), model.token_embedding.weight, model.positional_embedding]
    heard = {id(weight) for weight in spoken}
    groups: list[dict[str, object]] = [
        {"params": [weight for weight in model.parameters() if id(weight) not in heard], "share": 1.0},
        {"params": spoken, "share": _TEXT_RATE_SHARE},
    ]
    optimizer = torch.optim.AdamW(groups, lr=1e-3, betas=(0.9, 0.98), weight_decay=0.05)
    clock, step, sums = Clocked(minutes * 60), 0, np.zeros(3)
    while (fraction := clock.fraction()) < 1:
        for group in optimizer.param_groups:
            group["lr"] = cosine_rate(fraction, step) * group["share"]
        pool = rng.choices((clean, spoiled, drawn), _SHARES, k=_BATCH)
        rows = [p.draw(rng) for p in pool]
        pictures = np.stack([p.pictures[row] for p, row in zip(pool, rows, strict=True)])
        scenes = [p.scenes[row] for p, row in zip(pool, rows, strict=True)]
        conditions = [p.conditions[row] for p, row in zip(pool, rows, strict=True)]
        seen = functional.normalize(model.encode_image(roughened(torch.from_numpy(pictures).to(device))), dim=-1)
        asked, right = question_loss(critic, seen, [chosen(s, c, rng) for s, c in zip(scenes, conditions, strict=True)])
        named = [row for row, c in enumerate(conditions) if c not in ("broken", "melted")]
        whole = caption_loss(critic, seen[named], [scenes[row] for row in named], rng)
        loss = asked + 0.5 * whole
        optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        with torch.no_grad():
            model.logit_scale.clamp_(0, _SCALE_LIMIT)
        step, sums = step + 1, np.add(sums, (float(asked.detach()), float(whole.detach()), right))
        if step % 50 == 0:
            phrases, captions, correct = (sums / 50).round(3).tolist()
            log.info(
                "critic_trained", step=step, phrases=phrases, captions=captions, correct=correct, fraction=fraction
            )
            sums = np.zeros(3)
    model.eval()
    return critic


def chosen(scene: Scene, condition: Condition | None, rng: random.Random) -> list[Question]:
    """Pick a few of a picture's questions, the harder aspects more often."""
    questions = ask(scene, condition, rng)
    harder = _HARDER if scene.other_kind is None else _HARDER | {"colour"}
    keyed = [(rng.random() ** (0.5 if q.aspect in harder else 1.0), row) for row, q in enumerate(questions)]
    return [questions[row] for _, row in sorted(keyed, reverse=True)[:_QUESTIONS]]


def question_loss(critic: SketchCritic, seen: Tensor, asked: list[list[Question]]) -> tuple[Tensor, float]:
    """Cross entropy of the true phrase among its alternatives, and the share of questions answered right.

    Args:
        critic: whose text tower speaks.
        seen: (n, d) unit rows.
        asked: the questions of each picture; the first phrase of each is the true one.
    """
    index: dict[str, int] = {}
    for questions in asked:
        for question in questions:
            for phrase in question.phrases:
                index.setdefault(phrase, len(index))
    said = functional.normalize(encode_phrases(critic, list(index)), dim=-1)
    scores = critic.model.logit_scale.exp() * seen @ said.T  # (n, phrases)
    widest = max(len(q.phrases) for questions in asked for q in questions)
    picked: list[Tensor] = []
    for row, questions in enumerate(asked):
        for question in questions:
            line = scores[row, [index[phrase] for phrase in question.phrases]]
            picked.append(functional.pad(line, (0, widest - len(line)), value=-1e4))
    table = torch.stack(picked)
    truth = torch.zeros(len(table), dtype=torch.long, device=table.device)
    return functional.cross_entropy(table, truth), float((table.argmax(1) == 0).float().mean())


def caption_loss(critic: SketchCritic, seen: Tensor, scenes: list[Scene], rng: random.Random) -> Tensor:
    """Symmetric contrastive loss of full captions, each picture's changed caption added as a hard negative.

    Source: CLIP, Radford et al. 2021 (arXiv:2103.00020), fig. 3; negatives as in NegCLIP (arXiv:2210.01936).
    """
    true = [caption(scene, rng) for scene in scenes]
    wrong = [caption(swapped(scene, rng), rng) for scene in scenes]
    said = functional.normalize(encode_phrases(critic, [*true, *wrong]), dim=-1)
    scores = critic.model.logit_scale.exp() * seen @ said.T  # (n, 2 n)
    n = len(scenes)
    same = torch.tensor([[a == b and row != column for column, b in enumerate(true)] for row, a in enumerate(true)])
    blocked = torch.cat([same, ~torch.eye(n, dtype=torch.bool)], dim=1).to(scores.device)
    scores = scores.masked_fill(blocked, -1e4)
    truth = torch.arange(n, device=scores.device)
    return (functional.cross_entropy(scores, truth) + functional.cross_entropy(scores[:, :n].T, truth)) / 2


def encode_phrases(critic: SketchCritic, phrases: list[str]) -> Tensor:
    """Embed phrases like `model.encode_text`, without computing their padding (the tower is causal)."""
    model: CLIP = critic.model
    ids = token_ids(critic.tokenizer, phrases).to(model.logit_scale.device)
    ends = (ids == critic.tokenizer.eos_token_id).int().argmax(dim=1)
    length = int(ends.max()) + 1
    x = model.token_embedding(ids[:, :length]) + model.positional_embedding[:length]
    x = model.ln_final(model.transformer(x, attn_mask=model.attn_mask[:length, :length]))
    pooled: Tensor = x[torch.arange(len(x)), ends] @ model.text_projection
    return pooled


def roughened(pictures: Tensor) -> Tensor:
    """Blur, add noise and shift the light of uint8 pictures (n, h, w, 3); gives critic inputs.

    The same as `critic.to_input` on an untouched picture.
    """
    x = pictures.permute(0, 3, 1, 2).float() / 127.5 - 1
    n = len(x)
    blur = (torch.rand(n, 1, 1, 1) < 0.3).float().to(x.device)
    x = x + blur * (functional.avg_pool2d(functional.pad(x, (1, 1, 1, 1), mode="replicate"), 3, 1) - x) * 0.7
    x = x * (1 + 0.1 * torch.randn(n, 1, 1, 1, device=x.device)) + 0.06 * torch.randn(n, 3, 1, 1, device=x.device)
    x = x + 0.08 * torch.rand(n, 1, 1, 1, device=x.device) * torch.randn_like(x)
    x = functional.interpolate(x.clamp(-1, 1), size=(INPUT_PX, INPUT_PX), mode="bilinear", align_corners=False)
    return x.contiguous(memory_format=torch.channels_last)


def accuracy(critic: SketchCritic, pool: Pool, seed: int) -> dict[Aspect, float]:
    """Give the share of questions answered right, by aspect."""
    rng = random.Random(seed)
    hits: dict[Aspect, list[bool]] = {}
    for picture, scene, condition in zip(pool.pictures, pool.scenes, pool.conditions, strict=True):
        questions = ask(scene, condition, rng)
        phrases = list(dict.fromkeys(phrase for question in questions for phrase in question.phrases))
        cosines = critic.similarity([Image.fromarray(picture)], phrases)[0]
        for question in questions:
            scores = [cosines[phrases.index(phrase)] for phrase in question.phrases]
            hits.setdefault(question.aspect, []).append(int(np.argmax(scores)) == 0)
    return {aspect: float(np.mean(each)) for aspect, each in hits.items()}
