"""What router and forecast learn: read from the studio's history for a plan, added to it when a production ends."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import product
from pathlib import Path

import structlog

from ..agents.director import floors_of
from ..agents.planning.odds import rated_kind
from ..agents.qc import weakest
from ..core.brief import Brief
from ..core.call import CallReserved, ResultDropped
from ..core.canonical import digest_of
from ..core.crew import Crew
from ..core.errors import OutputError
from ..core.fact import (
    WORK_FACTS,
    DeliveryWritten,
    Fact,
    Greenlit,
    LeaseTaken,
    NoteMade,
    ProductionPlanned,
    QuestionAsked,
    TakeMade,
)
from ..core.history import History
from ..core.plan import Plan, Requirement, Task
from ..core.ports import Timed
from ..core.timing import Session, sessions
from ..core.track_record import Missed, Paced, Seen, Tally, TrackRecord
from ..models.critics.signature import versions_of
from ..tools.studio_history import StudioHistory
from .forecast import hindsight
from .stage import Stage

log = structlog.get_logger()

_USUAL = (*WORK_FACTS, ProductionPlanned, Greenlit, LeaseTaken, ResultDropped, NoteMade, DeliveryWritten)
"""What happens in every production; all else is people's doing."""


def recall(history: Path | None, brief: Brief, crew: Crew) -> TrackRecord | None:
    """Give what the studio has seen of a crew, at the floors of a brief; None without a history.

    A history that cannot be read is a fault in the record, never an error: the production goes on without it.
    """
    if history is None:
        return None
    makers = {maker.name: maker.identity() for maker in crew.makers}
    try:
        return StudioHistory(history).track_record(
            makers, critics=eyes_of(crew), floors=floors_of(brief, crew), crew=workplace_of(crew)
        )
    except OutputError as error:
        log.warning("history_unread", why=str(error))
        return TrackRecord(fault=str(error))


def remember(history: Path, stage: Stage, plan: Plan) -> str:
    """Add a production's first takes, how long all lasted and what its forecast left out to the studio's history.

    Nothing is added twice. Blocks as long as a forecast takes.

    Returns:
        Why they could not be added, for the person; empty when they were.
    """
    looks, paces = tuple(first_looks(stage)), tuple(paces_of(stage))
    try:
        StudioHistory(history).add(
            looks,
            critics=eyes_of(stage.crew),
            paces=paces,
            missed=missed_by(stage, plan, shown_by(stage, looks, paces)),
            crew=workplace_of(stage.crew),
            production=digest_of(stage.production),
        )
    except OutputError as error:
        log.warning("history_unwritten", why=str(error))
        return f"nothing was learnt from this production: {error}"
    return ""


def first_looks(stage: Stage) -> Iterator[Seen]:
    """Read from the journal how the first take of every still did, by kind of must-have.

    Later takes are left out: they are made where others failed, so their pictures are harder than a maker's usual ones.
    So are composites and grades, which show what their inputs show, and kinds that nobody could score.
    """
    history = stage.journal.history
    for task in stage.tasks.values():
        record = history.tasks[task.name]
        first = next(iter(record.takes), None)
        if task.make != "still" or not first or not first.recipe or first.id not in record.verdicts:
            continue
        panel = stage.panel_of(task, record.verdicts[first.id].compared_with)
        opinions = history.scores.get((first.digest, panel), ())
        work, maker = stage.key_of(task.name, first.number, first.recipe), stage.crew.maker(first.recipe.maker)
        for kind, asked in _musts(task).items():
            score = weakest(asked, opinions)
            if score is not None:
                yield Seen(work=work, maker=maker.identity(), kind=kind, score=score)


def paces_of(stage: Stage) -> Iterator[Paced]:
    """Say how long the takes of every maker lasted, and its loads in this process."""
    seconds: dict[str, list[float]] = defaultdict(list)
    for record in stage.journal.history.tasks.values():
        for take in record.takes:
            if take.recipe:
                seconds[take.recipe.maker].append(take.seconds)
    loads = stage.workers.load_seconds() if isinstance(stage.workers, Timed) else {}
    for name, took in seconds.items():
        yield Paced.of(stage.crew.maker(name).identity(), took, loads.get(name))


def shown_by(stage: Stage, looks: Sequence[Seen], paces: Sequence[Paced]) -> TrackRecord:
    """Give what one production showed of its crew, as a plan is told of it."""
    names = {maker.identity(): maker.name for maker in stage.crew.makers}
    scores: dict[tuple[str, str], list[float]] = defaultdict(list)
    for look in looks:
        scores[names[look.maker], look.kind].append(look.score)
    floors = sorted({task.gate.floor for task in stage.tasks.values()})
    tallies = (
        Tally(maker=maker, kind=kind, floor=floor, seen=len(found), passed=sum(one >= floor for one in found))
        for ((maker, kind), found), floor in product(scores.items(), floors)
    )
    own = tuple(replace(one, maker=names[one.maker]) for one in paces)
    return TrackRecord(takes=len({look.work for look in looks}), tallies=tuple(tallies), paces=own)


def missed_by(stage: Stage, plan: Plan, shown: TrackRecord) -> Missed | None:
    """Say what the forecast of a production left out: its real seconds, beside its plan played through with hindsight.

    Only a production that ran from end to end tells: None where it was interrupted, or people or the world changed
    what was done, or its workers are not those a forecast plays with.
    """
    history = stage.journal.history
    session = _only_session(history)
    asked = next((entry.at for entry in history.entries if isinstance(entry.fact, CallReserved)), None)
    if session is None or asked is None or not all(one.load_seconds for one in shown.paces) or not _is_done(stage):
        return None
    start_seconds = (datetime.fromisoformat(asked) - session.start).total_seconds()
    known = hindsight(plan, stage.crew, shown)
    missed = Missed(
        start_seconds=start_seconds - known.start_seconds,
        stretch=max(1e-3, session.seconds - start_seconds) / known.work_seconds,
        noise=known.noise,
    )
    log.info("forecast_compared", start_seconds=missed.start_seconds, stretch=missed.stretch, noise=missed.noise)
    return missed


def workplace_of(crew: Crew) -> str:
    """Name who works, on how many cores, and where: what a forecast misses by is another thing elsewhere."""
    return digest_of((crew.identity(), crew.cores, crew.cluster.address if crew.cluster else ""))


def eyes_of(crew: Crew) -> str:
    """Name who looks: a crew's critics, with the versions of their code."""
    return digest_of((crew.critics_identity(), versions_of(crew.critics)))


def _musts(task: Task) -> dict[str, list[Requirement]]:
    musts: dict[str, list[Requirement]] = defaultdict(list)
    for one in task.requirements:
        if one.must:
            musts[rated_kind(one)].append(one)
    return musts


def _only_session(history: History) -> Session | None:
    """Give the one stretch a production was driven in; None where there were more, or people had a hand in it."""
    found = sessions(history)
    return found[0] if len(found) == 1 and not any(_is_unforeseen(entry.fact) for entry in history.entries) else None


def _is_unforeseen(fact: Fact) -> bool:
    is_ingested = isinstance(fact, TakeMade) and not fact.key
    return is_ingested or isinstance(fact, QuestionAsked) or not isinstance(fact, _USUAL)


def _is_done(stage: Stage) -> bool:
    """Say whether every task was worked on until it passed, or until rounds or money were used up."""
    history = stage.journal.history
    ends = (history.tasks[name].unfinished for name in stage.tasks if not history.tasks[name].accepted)
    return all(end is not None and end.cause in ("gate", "money") for end in ends)
