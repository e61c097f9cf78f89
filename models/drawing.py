"""What every torch maker shares: recipe settings as numbers, and faults told as `MakerFailed`."""

import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch

from ..core.errors import MakerFailed, OutOfMemory
from ..core.take import Recipe

_FAULTS = (RuntimeError, ValueError, TypeError, LookupError, AttributeError, OSError, ImportError)
"""What torch, diffusers and transformers raise when a checkpoint or a request is wrong for them."""

_SIGNS_OF_NO_MEMORY = (
    "not enough memory",
    "can't allocate memory",
    "out of memory",
    "ALLOC_FAILED",
)
"""What torch's CPU allocator, CUDA, cuDNN and cuBLAS say besides `OutOfMemoryError`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawingSettings:
    """A still's settings, as numbers."""

    strength: float = 0.7
    """How much of a given picture is drawn anew, in (0, 1]."""


def drawing_settings(recipe: Recipe) -> DrawingSettings:
    """Read a recipe's settings; raises `MakerFailed` naming the one that makes no sense."""
    text = recipe.settings.get("strength", "0.7")
    try:
        strength = float(text)
    except ValueError:
        raise MakerFailed(recipe.maker, f"setting 'strength' is {text!r}, not a number") from None
    if not 0 < strength <= 1:
        raise MakerFailed(recipe.maker, f"setting 'strength' is {text}, outside 0 to 1")
    return DrawingSettings(strength=strength)


@contextmanager
def faults_told(maker: str, doing: str) -> Iterator[None]:
    """Turn a library's faults into `MakerFailed`, and a lack of memory, the GPU's or the machine's, into `OutOfMemory`.

    Args:
        maker: its name.
        doing: `load`, `draw` or `decode`.
    """
    try:
        yield
    except (MemoryError, *_FAULTS) as error:
        if not _lacks_memory(error):
            raise MakerFailed(maker, f"it could not {doing}: {type(error).__name__}: {error}"[:500]) from error
        # The tensors of what failed live on in its frames, for as long as anybody keeps the error.
        traceback.clear_frames(error.__traceback__)
        torch.cuda.empty_cache()
        raise OutOfMemory(maker, f"too little memory to {doing}: {error}"[:500]) from error


def _lacks_memory(error: Exception) -> bool:
    is_said = any(sign in str(error) for sign in _SIGNS_OF_NO_MEMORY)
    return is_said or isinstance(error, MemoryError | torch.OutOfMemoryError)
