"""The pictures a look refers to: read once, where the brief lies, and named by their digests ever after."""

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from ..core.brief import Brief
from ..core.canonical import digest_of_bytes
from ..core.errors import BriefError, NotAPicture
from ..tools.pictures import read_picture

_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")

Pictures = Mapping[str, bytes]
"""By digest."""


def gathered(brief: Brief, folder: Path) -> tuple[Brief, Pictures]:
    """Read the pictures a brief's look refers to; the brief comes back with their digests in place of the paths.

    So another picture under the same name is another brief, and the same picture elsewhere the same one.

    Args:
        brief: as it was written, or as it was read before: then its pictures are kept already.
        folder: where its paths start.

    Raises:
        BriefError: a path leads out of the folder, or to no picture.
    """
    pictures, references = dict[str, bytes](), dict[str, None]()
    for one in brief.look.references:
        if not _DIGEST.fullmatch(one):
            data = _read(one, folder)
            one = digest_of_bytes(data)  # noqa: PLW2901 - the same picture, by its other name
            pictures[one] = data
        references[one] = None
    return replace(brief, look=replace(brief.look, references=tuple(references))), pictures


def _read(reference: str, folder: Path) -> bytes:
    if not _is_inside(reference, folder):
        what = f"{reference!r} lies outside the brief's folder"
        raise BriefError("look.references", what, "copy it beside the brief")
    try:
        return read_picture(folder / reference)
    except NotAPicture as error:
        what = f"{reference!r}: {error.what}"
        raise BriefError("look.references", what, "name a PNG, JPEG or WebP beside the brief") from None


def _is_inside(reference: str, folder: Path) -> bool:
    """Say whether a path stays in a folder; one that no file can have does not."""
    try:
        return (folder / reference).resolve().is_relative_to(folder.resolve())
    except (OSError, ValueError, RuntimeError):
        return False
