"""The sketch generator as a diffusers pipeline: text to image, image to image, and inpainting in one call."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final, Self

import numpy as np
import torch
from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel
from diffusers.pipelines.pipeline_utils import DiffusionPipeline, ImagePipelineOutput
from diffusers.schedulers.scheduling_flow_match_euler_discrete import FlowMatchEulerDiscreteScheduler
from diffusers.utils.torch_utils import randn_tensor
from PIL import Image
from torch import Tensor
from transformers import CLIPTextModel, PreTrainedTokenizerFast

from .network import UNSHUFFLE, denoise, encode, fold, noised, unfold, velocity
from .vocabulary import unknown

StepCallback = Callable[["SketchPipeline", int, Tensor, dict[str, Tensor]], dict[str, Tensor] | None]

DEFAULT_STEPS: Final = 16
DEFAULT_GUIDANCE: Final = 3.0
_GUIDED_ABOVE: Final = 0.4
"""Noise level under which guidance is off: what is where is settled by then, and it only roughens the edges.

Source: guidance in a limited interval, Kynkäänniemi et al. 2024 (arXiv:2404.07724).
"""


class SketchPipeline(DiffusionPipeline):  # type: ignore[misc]
    """Draws storybook scenes from short captions. Deterministic on CPU for a given generator seed.

    It knows few words; `unknown_words` says which of a prompt's words it will ignore.
    """

    unet: UNet2DConditionModel
    scheduler: FlowMatchEulerDiscreteScheduler
    text_encoder: CLIPTextModel
    tokenizer: PreTrainedTokenizerFast

    def __init__(
        self,
        unet: UNet2DConditionModel,
        scheduler: FlowMatchEulerDiscreteScheduler,
        text_encoder: CLIPTextModel,
        tokenizer: PreTrainedTokenizerFast,
        default_steps: int = DEFAULT_STEPS,
    ) -> None:
        super().__init__()
        self.register_modules(unet=unet, scheduler=scheduler, text_encoder=text_encoder, tokenizer=tokenizer)
        self.register_to_config(default_steps=default_steps)

    @classmethod
    def from_pretrained(cls, pretrained_model_name_or_path: Any, **kwargs: Any) -> Self:
        """Load a saved generator; weights kept in half precision compute in single unless told otherwise."""
        kwargs.setdefault("dtype", torch.float32)
        kwargs.setdefault("low_cpu_mem_usage", False)
        return super().from_pretrained(pretrained_model_name_or_path, **kwargs)  # type: ignore[no-any-return]

    @property
    def size_px(self) -> int:
        """The side of the square pictures it draws."""
        return int(self.unet.config["sample_size"]) * UNSHUFFLE

    def unknown_words(self, prompt: str) -> tuple[str, ...]:
        """List the words of a prompt that are beyond the vocabulary, and so are ignored."""
        return unknown(prompt, frozenset(self.tokenizer.get_vocab()))

    @torch.no_grad()
    def __call__(
        self,
        prompt: str | Sequence[str],
        negative_prompt: str | Sequence[str] | None = None,
        *,
        image: Image.Image | Tensor | None = None,
        mask_image: Image.Image | None = None,
        strength: float = 0.7,
        num_inference_steps: int | None = None,
        guidance_scale: float = DEFAULT_GUIDANCE,
        num_images_per_prompt: int = 1,
        generator: torch.Generator | list[torch.Generator] | None = None,
        callback_on_step_end: StepCallback | None = None,
        output_type: str = "pil",
    ) -> ImagePipelineOutput:
        """Draw.

        Args:
            prompt: one caption or several.
            negative_prompt: what guidance moves away from; nothing by default.
            image: start from this picture (image to image), or repaint part of it when a mask is given; a tensor
                (n, 3, h, w) in [-1, 1] of this generator's size gives each caption its own.
            mask_image: white is repainted, black is kept to the pixel.
            strength: in (0, 1]; how much of the way to noise the picture goes before it is redrawn.
            num_inference_steps: Euler steps of the whole path; `strength` runs that share of them.
            guidance_scale: 1 turns guidance off and halves the work; below a noise level of 0.4 it is off anyway.
            num_images_per_prompt: takes of each caption.
            generator: source of noise, one or one a picture.
            callback_on_step_end: called with (pipeline, step, timestep, {"latents"}); may return changed latents.
            output_type: "pil", or "pt" for a tensor (n, 3, h, w) in [0, 1].

        Raises:
            ValueError: strength is out of range, or a mask came without a picture.
        """
        if not 0 < strength <= 1:
            raise ValueError(f"strength is {strength!r}: give a number above 0 and at most 1")
        if mask_image is not None and image is None:
            raise ValueError("a mask needs a picture: give image as well")
        prompts = [prompt] if isinstance(prompt, str) else list(prompt)
        prompts = [text for text in prompts for _ in range(num_images_per_prompt)]
        text = self._text(prompts, negative_prompt, num_images_per_prompt, is_guided=guidance_scale != 1)
        first = self._schedule(num_inference_steps, 1.0 if image is None else strength)
        known = None if image is None else self._folded(image)
        keep = None if mask_image is None else 1 - self._mask(mask_image)
        side = self.size_px // UNSHUFFLE
        shape = (len(prompts), 3 * UNSHUFFLE**2, side, side)
        noise = randn_tensor(shape, generator=generator, device=self.device, dtype=self.unet.dtype)
        sigmas: Tensor = self.scheduler.sigmas.to(noise)
        x = noise if known is None else noised(known, noise, sigmas[first].expand(len(prompts)))
        for step, timestep in enumerate(self.scheduler.timesteps[first:]):
            flow = self._flow(x, sigmas[first + step], text, guidance_scale)
            x = self.scheduler.step(flow, timestep, x, return_dict=False)[0]
            if known is not None and keep is not None:
                rested = noised(known, noise, sigmas[first + step + 1].expand(len(prompts)))
                x = keep * rested + (1 - keep) * x
            if callback_on_step_end is not None:
                x = (callback_on_step_end(self, step, timestep, {"latents": x}) or {}).get("latents", x)
        pictures = (unfold(x).float().clamp(-1, 1) + 1) / 2
        images = pictures if output_type == "pt" else _to_images(pictures)
        return ImagePipelineOutput(images=images)

    def _schedule(self, steps: int | None, strength: float) -> int:
        """Set the noise levels; give the step to begin at."""
        steps = steps or int(self.config["default_steps"])
        self.scheduler.set_timesteps(steps, device=self.device)
        first = steps - max(1, min(steps, round(steps * strength)))
        self.scheduler.set_begin_index(first)
        return first

    def _text(
        self, prompts: list[str], negative: str | Sequence[str] | None, repeats: int, *, is_guided: bool
    ) -> Tensor:
        if not is_guided:
            return encode(self.tokenizer, self.text_encoder, prompts)
        if negative is None or isinstance(negative, str):
            away = [negative or ""] * len(prompts)
        else:
            away = [text for text in negative for _ in range(repeats)]
        return encode(self.tokenizer, self.text_encoder, away + prompts)

    def _flow(self, x: Tensor, sigma: Tensor, text: Tensor, guidance_scale: float) -> Tensor:
        level = sigma.expand(len(x))
        if guidance_scale == 1 or sigma < _GUIDED_ABOVE:
            return velocity(denoise(self.unet, x, level, text[-len(x) :]).clamp(-1, 1), x, level)
        away, toward = denoise(self.unet, torch.cat([x, x]), level.repeat(2), text).chunk(2)
        guided = away + guidance_scale * (toward - away)
        return velocity(guided.clamp(-1, 1), x, level)

    def _folded(self, image: Image.Image | Tensor) -> Tensor:
        if isinstance(image, Tensor):
            return fold(image.to(self.device, self.unet.dtype))
        side = self.size_px
        pixels = np.asarray(image.convert("RGB").resize((side, side), Image.Resampling.BOX), np.float32)
        picture = torch.from_numpy(pixels).permute(2, 0, 1)[None] / 127.5 - 1
        return fold(picture.to(self.device, self.unet.dtype))

    def _mask(self, mask: Image.Image) -> Tensor:
        side = self.size_px
        levels = np.asarray(mask.convert("L").resize((side, side), Image.Resampling.BOX), np.float32)
        picture = (torch.from_numpy(levels) >= 128).float().expand(1, 3, side, side)
        return fold(picture.to(self.device, self.unet.dtype))


def _to_images(pictures: Tensor) -> list[Image.Image]:
    pixels = (pictures * 255).round().to(torch.uint8).permute(0, 2, 3, 1).cpu().numpy()
    return [Image.fromarray(each) for each in pixels]
