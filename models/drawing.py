"""What every torch maker shares: recipe settings as numbers, and faults told as `MakerFailed`."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch

from ..core.errors import MakerFailed
from ..core.take import Recipe

_FAULTS = (RuntimeError, ValueError, TypeError, LookupError, AttributeError, OSError, ImportError)
"""What torch, diffusers and transformers raise when a checkpoint or a request is wrong for them."""


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
    """Turn a library's faults into `MakerFailed`; a lack of memory is worth another try, the rest is not.

    Args:
        maker: its name.
        doing: `load` or `draw`.
    """
    try:
        yield
    except torch.OutOfMemoryError as error:
        torch.cuda.empty_cache()
        raise MakerFailed(maker, f"out of memory while it tried to {doing}: {error}"[:500], True) from error  # noqa: FBT003
    except _FAULTS as error:
        lacks_memory = "not enough memory" in str(error) or "can't allocate memory" in str(error)
        what = f"it could not {doing}: {type(error).__name__}: {error}"[:500]
        raise MakerFailed(maker, what, lacks_memory) from error
