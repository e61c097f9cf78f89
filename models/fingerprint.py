"""A 64-bit difference hash, to notice near-duplicates."""

import numpy as np
from PIL import Image


def fingerprint(image: Image.Image) -> str:
    """Hash what a picture looks like: one bit for each neighbouring pair in a row of a 9 x 8 grey thumbnail.

    Returns:
        16 hex digits. Size and brightness hardly change it.
    """
    grey = np.asarray(image.convert("L").resize((9, 8), Image.Resampling.BOX), np.int16)
    return np.packbits(grey[:, 1:] > grey[:, :-1]).tobytes().hex()


def distance(one: str, other: str) -> int:
    """Count the bits in which two fingerprints differ, 0 to 64.

    >>> distance("00000000000000ff", "000000000000000f")
    4
    """
    return (int(one, 16) ^ int(other, 16)).bit_count()
