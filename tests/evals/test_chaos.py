"""The chaos driver finds no broken promise in the product, and finds each that is planted."""

import json
import subprocess
import sys
from typing import Any

import pytest

from callsheet.core.crash import POINTS
from callsheet.evals.chaos.blows import KINDS, CrashAt, drawn_ordeal

pytestmark = pytest.mark.slow

PLAYED = """
import json, sys
from dataclasses import replace
from pathlib import Path
from callsheet.core.canonical import to_plain
from callsheet.evals.chaos.__main__ import main
from callsheet.evals.chaos.blows import CrashAt, Instant, Kill, Ordeal, Start, Stop
from callsheet.evals.chaos.cycle import play
from callsheet.evals.chaos.many import load_libraries
from callsheet.evals.chaos.plants import PLANTS

load_libraries()
calm = Ordeal(
    seed="test",
    kind="kill",
    home="inprocess",
    mood="calm",
    honours_keys=False,
    pass_rate=1.0,
    budget_usd=1.0,
    starts=(),
)

def hit(*blows):
    return replace(calm, starts=tuple(Start(blow=blow, clock_step_seconds=-3600) for blow in blows))

killed = hit(Kill(at=Instant(entries=20)), CrashAt(point="after_settle"))
stopped = hit(Stop(at=Instant(entries=20), then="taken_over"))
settled = hit(CrashAt(point="after_settle", nth=2))
spoilt = replace(calm, mood="spoilt", honours_keys=True)
ordeals = {"": killed, "stopped": stopped, "spoilt": spoilt}
ordeals |= {"double_charge": calm, "lost_take": settled, "broken_reference": settled}
for name, ordeal in ordeals.items():
    outcome = play(ordeal, Path(sys.argv[1]) / f"played_{name}", plant=PLANTS.get(name))
    print(json.dumps({"name": name, **to_plain(outcome)}), flush=True)
sys.argv = ["chaos", "--only", "3", "--kind", "point", "--jobs", "1", "--book", f"{sys.argv[1]}/book.jsonl"]
sys.exit(main())
"""


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """What came of some productions, by what was done to them, and of the command; forked from one interpreter."""
    root = tmp_path_factory.mktemp("chaos")
    command = [sys.executable, "-c", PLAYED, str(root)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    return {row.get("name", "command"): row for row in rows}


def broken(outcome: dict[str, Any]) -> set[str]:
    return {one["invariant"] for one in outcome["violations"]}


def test_a_production_killed_twice_an_hour_ago_keeps_every_promise(played: dict[str, dict[str, Any]]) -> None:
    outcome = played[""]
    assert outcome["violations"] == []
    assert outcome["is_finished"]
    assert (outcome["kills"], outcome["accepted"]) == (2, 5)
    assert outcome["sold"] >= 4
    assert outcome["reissued"] <= outcome["in_flight"]
    assert len(outcome["resumes"]) == 2


def test_a_stopped_process_that_wakes_up_after_another_took_over_changes_nothing(
    played: dict[str, dict[str, Any]],
) -> None:
    assert played["stopped"]["violations"] == []
    assert played["stopped"]["is_finished"]
    assert (played["stopped"]["blows"], played["stopped"]["accepted"]) == (1, 5)


def test_spoilt_answers_that_a_provider_keeps_are_bought_anew_and_nobody_is_asked(
    played: dict[str, dict[str, Any]],
) -> None:
    outcome = played["spoilt"]
    assert outcome["violations"] == []
    assert outcome["is_finished"]
    assert (outcome["accepted"], outcome["decisions"]) == (5, 0)
    assert (outcome["sold"], outcome["charged_in_vain"], outcome["unknown"]) == (8, 4, 4)


@pytest.mark.parametrize(
    ("plant", "invariant"), [("double_charge", "I2"), ("lost_take", "I1"), ("broken_reference", "I7")]
)
def test_a_planted_fault_is_found(played: dict[str, dict[str, Any]], plant: str, invariant: str) -> None:
    assert invariant in broken(played[plant])


def test_an_ordeal_is_its_seeds() -> None:
    drawn = [drawn_ordeal(f"7/{number}") for number in range(200)]
    assert drawn == [drawn_ordeal(f"7/{number}") for number in range(200)]
    assert {one.kind for one in drawn} == set(KINDS) - {"cluster"}
    assert len({repr(one) for one in drawn}) == len(drawn)


def test_every_named_point_has_its_turn() -> None:
    blows = [drawn_ordeal(f"7/{turn}", "point", turn).starts[0].blow for turn in range(len(POINTS))]
    assert [blow.point for blow in blows if isinstance(blow, CrashAt)] == list(POINTS)


def test_the_command_ends_with_one_json_object(played: dict[str, dict[str, Any]]) -> None:
    said = played["command"]
    figures = {"cycles", "succeeded", "violations", "reissued_per_kill", "unknown_charges", "seed"}
    assert figures | {"resume_p50_s", "resume_p99_s"} <= said.keys()
    assert (said["cycles"], said["succeeded"], said["violations"]) == (1, 1, 0)
