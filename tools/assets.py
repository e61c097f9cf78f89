"""Content-addressed files: written once under the name of their content, verified on every read."""

import errno
import fcntl
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

from ..core.canonical import digest_of_bytes
from ..core.crash import passing
from ..core.errors import AssetDamaged, AssetMissing, DiskFull, OutputError

_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_DRAFT = re.compile(r"[0-9a-f]{64}\.[0-9a-f]{32}")
DISK_SAYS_NO = frozenset({errno.ENOSPC, errno.EROFS, errno.EDQUOT, errno.EIO, errno.EFBIG})
"""What a disk answers that is full or fails, whatever is asked of it."""


def is_digest(text: str) -> bool:
    """Say whether a text is a digest; nothing else ever becomes part of a path.

    >>> is_digest("sha256:../../etc/passwd")
    False
    """
    return _DIGEST.fullmatch(text) is not None


def place_of(digest: str) -> str:
    """Say where a digest lies below a store's root; raises `AssetMissing` for what is no digest.

    >>> place_of("sha256:" + "ab" * 32)[:16]
    'sha256/ab/ab/aba'
    """
    if not is_digest(digest):
        raise AssetMissing(digest)
    name = digest.removeprefix("sha256:")
    return f"sha256/{name[:2]}/{name[2:4]}/{name}"


@dataclass(frozen=True, slots=True)
class AssetStore:
    """A folder of files, each at `sha256/ab/cd/<64 hex digits>`.

    Safe for any number of threads and processes at once. A killed writer leaves at most a file under `incoming/`,
    which no digest refers to, until somebody sweeps.
    """

    root: Path

    def put(self, data: bytes) -> str:
        """Keep bytes durably and give their digest; idempotent, and mends a damaged copy of the same bytes.

        Raises:
            DiskFull: the disk has no room or refused; nothing new is visible.
            OutputError: the folder cannot be written.
        """
        digest = digest_of_bytes(data)
        home = self.path_of(digest)
        with _named_faults(self.root):
            self._make_folders(home.parent)
            if not _holds(home, digest):
                self._write(data, home)
            sync_folder(home.parent)
        return digest

    def get(self, digest: str) -> bytes:
        """Read bytes back, verified; raises `AssetMissing` or `AssetDamaged`."""
        try:
            data = self.path_of(digest).read_bytes()
        except FileNotFoundError:
            raise AssetMissing(digest) from None
        except OSError as error:
            raise AssetDamaged(digest) from error
        if digest_of_bytes(data) != digest:
            raise AssetDamaged(digest)
        return data

    def has(self, digest: str) -> bool:
        """Say whether something is kept under a digest, without reading it."""
        return is_digest(digest) and self.path_of(digest).is_file()

    def path_of(self, digest: str) -> Path:
        """Say where a digest lives, kept or not; raises `AssetMissing` for what is no digest."""
        return self.root / place_of(digest)

    def address_of(self, digest: str) -> str:
        """Say where a digest lives, for people; raises as `path_of` does."""
        return str(self.path_of(digest))

    def digests(self) -> Iterator[str]:
        """List what is kept, in order."""
        for path in sorted(self.root.glob("sha256/??/??/*")):
            if is_digest(f"sha256:{path.name}"):
                yield f"sha256:{path.name}"

    def set_aside(self, digest: str) -> Path | None:
        """Move a damaged file to `quarantine/`, where nobody takes it for the asset, and say where it lies now.

        Returns:
            None where nothing is kept under the digest, or it is sound when it is read again.

        Raises:
            DiskFull, OutputError: it cannot be moved.
        """
        home = self.path_of(digest)
        if not home.is_file() or _holds(home, digest):
            return None
        with _named_faults(self.root):
            place = self.root / "quarantine" / f"{home.name}.{uuid4().hex[:8]}"
            place.parent.mkdir(exist_ok=True)
            home.rename(place)
            sync_folder(place.parent)
            sync_folder(home.parent)
        return place

    def sweep(self) -> int:
        """Remove what killed writers left half-written, and say how much; nothing while anybody writes."""
        incoming = self.root / "incoming"
        if not incoming.is_dir():
            return 0
        with _named_faults(self.root), _entered(incoming, fcntl.LOCK_EX | fcntl.LOCK_NB) as is_alone:
            drafts = [one for one in incoming.iterdir() if _DRAFT.fullmatch(one.name)] if is_alone else []
            for draft in drafts:
                draft.unlink(missing_ok=True)
        return len(drafts)

    def _write(self, data: bytes, home: Path) -> None:
        with _entered(self.root / "incoming", fcntl.LOCK_SH):
            self._write_draft(data, home)

    def _write_draft(self, data: bytes, home: Path) -> None:
        passing("before_asset_write")
        draft = self.root / "incoming" / f"{home.name}.{uuid4().hex}"
        try:
            # O_EXCL and not mkstemp: the umask, not 0600, says who may read a picture.
            handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                passing("before_asset_fsync")
                os.fsync(file.fileno())
            passing("before_asset_rename")
            draft.replace(home)
            passing("after_asset_rename")
        except OSError:
            with suppress(OSError):
                draft.unlink(missing_ok=True)
            raise

    def _make_folders(self, home: Path) -> None:
        """Make the folders a write needs; a new folder's entry in its parent is made durable too."""
        (self.root / "incoming").mkdir(parents=True, exist_ok=True)
        missing = [folder for folder in (home, home.parent, home.parent.parent) if not folder.is_dir()]
        for folder in reversed(missing):
            folder.mkdir(exist_ok=True)
            sync_folder(folder.parent)


@dataclass(frozen=True, slots=True)
class MemoryStore:
    """The same promises for one process's lifetime; for `refine()` and tests."""

    kept: dict[str, bytes] = field(default_factory=dict)

    def put(self, data: bytes) -> str:
        """Keep bytes and give their digest; idempotent."""
        return digest_of_bytes(self.kept.setdefault(digest_of_bytes(data), bytes(data)))

    def get(self, digest: str) -> bytes:
        """Read bytes back, verified; raises `AssetMissing` or `AssetDamaged`."""
        if digest not in self.kept:
            raise AssetMissing(digest)
        if digest_of_bytes(self.kept[digest]) != digest:
            raise AssetDamaged(digest)
        return self.kept[digest]


def _holds(path: Path, digest: str) -> bool:
    try:
        return digest_of_bytes(path.read_bytes()) == digest
    except OSError:
        return False


@contextmanager
def _entered(folder: Path, how: int) -> Iterator[bool]:
    """Lock a folder against those who sweep, or against those who write; say whether that was granted."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        try:
            fcntl.flock(handle, how)
        except BlockingIOError:
            yield False
            return
        yield True
    finally:
        os.close(handle)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _named_faults(root: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in DISK_SAYS_NO:
            raise DiskFull(str(root), error.strerror or str(error)) from error
        raise OutputError(
            str(root), f"cannot be written ({error.strerror})", "make it writable or choose another"
        ) from error
