"""An SDXL-size pipeline with random weights, and a tiny one of the same build: speed does not depend on the values.

Sizes from the configurations that stabilityai/stable-diffusion-xl-base-1.0 publishes.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import torch
from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel
from diffusers.pipelines.stable_diffusion_xl.pipeline_stable_diffusion_xl import StableDiffusionXLPipeline
from diffusers.schedulers.scheduling_euler_discrete import EulerDiscreteScheduler
from torch.utils.flop_counter import FlopCounterMode
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection, CLIPTokenizer

Size = Literal["full", "tiny"]

_LETTERS = "abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, slots=True, kw_only=True)
class Build:
    """What distinguishes the two sizes."""

    side_px: int
    unet_channels: tuple[int, ...]
    heads: tuple[int, ...]
    transformer_layers: tuple[int, ...]
    decoder_channels: tuple[int, ...]
    groups: int
    texts: tuple[tuple[int, int, int], tuple[int, int, int]]
    """Width, layers and heads of each of the two text encoders."""
    tokens: int
    time_width: int


BUILDS: dict[Size, Build] = {
    "full": Build(
        side_px=1024,
        unet_channels=(320, 640, 1280),
        heads=(5, 10, 20),
        transformer_layers=(1, 2, 10),
        decoder_channels=(128, 256, 512, 512),
        groups=32,
        texts=((768, 12, 12), (1280, 32, 20)),
        tokens=77,
        time_width=256,
    ),
    "tiny": Build(
        side_px=64,
        unet_channels=(8, 16, 16),
        heads=(2, 2, 2),
        transformer_layers=(1, 1, 1),
        decoder_channels=(8, 8, 8, 8),
        groups=4,
        texts=((16, 2, 2), (32, 2, 2)),
        tokens=32,
        time_width=8,
    ),
}


def save_pipeline(size: Size, folder: Path, *, device: str, dtype: torch.dtype) -> None:
    """Build a pipeline on a device and save it; the same seed each time."""
    build = BUILDS[size]
    torch.manual_seed(0)
    before = torch.get_default_dtype()
    torch.set_default_dtype(dtype)
    try:
        with torch.device(device):
            small, large = (_text_config(build, *one) for one in build.texts)
            parts = {
                "unet": unet(build),
                "vae": autoencoder(build),
                "text_encoder": CLIPTextModel(small),
                "text_encoder_2": CLIPTextModelWithProjection(large),
            }
    finally:
        torch.set_default_dtype(before)
    scheduler = EulerDiscreteScheduler(
        beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", steps_offset=1, timestep_spacing="leading"
    )
    words = {"tokenizer": _tokenizer(build), "tokenizer_2": _tokenizer(build)}
    pipeline = StableDiffusionXLPipeline(**parts, **words, scheduler=scheduler, add_watermarker=False)
    pipeline.save_pretrained(folder, safe_serialization=True)


def unet(build: Build) -> Any:
    """Give the denoiser."""
    pooled = build.texts[1][0]
    return UNet2DConditionModel(
        sample_size=build.side_px // 8,
        block_out_channels=build.unet_channels,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"),
        transformer_layers_per_block=build.transformer_layers,
        attention_head_dim=build.heads,
        cross_attention_dim=sum(width for width, _, _ in build.texts),
        norm_num_groups=build.groups,
        use_linear_projection=True,
        addition_embed_type="text_time",
        addition_time_embed_dim=build.time_width,
        projection_class_embeddings_input_dim=6 * build.time_width + pooled,
    ).eval()


def autoencoder(build: Build) -> Any:
    """Give the decoder, with the encoder it is published with."""
    blocks = len(build.decoder_channels)
    return AutoencoderKL(
        block_out_channels=build.decoder_channels,
        down_block_types=("DownEncoderBlock2D",) * blocks,
        up_block_types=("UpDecoderBlock2D",) * blocks,
        layers_per_block=2,
        norm_num_groups=build.groups,
        sample_size=build.side_px,
        scaling_factor=0.13025,
        force_upcast=True,
    ).eval()


def flops_per_picture(size: Size, steps: int) -> int:
    """Count a guided picture's floating-point operations, denoising and decoding, by running their shapes alone."""
    build = BUILDS[size]
    side = build.side_px // 8
    with torch.device("meta"), torch.no_grad():
        denoiser, decoder = unet(build), autoencoder(build)
        context = sum(width for width, _, _ in build.texts)
        added = {"text_embeds": torch.empty(2, build.texts[1][0]), "time_ids": torch.empty(2, 6)}
        with FlopCounterMode(display=False) as step:
            denoiser(
                torch.empty(2, 4, side, side), torch.empty(2), torch.empty(2, build.tokens, context), None, None, None,
                None, added,
            )  # fmt: skip
        with FlopCounterMode(display=False) as decoding:
            decoder.decode(torch.empty(1, 4, side, side))
    return int(step.get_total_flops() * steps + decoding.get_total_flops())


def _text_config(build: Build, width: int, layers: int, heads: int) -> CLIPTextConfig:
    return CLIPTextConfig(
        vocab_size=49_408 if build.tokens == 77 else 60,
        hidden_size=width,
        intermediate_size=4 * width,
        num_hidden_layers=layers,
        num_attention_heads=heads,
        max_position_embeddings=build.tokens,
        projection_dim=width,
        bos_token_id=0,
        eos_token_id=1,
        pad_token_id=1,
    )


def _tokenizer(build: Build) -> CLIPTokenizer:
    """Give a tokenizer that spells: a prompt is its letters."""
    pieces = ["<|startoftext|>", "<|endoftext|>", *(letter + end for letter in _LETTERS for end in ("", "</w>"))]
    vocabulary = {piece: row for row, piece in enumerate(pieces)}
    return CLIPTokenizer(vocab=vocabulary, merges=[], model_max_length=build.tokens)
