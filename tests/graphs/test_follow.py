"""A production can be followed from Python while it runs."""

from pathlib import Path

import pytest

import callsheet
from callsheet.core.fact import DeliveryWritten, ProductionPlanned

HERE = Path(__file__).parents[1]


@pytest.mark.slow
async def test_following_a_production_gives_its_journal_in_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CALLSHEET_HOME", "inprocess")
    brief, crew = HERE / "small_brief.yaml", HERE / "fake_crew.toml"
    entries = [entry async for entry in callsheet.follow(brief, out=tmp_path / "castle", seed=7, crew=crew)]
    assert isinstance(entries[0].fact, ProductionPlanned)
    assert isinstance(entries[-1].fact, DeliveryWritten)
    assert [entry.seq for entry in entries] == sorted(entry.seq for entry in entries)
