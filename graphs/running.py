"""Runs a production from a brief to its package, or goes on with the one in a folder."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from ..agents.aggregator import aggregate, before_after
from ..core.brief import Brief
from ..core.canonical import from_json, to_json
from ..core.crew import Crew
from ..core.delivery import Manifest, Totals
from ..core.errors import OutputError
from ..core.fact import DeliveryWritten, Entry, ProductionPlanned
from ..core.history import History
from ..core.limits import CapsSet
from ..core.money import Bill, Caps
from ..core.plan import Plan
from ..core.ports import Journal, Store
from ..core.settings import Settings, read_settings
from .advice import written_note
from .amendments import amended
from .broadcast import Broadcast, Listener
from .collecting import collected_seldom
from .driver import holder_name
from .folder import Folder
from .forecast import outlook
from .learning import remember
from .planning import Called, call_sheet, caps_of, identity_of, refuse_blocked
from .production import Greenlight, ProductionState, production_graph, run_production
from .renting import renting
from .stage import Stage
from .studio import Studio, open_studio, set_stage
from .supervising import Supervised, supervised
from .watching import ProgressListener, watched

if TYPE_CHECKING:
    from ..tools.delivery.package import Package

AskGreenlight = Callable[[Plan], Awaitable[bool]]

GoOn = Callable[["Production"], Awaitable[bool]]
"""Is handed the production whenever nothing is left to do; says whether there is something again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """Where the finished package lies."""

    folder: Path
    manifest: Manifest
    notes: tuple[str, ...] = ()
    """What could not be delivered as asked or learnt from it, one sentence each."""

    @property
    def index(self) -> Path:
        """The page that opens from disk."""
        return self.folder / "index.html"

    @property
    def contact_sheet(self) -> Path:
        """Every delivered picture on one sheet."""
        return self.folder / "contact_sheet.png"


@dataclass(frozen=True, slots=True, kw_only=True)
class Production:
    """A production as it stands when the desk hands it back."""

    folder: Path
    plan: Plan
    history: History
    bill: Bill
    status: str
    """`delivered`, `unfinished` (delivered, some tasks unfinished), `waiting` for a person, `paused` by one, or
    `refused`."""
    delivery: Delivery | None

    @property
    def cost(self) -> Totals:
        """The figures; raises `OutputError` while there is no delivery."""
        if self.delivery is None:
            raise OutputError(str(self.folder), "holds no delivery yet", "answer what waits, then run it again")
        return self.delivery.manifest.totals


async def produce(
    brief: Brief | str | Path,
    *,
    out: str | Path,
    crew: str | Path | None = None,
    seed: int = 0,
    budget_usd: float | None = None,
    certificate: str | Path | None = None,
    greenlight: bool | AskGreenlight = True,
    on_event: Listener | None = None,
    on_progress: ProgressListener | None = None,
    go_on: GoOn | None = None,
    by: str = "director",
    settings: Settings | None = None,
) -> Production:
    """Run a production, or go on with the one in the folder, to its delivery.

    Calling it again with the same arguments resumes: what is done is not done again.

    Args:
        brief: a path, a sentence, or a `Brief`.
        out: the folder of the production.
        crew: a crew file; None is the settings' or the embedded sketch crew.
        seed: every take's seed derives from it.
        budget_usd: overrides the brief's.
        certificate: a gate that `callsheet calibrate` wrote; its floor replaces the brief's.
        greenlight: True spends without asking; a coroutine function is shown the plan and answers.
        on_event: hears every journal entry once it is durable.
        on_progress: hears once a second how far it is, who waits for whom, and how long it will take.
        go_on: keeps the crew hired: awaited when nothing is left to do, until it says that nothing will come.
        by: who gives the greenlight, where `greenlight` asks.
        settings: how this installation behaves; None reads them from the environment and `callsheet.toml`.

    Raises:
        SetupError: something the caller can put right; nothing was written or charged unless the message says so.
        WorldError: the machine or a model let us down; calling again resumes.
    """
    settings = settings or read_settings()
    folder = Folder(Path(out))
    folder.check_usable()
    crew_file = Path(crew) if crew else settings.crew
    called = call_sheet(
        brief,
        crew=crew_file,
        seed=seed,
        budget_usd=budget_usd,
        cores=settings.workers,
        certificate=Path(certificate) if certificate else None,
        history=settings.learns_from,
    )
    if not folder.holds_production:
        refuse_blocked(called.plan.preflight)
    studio = open_studio(settings)
    async with (
        _at_the_wheel(studio, folder, on_event) as (straight, assets),
        supervised(straight, assets, settings.patience_seconds) as parts,
    ):
        journal, store = parts.journal, parts.store
        plan = await _open_production(called, folder, journal, store)
        await _set_caps(caps_of(called.brief).within(settings.caps), journal)
        plan = await asyncio.to_thread(amended, plan, journal.history, store)
        director = _Director(greenlight=greenlight, by=by, on_progress=on_progress, go_on=go_on)
        return await _drive(studio, folder, called, plan, parts, director)


