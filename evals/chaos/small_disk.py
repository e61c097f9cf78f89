"""A disk small enough to be filled: a tmpfs, where this process may mount one."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

SIZE_BYTES: Final = 8 * 1024 * 1024
_PAGE_BYTES: Final = 4096


@contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """Mount a small disk for a while; raises `subprocess.CalledProcessError` where that is not allowed."""
    folder.mkdir()
    _run("mount", "-t", "tmpfs", "-o", f"size={SIZE_BYTES}", "none", str(folder)).check_returncode()
    try:
        yield folder
    finally:
        _run("umount", "--lazy", str(folder)).check_returncode()


def may_mount() -> bool:
    """Say whether small disks can be mounted here."""
    return _run("unshare", "--mount", "true").returncode == 0


@contextmanager
def filled(folder: Path, *, left_bytes: int) -> Iterator[None]:
    """Fill the disk a folder is on but for so many bytes, for a while; its processes may take those as well."""
    ballast = folder / "ballast"
    with ballast.open("wb", buffering=0) as file:
        with suppress(OSError):  # that there is no room is what is wanted
            while True:
                file.write(bytes(_PAGE_BYTES))
        file.truncate(max(0, os.fstat(file.fileno()).st_size - left_bytes))
    try:
        yield
    finally:
        ballast.unlink()


def _run(*command: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(command, capture_output=True, check=False)
