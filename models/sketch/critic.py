"""The house critic: a small CLIP that knows the sketch models' words and says how well a phrase fits a picture."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from open_clip import CLIP
from PIL import Image
from safetensors.torch import load_file, save_file
from torch import Tensor
from torch.nn import functional
from transformers import PreTrainedTokenizerFast

from .network import MAX_TOKENS, build_tokenizer
from .tower import TOWER
from .vocabulary import CONDITIONS, WORDS, unknown

_CONFIG: Final = "open_clip_config.json"
_WEIGHTS: Final = "open_clip_model.safetensors"
CRITIC_WORDS: Final = (*WORDS, *CONDITIONS)
INPUT_PX: Final = 64
"""Pictures are brought to this side before they are looked at."""

_END_TOKEN: Final = 2
MODEL_CONFIG: Final[dict[str, object]] = {
    "embed_dim": 128,
    "vision_cfg": {"timm_model_name": TOWER, "timm_pool": "", "timm_proj": None, "image_size": INPUT_PX},
    "text_cfg": {
        "context_length": MAX_TOKENS,
        "vocab_size": 4 + len(CRITIC_WORDS),
        "width": 128,
        "heads": 4,
        "layers": 2,
        "pool_type": "eos",
        "eos_id": _END_TOKEN,
        "pad_id": 0,
    },
}


@dataclass(frozen=True, slots=True)
class SketchCritic:
    """A loaded critic. Not calibrated: compare cosines of contrasting phrases, never a cosine with a constant."""

    model: CLIP
    tokenizer: PreTrainedTokenizerFast

    @property
    def logit_scale(self) -> float:
        """What cosines are multiplied by before a softmax over contrasting phrases."""
        return float(self.model.logit_scale.detach().exp())

    def unknown_words(self, phrase: str) -> tuple[str, ...]:
        """List the words of a phrase that the critic never learned."""
        return unknown(phrase, frozenset(CRITIC_WORDS))

    def known(self, phrase: str) -> bool:
        """Whether the critic learned every word of a phrase; it has no opinion of the others."""
        return not self.unknown_words(phrase)

    @torch.no_grad()
    def similarity(self, images: list[Image.Image], phrases: list[str]) -> NDArray[np.float32]:
        """Give the cosine of each picture with each phrase.

        Returns:
            (len(images), len(phrases)) float32 in [-1, 1].
        """
        device = self.model.logit_scale.device
        seen = functional.normalize(self.model.encode_image(to_input(images).to(device)), dim=-1)
        said = functional.normalize(self.model.encode_text(token_ids(self.tokenizer, phrases).to(device)), dim=-1)
        cosines: NDArray[np.float32] = (seen @ said.T).cpu().numpy().astype(np.float32)
        return cosines


def to_input(images: list[Image.Image]) -> Tensor:
    """Turn pictures into what the critic sees: (n, 3, INPUT_PX, INPUT_PX) float32 in [-1, 1]."""
    side = (INPUT_PX, INPUT_PX)
    pixels = np.stack([np.asarray(i.convert("RGB").resize(side, Image.Resampling.BILINEAR)) for i in images])
    return torch.from_numpy(pixels).permute(0, 3, 1, 2).float() / 127.5 - 1


def token_ids(tokenizer: PreTrainedTokenizerFast, phrases: list[str]) -> Tensor:
    """Turn phrases into token ids (n, MAX_TOKENS)."""
    batch = tokenizer(phrases, padding="max_length", truncation=True, max_length=MAX_TOKENS, return_tensors="pt")
    ids: Tensor = batch["input_ids"]
    return ids


def new_critic() -> SketchCritic:
    """Make an untrained critic, its words far apart from the start so that none collapse into one."""
    model = CLIP(**MODEL_CONFIG)
    with torch.no_grad():
        model.token_embedding.weight.normal_(std=0.5)
        model.positional_embedding.normal_(std=0.15)
        for name, weight in model.transformer.named_parameters():
            if name.endswith(("out_proj.weight", "c_proj.weight")):
                weight.mul_(0.5)
    return SketchCritic(model, build_tokenizer(CRITIC_WORDS))


def load_critic(folder: Path | str, device: str = "cpu") -> SketchCritic:
    """Load a critic from its folder, which open_clip also loads as `local-dir:<folder>` where `.tower` is imported."""
    folder = Path(folder)
    config = json.loads((folder / _CONFIG).read_text())
    model = CLIP(**config["model_cfg"])
    model.load_state_dict(load_file(folder / _WEIGHTS))
    tokenizer = PreTrainedTokenizerFast.from_pretrained(folder)
    return SketchCritic(model.eval().to(device), tokenizer)


def save_critic(critic: SketchCritic, folder: Path) -> None:
    """Save in open_clip's folder layout, weights in half precision."""
    folder.mkdir(parents=True, exist_ok=True)
    config = {
        "model_cfg": {
            **MODEL_CONFIG,
            "text_cfg": {**dict(MODEL_CONFIG["text_cfg"]), "hf_tokenizer_name": "."},  # type: ignore[call-overload]
        },
        "preprocess_cfg": {
            "mean": [0.5, 0.5, 0.5],
            "std": [0.5, 0.5, 0.5],
            "interpolation": "bilinear",
            "resize_mode": "squash",
        },
    }
    (folder / _CONFIG).write_text(json.dumps(config, indent=2) + "\n")
    state = critic.model.state_dict()
    halves = {k: (v.half() if v.is_floating_point() else v).contiguous().cpu() for k, v in state.items()}
    save_file(halves, folder / _WEIGHTS, metadata={"format": "pt"})
    critic.tokenizer.save_pretrained(folder)
