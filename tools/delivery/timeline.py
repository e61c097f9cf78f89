"""The cut for editing programs: an OpenTimelineIO timeline with a clip per shot and every take as a media reference."""

from collections.abc import Mapping, Sequence

import opentimelineio as otio

from ...core.history import History
from ...core.plan import Plan, Shot
from ...core.take import Score
from .dossier import TakeDossier, TaskDossier

_KEY = "callsheet"
"""Where our facts live in OTIO's metadata."""

_MISSING = "missing"


def timeline(plan: Plan, history: History, dossiers: Sequence[TaskDossier]) -> otio.schema.Timeline:
    """Build the cut: shots in order, the standing take of each active, people's notes as markers.

    Media are named by URLs relative to the delivery folder, where the timeline lies too.
    """
    by_task = {dossier.task.name: dossier for dossier in dossiers}
    cut = otio.schema.Timeline(name=plan.title, metadata={_KEY: {"brief": plan.brief_digest, "seed": str(plan.seed)}})
    track = otio.schema.Track(name="picture", kind=otio.schema.TrackKind.Video)
    for shot in plan.shots:
        track.append(_clip(shot, by_task[shot.from_task], history))
    cut.tracks.append(track)
    placed = {about for shot in plan.shots for about in _names(shot, by_task[shot.from_task])}
    cut.tracks.markers.extend(
        _marker(note.text, by=note.by, about=note.about, start=otio.opentime.RationalTime(0, _rate(plan)))
        for note in history.notes
        if note.about not in placed
    )
    return cut


def frames_of(shot: Shot) -> int:
    """Count a shot's frames, at least one.

    >>> frames_of(Shot(code="a", from_task="b", seconds=2.5, move="hold"))
    60
    """
    return max(1, round(shot.seconds * shot.fps))


def _rate(plan: Plan) -> int:
    return plan.shots[0].fps if plan.shots else 24


def _clip(shot: Shot, dossier: TaskDossier, history: History) -> otio.schema.Clip:
    frames = _range(shot)
    shown = dossier.shown
    clip = otio.schema.Clip(name=shot.code, source_range=frames)
    references = {take.take.name: _reference(take, frames) for take in dossier.takes}
    missing = otio.schema.MissingReference(name=_MISSING, available_range=frames)
    clip.set_media_references(references or {_MISSING: missing}, shown.take.name if shown else _MISSING)
    clip.metadata[_KEY] = {
        "task": shot.from_task,
        "department": dossier.task.department,
        "camera_move": shot.move,
        "status": "accepted" if dossier.asset else "unfinished",
        "why": dossier.why,
    }
    clip.markers.extend(
        _marker(note.text, by=note.by, about=note.about, start=frames.start_time)
        for note in history.notes
        if note.about in _names(shot, dossier)
    )
    return clip


def _names(shot: Shot, dossier: TaskDossier) -> set[str]:
    """List what a note may be about to belong to a shot: the shot, its task, one of its takes."""
    return {shot.code, shot.from_task, *(take.take.id for take in dossier.takes)}


def _range(shot: Shot) -> otio.opentime.TimeRange:
    return otio.opentime.TimeRange(
        start_time=otio.opentime.RationalTime(shot.first_frame, shot.fps),
        duration=otio.opentime.RationalTime(frames_of(shot), shot.fps),
    )


def _reference(take: TakeDossier, frames: otio.opentime.TimeRange) -> otio.schema.ExternalReference:
    reference = otio.schema.ExternalReference(
        target_url=take.path, available_range=frames, metadata={_KEY: _facts(take)}
    )
    reference.name = take.take.id
    return reference


def _facts(take: TakeDossier) -> Mapping[str, object]:
    facts: dict[str, object] = {
        "take": take.take.id,
        "asset_digest": take.take.digest,
        "status": take.standing,
        "maker": take.take.recipe.maker if take.take.recipe else "brought in by a person",
        "seed": str(take.take.recipe.seed) if take.take.recipe else "",
        "usd": take.take.usd,
        "scores": {one.requirement: one.value for one in take.opinions if isinstance(one, Score)},
    }
    if take.publish:
        facts |= {"version": take.publish.version, "accepted_by": take.publish.accepted_by}
    if take.verdict:
        facts |= {
            "passed": take.verdict.passed,
            "right": take.verdict.right,
            "close": take.verdict.close,
            "findings": [finding.says for finding in take.verdict.findings],
        }
    return facts


def _marker(text: str, *, by: str, about: str, start: otio.opentime.RationalTime) -> otio.schema.Marker:
    """Put a note on one frame. Its text is both name and comment: edit lists keep only the name."""
    return otio.schema.Marker(
        name=text[:60],
        comment=text,
        color=otio.schema.MarkerColor.RED,
        marked_range=otio.opentime.TimeRange(start, otio.opentime.RationalTime(1, start.rate)),
        metadata={_KEY: {"by": by, "about": about}},
    )
