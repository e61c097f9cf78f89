"""The bench of briefs in prose, on marks of our own."""

import json
from pathlib import Path

import pytest

from callsheet.evals.bench_briefs import BRIEFS, agrees, compare, flattened, main, measure, spelled_out
from callsheet.models.catalog import load_crew

CASTLE = {"kind": "existence", "subject": "castle|fortress", "value": "", "other": ""}
RED = {"kind": "attribute", "subject": "castle", "value": "red", "other": "colour"}


def marks(*atoms: dict[str, str], **more: object) -> dict[str, object]:
    bare = {"departments": None, "shots": [1, 6], "entities": [], "may": [], "budget_usd": None, "deadline": None}
    return {**bare, "atoms": list(atoms), **more}


def test_a_mark_may_allow_several_words() -> None:
    assert {one[1] for one in spelled_out(CASTLE)} == {"castle", "fortress"}


def test_words_of_one_meaning_are_one_word() -> None:
    assert flattened("relation", "ships", "under", "bridges") == flattened("relation", "ship", "beneath", "bridge")
    assert not agrees(("existence", "house", "", ""), ("existence", "horse", "", ""))


def test_what_is_marked_and_not_planned_is_missed_and_what_is_planned_and_not_marked_is_invented() -> None:
    found = compare("x", "A red castle. No dragons.", marks(CASTLE, {**RED, "value": "blue"}), load_crew(None))
    assert found.found == 1
    assert found.missed == (("attribute", "castle", "blue", ""),)
    assert ("absence", "dragon", "", "") in found.invented
    assert ("attribute", "castle", "red", "") in found.invented


def test_what_may_be_marked_is_not_invented() -> None:
    absence = {"kind": "absence", "subject": "dragon", "value": "", "other": ""}
    found = compare("x", "A red castle. No dragons.", marks(CASTLE, RED, may=[absence]), load_crew(None))
    assert (found.missed, found.invented) == ((), ())


def test_every_shipped_brief_has_marks_of_the_known_kinds() -> None:
    texts = sorted(BRIEFS.glob("*.txt"))
    assert len(texts) == 40
    for path in texts:
        plain = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
        assert set(plain) == {"departments", "shots", "entities", "atoms", "may", "budget_usd", "deadline"}
        assert plain["atoms"]


def test_the_shipped_briefs_are_read_as_well_as_asked() -> None:
    figures = measure(BRIEFS, quick=False)
    assert figures["briefs"] == 40
    assert float(str(figures["atoms_right"])) >= 0.95
    assert figures["budget_right"] == figures["deadline_right"] == 1.0


def test_the_bench_prints_one_object_last(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "001.txt").write_text("A red castle. No dragons.", encoding="utf-8")
    (tmp_path / "001.json").write_text(json.dumps(marks(CASTLE, RED)), encoding="utf-8")
    monkeypatch.setattr("sys.argv", ["bench_briefs", "--json", "--briefs", str(tmp_path)])
    assert main() == 0
    row = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (row["bench"], row["briefs"], row["atoms_right"]) == ("briefs", 1, 1.0)
