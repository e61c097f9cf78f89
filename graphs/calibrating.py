"""Calibrating a gate on what people decided in finished productions."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from ..agents.qc import weakest
from ..core.certificate import Certificate
from ..core.crew import Crew
from ..core.decision import Decision
from ..core.errors import OutputError
from ..core.fact import DecisionTaken
from ..core.plan import Task
from ..models.catalog import load_crew
from .deciding import Standing, look

_MEANS = {"approve": True, "reject": False, "retake": False}


async def calibrate(
    folders: Sequence[Path], *, promise: float, confidence: float = 0.9, crew: Path | None = None
) -> Certificate:
    """Find the floor whose passed takes a person would approve as often as promised, or say that there is none.

    A label is a person's first decision about a take the critics had scored; one per prompt, so that takes of one
    prompt do not count as many.

    Args:
        folders: productions with decisions, all made by the same crew.
        promise: share of passed takes to be approved, in (0, 1).
        confidence: probability that the promise holds, in (0, 1).
        crew: the crew file they were made with; None is the embedded crew.

    Raises:
        OutputError: a folder holds no production, or one of another crew.
        MissingExtra: MAPIE is not installed.
    """
    from ..agents.calibration import Label, certify  # loads NumPy; every door loads this file, and few calibrate

    hired = load_crew(crew)
    labels: dict[str, Label] = {}
    for folder in folders:
        standing = await look(folder)
        _check_crew(standing, hired)
        for entry in standing.history.entries:
            if isinstance(entry.fact, DecisionTaken) and entry.fact.decision.action in _MEANS:
                task = standing.plan.task(entry.fact.task)
                score = _score(standing, task, entry.fact.decision)
                if score is not None:
                    label = Label(score=score, approved=_MEANS[entry.fact.decision.action])
                    labels.setdefault(task.prompt or f"{folder}/{task.name}", label)
    found = certify(list(labels.values()), promise=promise, confidence=confidence)
    return replace(found, critics=hired.critics_identity())


def _check_crew(standing: Standing, crew: Crew) -> None:
    if standing.plan.crew_digest != crew.identity():
        fix = "give that production's crew file with --crew, and calibrate productions of one crew at a time"
        raise OutputError(str(standing.folder), "was made by another crew", fix)


def _score(standing: Standing, task: Task, decision: Decision) -> float | None:
    """Give what the gate compared with its floor; None for a take no critic judged, or a file a person brought in."""
    takes = standing.history.tasks[task.name].takes
    if not any(take.digest == decision.digest and take.recipe is not None for take in takes):
        return None
    given = [found for (digest, _), found in standing.history.scores.items() if digest == decision.digest]
    return weakest(task.requirements, given[-1]) if given else None
