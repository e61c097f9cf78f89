"""`callsheet direct`: a session from a script, as JSON lines, and in a real terminal."""

import json
import os
import sys
from pathlib import Path

import pexpect
import pytest
from typer.testing import CliRunner, Result

from callsheet.apps.cli import app

from ..graphs.test_advice import PROSE, SHEET, chats, crew_file

TESTS = Path(__file__).parents[1]
BRIEF, CREW = TESTS / "small_brief.yaml", TESTS / "sessions" / "crew.toml"
FILM = """
# comments and empty lines are nobody's turn

go
yes
redo the keep at night
yes
what did the keep cost?
qwertz uiop
bye
approve everything
"""


@pytest.fixture(autouse=True)
def no_cluster(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CALLSHEET_HOME", "inprocess")
    monkeypatch.setenv("CALLSHEET_CREW", str(CREW))
    monkeypatch.setenv("CALLSHEET_LEARN", "false")


@pytest.fixture
def script(tmp_path: Path) -> Path:
    path = tmp_path / "film.txt"
    path.write_text(FILM)
    return path


def call(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_a_script_directs_a_film_and_its_transcript_tells_what_was_said(tmp_path: Path, script: Path) -> None:
    folder = tmp_path / "film"
    result = call("direct", folder, BRIEF, "--script", script, "--by", "ada", "--seed", 7)
    assert result.exit_code == 0, result.output
    assert "keep/t02 is accepted" in result.output
    assert "I did not understand 'qwertz uiop'" in result.output
    assert "approve everything" not in result.output
    said = (folder / "transcript.md").read_text()
    assert "**ada:** redo the keep at night" in said
    assert (folder / "index.html").is_file()


def test_programs_read_a_turn_a_line(tmp_path: Path, script: Path) -> None:
    result = call("direct", tmp_path / "film", BRIEF, "--script", script, "--by", "ada", "--json")
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    turns = [row for row in rows if row["event"] == "turn_taken"]
    assert [turn["text"] for turn in turns][1:4] == ["go", "yes", "redo the keep at night"]
    assert turns[3]["wishes"][0]["verb"] == "revise"
    assert turns[3]["proposal"]["usd"] > 0
    assert {row["kind"] for row in rows if row["event"] == "news"} >= {"accepted", "run"}


def test_a_script_that_cannot_be_read_is_told_without_a_traceback(tmp_path: Path) -> None:
    result = call("direct", tmp_path / "film", "--script", tmp_path / "none.txt")
    assert result.exit_code == 1
    assert "none.txt" in result.stderr
    assert "Traceback" not in result.output


def test_a_brief_that_is_not_there_is_an_error(tmp_path: Path, script: Path) -> None:
    result = call("direct", tmp_path / "film", tmp_path / "none.yaml", "--script", script, "--json")
    assert result.exit_code == 1
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert "none.yaml: cannot be read" in rows[0]["reply"]
    assert rows[-1]["event"] == "error"
    assert "holds no production" in result.stderr


def test_a_session_that_cannot_be_opened_is_an_error(tmp_path: Path, script: Path) -> None:
    (tmp_path / "film").write_text("not a folder")
    result = call("direct", tmp_path / "film", BRIEF, "--script", script)
    assert result.exit_code == 1
    assert "film" in result.stderr
    assert "Traceback" not in result.output


def test_a_brief_that_cannot_be_planned_ends_a_script_before_its_first_line(tmp_path: Path) -> None:
    brief, script = tmp_path / "bad.yaml", tmp_path / "go.txt"
    brief.write_text("title: Castle\ndepartments: {lab: {workers: many}}\n")
    script.write_text("a red castle at dusk\nyes\n")
    result = call("direct", tmp_path / "film", brief, "--script", script)
    assert result.exit_code == 1
    assert "workers" in result.output
    assert "> a red castle" not in result.output
    assert not (tmp_path / "film" / ".callsheet" / "journal.db").exists()


def test_a_script_answers_who_breaks_its_brief_down(tmp_path: Path) -> None:
    crew = crew_file(tmp_path, chats(tmp_path, "director", {"text": json.dumps(SHEET)}), director="")
    brief, script = tmp_path / "prose.md", tmp_path / "go.txt"
    brief.write_text(PROSE)
    script.write_text("yes\nstatus\n")
    result = call("direct", tmp_path / "film", brief, "--script", script, "--crew", crew)
    assert result.exit_code == 0, result.output
    assert "> status" in result.output


def test_a_script_without_a_brief_may_ask_and_end(tmp_path: Path) -> None:
    script = tmp_path / "ask.txt"
    script.write_text("help\nbye\n")
    assert call("direct", tmp_path / "film", "--script", script).exit_code == 0


def test_a_run_that_stopped_is_an_error(tmp_path: Path) -> None:
    script, other = tmp_path / "go.txt", TESTS / "fake_crew.toml"
    script.write_text("status\n")
    assert call("direct", tmp_path / "film", BRIEF, "--script", script).exit_code == 0
    script.write_text("go\nyes\n")
    result = call("direct", tmp_path / "film", "--script", script, "--crew", other)
    assert result.exit_code == 1
    assert "made from another crew" in result.stderr
    assert call("direct", tmp_path / "film", "--script", script).exit_code == 0


def test_what_is_echoed_and_answered_moves_no_cursor_and_rings_no_bell(tmp_path: Path) -> None:
    script = tmp_path / "odd.txt"
    script.write_text("note the keep: good\x1b[2J\x07 light\u202e here\n\x1b]0;gotcha\x07\n")
    result = call("direct", tmp_path / "film", BRIEF, "--script", script)
    assert result.exit_code == 0
    assert "> note the keep: good" in result.output
    assert all(one.isprintable() or one == "\n" for one in result.output)


def terminal(folder: Path) -> "pexpect.spawn[str]":
    command = ["-W", "ignore", "-m", "callsheet.apps", "direct", str(folder), str(BRIEF), "--by", "ada"]
    environment = {**os.environ, "TERM": "xterm-256color"}
    return pexpect.spawn(
        sys.executable, command, env=environment, encoding="utf-8", timeout=60, dimensions=(40, 160)
    )  # fmt: skip


def say_where(one: "pexpect.spawn[str]") -> None:
    """Answer as a terminal does that is asked where its cursor stands; only then is the line below it drawn."""
    one.expect_exact("\x1b[6n")
    one.send("\x1b[12;1R")


def test_a_director_types_in_a_terminal_leaves_and_comes_back(tmp_path: Path) -> None:
    first = terminal(tmp_path / "film")
    first.expect("have spent nothing on it yet")
    say_where(first)
    first.expect("architecture 0/1")
    first.send("go\r")
    first.expect("Shall I")
    first.send("yes\r")
    first.expect("nothing is left to do")
    first.send("take the keep again\r")
    first.expect("Shall I")
    first.send("\x04")
    first.expect("transcript:")
    first.expect(pexpect.EOF)
    again = terminal(tmp_path / "film")
    again.expect("Shall I")
    say_where(again)
    again.expect("waits for your yes")
    again.send("yes\r")
    again.expect("keep/t02 is accepted")
    again.send("bye\r")
    again.expect(pexpect.EOF)
