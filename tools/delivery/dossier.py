"""Everything known about each take and task of a delivery, gathered once for all who show it."""

from dataclasses import dataclass
from typing import Literal

from ...core.delivery import DeliveredAsset, Manifest, best_path, still_path, take_path
from ...core.fact import TakePublished
from ...core.history import History
from ...core.plan import Plan, Task
from ...core.take import Opinion, Take, Verdict
from ...core.task_record import TaskRecord

Standing = Literal["accepted", "superseded", "best", "refused", "passed over", "not judged"]
"""What became of a take: only one per task is `accepted` or `best`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeDossier:
    """One take, where its picture lies in the package, and what became of it."""

    take: Take
    path: str
    """Relative to the delivery folder."""
    standing: Standing
    verdict: Verdict | None
    opinions: tuple[Opinion, ...]
    publish: TakePublished | None
    why_maker: str
    """Why the router chose its maker; empty when it was not routed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskDossier:
    """One task with all its takes in order."""

    task: Task
    takes: tuple[TakeDossier, ...]
    asset: DeliveredAsset | None
    why: str
    """Why it is unfinished; empty when it is not."""

    @property
    def shown(self) -> TakeDossier | None:
        """The take that stands for the task: the accepted one, else the best."""
        return next((take for take in self.takes if take.standing in {"accepted", "best"}), None)

    @property
    def is_finished(self) -> bool:
        """Whether it is accepted, and nothing unfinished went into it."""
        return self.asset is not None and not self.asset.ingredients

    @property
    def usd(self) -> float:
        """What all its takes cost."""
        return sum(dossier.take.usd for dossier in self.takes)


def open_dossiers(plan: Plan, history: History, manifest: Manifest) -> tuple[TaskDossier, ...]:
    """Gather every task of the plan, in the plan's order."""
    assets = {asset.task: asset for asset in manifest.assets}
    missing = {task.task: task for task in manifest.unfinished}
    opinions = {digest: given for (digest, _panel), given in history.scores.items()}
    found = []
    for task in plan.tasks:
        record = history.tasks.get(task.name, TaskRecord())
        asset = assets.get(task.name)
        why = missing[task.name].why if task.name in missing else ""
        stand = _standing_take(record, asset)
        takes = tuple(
            _open_take(
                plan, task, take, record=record, opinions=opinions.get(take.digest, ()), asset=asset, stand=stand
            )
            for take in record.takes
        )
        found.append(TaskDossier(task=task, takes=takes, asset=asset, why=why))
    return tuple(found)


def _standing_take(record: TaskRecord, asset: DeliveredAsset | None) -> str:
    """Give the id of the take that stands for the task; empty when it has none."""
    if asset and record.accepted:
        return record.accepted.take
    best = record.standing_take or next(reversed(record.takes), None)
    return best.id if best else ""


def _open_take(
    plan: Plan,
    task: Task,
    take: Take,
    *,
    record: TaskRecord,
    opinions: tuple[Opinion, ...],
    asset: DeliveredAsset | None,
    stand: str,
) -> TakeDossier:
    publish = next((fact for fact in reversed(record.publishes) if fact.take == take.id), None)
    verdict = record.verdicts.get(take.id)
    standing: Standing
    if take.id == stand:
        standing = "accepted" if asset else "best"
    elif publish:
        standing = "superseded"
    elif verdict is None:
        standing = "not judged"
    else:
        standing = "passed over" if verdict.passed else "refused"
    route = record.routes.get(take.number)
    return TakeDossier(
        take=take,
        path=_path(plan, task, take, publish, standing),
        standing=standing,
        verdict=verdict,
        opinions=opinions,
        publish=publish,
        why_maker=route.why if route else "",
    )


def _path(plan: Plan, task: Task, take: Take, publish: TakePublished | None, standing: Standing) -> str:
    if "stills" in plan.deliver:
        if publish and standing != "best":
            return still_path(task.department, task.name, publish.version)
        if standing == "best":
            return best_path(task.department, task.name)
    return take_path(task.name, take.number)
