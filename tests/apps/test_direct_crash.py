"""A session that is killed at any point goes on where it was: nothing lost, nothing decided or paid for twice."""

import asyncio
import signal
from collections import Counter
from pathlib import Path

import pytest

from callsheet.core.fact import DecisionTaken, TakeMade, TurnTaken
from callsheet.graphs.deciding import look
from callsheet.tools.fsck import check_production

from ..launcher import Launcher

TESTS = Path(__file__).parents[1]
GO_ON = ("yes", "go", "yes", "approve the keep", "yes", "bye")
FILM = ("go", "yes", "redo the keep at night", "yes", "take the night plate again", "yes", *GO_ON[-3:])


def direct(launcher: Launcher, folder: Path, lines: tuple[str, ...], crash_at: str = "") -> int:
    """Hold a session from a script in a process of its own, which may be told where to be killed."""
    script = folder.with_suffix(".txt")
    script.write_text("\n".join(lines))
    arguments = ["direct", str(folder), str(TESTS / "small_brief.yaml"), "--script", str(script), "--by", "ada"]
    told = {"CALLSHEET_HOME": "inprocess", "CALLSHEET_CREW": str(TESTS / "sessions" / "crew.toml")}
    told |= {"CALLSHEET_LEARN": "false", "CALLSHEET_CRASH_AT": crash_at}
    return launcher.run(arguments, told, folder.with_suffix(".told"))


@pytest.mark.slow
@pytest.mark.parametrize(
    "point",
    [
        "before_reserve:2",
        "after_send:1",
        "before_settle:3",
        "after_settle:6",
        "after_judge:4",
        "after_publish:7",
        "after_decision:1",
        "after_decision:2",
        "after_delivery:1",
    ],
)
def test_a_killed_session_goes_on_and_nothing_is_done_twice(launcher: Launcher, point: str, tmp_path: Path) -> None:
    folder = tmp_path / "film"
    assert direct(launcher, folder, FILM, point) == -signal.SIGKILL
    before = asyncio.run(look(folder)).history
    assert direct(launcher, folder, GO_ON) == 0
    history = asyncio.run(look(folder)).history
    assert check_production(folder) == ()
    assert history.entries[: len(before.entries)] == before.entries
    keys = Counter(entry.fact.key for entry in history.entries if isinstance(entry.fact, TakeMade) and entry.fact.key)
    assert set(keys.values()) == {1}
    taken = [entry.fact for entry in history.entries if isinstance(entry.fact, DecisionTaken)]
    assert len({(one.task, one.decision.round) for one in taken}) == len(taken)
    approvals = [one for one in history.tasks["keep"].decisions if one.action == "approve"]
    assert len(approvals) == 1
    assert sum(isinstance(entry.fact, TurnTaken) for entry in history.entries) > len(before.turns)
    assert all(record.accepted for record in history.tasks.values())
