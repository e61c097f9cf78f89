"""Nothing is spent before a person says yes, and a person may also say no, nothing at all, or leave."""

import asyncio
import io
import os
import pty
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from callsheet.apps.running import run_production
from callsheet.graphs.desk import look

HERE = Path(__file__).parents[1]
BRIEF, CREW = HERE / "small_brief.yaml", HERE / "fake_crew.toml"


@pytest.fixture(autouse=True)
def no_cluster(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CALLSHEET_HOME", "inprocess")
    monkeypatch.setenv("CALLSHEET_CREW", str(CREW))


class Terminal(io.StringIO):
    """A keyboard on which somebody typed this and then, if anything, pressed Ctrl-D."""

    def isatty(self) -> bool:
        return True


def run(folder: Path, *, budget: float | None = None) -> int:
    return run_production(str(BRIEF), out=folder, seed=7, budget=budget, crew=None, yes=False, as_json=False)


def test_the_question_says_how_to_answer_and_yes_greenlights_in_the_directors_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", Terminal("y\n"))
    assert run(tmp_path / "castle") in (0, 3)
    assert "Greenlight this plan? [y/N] " in capsys.readouterr().out
    history = asyncio.run(look(tmp_path / "castle")).history
    assert history.greenlit
    assert history.greenlit.by == "director"


@pytest.mark.parametrize("typed", ["n\n", "\n", ""], ids=["no", "Enter", "Ctrl-D"])
def test_any_other_answer_keeps_the_plan_and_spends_nothing(
    typed: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", Terminal(typed))
    assert run(tmp_path / "castle") == 4
    standing = asyncio.run(look(tmp_path / "castle"))
    assert not standing.history.is_greenlit
    assert not standing.history.calls


def test_what_is_greenlit_is_not_asked_again_and_another_budget_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", Terminal("y\n"))
    run(tmp_path / "castle")
    capsys.readouterr()
    assert run(tmp_path / "castle") in (0, 3)
    assert "Greenlight" not in capsys.readouterr().out
    assert run(tmp_path / "castle", budget=2.0) == 4
    assert "Greenlight" in capsys.readouterr().out


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
def test_ctrl_c_at_the_question_ends_the_process(tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    command = [sys.executable, "-Pm", "callsheet.apps", "run", str(BRIEF), "--out", str(tmp_path / "castle")]
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a child inherits that it is not heeded
    asking = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs)
    signal.signal(signal.SIGINT, before)
    os.close(theirs)
    try:
        seen = b""
        while b"[y/N]" not in seen:
            seen += os.read(ours, 4096)
        time.sleep(0.5)
        for _ in range(5):  # a signal between the prompt and the read waits for the next key: a person presses again
            asking.send_signal(2)
            with suppress(subprocess.TimeoutExpired):
                asking.wait(timeout=5)
                break
        assert asking.wait(timeout=20) == 130
    finally:
        asking.kill()
        asking.wait()
        os.close(ours)
