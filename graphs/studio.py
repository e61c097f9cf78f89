"""The composition root: settings and a folder become a stage with real parts."""

import socket
from dataclasses import dataclass
from os import getpid
from typing import assert_never

from ..agents.planning.odds import Odds
from ..core.crew import Crew
from ..core.plan import Plan
from ..core.ports import Clock, Journal, Store, Workers
from ..core.settings import Settings
from ..models.inprocess import InProcessWorkers
from ..models.pool import RayWorkers
from ..tools.asset_home import Assets, open_assets, settle_assets
from ..tools.clock import SystemClock
from ..tools.journal import SqliteJournal
from .folder import Folder
from .stage import Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class Studio:
    """What outlives a production: settings and the clock."""

    settings: Settings
    clock: Clock

    def open_journal(self, folder: Folder) -> SqliteJournal:
        """Open a production's journal, making the folder where there is none."""
        return SqliteJournal.open(folder.journal, clock=self.clock)

    def open_store(self, folder: Folder) -> Assets:
        """Open a production's assets, wherever it keeps them."""
        return open_assets(folder.inner)

    def settle_store(self, folder: Folder, *, is_new: bool) -> Assets:
        """Open them to drive the production: a new one keeps them where the settings say, an old one where it began."""
        return settle_assets(folder.inner, self.settings.assets, is_new=is_new)

    def hire(self, crew: Crew) -> Workers:
        """Bring the crew up where the settings say."""
        match self.settings.home:
            case "ray":
                return RayWorkers(
                    crew,
                    call_seconds=self.settings.call_seconds,
                    start_seconds=self.settings.start_seconds,
                    address=self.settings.ray_address or (crew.cluster.address if crew.cluster else ""),
                )
            case "inprocess":
                return InProcessWorkers(crew)
            case other:
                assert_never(other)


def set_stage(
    plan: Plan, crew: Crew, identity: str, *, journal: Journal, store: Store, workers: Workers, settings: Settings
) -> Stage:
    """Put a production's parts together."""
    return Stage(
        production=f"{identity}/{plan.seed}",
        seed=plan.seed,
        tasks={task.name: task for task in plan.tasks},
        crew=crew,
        journal=journal,
        store=store,
        workers=workers,
        aspect=plan.aspect,
        prefers={department.name: department.prefers for department in plan.departments},
        odds=Odds(seed=plan.seed, record=plan.track_record),
        call_tries=settings.call_tries,
    )


def open_studio(settings: Settings) -> Studio:
    """Give the studio of this process."""
    return Studio(settings=settings, clock=SystemClock())


def holder_name() -> str:
    """Name this process as the one at the wheel."""
    return f"process {getpid()} on {socket.gethostname()}"