async def follow(
    brief: Brief | str | Path,
    *,
    out: str | Path,
    crew: str | Path | None = None,
    seed: int = 0,
    budget_usd: float | None = None,
    certificate: str | Path | None = None,
    greenlight: bool | AskGreenlight = True,
    settings: Settings | None = None,
) -> AsyncIterator[Entry]:
    """Run a production and yield its journal entries as they become durable; arguments and errors as in `produce`.

    Leaving the iterator stops the production; the same call goes on with it.
    """
    queue: asyncio.Queue[Entry | None] = asyncio.Queue()
    run = asyncio.ensure_future(
        produce(
            brief,
            out=out,
            crew=crew,
            seed=seed,
            budget_usd=budget_usd,
            certificate=certificate,
            greenlight=greenlight,
            on_event=queue.put_nowait,
            settings=settings,
        )
    )
    run.add_done_callback(lambda _: queue.put_nowait(None))
    try:
        while (entry := await queue.get()) is not None:
            yield entry
        await run
    finally:
        run.cancel()
        await asyncio.wait([run])
        if not run.cancelled():
            run.exception()  # the listener may have left before it could be told


@asynccontextmanager
async def _at_the_wheel(
    studio: Studio, folder: Folder, listener: Listener | None
) -> AsyncIterator[tuple[Journal, Store]]:
    """Open journal and store and hold the lease."""
    with collected_seldom():
        journal = studio.open_journal(folder)
        try:
            await journal.take_lease(holder_name())
            told = Broadcast(journal=journal, listener=listener) if listener else journal
            yield told, studio.settle_store(folder, is_new=journal.history.planned is None)
        finally:
            await journal.close()


def _refuse_other(planned: ProductionPlanned, identity: str, called: Called, folder: Folder) -> None:
    same = {
        "brief": planned.brief_digest == identity,
        "seed": planned.seed == called.seed,
        "crew": planned.crew_digest == called.crew.identity(),
    }
    if other := " and ".join(name for name, is_same in same.items() if not is_same):
        raise OutputError(
            str(folder.root),
            f"holds {planned.title!r} with seed {planned.seed}, made from another {other}",
            f"name another folder with --out, or give the same {other} to go on with it",
        )


async def _open_production(called: Called, folder: Folder, journal: Journal, store: Store) -> Plan:
    """Record the plan of a new production, or give the one this folder's production is made to."""
    planned, identity = journal.history.planned, identity_of(called.brief)
    for picture in called.pictures.values():
        await asyncio.to_thread(store.put, picture)
    if planned:
        _refuse_other(planned, identity, called, folder)
    if planned and planned.budget_usd == called.brief.budget_usd:
        return await _plan_in(store, planned)
    plan = await _planned_again(called, store, planned) if planned else called.plan
    refuse_blocked(plan.preflight)
    await asyncio.to_thread(store.put, to_json(called.brief).encode())
    await asyncio.to_thread(store.put, to_json(called.crew).encode())
    plan_digest = await asyncio.to_thread(store.put, to_json(plan).encode())
    await journal.record(
        ProductionPlanned(
            title=plan.title,
            brief_digest=identity,
            plan_digest=plan_digest,
            crew_digest=plan.crew_digest,
            seed=plan.seed,
            budget_usd=plan.budget_usd,
            tasks=len(plan.tasks),
        )
    )
    return plan


async def _set_caps(caps: Caps, journal: Journal) -> None:
    """Record what may be spent at most, unless that is what holds already."""
    if caps != journal.history.caps:
        await journal.record(CapsSet(caps=caps))


async def _planned_again(called: Called, store: Store, planned: ProductionPlanned) -> Plan:
    """Plan a production again because its budget changed; what the studio learnt since stays out of it."""
    frozen = (await _plan_in(store, planned)).track_record
    return replace(called, seen=frozen).plan


