"""A plan comes of whatever a person hands in."""

from pathlib import Path

import pytest

import callsheet
from callsheet.core.errors import SetupError
from callsheet.core.plan import Preflight
from callsheet.graphs.planning import refuse_blocked

HERE = Path(__file__).parents[1]


def test_files_may_be_named_by_strings_as_well_as_by_paths(tmp_path: Path) -> None:
    brief, crew, history = HERE / "small_brief.yaml", HERE / "fake_crew.toml", tmp_path / "history.sqlite"
    by_strings = callsheet.plan(str(brief), crew=str(crew), history=str(history))
    assert by_strings == callsheet.plan(brief, crew=crew, history=history)


def test_an_empty_name_of_a_crew_file_is_the_embedded_crew() -> None:
    brief = HERE / "small_brief.yaml"
    assert callsheet.plan(brief, crew="").crew_digest == callsheet.plan(brief).crew_digest


def test_what_nobody_can_make_is_refused_by_name_and_the_others_are_counted() -> None:
    sea, keep = (Preflight(task=name, state="blocked", why="nobody", fix="hire") for name in ("sea", "keep"))
    comp = Preflight(task="comp", state="passed")
    refuse_blocked([comp])
    with pytest.raises(SetupError, match=r"^'sea' cannot be made with this crew: nobody; hire$"):
        refuse_blocked([comp, sea])
    with pytest.raises(SetupError, match=r"'sea' cannot .*; hire \(1 more of 3 tasks cannot be made either\)$"):
        refuse_blocked([sea, comp, keep])
