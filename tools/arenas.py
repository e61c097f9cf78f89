"""How the C library keeps the memory of a process that lives long."""

import ctypes
from typing import Final

_M_ARENA_MAX: Final = -8
"""Of glibc's malloc.h."""


def keep_memory_together() -> bool:
    """Have all threads of this process share one heap; call it once, at a door, before there are threads.

    glibc gives threads heaps of their own, up to eight for each core, and one gives nothing back to another. Every
    production has threads of its own, so a process that makes many grows by one heap after the other, each as large as
    its largest moment. Python's threads take turns anyway: they lose nothing by sharing.

    Returns:
        Whether it is so now; False where the C library is another and has no such habit.
    """
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError, TypeError):
        return False
    return bool(mallopt(_M_ARENA_MAX, 1))
