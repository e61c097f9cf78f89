"""Takes become a delivery: what was accepted, what is missing and why, what it cost, what is worth showing."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from ..core.crew import Crew
from ..core.delivery import (
    DeliveredAsset,
    MachineBill,
    Manifest,
    Strip,
    ThinkingBill,
    Totals,
    UnfinishedTask,
    best_path,
    still_path,
    take_path,
)
from ..core.errors import Bug
from ..core.fact import TakePublished
from ..core.history import History
from ..core.money import to_usd
from ..core.plan import Plan, Task
from ..core.rent import Meter
from ..core.take import Finding, Take
from ..core.task_record import TaskRecord
from ..core.timing import making_seconds, sessions, slowest_chain
from .accountability import decisions_of
from .drift import drifts

STRIPS = 3
"""Before-and-after strips a delivery opens with."""

_TELLING = ("count", "attribute", "position", "relation", "existence", "absence", "time", "weather", "shot")
"""Kinds of requirement whose failure a person sees at a glance, the plainest first."""

_TIMES = ("not redone", "redone once", "redone twice")


def aggregate(plan: Plan, history: History, crew: Crew, *, production: str) -> Manifest:
    """Turn a production into the manifest of its delivery.

    Every asset's `digest` is that of its stored picture: the package's writer replaces it with the delivered file's.
    """
    records = [(task, history.tasks.get(task.name, TaskRecord())) for task in plan.tasks]
    spent = history.paid_by_task()
    assets = tuple(
        _asset(plan, history, task, record.accepted, usd=to_usd(spent.get(task.name, 0)))
        for task, record in records
        if record.accepted is not None
    )
    return Manifest(
        production=production,
        brief_digest=plan.brief_digest,
        plan_digest=history.planned.plan_digest if history.planned else "",
        crew=crew.name,
        stand_in=_stand_in(history, crew),
        seed=plan.seed,
        assets=assets,
        unfinished=tuple(_unfinished(plan, task, record) for task, record in records if record.accepted is None),
        totals=_totals(plan, history, crew, len(assets)),
        drift=drifts(plan, history),
    )


def _asset(plan: Plan, history: History, task: Task, publish: TakePublished, *, usd: float) -> DeliveredAsset:
    record = history.tasks[task.name]
    take = record.take(publish.take)
    if take is None:
        raise Bug(f"{task.name} published {publish.take}, which the journal does not have")
    is_still = "stills" in plan.deliver
    path = still_path(task.department, task.name, publish.version) if is_still else take_path(task.name, take.number)
    return DeliveredAsset(
        task=task.name,
        department=task.department,
        shot=task.shot,
        entity=task.entity,
        version=publish.version,
        path=path,
        digest=take.digest,
        asset_digest=take.digest,
        recipe=take.recipe,
        verdict=record.verdicts.get(take.id),
        accepted_by=publish.accepted_by,
        takes=len(record.takes),
        usd=usd,
        seconds=round(sum(made.seconds for made in record.takes), 6),
        ingredients=tuple(dict.fromkeys(_unfinished_sources(plan, history, task, take))),
    )


def _unfinished_sources(plan: Plan, history: History, task: Task, take: Take) -> Iterator[str]:
    """Name every task, however far back, whose take went into this one without being the take that stands."""
    used = {ingredient.digest for ingredient in take.recipe.ingredients} if take.recipe else set()
    for name in task.inputs:
        record = history.tasks.get(name, TaskRecord())
        source = next((made for made in reversed(record.takes) if made.digest in used), None)
        if source is None:
            continue
        if record.accepted is None or record.accepted.digest != source.digest:
            yield name
        yield from _unfinished_sources(plan, history, plan.task(name), source)


def _unfinished(plan: Plan, task: Task, record: TaskRecord) -> UnfinishedTask:
    best = record.standing_take or next(reversed(record.takes), None)
    path = ""
    if best:
        is_still = "stills" in plan.deliver
        path = best_path(task.department, task.name) if is_still else take_path(task.name, best.number)
    return UnfinishedTask(task=task.name, why=_why(record), best=path)


def _why(record: TaskRecord) -> str:
    if record.unfinished:
        return record.unfinished.why
    if record.question:
        return f"waits for the director: {record.question.question}"
    if record.approval and record.approval.action == "omit":
        note = f": {record.approval.note}" if record.approval.note else ""
        return f"left out by {record.approval.by}{note}"
    return "in the works when the package was written" if record.takes else "not made"


def _totals(plan: Plan, history: History, crew: Crew, accepted: int) -> Totals:
    making = making_seconds(history)
    wall = sum(session.seconds for session in sessions(history))
    worked = sum(making.values())
    thinking = _thinking(history)
    usd = round(to_usd(sum(history.paid_by_task().values())) + (thinking.usd if thinking else 0.0), 6)
    return Totals(
        takes=sum(len(record.takes) for record in history.tasks.values()),
        accepted=accepted,
        usd=usd,
        usd_per_accepted=round(usd / accepted, 6) if accepted else None,
        wall_seconds=round(wall, 6),
        critical_path_seconds=round(sum(making.get(name, 0.0) for name in slowest_chain(plan, making)), 6),
        worker_seconds=round(worked, 6),
        utilisation=round(min(1.0, worked / (wall * crew.cores)), 4) if wall else 0.0,
        outlook=history.greenlit.outlook if history.greenlit else None,
        machines=_machines(history, usd, accepted),
        thinking=thinking,
        decisions=decisions_of(history, accepted),
        unknown_usd=to_usd(sum(one.call.micros for one in history.doubts.values() if one.is_open)),
    )


def _machines(history: History, usd: float, accepted: int) -> MachineBill | None:
    """Add up what machines cost; those that are up are taken to be given back now."""
    if not history.entries:
        return None
    meter, now = Meter.of(history.entries), datetime.fromisoformat(history.entries[-1].at)
    rent = meter.rent(now, is_over=True)
    if rent is None:
        return None
    return MachineBill(
        usd=rent.usd,
        machines=rent.machines,
        hours=round(rent.machine_seconds / 3600, 4),
        busy=rent.busy,
        loading=rent.loading,
        idle=round(rent.idle, 4),
        usd_by_department=rent.usd_by_department,
        usd_per_accepted=round((usd + rent.usd) / accepted, 6) if accepted else None,
        forgotten_usd=meter.forgotten_usd(),
    )


def _thinking(history: History) -> ThinkingBill | None:
    """Add up what language models cost; a task's own figures leave it out."""
    paid = [thought for thought in history.thoughts.values() if thought.state == "settled"]
    by_agent = history.thinking_micros()
    if not by_agent and not history.fallbacks:
        return None
    return ThinkingBill(
        usd=to_usd(sum(by_agent.values())),
        asked=len(paid),
        tokens_in=sum(thought.tokens_in for thought in paid),
        tokens_out=sum(thought.tokens_out for thought in paid),
        usd_by_agent={agent: to_usd(micros) for agent, micros in by_agent.items()},
        fallbacks=tuple(dict.fromkeys(one.says for one in history.fallbacks)),
    )


