"""What the router learns: read from the studio's history when a plan is made, added to it when a production ends."""

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import structlog

from ..agents.director import floors_of
from ..agents.planning.odds import rated_kind
from ..agents.qc import weakest
from ..core.brief import Brief
from ..core.canonical import digest_of
from ..core.crew import Crew
from ..core.errors import OutputError
from ..core.plan import Requirement, Task
from ..core.ports import Timed
from ..core.track_record import Paced, Seen, TrackRecord
from ..models.critics.signature import versions_of
from ..tools.studio_history import StudioHistory
from .stage import Stage

log = structlog.get_logger()


def recall(history: Path | None, brief: Brief, crew: Crew) -> TrackRecord | None:
    """Give what the studio has seen of a crew, at the floors of a brief; None without a history.

    A history that cannot be read is a fault in the record, never an error: the production goes on without it.
    """
    if history is None:
        return None
    makers = {maker.name: maker.identity() for maker in crew.makers}
    try:
        return StudioHistory(history).track_record(makers, critics=eyes_of(crew), floors=floors_of(brief, crew))
    except OutputError as error:
        log.warning("history_unread", why=str(error))
        return TrackRecord(fault=str(error))


def remember(history: Path, stage: Stage) -> str:
    """Add a production's first takes, and how long all lasted, to the studio's history; nothing is added twice.

    Returns:
        Why they could not be added, for the person; empty when they were.
    """
    try:
        StudioHistory(history).add(
            tuple(first_looks(stage)),
            critics=eyes_of(stage.crew),
            paces=tuple(paces_of(stage)),
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


def eyes_of(crew: Crew) -> str:
    """Name who looks: a crew's critics, with the versions of their code."""
    return digest_of((crew.critics_identity(), versions_of(crew.critics)))


def _musts(task: Task) -> dict[str, list[Requirement]]:
    musts: dict[str, list[Requirement]] = defaultdict(list)
    for one in task.requirements:
        if one.must:
            musts[rated_kind(one)].append(one)
    return musts
