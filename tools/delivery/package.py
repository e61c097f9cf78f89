"""The delivery folder: written beside what stands there, then moved into place file by file, the manifest last."""

import json
import os
import shutil
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

import opentimelineio as otio

from ...core.canonical import digest_of_bytes, to_plain
from ...core.crew import Crew
from ...core.delivery import Manifest, Strip
from ...core.errors import DiskFull, MissingExtra
from ...core.history import History
from ...core.plan import Plan
from ...core.ports import Store
from ..pictures import as_png
from .animatic import scenes, write_animatic
from .contact_sheet import contact_sheet
from .dossier import TaskDossier, open_dossiers
from .drift_chart import drift_chart
from .lineage import Family, sidecar
from .page import page
from .provenance import with_provenance
from .schedule_chart import schedule_chart
from .timeline import timeline

MANIFEST = "manifest.json"
_PARTIAL = ".partial"
"""Where a package grows; whatever an earlier, killed writer left there is thrown away."""
_SUPERSEDED = ".superseded.json"
"""The earlier manifest while its package is being replaced: no `manifest.json` stands over half a delivery."""
_LONGEST_PATH, _LONGEST_NAME = 1000, 255
_SYNCS = 8
"""Files flushed at once: a disk commits many about as fast as one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """A package as it lies on disk."""

    manifest: Manifest
    """With the digests of the delivered files."""
    manifest_digest: str
    notes: tuple[str, ...]
    """What it lacks or shows differently than asked; also on its page and in its manifest."""


def write_package(
    folder: Path,
    *,
    manifest: Manifest,
    plan: Plan,
    history: History,
    store: Store,
    crew: Crew,
    strips: Sequence[Strip],
) -> Package:
    """Write the package of a production; the same history gives the same files. Blocking: call it off the event loop.

    Args:
        folder: the delivery folder; its `.callsheet/` and files no manifest lists are left alone.
        manifest: the aggregator's; digests and files are filled in here.
        plan: says what to deliver.
        history: says what happened.
        store: has the pictures.
        crew: who made them.
        strips: the before-and-afters the page opens with.

    Raises:
        DiskFull: the disk refused a write; whatever stood in the folder before still does, or no manifest stands.
        AssetMissing: the store lacks a picture the journal knows.
        AssetDamaged: the store's copy of one is not what the journal knows.
    """
    partial = folder / _PARTIAL
    try:
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(parents=True)
        writer = _Writer(root=partial, manifest=manifest, plan=plan, history=history, crew=crew)
        package = writer.write(store, strips)
        _swap(partial, folder)
    except OSError as error:
        raise DiskFull(str(folder), error.strerror or str(error)) from error
    return package


class _Writer:
    """Writes every file of one package under a root."""

    def __init__(self, *, root: Path, manifest: Manifest, plan: Plan, history: History, crew: Crew) -> None:
        self.root, self.manifest, self.plan, self.history, self.crew = root, manifest, plan, history, crew
        self.dossiers: tuple[TaskDossier, ...] = open_dossiers(plan, history, manifest)
        self.digests: dict[str, str] = {}
        self.notes: list[str] = []

    def write(self, store: Store, strips: Sequence[Strip]) -> Package:
        self._pictures(store)
        if "contact_sheet" in self.plan.deliver:
            sheet = contact_sheet(self.plan, self.dossiers, self.root, self.manifest.stand_in)
            self._add("contact_sheet.png", as_png(sheet))
        self._add("schedule.png", as_png(schedule_chart(self.plan, self.history)))
        if self.manifest.drift:
            self._add("drift.png", as_png(drift_chart(self.manifest.drift, self.dossiers, self.root)))
        if "timeline" in self.plan.deliver:
            self._timeline()
        if "animatic" in self.plan.deliver:
            self._animatic()
        assets = tuple(replace(asset, digest=self.digests[asset.path]) for asset in self.manifest.assets)
        shown = replace(self.manifest, assets=assets, notes=tuple(self.notes))
        files = frozenset(self.digests)
        text = page(self.plan, self.history, self.crew, shown, self.dossiers, strips=strips, files=files)
        self._add("index.html", text.encode())
        delivered = {asset.path for asset in assets}
        others = {path: digest for path, digest in sorted(self.digests.items()) if path not in delivered}
        final = replace(shown, files=others)
        data = (json.dumps(to_plain(final), indent=2, ensure_ascii=False, allow_nan=False) + "\n").encode()
        (self.root / MANIFEST).write_bytes(data)
        return Package(manifest=final, manifest_digest=digest_of_bytes(data), notes=final.notes)

    def _pictures(self, store: Store) -> None:
        """Write every take with its provenance, and a sidecar beside each still."""
        family = Family.of(self.dossiers)
        for dossier in self.dossiers:
            for take in dossier.takes:
                data = store.get(take.take.digest)
                provenance = family.provenance(take.take, self.crew)
                self._add(take.path, with_provenance(data, provenance) if provenance else data)
                if take.path.startswith("stills/"):
                    digest, stand_in = self.digests[take.path], self.manifest.stand_in
                    text = sidecar(dossier, take, family, digest=digest, stand_in=stand_in)
                    self._add(str(PurePosixPath(take.path).with_suffix(".json")), text.encode())

    def _timeline(self) -> None:
        if not self.plan.shots:
            self.notes.append("The timeline was not written: the plan has no shots.")
            return
        cut = timeline(self.plan, self.history, self.dossiers)
        self._add("timeline.otio", otio.adapters.write_to_string(cut, "otio_json").encode())

    def _animatic(self) -> None:
        if not self.plan.shots:
            self.notes.append("The animatic was not made: the plan has no shots.")
            return
        path = self.root / "animatic.mp4"
        cut = scenes(self.plan, self.dossiers, self.root)
        try:
            said = write_animatic(path, cut, aspect=self.plan.aspect, title=self.plan.title)
        except MissingExtra as missing:
            self.notes.append(f"The animatic was not made: {missing}")
            return
        self.notes += [f"In the animatic, {one}." for one in said]
        self.digests["animatic.mp4"] = digest_of_bytes(path.read_bytes())

    def _add(self, path: str, data: bytes) -> None:
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
        self.digests[path] = digest_of_bytes(data)


def _swap(partial: Path, folder: Path) -> None:
    """Move a finished package into place; a kill at any point leaves the old package, the new one, or no manifest."""
    if (folder / MANIFEST).exists():
        (folder / MANIFEST).replace(folder / _SUPERSEDED)
    fresh = sorted(path.relative_to(partial) for path in partial.rglob("*") if path.is_file())
    with ThreadPoolExecutor(_SYNCS) as pool:
        list(pool.map(_sync, [partial / path for path in fresh]))
    for path in fresh:
        if path != Path(MANIFEST):
            _move(partial / path, folder / path)
    for path in _listed(folder / _SUPERSEDED) - set(fresh):
        _take_away(folder / path, folder)
    _move(partial / MANIFEST, folder / MANIFEST)
    (folder / _SUPERSEDED).unlink(missing_ok=True)
    shutil.rmtree(partial)


def _sync(path: Path) -> None:
    with path.open("rb") as handle:
        os.fsync(handle.fileno())


def _move(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    source.replace(target)


def _listed(manifest: Path) -> set[Path]:
    """Give the files an earlier manifest lists; nothing outside its folder or hidden in it, whatever it says."""
    try:
        said = json.loads(manifest.read_bytes())
        named = [asset["path"] for asset in said["assets"]] + list(said.get("files", {}))
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return set()
    paths = [PurePosixPath(name) for name in map(str, named) if name.isprintable() and len(name) <= _LONGEST_PATH]
    return {Path(path) for path in paths if path.parts and not path.is_absolute() and all(map(_is_plain, path.parts))}


def _is_plain(part: str) -> bool:
    """Say whether a part of a path is one that a file system takes, leads nowhere else and hides nothing."""
    return not part.startswith(".") and len(part.encode()) <= _LONGEST_NAME


def _take_away(path: Path, folder: Path) -> None:
    """Remove a file of an earlier package; what a link leads to elsewhere, and what is no file, stays."""
    if path.is_file() and path.parent.resolve().is_relative_to(folder.resolve()):
        path.unlink()
        _drop_empty(path.parent, folder)


def _drop_empty(inner: Path, folder: Path) -> None:
    """Remove a folder and those above it, up to the delivery folder, as far as they are empty."""
    while inner != folder and inner.is_dir() and not any(inner.iterdir()):
        inner.rmdir()
        inner = inner.parent
