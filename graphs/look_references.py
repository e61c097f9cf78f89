"""The pictures a look refers to: read once, where the brief lies, and named by their digests ever after."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from ..core.brief import Brief
from ..core.canonical import digest_of_bytes
from ..core.errors import BriefError, NotAPicture
from ..tools.pictures import read_picture

Pictures = Mapping[str, bytes]
"""By digest."""


def gathered(brief: Brief, folder: Path) -> tuple[Brief, Pictures]:
    """Read the pictures a brief's look refers to; the brief comes back with their digests in place of the paths.

    So another picture under the same name is another brief, and the same picture elsewhere the same one.

    Args:
        brief: as it was written.
        folder: where its paths start.

    Raises:
        BriefError: a path leads out of the folder, or to no picture.
    """
    read = [_read(one, folder) for one in brief.look.references]
    pictures = {digest_of_bytes(one): one for one in read}
    return replace(brief, look=replace(brief.look, references=tuple(pictures))), pictures


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
