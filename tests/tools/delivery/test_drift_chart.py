"""The drift is drawn where there is one, and told in the package."""

from dataclasses import replace
from pathlib import Path

import numpy as np
from PIL import ImageColor

from callsheet.core.delivery import Drift, DriftPoint
from callsheet.tools.delivery.dossier import open_dossiers
from callsheet.tools.delivery.drift_chart import drift_chart
from callsheet.tools.delivery.package import write_package
from callsheet.tools.delivery.palette import CHAIN, WARNING


def drift_of(production, *, count: int = 1, is_accepted: bool = True) -> Drift:
    reference, point = production.manifest.assets[:2]
    takes = {task: record.accepted.take for task, record in production.history.tasks.items() if record.accepted}
    points = [DriftPoint(task=point.task, take=takes[point.task], likeness=0.5)] * count
    return Drift(
        entity="keep",
        reference=reference.task,
        reference_take=takes[reference.task],
        is_accepted=is_accepted,
        points=tuple(points),
    )


def packed(production, folder: Path, *drift: Drift):
    return write_package(
        folder,
        manifest=replace(production.manifest, drift=drift),
        plan=production.asked("stills").plan,
        history=production.history,
        store=production.store,
        crew=production.crew,
        strips=(),
    )


def has(chart, colour: str) -> bool:
    return bool((np.asarray(chart) == ImageColor.getrgb(colour)).all(axis=2).any())


def test_a_package_with_a_drift_shows_it_and_one_without_does_not(production, tmp_path: Path) -> None:
    package = packed(production, tmp_path / "with", drift_of(production))
    assert "drift.png" in package.manifest.files
    assert "<h2>Continuity</h2>" in (tmp_path / "with" / "index.html").read_text()
    assert "drift.png" not in packed(production, tmp_path / "without").manifest.files
    assert "<h2>Continuity</h2>" not in (tmp_path / "without" / "index.html").read_text()


def test_an_unfinished_reference_and_more_stills_than_fit_are_drawn(production, tmp_path: Path) -> None:
    packed(production, tmp_path)
    dossiers = open_dossiers(production.plan, production.history, production.manifest)
    drawn = [
        drift_chart([drift_of(production, count=50, is_accepted=is_accepted)], dossiers, tmp_path)
        for is_accepted in (True, False)
    ]
    assert drawn[0].size == drawn[1].size
    assert all(has(chart, CHAIN) for chart in drawn)
    assert [has(chart, WARNING) for chart in drawn] == [False, True]
