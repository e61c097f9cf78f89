"""The command line, from brief to delivery, on shipped fakes."""

import asyncio
import getpass
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from callsheet.apps.cli import app
from callsheet.graphs.desk import look

HERE = Path(__file__).parents[1]
BRIEF, CREW = HERE / "small_brief.yaml", HERE / "fake_crew.toml"


@pytest.fixture(autouse=True)
def no_cluster(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CALLSHEET_HOME", "inprocess")
    monkeypatch.setenv("CALLSHEET_CREW", str(CREW))


def call(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def rows(result: Result) -> list[dict[str, object]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


@pytest.fixture
def castle(tmp_path: Path) -> Path:
    """A finished small production."""
    folder = tmp_path / "castle"
    result = call("run", BRIEF, "--out", folder, "--seed", 7, "--yes")
    assert result.exit_code in (0, 3), result.output
    return folder


def test_a_brief_becomes_a_delivery(castle: Path) -> None:
    manifest = json.loads((castle / "manifest.json").read_text())
    assert manifest["schema"] == "delivery/1"
    assert {path.name for path in castle.iterdir()} >= {
        "index.html",
        "contact_sheet.png",
        "schedule.png",
        "timeline.otio",
        "animatic.mp4",
        "manifest.json",
        "stills",
    }
    assert all((castle / asset["path"]).is_file() for asset in manifest["assets"])


def test_the_same_command_again_makes_nothing_and_pays_nothing(castle: Path) -> None:
    before = rows(call("status", castle, "--json"))[0]["bill"]
    again = call("run", BRIEF, "--out", castle, "--seed", 7, "--yes", "--json")
    assert not [row for row in rows(again) if row["event"] == "take_made"]
    assert rows(call("status", castle, "--json"))[0]["bill"] == before


def test_json_prints_one_object_a_line_and_ends_with_the_status(tmp_path: Path) -> None:
    result = call("run", BRIEF, "--out", tmp_path / "castle", "--yes", "--json")
    found = rows(result)
    assert found[-1]["event"] == "run_ended"
    seqs = [row["seq"] for row in found if "seq" in row]
    assert seqs == sorted(seqs)


def test_without_a_greenlight_it_waits_and_spends_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "castle"
    result = call("run", BRIEF, "--out", folder)
    assert result.exit_code == 4
    status = call("status", folder, "--json")
    assert status.exit_code == 4
    assert rows(status)[0]["bill"]["settled_usd"] == 0  # type: ignore[index, call-overload]


def test_a_plan_is_shown_and_nothing_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    result = call("plan", BRIEF, "--json")
    assert result.exit_code == 0
    assert rows(result)[0]["schema"] == "plan/1"
    assert not list(tmp_path.iterdir())


def test_takes_and_show_tell_what_was_made(castle: Path) -> None:
    listed = rows(call("takes", castle, "keep", "--json"))
    assert listed[0]["take"] == "keep/t01"
    assert listed[-1]["move"]["kind"] in ("accept", "stop")
    shown = rows(call("show", castle, "keep", "--json"))[0]
    assert Path(str(shown["picture"])).is_file()
    assert shown["recipe"]


def test_a_retake_gives_a_second_version_and_downstream_follows(castle: Path) -> None:
    assert call("retake", castle, "keep", "--note", "more ruin").exit_code == 0
    assert call("run", BRIEF, "--out", castle, "--seed", 7, "--yes").exit_code in (0, 3)
    assert len(rows(call("takes", castle, "keep", "--json"))) >= 2
    assert len(rows(call("takes", castle, "grade", "--json"))) == 2


def test_a_second_decision_about_the_same_picture_is_refused(castle: Path) -> None:
    assert call("approve", castle, "keep", "--by", "ada").exit_code == 0
    call("run", BRIEF, "--out", castle, "--seed", 7, "--yes")
    again = call("approve", castle, "keep", "--by", "bob")
    assert again.exit_code == 1
    assert "ada" in again.stderr


def test_fsck_finds_a_finished_production_sound_and_a_flipped_byte_damaged(castle: Path) -> None:
    assert call("fsck", castle).exit_code == 0
    asset = next(path for path in (castle / ".callsheet" / "assets").rglob("*") if path.is_file())
    data = bytearray(asset.read_bytes())
    data[len(data) // 2] ^= 1
    asset.write_bytes(data)
    assert call("fsck", castle).exit_code == 1


def test_doctor_says_what_works() -> None:
    found = rows(call("doctor", "--json"))
    assert {row["state"] for row in found} <= {"works", "degraded", "blocked"}


def test_doctor_looks_for_a_module_of_every_extra_that_runs_a_production() -> None:
    looked_at = {row["what"] for row in rows(call("doctor", "--json"))}
    assert {"torch", "diffusers", "open_clip", "ray", "av", "mapie"} <= looked_at


def test_doctor_says_where_the_studios_history_is_and_how_much_is_in_it(
    castle: Path, own_history: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def finding() -> dict[str, object]:
        return next(row for row in rows(call("doctor", "--json")) if row["what"] == "studio history")

    stills = sum(task["make"] == "still" for task in rows(call("plan", BRIEF, "--json"))[0]["tasks"])  # type: ignore[attr-defined]
    assert castle.is_dir()
    assert (finding()["state"], finding()["says"]) == ("works", f"{stills} takes in {own_history}")
    own_history.write_bytes(b"not a history" * 100)
    assert finding()["state"] == "degraded"
    monkeypatch.setenv("CALLSHEET_LEARN", "false")
    assert finding()["says"] == "not used: CALLSHEET_LEARN is false"


def test_a_plan_says_what_its_odds_stand_on(castle: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert castle.is_dir()
    assert "odds: stand on 3 takes of this studio\n" in call("plan", BRIEF).stdout
    monkeypatch.setenv("CALLSHEET_LEARN", "false")
    assert "odds: stand on nothing yet; learning from the studio's history is off\n" in call("plan", BRIEF).stdout


def test_a_history_that_cannot_be_used_is_named_and_stops_nothing(tmp_path: Path, own_history: Path) -> None:
    own_history.write_bytes(b"not a history" * 100)
    result = call("run", BRIEF, "--out", tmp_path / "castle", "--yes")
    assert result.exit_code in (0, 3), result.output
    assert "note: nothing was learnt from this production" in result.stdout.replace("\n", " ")


def test_fsck_names_a_damaged_plan_or_journal_as_a_trouble(castle: Path) -> None:
    planned = asyncio.run(look(castle)).history.planned
    assert planned
    name = planned.plan_digest.removeprefix("sha256:")
    next((castle / ".callsheet" / "assets").rglob(name)).write_text("{}")
    result = call("fsck", castle, "--json")
    assert (result.exit_code, rows(result)[-1]["event"]) == (1, "fsck_ended")
    assert "plan" in str(rows(result)[0]["where"])
    (castle / ".callsheet" / "journal.db").write_bytes(b"not a journal" * 100)
    result = call("fsck", castle, "--json")
    assert (result.exit_code, rows(result)[0]["event"]) == (1, "trouble")


def test_words_in_brackets_are_shown_as_they_are(tmp_path: Path) -> None:
    title, folder = "Castle [/draft] :smile: [red]", tmp_path / "a [/b]"
    brief = tmp_path / "brief.yaml"
    brief.write_text(BRIEF.read_text().replace("Small Castle", f"'{title}'"))
    assert title in call("plan", brief).stdout
    result = call("run", brief, "--out", folder, "--yes")
    assert result.exit_code in (0, 3), result.output
    assert title in result.stdout
    assert f"{folder}/index.html" in result.stdout
    assert title in call("status", folder).stdout
    assert str(folder) in call("show", folder, "keep").stdout


def test_a_plan_is_made_for_the_workers_of_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CALLSHEET_WORKERS", "3")
    basis = rows(call("plan", BRIEF, "--json"))[0]["forecast"]["basis"]  # type: ignore[index, call-overload]
    assert "3 workers" in basis


def test_show_shows_the_take_that_approve_approves(castle: Path) -> None:
    assert call("retake", castle, "keep").exit_code == 0
    call("run", BRIEF, "--out", castle, "--seed", 7, "--yes")
    shown = rows(call("show", castle, "keep", "--json"))[0]["digest"]
    decided = rows(call("approve", castle, "keep", "--json"))[0]["decision"]
    assert decided["digest"] == shown  # type: ignore[index, call-overload]


def test_a_budget_nobody_greenlit_makes_a_finished_production_wait(castle: Path) -> None:
    assert call("status", castle).exit_code == 0
    assert call("run", BRIEF, "--out", castle, "--seed", 7, "--budget", 2).exit_code == 4
    status = call("status", castle, "--json")
    assert status.exit_code == 4
    assert rows(status)[0]["greenlit"] is False


def test_a_task_whose_input_is_done_again_is_open(castle: Path) -> None:
    assert call("retake", castle, "keep").exit_code == 0
    tasks = rows(call("status", castle, "--json"))[0]["tasks"]
    assert {tasks["keep"], tasks["comp"]} == {"open"}  # type: ignore[index, call-overload]


def test_a_person_whom_the_machine_cannot_name_is_the_director(castle: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody() -> str:
        raise KeyError("getpwuid(): uid not found: 4711")

    monkeypatch.setattr(getpass, "getuser", nobody)
    decided = rows(call("retake", castle, "keep", "--json"))[0]["decision"]
    assert decided["by"] == "director"  # type: ignore[index, call-overload]
