"""Where a production keeps its assets: chosen when it begins, recorded beside its journal, found by every door."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol, cast
from urllib.parse import unquote, urlsplit

from ..core.errors import OutputError
from ..core.registry import Home, Registry
from ..core.settings import SettingsWrong
from .assets import AssetStore, sync_folder

STORES = Registry(
    what="asset store",
    group="callsheet.stores",
    homes={
        "file": Home(path="callsheet.tools.asset_home:folder_at"),
        "s3": Home(path="callsheet.tools.bucket:bucket_at", extra="s3"),
    },
)
"""How an address becomes a store, by its scheme. Third parties add schemes: a function of the whole address."""


class Assets(Protocol):
    """A store as a production's doors need it."""

    def put(self, data: bytes) -> str:
        """Keep bytes durably and give their digest; idempotent."""
        ...

    def get(self, digest: str) -> bytes:
        """Read bytes back, verified; raises `AssetMissing` or `AssetDamaged`."""
        ...

    def address_of(self, digest: str) -> str:
        """Say where a digest lives, for people."""
        ...

    def digests(self) -> Iterator[str]:
        """List what is kept, in order."""
        ...


def open_assets(inner: Path) -> Assets:
    """Open the assets of the production whose knowledge lies in `inner`, wherever they are.

    Raises:
        OutputError: what is recorded there cannot be read.
        MissingExtra: the library for it is not installed.
    """
    address = recorded_in(inner)
    return _open(address) if address else AssetStore(inner / "assets")


def settle_assets(inner: Path, wanted: str, *, is_new: bool) -> Assets:
    """Open the assets of a production that is about to be driven, and record where they are.

    Args:
        inner: the production's inner folder.
        wanted: the setting `assets`; empty takes what is recorded, or the production's own folder.
        is_new: nothing refers to an asset yet, so that the choice is still free.

    Raises:
        OutputError: it keeps its assets elsewhere.
        SettingsWrong, UnknownName: no store is at such an address.
    """
    present = recorded_in(inner)
    if is_new:
        store = _open(wanted) if wanted else AssetStore(inner / "assets")
        if wanted != present:
            _record(inner, wanted)
        return store
    if not present:
        AssetStore(inner / "assets").sweep()  # what killed drivers left half-written; a shared store is nobody's own
    if wanted and wanted != present:
        what = f"keeps its assets at {present or 'its own folder'}, and the setting `assets` says {wanted}"
        fix = f"unset it or set it to {present}" if present else "unset it"
        raise OutputError(str(inner.parent), what, f"{fix}: a production's assets stay where it began")
    return open_assets(inner)


def recorded_in(inner: Path) -> str:
    """Give the address a production recorded; empty means its own folder."""
    path = _record_of(inner)
    try:
        return path.read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as error:
        fix = "write the address of the assets into it, on one line"
        raise OutputError(str(path), f"cannot be read ({error})", fix) from None


def folder_at(address: str) -> AssetStore:
    """Open a shared folder at `file:///mnt/studio/assets`; raises `SettingsWrong`."""
    parts = urlsplit(address)
    if parts.netloc or not parts.path.startswith("/") or parts.query:
        raise SettingsWrong("assets", f"{address!r} is no absolute path; write file:///mnt/studio/assets")
    return AssetStore(Path(unquote(parts.path)))


def _open(address: str) -> Assets:
    return cast("Callable[[str], Assets]", STORES.get(urlsplit(address).scheme))(address)


def _record_of(inner: Path) -> Path:
    return inner / "assets_at"


def _record(inner: Path, address: str) -> None:
    """Make the choice durable before anything refers to an asset."""
    path = _record_of(inner)
    if not address:
        path.unlink(missing_ok=True)
        return sync_folder(inner)
    draft = path.with_suffix(".draft")
    with draft.open("w", encoding="utf-8") as file:
        file.write(address + "\n")
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    return sync_folder(inner)
