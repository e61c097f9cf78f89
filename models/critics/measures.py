"""What is measured of a picture's technique, in plain numbers: edges, shades, straight lines and frames."""

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

Planes = NDArray[np.int16]
"""(3, height, width): 8-bit levels of red, green and blue, signed so that differences are safe."""

Side = Literal["top", "right", "bottom", "left"]
_SIDES: Final[tuple[Side, ...]] = ("top", "right", "bottom", "left")
"""Which side comes to the top after 0, 1, 2, 3 quarter turns to the left."""

_EDGE_LEVELS: Final = 24
"""The least rise, of 255 levels, that is called an edge."""

_RAMP_SHARE: Final = 0.16
"""What takes more than this of a picture's side is a ramp of light in sky or fog, and no edge however soft."""

_SHADE_LEVELS: Final = (3, 40)
"""A step of shade: above what 8 bits and a box filter leave in a clean ramp, below an object's edge."""

_SEAM_LEVELS: Final = 6
"""How much more than its neighbours a place must jump to lie on a seam; generated takes carry a grid of 2 to 4."""

_EVEN_LEVELS: Final = 10
"""How far the pixels of a painted frame may lie from its colour."""

_FRAME_JUMP_LEVELS: Final = 8
_DEEPEST_SHARE: Final = {"alone": 0.2, "opposite": 0.35}
"""How much of a picture a bar may take: a deeper one is its ground or its sky. 0.29 is 2.39:1 in a square."""

