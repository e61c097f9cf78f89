"""The folder of a production: the delivery in plain sight, journal and assets under `.callsheet`."""

import os
from dataclasses import dataclass
from pathlib import Path

from ..core.errors import OutputError


@dataclass(frozen=True, slots=True)
class Folder:
    """Paths of one production."""

    root: Path

    @property
    def inner(self) -> Path:
        """Where the production keeps what it knows."""
        return self.root / ".callsheet"

    @property
    def journal(self) -> Path:
        """The truth."""
        return self.inner / "journal.db"

    @property
    def assets(self) -> Path:
        """Content-addressed files."""
        return self.inner / "assets"

    @property
    def holds_production(self) -> bool:
        """Whether a production was ever opened here."""
        try:
            return self.journal.exists()
        except OSError:  # a name too long, a folder nobody may look into
            return False

    def check_usable(self) -> None:
        """Refuse a folder that cannot hold a production, before anything is written; raises `OutputError`."""
        try:
            self._check_usable()
        except OSError as error:
            why = error.strerror or "cannot be used"
            raise OutputError(str(self.root), why.lower(), "name another folder with --out") from None

    def _check_usable(self) -> None:
        if self.root.exists() and not self.root.is_dir():
            raise OutputError(str(self.root), "is a file", "name a folder with --out")
        if self.root.is_dir() and any(self.root.iterdir()) and not self.inner.is_dir():
            raise OutputError(str(self.root), "is not empty and holds no production", "name another folder with --out")
        present = self.root
        while not present.exists():
            present = present.parent
        if not present.is_dir():
            raise OutputError(str(self.root), f"cannot be made because {present} is a file", "name another with --out")
        if not _is_writable(present):
            raise OutputError(str(self.root), f"{present} is read-only", "make it writable or name another with --out")

    def check_holds_production(self) -> None:
        """Refuse a folder without a production; raises `OutputError`."""
        if not self.holds_production:
            raise OutputError(str(self.root), "holds no production", "give the folder `callsheet run` wrote to")


def _is_writable(folder: Path) -> bool:
    """Ask the system; for root, who may write anywhere, the mode bits still say what the owner meant."""
    return os.access(folder, os.W_OK) and bool(folder.stat().st_mode & 0o222)
