"""Checkpoint folders: what may lie in one, its digest, and the words it was taught. Reads files, loads no model."""

import hashlib
import json
import math
from functools import lru_cache
from itertools import islice
from pathlib import Path

from ..core.errors import CrewError
from .remote_code import fault_of_config
from .weights_header import fault_of_header

REFUSED = frozenset(
    {
        ".bin", ".pt", ".pth", ".pt2", ".ckpt", ".mar", ".nemo", ".pkl", ".pickle", ".dill", ".joblib", ".npy", ".npz",
        ".h5", ".hdf5", ".keras", ".pb", ".py", ".pyc", ".pyo", ".pyd", ".pyx", ".so", ".dll", ".dylib", ".exe",
        ".sh", ".bat", ".ps1", ".jar", ".whl", ".egg", ".zip", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".zst", ".7z",
    }
)  # fmt: skip
"""Files that are code, become code when they are read, or are archives of such."""

MOST_SIDE_PX = 8192
"""As a crew block's own `width` and `height`."""

_MOST_FILES = 5_000
"""Of one folder: a checkpoint has some dozens, and a `source` that is somebody's whole disk is a slip."""

_UNWEIGHED = frozenset({".md", ".png", ".jpg"})
"""Model cards and samples: they say something about the weights and change no picture."""


def check_folder(folder: Path, place: str) -> None:
    """Refuse a folder that is not there, holds no weights, or holds anything that could run or do harm.

    Reads names, configs and the headers of weights; nothing is loaded.

    Raises:
        CrewError: with the path and what to do.
    """
    if not folder.is_dir():
        what = f"no checkpoint folder at {str(folder)!r}"
        raise CrewError(place, what, "mend `source`: a folder relative to the crew file, or a hub id")
    paths = sorted(islice(folder.rglob("*"), _MOST_FILES + 1))
    if len(paths) > _MOST_FILES:
        raise CrewError(place, f"more than {_MOST_FILES:,} files in {str(folder)!r}", "point `source` at a checkpoint")
    for path in paths:
        if fault := _fault_of(path):
            what, fix = fault
            raise CrewError(place, f"{path.relative_to(folder).as_posix()!r} in {str(folder)!r} {what}", fix)
    if not any(path.suffix == ".safetensors" for path in paths):
        raise CrewError(place, f"no .safetensors file in {str(folder)!r}", "point `source` at a checkpoint folder")


def _fault_of(path: Path) -> tuple[str, str] | None:
    """Say why something may not lie in a checkpoint, and what to do; None where it may. Opens no weights."""
    if path.suffix.lower() in REFUSED:
        return "can run code when it is loaded", "convert the weights to safetensors and remove the file"
    if path.is_dir():
        # What lies behind a link is not looked through, and would be loaded all the same.
        return ("is a link to a folder", "put the folder itself there") if path.is_symlink() else None
    if not path.is_file():
        return "is no regular file", "remove it"
    if path.suffix.lower() == ".safetensors" and (fault := fault_of_header(path)):
        return f"is damaged, or made to do harm: {fault}", "fetch it again from where you trust it"
    if path.suffix.lower() == ".json" and (fault := fault_of_config(path)):
        return f"cannot be followed: {fault}", "take a checkpoint made of diffusers and transformers parts"
    return None


def digest_of_folder(folder: Path) -> str:
    """Name a checkpoint by its files: sha256 over sorted relative names and contents, model cards left out."""
    total = hashlib.sha256()
    for path in weighed_files(folder):
        stat = path.stat()
        content = _digest_of_file(path, stat.st_size, stat.st_mtime_ns)
        total.update(f"{path.relative_to(folder).as_posix()}\0{content}\n".encode())
    return "sha256:" + total.hexdigest()


def weighed_files(folder: Path) -> tuple[Path, ...]:
    """List the files a checkpoint's digest is over, in its order."""
    return tuple(
        path
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix.lower() not in _UNWEIGHED and not path.name.startswith(".")
    )


def words_of(folder: Path) -> tuple[str, ...]:
    """List the words of a checkpoint with a word-level tokenizer; empty where the vocabulary is open."""
    for path in (folder / "tokenizer" / "tokenizer.json", folder / "tokenizer.json"):
        if path.is_file():
            try:
                model = json.loads(path.read_bytes()).get("model", {})
                is_of_words = model.get("type") == "WordLevel"
                return tuple(word for word in model["vocab"] if word.isalpha()) if is_of_words else ()
            except (ValueError, LookupError, AttributeError, TypeError, RecursionError):
                raise CrewError(str(path), "is no tokenizer", "fetch the checkpoint again") from None
    return ()


def drawn_side_px(folder: Path, place: str) -> int:
    """Tell the side of the square pictures a sketch generator draws, from its config.

    Raises:
        CrewError: the folder holds no sketch generator.
    """
    try:
        config = json.loads((folder / "unet" / "config.json").read_bytes())
        side = int(config["sample_size"]) * math.isqrt(int(config["in_channels"]) // 3)
    except (OSError, ValueError, LookupError, TypeError, ArithmeticError, RecursionError):
        what = f"no sketch generator in {str(folder)!r}: its unet/config.json cannot be read"
        raise CrewError(place, what, 'point `source` at one, or say kind = "diffusers"') from None
    if not 8 <= side <= MOST_SIDE_PX:
        raise CrewError(place, f"would draw pictures of {side} px", f"take one that draws 8 to {MOST_SIDE_PX} px")
    return side


@lru_cache(maxsize=4096)
def _digest_of_file(path: Path, size: int, modified_ns: int) -> str:
    """Hash one file; size and time are there to notice a change within one process."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
