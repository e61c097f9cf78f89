"""A plan comes of whatever a person hands in."""

from pathlib import Path

import callsheet

HERE = Path(__file__).parents[1]


def test_files_may_be_named_by_strings_as_well_as_by_paths(tmp_path: Path) -> None:
    brief, crew, history = HERE / "small_brief.yaml", HERE / "fake_crew.toml", tmp_path / "history.sqlite"
    by_strings = callsheet.plan(str(brief), crew=str(crew), history=str(history))
    assert by_strings == callsheet.plan(brief, crew=crew, history=history)


def test_an_empty_name_of_a_crew_file_is_the_embedded_crew() -> None:
    brief = HERE / "small_brief.yaml"
    assert callsheet.plan(brief, crew="").crew_digest == callsheet.plan(brief).crew_digest
