"""The parts of a sketch generator, all of them diffusers' and transformers' own, and how they are sized."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import torch
from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors
from torch import Tensor
from torch.nn import functional
from transformers import CLIPTextConfig, CLIPTextModel, PreTrainedTokenizerFast

from .vocabulary import WORDS, words

UNSHUFFLE: Final = 4
"""Pixels are folded 4 x 4 into channels: a 64 px picture is a 16 x 16 grid of 48 numbers."""

MAX_TOKENS: Final = 24
DATA_SPREAD: Final = 0.5
"""Standard deviation of pixels in [-1, 1], roughly."""
_POSITION_SCALE: Final = 0.3
_LAYER_SCALE: Final = 0.3
_SPECIAL: Final = ("<pad>", "<start>", "<end>", "<unknown>")


@dataclass(frozen=True, slots=True, kw_only=True)
class Width:
    """How big a generator is."""

    channels: tuple[int, ...]
    text_width: int
    text_layers: int
    size_px: int


def build_tokenizer(vocabulary: tuple[str, ...] = WORDS) -> PreTrainedTokenizerFast:
    """Build the word-level tokenizer: lower case, letters only, one token a word, padded to `MAX_TOKENS`."""
    ids = {word: row for row, word in enumerate((*_SPECIAL, *vocabulary))}
    tokenizer = Tokenizer(models.WordLevel(ids, unk_token="<unknown>"))
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.Lowercase(), normalizers.Replace(Regex("[^a-z]+"), " "), normalizers.Strip()]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<start> $A <end>", special_tokens=[("<start>", ids["<start>"]), ("<end>", ids["<end>"])]
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        pad_token="<pad>",
        bos_token="<start>",
        eos_token="<end>",
        unk_token="<unknown>",
        model_max_length=MAX_TOKENS,
    )


def build_text_encoder(width: Width, vocabulary_size: int) -> CLIPTextModel:
    """Build the caption encoder: learned words and positions, then a small transformer.

    Words start far apart and the layers quiet. With the usual small start, words that are rarely told apart early on
    (dawn, dusk, night) collapse into one and stay there.
    """
    config = CLIPTextConfig(
        vocab_size=vocabulary_size,
        hidden_size=width.text_width,
        intermediate_size=width.text_width * 2,
        num_hidden_layers=width.text_layers,
        num_attention_heads=4,
        max_position_embeddings=MAX_TOKENS,
        projection_dim=width.text_width,
        pad_token_id=0,
        bos_token_id=1,
        eos_token_id=2,
        initializer_factor=1.0,
    )
    encoder = CLIPTextModel(config)
    with torch.no_grad():
        for name, weight in encoder.named_parameters():
            if "token_embedding" in name:
                weight.normal_(std=1.0)
            elif "position_embedding" in name:
                weight.normal_(std=_POSITION_SCALE)
            elif name.endswith(("out_proj.weight", "fc2.weight")):
                weight.mul_(_LAYER_SCALE)
    return encoder


def build_unet(width: Width) -> UNet2DConditionModel:
    """Build the denoiser: plain convolutions on the finest grid, attention to the caption on the coarser ones.

    The pooled caption also joins the noise level's embedding, which teaches light, weather and ground early.
    """
    deeper = len(width.channels) - 1
    return UNet2DConditionModel(
        sample_size=width.size_px // UNSHUFFLE,
        in_channels=3 * UNSHUFFLE**2,
        out_channels=3 * UNSHUFFLE**2,
        block_out_channels=width.channels,
        layers_per_block=1,
        down_block_types=("DownBlock2D",) + ("CrossAttnDownBlock2D",) * deeper,
        up_block_types=("CrossAttnUpBlock2D",) * deeper + ("UpBlock2D",),
        cross_attention_dim=width.text_width,
        attention_head_dim=8,
        addition_embed_type="text",
        addition_embed_type_num_heads=4,
        norm_num_groups=16,
    )


def encode(tokenizer: PreTrainedTokenizerFast, text_encoder: CLIPTextModel, captions: list[str]) -> Tensor:
    """Embed captions for the denoiser, words beyond the vocabulary left out.

    Returns:
        (n, MAX_TOKENS, text_width) float32. An empty caption is the unconditional one.
    """
    known = tokenizer.get_vocab()
    cleaned = [" ".join(w for w in words(text) if w in known) for text in captions]
    batch = tokenizer(cleaned, padding="max_length", truncation=True, max_length=MAX_TOKENS, return_tensors="pt")
    ids = batch["input_ids"].to(text_encoder.device)
    hidden: Tensor = text_encoder(input_ids=ids).last_hidden_state
    return hidden


def fold(pictures: Tensor) -> Tensor:
    """Fold pixels into channels: (n, 3, h, w) to (n, 48, h/4, w/4)."""
    return functional.pixel_unshuffle(pictures, UNSHUFFLE)


def unfold(grids: Tensor) -> Tensor:
    """Undo `fold`."""
    return functional.pixel_shuffle(grids, UNSHUFFLE)


def denoise(unet: UNet2DConditionModel, x: Tensor, sigma: Tensor, text: Tensor) -> Tensor:
    """Guess the clean grid behind a noised one.

    The network names the picture, not the noise: flat pictures are easy to name, and noise in 48 channels would not
    fit through its narrow finest grid.

    Args:
        unet: the network.
        x: (n, 48, h, w), `sigma` of the way from picture to noise; it is shown to the network at unit spread.
        sigma: (n,) in (0, 1].
        text: (n, tokens, text_width).

    Returns:
        (n, 48, h, w).

    Source: picture prediction for wide patches as in JiT, Li and He 2025 (arXiv:2511.13720).
    """
    s = sigma.view(-1, 1, 1, 1)
    spread = (s**2 + ((1 - s) * DATA_SPREAD) ** 2).sqrt()
    guess: Tensor = unet(x / spread, sigma * 1000, text).sample
    return guess


def velocity(guess: Tensor, x: Tensor, sigma: Tensor) -> Tensor:
    """Give the flow's velocity, noise minus picture, from a guess of the picture.

    Source: Rectified Flow, Liu et al. 2022 (arXiv:2209.03003): x = (1 - sigma) picture + sigma noise.
    """
    return (x - guess) / sigma.view(-1, 1, 1, 1)


def flow_loss(guess: Tensor, clean: Tensor, sigma: Tensor, focus: Tensor) -> Tensor:
    """Squared error of the velocity, its weight 1 / sigma^2 bounded near the clean end.

    Args:
        guess: (n, 48, h, w).
        clean: (n, 48, h, w).
        sigma: (n,) in (0, 1].
        focus: (n, 1, h, w), how much each place counts, of mean 1.
    """
    weight = focus / (sigma.view(-1, 1, 1, 1) ** 2 + 0.1)  # (n, 1, h, w)
    return (weight * (guess.float() - clean) ** 2).mean()


def noised(clean: Tensor, noise: Tensor, sigma: Tensor) -> Tensor:
    """Go `sigma` of the way from picture to noise; `sigma` has one value a picture."""
    share = sigma.view(-1, 1, 1, 1)
    return (1 - share) * clean + share * noise


def training_sigmas(count: int) -> Tensor:
    """Draw noise levels in (0, 1]: logit-normal, with extra weight on both ends.

    Captions matter most where nothing of the picture is left, and that is where drawing starts: without the quarter
    near 1 a short training leaves the first steps of every drawing unguided. The tenth near 0 takes the last grain off.

    Source: logit-normal as in Stable Diffusion 3, Esser et al. 2024 (arXiv:2403.03206), sec. 3.1.
    """
    middle = torch.sigmoid(torch.randn(count) + 0.4)
    first = 1 - 0.25 * torch.rand(count) ** 2
    last = 0.02 + 0.28 * torch.rand(count)
    choice = torch.rand(count)
    return torch.where(choice < 0.25, first, torch.where(choice < 0.35, last, middle))
