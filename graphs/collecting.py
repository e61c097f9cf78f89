"""How often a process of ours looks for cyclic garbage."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_THRESHOLDS = (20_000, 20, 10)
"""Objects made since the last look, then looks since the last deeper one. A production's nouns live as long as it does
and hold no cycles; Python's own 700 spends a quarter of the driver's time on going through them again and again."""


@contextmanager
def collected_seldom() -> Iterator[None]:
    """Collect less often while a command or a production runs, and as before afterwards."""
    before = gc.get_threshold()
    gc.set_threshold(*_THRESHOLDS)
    try:
        yield
    finally:
        gc.set_threshold(*before)