def _stand_in(history: History, crew: Crew) -> str:
    """Join what must be known about the makers that made something, each sentence once."""
    used = {take.recipe.maker for record in history.tasks.values() for take in record.takes if take.recipe}
    said = [maker.stand_in for maker in crew.makers if maker.name in used and maker.stand_in]
    return "; ".join(dict.fromkeys(said))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Turn:
    """A task that failed first and passed in the end."""

    department: str
    plainness: int
    gain: float
    strip: Strip


def before_after(plan: Plan, history: History) -> tuple[Strip, ...]:
    """Choose the tasks that show best what redoing bought, the most telling first, one per department before a second.

    A task qualifies when its first take failed its gate and the take that stands passed it.
    """
    turns = [turn for task in plan.tasks if (turn := _turn(task, history.tasks.get(task.name, TaskRecord())))]
    turns.sort(key=lambda turn: (turn.plainness, -turn.gain))
    firsts = list({turn.department: turn for turn in reversed(turns)}.values())
    firsts.sort(key=turns.index)
    rest = [turn for turn in turns if turn not in firsts]
    return tuple(turn.strip for turn in [*firsts, *rest][:STRIPS])


def _turn(task: Task, record: TaskRecord) -> _Turn | None:
    publish = record.accepted
    final = record.take(publish.take) if publish else None
    if publish is None or final is None or final.number == 1:
        return None
    first, last = record.verdicts.get(record.takes[0].id), record.verdicts.get(final.id)
    if first is None or last is None or first.passed or not last.passed or not first.findings:
        return None
    kinds = {requirement.id: requirement.kind for requirement in task.requirements}
    finding = min(first.findings, key=lambda finding: _plainness(finding, kinds))
    shown = record.takes[: record.takes.index(final) + 1]
    return _Turn(
        department=task.department,
        plainness=_plainness(finding, kinds)[0],
        gain=last.right - (finding.score if finding.score is not None else first.right),
        strip=Strip(task=task.name, sentence=_sentence(finding, len(shown) - 1, publish), takes=_ids(shown)),
    )


def _plainness(finding: Finding, kinds: Mapping[str, str]) -> tuple[int, float]:
    kind = kinds.get(finding.requirement, "")
    rank = _TELLING.index(kind) if kind in _TELLING else len(_TELLING)
    return rank, finding.score if finding.score is not None else 1.0


def _sentence(finding: Finding, redone: int, publish: TakePublished) -> str:
    times = _TIMES[redone] if redone < len(_TIMES) else f"redone {redone} times"
    who, _, name = publish.accepted_by.partition(":")
    accepted = f"accepted by {name}" if who == "person" and name else "accepted"
    return f"{finding.says}; {times}; {accepted}"


def _ids(takes: list[Take]) -> tuple[str, ...]:
    return tuple(take.id for take in takes)
