"""The header of a .safetensors file, held to its format before any library allocates for what it says."""

import json
import math
from pathlib import Path
from typing import Final

MOST_HEADER_BYTES: Final = 8 * 1024 * 1024
MOST_TENSORS: Final = 20_000
"""A hundred times what a diffusion model's parts have."""

_MOST_COMMAS: Final = 16 * MOST_TENSORS
_MOST_DIMENSIONS: Final = 16
_BITS: Final = {
    "F4": 4, "F6_E2M3": 6, "F6_E3M2": 6, "BOOL": 8, "U8": 8, "I8": 8, "F8_E5M2": 8, "F8_E4M3": 8, "F8_E8M0": 8,
    "F8_E4M3FNUZ": 8, "F8_E5M2FNUZ": 8, "I16": 16, "U16": 16, "F16": 16, "BF16": 16, "I32": 32, "U32": 32, "F32": 32,
    "C64": 64, "F64": 64, "I64": 64, "U64": 64,
}  # fmt: skip


def fault_of_header(path: Path) -> str:
    """Say what is wrong with a file's header; empty where nothing is. Reads the header alone."""
    size = path.stat().st_size
    with path.open("rb") as file:
        lead = file.read(8)
        length = int.from_bytes(lead, "little")
        if len(lead) < 8 or length > size - 8:
            return f"it has {size:,} bytes, fewer than its header would need"
        if length > MOST_HEADER_BYTES:
            return f"its header has {length:,} bytes, more than {MOST_HEADER_BYTES:,}"
        return fault_in(file.read(length), size - 8 - length)


def fault_in(header: bytes, data_bytes: int) -> str:
    """Say what is wrong with a header; empty where nothing is.

    Args:
        header: its bytes, at most `MOST_HEADER_BYTES`.
        data_bytes: how much follows it in the file.

    >>> fault_in(b'{"w": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}}', 8)
    ''
    >>> fault_in(b'{"w": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}}', 4)
    'its tensors fill 8 bytes, and it has 4'
    """
    # Counted before anything is built of it: a few bytes of JSON may become a hundred of Python.
    if header.count(b"{") > MOST_TENSORS + 2 or header.count(b",") > _MOST_COMMAS:
        return f"its header names more than {MOST_TENSORS:,} tensors, or says too much of them"
    try:
        table = json.loads(header, object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        return f"its header is no JSON ({error})"[:200]
    if not isinstance(table, dict) or not header.startswith(b"{"):
        return "its header is no table"
    told = table.pop("__metadata__", {})
    if not isinstance(told, dict) or not all(isinstance(value, str) for value in told.values()):
        return "its metadata is no table of texts"
    spans = []
    for name, row in table.items():
        span = _span(row)
        if span is None:
            return f"tensor {name[:80]!r} is described by {str(row)[:80]!r}"
        spans.append(span)
    return _fault_of_spans(sorted(spans), data_bytes)


def _fault_of_spans(spans: list[tuple[int, int]], data_bytes: int) -> str:
    """Have the tensors lie side by side, without gap or overlap, up to the end of the file."""
    filled = 0
    for begin, end in spans:
        if begin != filled:
            return f"a tensor begins at byte {begin}, where the one before ends at {filled}"
        filled = end
    return "" if filled == data_bytes else f"its tensors fill {filled} bytes, and it has {data_bytes}"


def _span(row: object) -> tuple[int, int] | None:
    """Give where a tensor lies; None where its description does not agree with itself."""
    if not isinstance(row, dict) or len(row) != 3:
        return None
    match row:
        case {"dtype": str(dtype), "shape": [*shape], "data_offsets": [int(begin), int(end)]}:
            counts = [*shape, begin, end]
            if len(shape) > _MOST_DIMENSIONS or not all(type(one) is int and one >= 0 for one in counts):
                return None
            fits = math.prod(shape) * _BITS.get(dtype, 0) == (end - begin) * 8
            return (begin, end) if dtype in _BITS and fits else None
        case _:
            return None


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    table = dict(pairs)
    if len(table) != len(pairs):
        raise ValueError("a name twice")
    return table
