"""The composition root: settings and a folder become a stage with real parts."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import assert_never, cast

from ..agents.planning.odds import Odds
from ..core.brief import Delegation
from ..core.crew import Crew
from ..core.plan import Plan
from ..core.ports import Clock, Journal, Store, Workers
from ..core.registry import Home, Registry
from ..core.settings import Settings
from ..tools.asset_home import Assets, open_assets, settle_assets
from ..tools.clock import SystemClock
from ..tools.journal import SqliteJournal
from .folder import Folder
from .stage import Stage
from .supervising import Supervisor
from .thinking import Thinker

HOMES = Registry(
    what="home of workers",
    group="callsheet.homes",
    homes={
        "ray": Home(path="callsheet.models.pool:RayWorkers"),
        "inprocess": Home(path="callsheet.models.inprocess:InProcessWorkers"),
    },
)
"""Where workers live; Ray is loaded by who hires there, and not to look into a folder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Studio:
    """What outlives a production: settings and the clock."""

    settings: Settings
    clock: Clock

    def open_journal(self, folder: Folder, *, budget_usd: float = 0.0) -> SqliteJournal:
        """Open a production's journal, making the folder where there is none.

        Args:
            folder: of the production.
            budget_usd: what a new one may spend before there is a plan.
        """
        return SqliteJournal.open(
            folder.journal, clock=self.clock, budget_usd=budget_usd, stop_file=self.settings.stop_place
        )

    def open_store(self, folder: Folder) -> Assets:
        """Open a production's assets, wherever it keeps them."""
        return open_assets(folder.inner)

    def settle_store(self, folder: Folder, *, is_new: bool) -> Assets:
        """Open them to drive the production: a new one keeps them where the settings say, an old one where it began."""
        return settle_assets(folder.inner, self.settings.assets, is_new=is_new)

    def hire(self, crew: Crew) -> Workers:
        """Bring the crew up where the settings say."""
        home = cast("Callable[..., Workers]", HOMES.get(self.settings.home))
        match self.settings.home:
            case "ray":
                return home(
                    crew,
                    call_seconds=self.settings.call_seconds,
                    start_seconds=self.settings.start_seconds,
                    idle_seconds=self._idle_seconds(crew),
                    beat_seconds=self.settings.heartbeat_seconds,
                    address=self.settings.ray_address or (crew.cluster.address if crew.cluster else ""),
                )
            case "inprocess":
                return home(crew)
            case other:
                assert_never(other)

    def _idle_seconds(self, crew: Crew) -> float:
        """Give after how long an idle worker goes home: on a rented machine no later than that is to be given back."""
        own = self.settings.idle_seconds
        return min(own, crew.machines.idle_seconds or own) if crew.machines else own


def set_stage(
    plan: Plan,
    crew: Crew,
    identity: str,
    *,
    journal: Journal,
    store: Store,
    workers: Workers,
    settings: Settings,
    delegation: Delegation | None = None,
    rent_usd: Callable[[], float] = lambda: 0.0,
    supervisor: Supervisor | None = None,
) -> Stage:
    """Put a production's parts together."""
    production = f"{identity}/{plan.seed}"
    return Stage(
        production=production,
        seed=plan.seed,
        tasks={task.name: task for task in plan.tasks},
        crew=crew,
        journal=journal,
        store=store,
        workers=workers,
        aspect=plan.aspect,
        palette=plan.palette,
        thinker=thinker_of(production, plan.budget_usd, crew, journal=journal, store=store),
        prefers={department.name: department.prefers for department in plan.departments},
        odds=Odds(seed=plan.seed, record=plan.track_record),
        delegation=delegation,
        call_tries=settings.call_tries,
        rent_usd=rent_usd,
        is_stopped=settings.stop_place.exists,
        supervisor=supervisor or Supervisor(),
        changed={name: record.changed for name, record in journal.history.tasks.items()},
    )


def thinker_of(production: str, budget_usd: float, crew: Crew, *, journal: Journal, store: Store) -> Thinker | None:
    """Give the language models of a production; None where no agent asks one."""
    if not crew.agents.named:
        return None
    return Thinker(production=production, crew=crew, journal=journal, store=store, budget_usd=budget_usd)


def open_studio(settings: Settings) -> Studio:
    """Give the studio of this process."""
    return Studio(settings=settings, clock=SystemClock())
