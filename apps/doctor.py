"""`callsheet doctor`: what works here, what is degraded, what is blocked, and the fix for each."""

import os
import shutil
import sqlite3
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

from rich.text import Text

from ..core.canonical import to_plain
from ..core.crew import MakerSpec
from ..core.errors import OutputError, SetupError, WorldError
from ..core.settings import read_settings
from ..models.catalog import load_crew
from ..models.hosting import build_maker
from ..tools.studio_history import StudioHistory
from .door import ERROR, OK, say
from .tables import people


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing looked at."""

    what: str
    state: Literal["works", "degraded", "blocked"]
    says: str
    fix: str = ""


def examine(crew: Path | None, *, as_json: bool) -> int:
    """Print every finding; exit 1 when one is blocked."""
    findings = [finding for check in _CHECKS for finding in check(crew)]
    for finding in findings:
        if as_json:
            say({"event": "finding", **_plain(finding)})
        else:
            style = {"works": "green", "degraded": "yellow", "blocked": "red"}[finding.state]
            line = Text(f"{finding.state:9}", style=style)
            line.append(f"{finding.what}: {finding.says}{'; ' + finding.fix if finding.fix else ''}", style="default")
            people().print(line)
    return ERROR if any(finding.state == "blocked" for finding in findings) else OK


def _plain(finding: Finding) -> dict[str, object]:
    plain = to_plain(finding)
    return plain if isinstance(plain, dict) else {}


def _python(_: Path | None) -> Iterator[Finding]:
    version = ".".join(str(part) for part in sys.version_info[:3])
    yield Finding(what="python", state="works", says=f"{version}, {os.cpu_count()} cores")


def _crew(crew: Path | None) -> Iterator[Finding]:
    settings = read_settings()
    try:
        hired = load_crew(crew or settings.crew, cores=settings.workers)
    except SetupError as error:
        yield Finding(what="crew", state="blocked", says=str(error))
        return
    names = ", ".join(maker.name for maker in hired.makers)
    yield Finding(what="crew", state="works", says=f"{hired.name}: {names}; critics {len(hired.critics)}")
    for maker in hired.makers:
        if maker.device.startswith("cuda") and not _has_gpu():
            says, fix = f"wants {maker.device}, and no NVIDIA driver is here", "set device, or run where there is one"
            yield Finding(what=f"maker {maker.name}", state="blocked", says=says, fix=fix)
        if maker.is_service:
            yield _service(maker)
        if maker.stand_in:
            yield Finding(
                what=f"maker {maker.name}",
                state="degraded",
                says=maker.stand_in,
                fix="name your own checkpoint in a crew file",
            )


def _service(maker: MakerSpec) -> Finding:
    """Say whether a service could be called, without calling it."""
    try:
        build_maker(maker)
    except (SetupError, WorldError) as error:
        return Finding(what=f"maker {maker.name}", state="blocked", says=str(error))
    says = (
        f"calls a service for {maker.source or maker.kind}, at most {maker.replicas_max} times at once; not called now"
    )
    return Finding(what=f"maker {maker.name}", state="works", says=says)


def _cluster(crew: Path | None) -> Iterator[Finding]:
    settings = read_settings()
    try:
        hired = load_crew(crew or settings.crew, cores=settings.workers)
    except SetupError:
        return  # said already
    named = hired.cluster
    address = settings.ray_address or (named.address if named else "")
    if not address or settings.home != "ray":
        yield Finding(what="cluster", state="works", says="none; workers run on this machine")
        return
    from ..models.pool.survey import survey  # it loads Ray, which takes seconds, and most have no cluster

    try:
        found = survey(address)
    except (SetupError, WorldError) as error:
        yield Finding(what="cluster", state="blocked", says=str(error))
        return
    gpus, cpus = (sum(getattr(one, what) for one in found.machines) for what in ("gpus", "cpus"))
    nodes = f"{len(found.machines)} node{'s' if len(found.machines) > 1 else ''}"
    yield Finding(what="cluster", state="works", says=f"{address}: {nodes}, {gpus:g} GPUs, {cpus:g} CPUs")
    if hired.machines:
        up = [one.name for one in found.machines if one.cpus or one.gpus]
        hourly = f"{len(up)} up, {len(up) * hired.machines.usd_per_hour:.2f} USD an hour whether or not anything runs"
        yield Finding(what="machines", state="works", says=": ".join(filter(None, (hourly, ", ".join(up)))))
    for machine in found.unfit:
        says = f"has callsheet {machine.version}, not {found.ours}" if machine.version else "has no callsheet"
        fix = f"pip install 'callsheet[local]=={found.ours}' there, in the Python of its Ray"
        yield Finding(what=f"node {machine.name}", state="blocked", says=says, fix=fix)


def _extras(_: Path | None) -> Iterator[Finding]:
    needs = {
        "torch": "local",
        "diffusers": "local",
        "open_clip": "local",
        "ray": "",
        "av": "video",
        "mapie": "gates",
        "obstore": "s3",
    }
    degraded = {"video": "no animatic", "gates": "no gate can be calibrated", "s3": "no assets in buckets"}
    for module, extra in needs.items():
        fix = f"pip install 'callsheet[{extra}]'"
        if find_spec(module):
            yield Finding(what=module, state="works", says="installed")
        elif extra in degraded:
            yield Finding(what=module, state="degraded", says=degraded[extra], fix=fix)
        else:
            yield Finding(what=module, state="blocked", says="missing", fix=fix)


def _gpu(_: Path | None) -> Iterator[Finding]:
    says = "an NVIDIA driver is here" if _has_gpu() else "none; the embedded crew needs none"
    yield Finding(what="gpu", state="works", says=says)


def _has_gpu() -> bool:
    return shutil.which("nvidia-smi") is not None


def _disk(_: Path | None) -> Iterator[Finding]:
    free_gib = shutil.disk_usage(Path.cwd()).free / 2**30
    if free_gib < 1:
        yield Finding(what="disk", state="degraded", says=f"{free_gib:.2f} GiB free here", fix="make room")
    else:
        yield Finding(what="disk", state="works", says=f"{free_gib:.0f} GiB free here")


def _history(_: Path | None) -> Iterator[Finding]:
    path = read_settings().learns_from
    if path is None:
        yield Finding(what="studio history", state="works", says="not used: CALLSHEET_LEARN is false")
        return
    try:
        yield Finding(what="studio history", state="works", says=f"{StudioHistory(path).takes()} takes in {path}")
    except OutputError as error:
        yield Finding(what="studio history", state="degraded", says=f"{error.place} {error.what}", fix=error.fix)


def _sqlite(_: Path | None) -> Iterator[Finding]:
    yield Finding(what="sqlite", state="works", says=sqlite3.sqlite_version)


def _keys(_: Path | None) -> Iterator[Finding]:
    named = [name for name in ("OPENAI_API_KEY", "ANTHROPIC_API_KEY") if os.environ.get(name)]
    says = f"{', '.join(named)} set, not used by this version" if named else "none; the director agent plans by rules"
    yield Finding(what="language model", state="works", says=says)


_CHECKS: tuple[Callable[[Path | None], Iterator[Finding]], ...] = (
    _python,
    _crew,
    _cluster,
    _extras,
    _gpu,
    _disk,
    _history,
    _sqlite,
    _keys,
)
