"""Makes a take again from its record and says whether, how far and why it came out otherwise.

Nothing is bought, recorded or judged: a take that a hosted model made is compared by its record alone.
"""

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ..core.canonical import digest_of_bytes
from ..core.crew import MakerSpec
from ..core.errors import AssetDamaged, AssetMissing, NothingToDo, UnknownName
from ..core.settings import Settings, read_settings
from ..core.take import Made, Recipe, Take
from ..core.task_record import TaskRecord
from ..models.catalog import load_crew
from ..models.hosting import build_maker, make_with
from ..tools.asset_home import Assets
from ..tools.drift import SAME, Drift, drift_between
from .approvals import take_named
from .deciding import look

_DEVICE_WORDS: Final = ("cuda", "device", "gpu", "driver")
"""In the names of what a maker records of its software, what tells of the machine."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """What became of a take that was made again."""

    take: str
    digest: str
    """Of the take."""
    made_digest: str
    """Of what was made now; empty where nothing was."""
    drift: Drift | None
    """None where nothing was made, or there is nothing to compare it with."""
    causes: tuple[str, ...]
    """What may have changed it, likeliest first; empty where nothing changed."""
    is_mended: bool = False
    """The store had lost the picture, or held a damaged one, and has it again."""


async def replay(
    folder: str | Path,
    task: str,
    take: str | None = None,
    *,
    crew: str | Path | None = None,
    settings: Settings | None = None,
) -> Replay:
    """Make a take again with the crew as it is now, and compare.

    Args:
        folder: of the production.
        task: the take's.
        take: `2` or `keep/t02`; None is the one that stands.
        crew: a crew file; None is the settings' or the embedded sketch crew.
        settings: as in `produce`.

    Raises:
        NothingToDo: a person brought it in: there is no recipe.
        UnknownName: no such task or take, or nobody of the crew has the maker's name.
        AssetMissing, AssetDamaged: what it was made from is gone.
        MakerFailed: the maker could not make it.
    """
    settings = settings or read_settings()
    standing = await look(folder, settings)
    found = _chosen(standing.task(task)[1], task, take)
    if found.recipe is None:
        raise NothingToDo(f"{found.id} was brought in by {found.worker}", "only what a maker made can be made again")
    makers = {one.name: one for one in load_crew(Path(crew) if crew else settings.crew).makers}
    if found.recipe.maker not in makers:
        raise UnknownName("maker", found.recipe.maker, list(makers))
    spec = makers[found.recipe.maker]
    if spec.is_service:
        causes = tuple(_recorded_causes(found.recipe, spec))
        return Replay(take=found.id, digest=found.digest, made_digest="", drift=None, causes=causes)
    return await asyncio.to_thread(_replayed, found, found.recipe, spec, standing.store)


def likely_causes(recipe: Recipe, spec: MakerSpec, then: Mapping[str, str], now: Mapping[str, str]) -> tuple[str, ...]:
    """List what is recorded of a take and is otherwise now, the likeliest cause of a drift first.

    Args:
        recipe: the take's.
        spec: the maker of that name as it is now.
        then: what made it, by name and version.
        now: what would now.
    """
    differing = [name for name in sorted({*then, *now}) if then.get(name) != now.get(name)]
    says = {name: f"{name} {then.get(name, 'not recorded')} then, {now.get(name, 'gone')} now" for name in differing}
    machine = [name for name in differing if any(word in name.lower() for word in _DEVICE_WORDS)]
    devices = [f"device: {says[name]}" for name in machine]
    libraries = [f"library: {says[name]}" for name in differing if name not in machine]
    return (*_recorded_causes(recipe, spec), *devices, *libraries)


def _recorded_causes(recipe: Recipe, spec: MakerSpec) -> Iterator[str]:
    if spec.is_service:
        yield (
            f"hosted model: {spec.source or spec.name} is changed by its owner without notice, and to ask it costs "
            "money: it was not asked"
        )
    if recipe.weights_digest != spec.weights_digest:
        yield f"weights: {recipe.weights_digest or 'none'} then, {spec.weights_digest or 'none'} now"
    before = (recipe.kind, recipe.revision)
    if before != (spec.kind, spec.revision):
        yield f"model: {' '.join(filter(None, before))} then, {spec.kind} {spec.revision} now".rstrip()
    if not recipe.weights_digest and recipe.source != spec.portable_source:
        yield f"model: {recipe.source or 'none'} then, {spec.portable_source or 'none'} now"


def _replayed(take: Take, recipe: Recipe, spec: MakerSpec, store: Assets) -> Replay:
    ingredients = {one.digest: store.get(one.digest) for one in recipe.ingredients}
    maker = build_maker(spec)
    made = make_with(maker, recipe, ingredients)
    digest = digest_of_bytes(made.data)
    kept = _kept(store, take.digest)
    if digest == take.digest:
        if kept is None:
            store.put(made.data)
        return Replay(
            take=take.id, digest=take.digest, made_digest=digest, drift=SAME, causes=(), is_mended=kept is None
        )
    again = make_with(maker, recipe, ingredients)
    return Replay(
        take=take.id,
        digest=take.digest,
        made_digest=digest,
        drift=drift_between(kept, made.data) if kept is not None else None,
        causes=_causes(take, recipe, spec, made, again),
    )


def _causes(take: Take, recipe: Recipe, spec: MakerSpec, made: Made, again: Made) -> tuple[str, ...]:
    unsteady: tuple[str, ...] = ()
    if made.data != again.data:
        unsteady = (f"seed: {spec.name} does not keep to it: made twice now, it came out in two ways",)
    found = (*unsteady, *likely_causes(recipe, spec, take.software, made.software))
    unknown = "device: nothing that is recorded differs, so the machine or its number of threads is likeliest"
    return found or (unknown,)


def _kept(store: Assets, digest: str) -> bytes | None:
    try:
        return store.get(digest)
    except (AssetMissing, AssetDamaged):
        return None


def _chosen(record: TaskRecord, task: str, named: str | None) -> Take:
    take = take_named(record, task, named) if named else record.standing_take
    if take is None:
        raise UnknownName(f"take of {task}", "any", [one.id for one in record.takes])
    return take
