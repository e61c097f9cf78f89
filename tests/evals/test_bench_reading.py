"""The reading bench, on records of our own in GenEval's form."""

import json
from pathlib import Path

import pytest

from callsheet.agents.reading import read
from callsheet.evals.bench_reading import main, measure, said_by, shown

RECORDS = [
    {"tag": "counting", "include": [{"class": "hair drier", "count": 2}], "prompt": "a photo of two hair driers"},
    {"tag": "colors", "include": [{"class": "cow", "count": 1, "color": "blue"}], "prompt": "a photo of a blue cow"},
    {
        "tag": "position",
        "include": [{"class": "bear", "count": 1}, {"class": "dog", "count": 1, "position": ["right of", 0]}],
        "prompt": "a photo of a dog right of a bear",
    },
    {"tag": "single_object", "include": [{"class": "cow", "count": 1}], "prompt": "a photo of a horse"},
]


def test_a_prompt_counts_as_read_only_when_every_atom_is_right(tmp_path: Path) -> None:
    path = tmp_path / "records.jsonl"
    path.write_text("\n".join(json.dumps(one) for one in RECORDS), encoding="utf-8")
    result = measure(path, quick=False)
    assert (result["exact"], result["prompts"]) == (0.75, 4)


def test_an_atom_is_shown_with_counts_as_integers_and_absences_as_null() -> None:
    atoms = [shown(atom) for atom in read("two dogs left of a red car").atoms]
    assert atoms == [
        {"kind": "existence", "subject": "dog", "value": None, "other": None},
        {"kind": "count", "subject": "dog", "value": 2, "other": None},
        {"kind": "existence", "subject": "car", "value": None, "other": None},
        {"kind": "attribute", "subject": "car", "value": "red", "other": None},
        {"kind": "relation", "subject": "dog", "value": "left of", "other": "car"},
    ]


def test_only_a_relation_keeps_its_second_noun() -> None:
    assert {said_by(atom)[3] for atom in read("a red car").atoms} == {""}


def test_a_file_of_prompts_gives_one_object_a_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "prompts.txt"
    path.write_text("a castle\n\ntwo towers at dusk\n", encoding="utf-8")
    monkeypatch.setattr("sys.argv", ["bench_reading", "--prompts", str(path)])
    assert main() == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["prompt"] for line in lines] == ["a castle", "two towers at dusk"]


def test_a_missing_file_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["bench_reading", "--data", str(tmp_path / "none.jsonl")])
    assert main() == 1
    assert "none.jsonl" in capsys.readouterr().err
