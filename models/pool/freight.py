"""Weights reach the nodes of a cluster by digest: through Ray, once a node, into a folder named by what it holds.

A node needs no shared disk. What it keeps is hashed each time it is loaded from, so that a maker never draws with
weights that are not the crew's.
"""

import fcntl
import os
import shutil
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

import ray

from ...core.crew import CriticSpec, MakerSpec
from ...core.errors import CallsheetError, DiskFull, MakerFailed
from ..checkpoint import digest_of_folder, weighed_files

_PIECE_BYTES = 64 * 2**20
"""Pieces of this size fit any object store; what does not fit together spills to disk."""

Spec = TypeVar("Spec", MakerSpec, CriticSpec)


class WeightsAbsent(CallsheetError):
    """A node lacks weights; its driver sends them. Never seen by people."""

    def __init__(self, digest: str) -> None:
        super().__init__(digest)
        self.digest = digest


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """One checkpoint on its way: references to pieces in Ray's object store."""

    digest: str
    files: tuple[tuple[str, tuple[Any, ...]], ...]
    """Name below the folder, and the pieces in order."""


@dataclass(slots=True)
class Freight:
    """What the driver has handed to Ray, each checkpoint once, for as long as it is connected."""

    _parcels: dict[str, Parcel] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def pack(self, digest: str, folder: Path) -> Parcel:
        """Put a checkpoint's files into Ray's object store; blocking."""
        with self._lock:
            if digest not in self._parcels:
                files = [(path.relative_to(folder).as_posix(), tuple(_pieces(path))) for path in weighed_files(folder)]
                self._parcels[digest] = Parcel(digest=digest, files=tuple(files))
            return self._parcels[digest]

    def forget(self) -> None:
        """Let go of everything: the connection it was put through has ended."""
        with self._lock:
            self._parcels.clear()


def without_folder(spec: Spec) -> Spec:
    """Make a spec that says which weights, not where: what leaves for another machine."""
    return replace(spec, folder="") if spec.weights_digest else spec


def folders_of(specs: Sequence[MakerSpec | CriticSpec]) -> Mapping[str, Path]:
    """Map each digest of weights to its folder on this machine."""
    return {spec.weights_digest: Path(spec.folder) for spec in specs if spec.weights_digest and spec.folder}


def with_folder(spec: Spec) -> Spec:
    """Complete a spec with this node's own copy of its weights.

    Raises:
        WeightsAbsent: the node has none; a damaged copy is removed.
    """
    if spec.folder or not spec.weights_digest:
        return spec
    kept = _home_of(spec.weights_digest)
    if not kept.is_dir():
        raise WeightsAbsent(spec.weights_digest)
    if digest_of_folder(kept) != spec.weights_digest:
        shutil.rmtree(kept, ignore_errors=True)
        raise WeightsAbsent(spec.weights_digest)
    return replace(spec, folder=str(kept))


def unpack(parcel: Parcel) -> Path:
    """Keep a parcel in this node's folder for weights; one worker of a node does, the others wait for it.

    Raises:
        DiskFull: this node's disk would not take it.
        MakerFailed: what arrived is not what was sent.
    """
    kept = _home_of(parcel.digest)
    try:
        kept.parent.mkdir(parents=True, exist_ok=True)
        with _alone(kept.with_name(f"{kept.name}.lock")):
            if not kept.is_dir():
                _receive(parcel, kept)
    except OSError as error:
        raise DiskFull(str(kept.parent), error.strerror or str(error)) from error
    return kept


def _receive(parcel: Parcel, kept: Path) -> None:
    draft = kept.with_name(f"{kept.name}.{uuid4().hex}")
    try:
        draft.mkdir()
        for name, pieces in parcel.files:
            path = draft / name
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("wb") as file:
                for piece in pieces:
                    file.write(ray.get(piece))
        if digest_of_folder(draft) != parcel.digest:
            raise MakerFailed("weights", f"{parcel.digest} arrived damaged", retryable=True)
        draft.replace(kept)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _pieces(path: Path) -> Iterator[Any]:
    with path.open("rb") as file:
        while piece := file.read(_PIECE_BYTES):
            yield ray.put(piece)


def _home_of(digest: str) -> Path:
    """Say where this node keeps a checkpoint; `CALLSHEET_CACHE` in the environment of its Ray moves it."""
    root = Path(os.environ.get("CALLSHEET_CACHE") or "~/.cache/callsheet").expanduser()
    return root / "weights" / digest.removeprefix("sha256:")


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """Hold a lock among the processes of this node; it ends with its holder."""
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


FREIGHT = Freight()
