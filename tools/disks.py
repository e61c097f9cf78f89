"""What kind of disk a path lies on: a journal needs one whose locks and shared memory mean something."""

import re
from pathlib import Path
from typing import Final

_MOUNTS = Path("/proc/self/mountinfo")

_NETWORK: Final = frozenset((
    *("afs", "beegfs", "ceph", "cifs", "davfs", "glusterfs", "gpfs", "lustre", "ncpfs", "nfs", "nfs4", "orangefs"),
    *("panfs", "pvfs2", "smb2", "smb3", "smbfs", "fuse.ceph", "fuse.davfs2", "fuse.gcsfuse", "fuse.glusterfs"),
    *("fuse.goofys", "fuse.rclone", "fuse.s3fs", "fuse.sshfs"),
))  # fmt: skip
"""File systems that another machine may have open too: a write-ahead log on one of them can be torn."""


def network_kind(path: Path) -> str:
    """Name the network file system a path lies on; empty where it lies on none, or nobody can tell (no Linux)."""
    try:
        mounts = _MOUNTS.read_text(encoding="utf-8", errors="surrogateescape")
    except OSError:
        return ""
    kind = kind_among(mounts, path.resolve())
    return kind if kind in _NETWORK else ""


def kind_among(mounts: str, path: Path) -> str:
    r"""Find a path's file system in what Linux tells of its mounts; the innermost and newest one counts.

    Args:
        mounts: as `/proc/self/mountinfo` has it.
        path: absolute, without links.

    >>> mounts = "22 1 8:1 / / rw - ext4 /dev/sda rw\n40 22 0:35 / /mnt/my\\040show rw shared:1 - nfs4 nas:/show rw"
    >>> kind_among(mounts, Path("/mnt/my show/castle")), kind_among(mounts, Path("/home/ada"))
    ('nfs4', 'ext4')
    """
    found, depth = "", -1
    for line in mounts.splitlines():
        before, _, after = line.partition(" - ")
        place = Path(_unescaped(before.split(" ")[4]))
        if path.is_relative_to(place) and len(place.parts) >= depth:
            found, depth = after.split(" ")[0], len(place.parts)
    return found


def _unescaped(place: str) -> str:
    return re.sub(r"\\([0-7]{3})", lambda code: chr(int(code[1], 8)), place)
