"""Whether the worker's speed-ups leave pictures alone: the same recipes with and without each."""

from collections.abc import Sequence

import numpy as np

from ..core.take import Made
from ..models.diffusion import DiffusersMaker
from ..models.frame import decoded
from .gpu_race import FAST, Work, pictures, recipe_of, spec_of

_STEPS = 2


def largest_differences(work: Work) -> dict[str, int]:
    """Give the largest difference of a level, of 255, between pictures drawn alone and with each part on.

    `half_full` compares a batch that was filled up with a full one: anything but 0 there breaks a promise.
    """
    recipes = [recipe_of(work, number, steps=_STEPS) for number in range(work.batch)]
    alone = pictures(DiffusersMaker(spec_of(work, batch=1, **dict.fromkeys(FAST, False))), recipes)
    differences = {"batched": _drawn(work, alone, batch=work.batch, **dict.fromkeys(FAST, False))}
    for part, setting in FAST.items():
        differences[part] = _drawn(work, alone, batch=1, **{**dict.fromkeys(FAST, False), part: setting})
    differences["everything"] = _drawn(work, alone, batch=work.batch, **FAST)
    maker = DiffusersMaker(spec_of(work, batch=work.batch, **FAST))
    differences["half_full"] = _apart(pictures(maker, recipes)[:1], pictures(maker, recipes[:1]))
    return differences


def _drawn(work: Work, alone: Sequence[Made], *, batch: int, **settings: str | int | float | bool) -> int:
    recipes = [recipe_of(work, number, steps=_STEPS) for number in range(len(alone))]
    return _apart(alone, pictures(DiffusersMaker(spec_of(work, batch=batch, **settings)), recipes))


def _apart(ones: Sequence[Made], others: Sequence[Made]) -> int:
    pairs = [[np.asarray(decoded(made.data), np.int16) for made in pair] for pair in zip(ones, others, strict=True)]
    return max(int(np.abs(one - other).max()) for one, other in pairs)
