"""Checkpoint folders: what may lie in one, its digest, and the words it was taught. Reads files, loads no model."""

import hashlib
import json
import math
from functools import lru_cache
from pathlib import Path

from ..core.errors import CrewError

REFUSED = frozenset({".bin", ".pt", ".pth", ".ckpt", ".pkl", ".pickle", ".joblib", ".py", ".pyc", ".so"})
"""Files that are code, or become code when they are read."""

_UNWEIGHED = frozenset({".md", ".png", ".jpg"})
"""Model cards and samples: they say something about the weights and change no picture."""


def check_folder(folder: Path, place: str) -> None:
    """Refuse a folder that is not there, holds no weights, or holds anything that could run.

    Raises:
        CrewError: with the path and what to do.
    """
    if not folder.is_dir():
        what = f"no checkpoint folder at {str(folder)!r}"
        raise CrewError(place, what, "mend `source`: a folder relative to the crew file, or a hub id")
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    for path in files:
        if path.suffix.lower() in REFUSED:
            what = f"{path.relative_to(folder).as_posix()!r} in {str(folder)!r} can run code when it is loaded"
            raise CrewError(place, what, "convert the weights to safetensors and remove the file")
    if not any(path.suffix == ".safetensors" for path in files):
        raise CrewError(place, f"no .safetensors file in {str(folder)!r}", "point `source` at a checkpoint folder")


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
            model = json.loads(path.read_text(encoding="utf-8")).get("model", {})
            if model.get("type") == "WordLevel":
                return tuple(word for word in model["vocab"] if word.isalpha())
    return ()


def drawn_side_px(folder: Path, place: str) -> int:
    """Tell the side of the square pictures a sketch generator draws, from its config.

    Raises:
        CrewError: the folder holds no sketch generator.
    """
    try:
        config = json.loads((folder / "unet" / "config.json").read_text(encoding="utf-8"))
        return int(config["sample_size"]) * math.isqrt(int(config["in_channels"]) // 3)
    except (OSError, ValueError, KeyError, TypeError):
        what = f"no sketch generator in {str(folder)!r}: its unet/config.json cannot be read"
        raise CrewError(place, what, 'point `source` at one, or say kind = "diffusers"') from None


@lru_cache(maxsize=4096)
def _digest_of_file(path: Path, size: int, modified_ns: int) -> str:
    """Hash one file; size and time are there to notice a change within one process."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