async def _plan_in(store: Store, planned: ProductionPlanned) -> Plan:
    return from_json(Plan, await asyncio.to_thread(store.get, planned.plan_digest))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Director:
    """How the person in whose name it runs takes part."""

    greenlight: bool | AskGreenlight
    by: str
    on_progress: ProgressListener | None
    go_on: GoOn | None

    async def answer(self, plan: Plan) -> Greenlight | None:
        """Give the greenlight, refuse it, or leave the question open."""
        if isinstance(self.greenlight, bool):
            return {"approved": True, "by": "--yes"} if self.greenlight else None
        return {"approved": await self.greenlight(plan), "by": self.by}

    async def has_more(self, production: Production) -> bool:
        """Wait for something to do, where the director stays."""
        return self.go_on is not None and await self.go_on(production)


async def _drive(  # noqa: PLR0917 - the parts of one production, all required
    studio: Studio, folder: Folder, called: Called, plan: Plan, parts: Supervised, director: _Director
) -> Production:
    crew, journal, store = called.crew, parts.journal, parts.store
    delivered: list[Delivery] = []

    async def deliver() -> Manifest:
        now = await asyncio.to_thread(amended, plan, journal.history, store)
        package = await parts.supervisor.through(lambda: deliver_package(folder, now, crew, journal, store))
        delivered.append(package)
        return delivered[-1].manifest

    workers = parts.workers = studio.hire(crew)
    async with renting(workers, crew, journal, studio.clock) as rent_usd:
        stage = set_stage(
            plan,
            crew,
            identity_of(called.brief),
            journal=journal,
            store=store,
            workers=workers,
            settings=studio.settings,
            delegation=called.brief.delegate,
            rent_usd=rent_usd,
            supervisor=parts.supervisor,
        )
        expected = None if journal.history.is_greenlit else await asyncio.to_thread(outlook, plan, crew)
        if stage.thinker:
            await stage.thinker.settle_lost()
        graph = production_graph(stage, plan, deliver, expected, stays=director.go_on is None)
        async with watched(stage, plan, director.on_progress):
            state, has_more = await run_production(graph, partial(director.answer, plan)), True
            while has_more:
                so_far = await _hand_back(folder, plan, journal, store, state, delivered)
                if has_more := await director.has_more(so_far):
                    state = await run_production(graph, partial(director.answer, plan))
    unlearnt = await _learn(studio.settings, stage, plan)
    delivered = [replace(one, notes=(*one.notes, *unlearnt)) for one in delivered]
    return await _hand_back(folder, plan, journal, store, state, delivered)


async def _learn(settings: Settings, stage: Stage, plan: Plan) -> tuple[str, ...]:
    """Remember how this production's takes did; give what a person should know where that failed."""
    history = settings.learns_from
    why = await asyncio.to_thread(remember, history, stage, plan) if history else ""
    return (why,) if why else ()


async def _hand_back(  # noqa: PLR0917 - as above
    folder: Folder, plan: Plan, journal: Journal, store: Store, state: ProductionState, delivered: Sequence[Delivery]
) -> Production:
    return Production(
        folder=folder.root,
        plan=await asyncio.to_thread(amended, plan, journal.history, store),
        history=journal.history,
        bill=journal.bill(),
        status=state.get("status", "refused"),
        delivery=delivered[-1] if delivered else None,
    )


async def deliver_package(folder: Folder, plan: Plan, crew: Crew, journal: Journal, store: Store) -> Delivery:
    """Write the package from what the journal says, and record that it is there."""
    history, strips = journal.history, before_after(plan, journal.history)
    note = await written_note(folder.root.name, plan, crew, journal=journal, store=store, strips=strips)
    manifest = replace(aggregate(plan, history, crew, production=folder.root.name), note=note)

    def write() -> "Package":
        from ..tools.delivery.package import write_package  # loads what films are made with

        return write_package(
            folder.root, manifest=manifest, plan=plan, history=history, store=store, crew=crew, strips=strips
        )

    package = await asyncio.to_thread(write)
    await journal.record(
        DeliveryWritten(
            folder=str(folder.root),
            manifest_digest=package.manifest_digest,
            accepted=package.manifest.totals.accepted,
            unfinished=len(package.manifest.unfinished),
        )
    )
    return Delivery(folder=folder.root, manifest=package.manifest, notes=package.notes)
