"""A user's mistake gets one clear sentence, and nothing is written or charged."""

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from callsheet.apps.cli import app

HERE = Path(__file__).parents[1]
BRIEF, CREW = HERE / "small_brief.yaml", HERE / "fake_crew.toml"


@pytest.fixture(autouse=True)
def no_cluster(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CALLSHEET_HOME", "inprocess")
    monkeypatch.setenv("CALLSHEET_CREW", str(CREW))


def call(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def refused(result: Result, *words: str) -> None:
    assert result.exit_code == 1, result.output
    assert "Traceback" not in result.output
    assert result.stderr.startswith("callsheet: ")
    assert all(word in result.stderr for word in words), result.stderr


BRIEFS = {
    "empty": (b"", ["empty"]),
    "not text": (b"\xff\xfe\x00title: x", ["UTF-8"]),
    "malformed": (b"title: [x", ["line"]),
    "unknown field": (b"title: x\nbugdet_usd: 3\n", ["bugdet_usd"]),
    "unknown department": (
        b"title: x\ndepartments: {arch: {workers: 1}}\ntasks: {a: {department: arhc, prompt: a castle}}\n",
        ["tasks.a.department", "arhc", "arch"],
    ),
    "unknown input": (
        b"title: x\ntasks: {a: {department: post, make: grade, input: b}}\n",
        ["tasks.a.input", "'b'"],
    ),
    "cycle": (
        b"title: x\ntasks: {a: {department: p, make: grade, input: b}, b: {department: p, make: grade, input: a}}\n",
        ["a", "b"],
    ),
    "negative budget": (b"title: x\nbudget_usd: -3\n", ["budget_usd", "-3"]),
    "no workers": (b"title: x\ndepartments: {arch: {workers: 0}}\n", ["departments.arch.workers"]),
    "too many tasks": (
        b"title: x\nbudget_usd: 1\ntasks: {a: {department: d, prompt: a castle, vary: {seed: 100000}}}\n",
        ["needs", "left"],
    ),
}


@pytest.mark.parametrize("name", BRIEFS)
def test_a_bad_brief_is_refused_with_its_place_and_nothing_is_written(name: str, tmp_path: Path) -> None:
    data, words = BRIEFS[name]
    brief = tmp_path / "brief.yaml"
    brief.write_bytes(data)
    folder = tmp_path / "out"
    refused(call("run", brief, "--out", folder, "--yes"), *words)
    assert not folder.exists()


CREWS = {
    "unknown kind": ('[[makers]]\nname="m"\nkind="midjorney"\nmakes=["still"]\nusd=1\n', ["midjorney"]),
    "missing checkpoint": (
        '[[makers]]\nname="m"\nkind="diffusers"\nmakes=["still"]\nusd=1\nsource="no/such/folder"\n',
        ["no/such/folder"],
    ),
    "malformed": ("[[makers", ["line"]),
}


@pytest.mark.parametrize("name", CREWS)
def test_a_bad_crew_file_is_refused_with_its_place(name: str, tmp_path: Path) -> None:
    text, words = CREWS[name]
    crew = tmp_path / "crew.toml"
    crew.write_text('schema = "crew/1"\nname = "bad"\ncritics = []\n' + text)
    folder = tmp_path / "out"
    refused(call("run", BRIEF, "--out", folder, "--crew", crew, "--yes"), *words)
    assert not folder.exists()


def test_a_missing_brief_is_refused(tmp_path: Path) -> None:
    refused(call("plan", tmp_path / "nothing.yaml"), "nothing.yaml")


def test_a_missing_brief_with_a_space_in_its_name_is_no_sentence(tmp_path: Path) -> None:
    refused(call("run", "my castle.yaml", "--out", tmp_path / "out", "--yes"), "my castle.yaml", "cannot be read")
    assert not (tmp_path / "out").exists()


def test_an_output_folder_with_too_long_a_name_is_refused(tmp_path: Path) -> None:
    refused(call("run", BRIEF, "--out", tmp_path / ("x" * 300), "--yes"), "too long", "--out")


def test_an_output_folder_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("mine")
    refused(call("run", BRIEF, "--out", tmp_path / "out", "--yes"), "is a file")
    assert (tmp_path / "out").read_text() == "mine"


def test_an_output_folder_full_of_other_things_is_refused(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    refused(call("run", BRIEF, "--out", tmp_path, "--yes"), "not empty")
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_read_only_output_folder_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "locked"
    folder.mkdir(mode=0o555)
    refused(call("run", BRIEF, "--out", folder / "castle", "--yes"), "read-only")


def test_another_production_in_the_folder_is_refused_and_left_alone(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    assert call("run", BRIEF, "--out", folder, "--seed", 1, "--yes").exit_code in (0, 3)
    before = (folder / "manifest.json").read_bytes()
    refused(call("run", BRIEF, "--out", folder, "--seed", 2, "--yes"), "made from another seed")
    assert (folder / "manifest.json").read_bytes() == before


def test_a_file_that_is_no_picture_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    call("run", BRIEF, "--out", folder, "--yes")
    (tmp_path / "notes.png").write_text("not a picture")
    refused(call("ingest", folder, tmp_path / "notes.png", "--as", "keep"), "notes.png")
    refused(call("ingest", folder, tmp_path / "none.png", "--as", "keep"), "none.png")


def test_an_unknown_task_is_refused_with_the_nearest_name(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    call("run", BRIEF, "--out", folder)
    refused(call("approve", folder, "kepe"), "kepe", "keep")


def test_a_folder_without_a_production_is_refused(tmp_path: Path) -> None:
    refused(call("status", tmp_path), "holds no production")


@pytest.mark.parametrize("budget", ["-1", "0", "nan"])
def test_a_budget_that_is_none_is_refused(budget: str, tmp_path: Path) -> None:
    refused(call("run", BRIEF, "--out", tmp_path / "out", "--budget", budget, "--yes"), "budget")


def test_a_wrong_setting_is_refused_by_name(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CALLSHEET_WORKERS", "none")
    refused(call("plan", BRIEF), "workers", "CALLSHEET_WORKERS")


@pytest.mark.parametrize(
    ("data", "word"), [(b"workers = 3\nhome = [ray\n", "line 2"), (b"\xff\xfe", "UTF-8")], ids=["not TOML", "not text"]
)
def test_a_settings_file_that_cannot_be_read_is_refused_with_its_place(
    data: bytes, word: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "callsheet.toml").write_bytes(data)
    monkeypatch.chdir(tmp_path)
    refused(call("plan", BRIEF), "callsheet.toml", word)


def test_an_unknown_home_is_refused_before_anything_is_written(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CALLSHEET_HOME", "mars")
    refused(call("run", BRIEF, "--out", tmp_path / "out", "--yes"), "CALLSHEET_HOME", "'ray' or 'inprocess'", "mars")
    assert not (tmp_path / "out").exists()


def test_a_word_that_is_no_command_is_a_usage_error() -> None:
    assert CliRunner().invoke(app, ["runn"]).exit_code == 2