_THIN_SHARE: Final = 0.125
"""How thick a frame on all four sides may be, as a share of the shorter side."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """An even band along one side of a picture."""

    side: Side
    depth_px: int
    colour: tuple[int, ...]
    jumps: float
    """Share of its inner edge, in [0, 1], where the picture jumps: 1 is a ruled line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A straight line across the whole picture."""

    runs: Literal["from top to bottom", "from side to side"]
    at: float
    """Where it lies: a fraction of the width or height."""
    jumps: float
    """Share of it, in [0, 1], where the picture jumps more than beside it."""


def planes_of(levels: NDArray[np.uint8]) -> Planes:
    """Turn (height, width, 3) levels into planes."""
    return np.ascontiguousarray(levels.transpose(2, 0, 1)).astype(np.int16)


def edge_widths(grey: NDArray[np.int16]) -> NDArray[np.float64]:
    """Measure how many pixels each edge takes, along rows and columns.

    An edge is a run of steps of one sign; its width is its rise over its steepest step, 1 for a clean cut and about
    2.5 sigma after a Gaussian blur.

    Args:
        grey: (height, width) luma.

    Returns:
        (n,) at least 1, unordered; without what rises less than 24 of 255 levels or takes a sixth of the side.

    Source: the edge width of Marziliano et al. 2002, "A no-reference perceptual blur metric", taken over the steepest
    step instead of between extrema, which a long ramp behind an edge would stretch.
    """
    return np.concatenate([_widths(grey), _widths(grey.T)])


def staircase_share(planes: Planes) -> float:
    """Measure how much of a picture lies on the treads of a staircase of shades, where a ramp should be.

    A tread is a run of two or more equal pixels between two steps in one direction, both small and of like size.

    Returns:
        The share in [0, 1] of the worst channel and direction. A picture without a ramp has no staircase.

    Source: after the idea of CAMBI (Tandon et al. 2021, arXiv:2102.00079) that banding is equal pixels beside pixels a
    few levels away; on profiles, because at 64 px its windows are as large as the picture.
    """
    return max(_tread_share(plane) for one in planes for plane in (one, one.T))


def seam(planes: Planes) -> Line:
    """Find the line that most looks like the meeting of two tiles, inside any painted frame.

    From side to side the strongest line is passed over: it may be a calm horizon, which looks the same in numbers.
    """
    top, right, bottom, left = (_depth(planes, side) for side in _SIDES)
    inside = planes[:, top : planes.shape[1] - bottom, left : planes.shape[2] - right]
    upright = _line_shares(inside.swapaxes(1, 2))
    level = _line_shares(inside)
    across = int(np.argmax(upright)) if upright.size else 0
    strongest = int(np.argmax(level)) if level.size else 0
    level[max(0, strongest - 2) : strongest + 3] = 0
    down = int(np.argmax(level)) if level.size else 0
    lines = [
        Line(runs="from top to bottom", at=_place(left, across, planes.shape[2]), jumps=_at(upright, across)),
        Line(runs="from side to side", at=_place(top, down, planes.shape[1]), jumps=_at(level, down)),
    ]
    return max(lines, key=lambda line: line.jumps)


def frame(planes: Planes) -> Band | None:
    """Find the painted bar or frame edge that ends in the straightest line; None when no side has an even band.

    One side's band may take a fifth of the picture, opposite bands of one colour 0.35 each.
    """
    bands = [band for side in _SIDES if (band := _band(planes, side))]
    return max(bands, key=lambda band: band.jumps, default=None)


def _widths(lines: NDArray[np.int16]) -> NDArray[np.float64]:
    steps = np.diff(lines, axis=1)
    if not steps.size:
        return np.empty(0)
    flat = np.ascontiguousarray(steps).ravel()
    sign = np.sign(flat)
    begins = np.concatenate([[True], sign[1:] != sign[:-1]])
    begins[:: steps.shape[1]] = True
    first, size = np.flatnonzero(begins), np.abs(flat)
    rise, steepest = np.add.reduceat(size, first, dtype=np.int32), np.maximum.reduceat(size, first)
    is_edge = (rise >= _EDGE_LEVELS) & (rise <= _RAMP_SHARE * lines.shape[1] * steepest)
    return np.asarray(rise[is_edge] / steepest[is_edge])


def _tread_share(lines: NDArray[np.int16]) -> float:
    steps = np.diff(np.ascontiguousarray(lines), axis=1)
    at = np.flatnonzero(steps)
    if at.size < 2:
        return 0.0
    signed = steps.ravel()[at].astype(np.int32)
    size, row = np.abs(signed), at // steps.shape[1]
    low, high = np.minimum(size[1:], size[:-1]), np.maximum(size[1:], size[:-1])
    length = np.diff(at)
    is_tread = (row[1:] == row[:-1]) & (length >= 2) & (signed[1:] * signed[:-1] > 0)
    is_tread &= (low >= _SHADE_LEVELS[0]) & (high <= _SHADE_LEVELS[1]) & (high <= 2 * low + 1)
    return float(length[is_tread].sum() / lines.size)


def _line_shares(planes: Planes) -> NDArray[np.float64]:
    """Give, for each line between two rows but the outermost, the share of it that jumps more than beside it."""
    step = np.abs(np.diff(planes, axis=1)).max(axis=0)
    if len(step) < 3:
        return np.zeros(0)
    return np.asarray((step[1:-1] - np.maximum(step[:-2], step[2:]) >= _SEAM_LEVELS).mean(axis=1))


def _at(shares: NDArray[np.float64], line: int) -> float:
    return float(shares[line]) if shares.size else 0.0


def _place(offset_px: int, line: int, side_px: int) -> float:
    return (offset_px + line + 2) / side_px


def _turned(planes: Planes, side: Side) -> Planes:
    return np.rot90(planes, _SIDES.index(side), axes=(1, 2))


def _even_depth(turned: Planes) -> int:
    """Count the rows from the top that hold one colour."""
    deepest = int(_DEEPEST_SHARE["opposite"] * turned.shape[1])
    colour = np.median(turned[:, 0], axis=1)
    off = np.abs(turned[:, : deepest + 1] - colour[:, None, None]).max(axis=0)
    is_even = (off <= _EVEN_LEVELS).mean(axis=1) >= 0.98
    return 0 if is_even.all() else int(np.argmin(is_even))


def _depth(planes: Planes, side: Side) -> int:
    band = _band(planes, side)
    return band.depth_px if band and band.jumps >= 0.5 else 0


def _band(planes: Planes, side: Side) -> Band | None:
    turned = _turned(planes, side)
    depth = _even_depth(turned)
    if not depth or (depth > _DEEPEST_SHARE["alone"] * turned.shape[1] and not _is_paired(turned)):
        return None
    does_jump = np.abs(turned[:, depth] - turned[:, depth - 1]).max(axis=0) >= _FRAME_JUMP_LEVELS
    colour = tuple(int(level) for level in np.median(turned[:, 0], axis=1))
    length = len(does_jump) - 2 * depth if _is_framed(turned, depth) else len(does_jump)
    return Band(side=side, depth_px=depth, colour=colour, jumps=min(1.0, float(does_jump.sum() / length)))


def _is_paired(turned: Planes) -> bool:
    first, last = np.median(turned[:, 0], axis=1), np.median(turned[:, -1], axis=1)
    return bool(np.abs(first - last).max() <= _EVEN_LEVELS) and _even_depth(turned[:, ::-1]) > 0


def _is_framed(turned: Planes, depth: int) -> bool:
    """Whether a thin band goes on down both sides: its inner edge is that much shorter."""
    if depth > _THIN_SHARE * min(turned.shape[1:]):
        return False
    colour = np.median(turned[:, 0], axis=1)[:, None, None]
    sides = np.concatenate([turned[:, :, :depth], turned[:, :, -depth:]], axis=2)
    return bool((np.abs(sides - colour).max(axis=0) <= _EVEN_LEVELS).mean() >= 0.98)
