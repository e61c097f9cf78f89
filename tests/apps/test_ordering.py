"""The commands that say how the work goes on, at the door: written by one process, followed by the next run."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from callsheet.apps.cli import app
from callsheet.apps.ordering import who_follows

HERE = Path(__file__).parents[1]
BRIEF, CREW = HERE / "small_brief.yaml", HERE / "fake_crew.toml"


@pytest.fixture(autouse=True)
def no_cluster(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CALLSHEET_HOME", "inprocess")
    monkeypatch.setenv("CALLSHEET_CREW", str(CREW))


def call(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def status(folder: Path) -> dict[str, object]:
    found: dict[str, object] = json.loads(call("status", folder, "--json").stdout.splitlines()[0])
    return found


def states(folder: Path) -> dict[str, str]:
    found = status(folder)["tasks"]
    assert isinstance(found, dict)
    return found


@pytest.fixture
def planned(tmp_path: Path) -> Path:
    """A production that is planned and waits for its greenlight."""
    folder = tmp_path / "castle"
    assert call("run", BRIEF, "--out", folder, "--seed", 7).exit_code == 4
    return folder


def run(folder: Path) -> Result:
    return call("run", BRIEF, "--out", folder, "--seed", 7, "--yes")


def test_a_run_of_a_paused_production_makes_nothing_says_so_and_exits_with_4(planned: Path) -> None:
    assert call("pause", planned, "--by", "ada", "--note", "the look changes").exit_code == 0
    result = run(planned)
    assert result.exit_code == 4
    assert "paused: the whole production, by ada (the look changes)" in result.stdout
    told = call("status", planned)
    assert told.exit_code == 4
    assert "paused: the whole production, by ada (the look changes); 5 tasks" in told.stdout
    assert status(planned)["bill"]["calls"] == 0  # type: ignore[index, call-overload]


def test_a_resumed_production_is_made(planned: Path) -> None:
    call("pause", planned)
    run(planned)
    assert call("resume", planned).exit_code == 0
    assert run(planned).exit_code == 0
    assert set(states(planned).values()) == {"accepted"}


def test_a_paused_department_holds_up_only_what_is_made_from_it(planned: Path) -> None:
    assert call("pause", planned, "architecture").exit_code == 0
    assert run(planned).exit_code == 4
    found = states(planned)
    assert (found["keep"], found["comp"], found["plate__dusk"]) == ("paused", "open", "accepted")


def test_a_cancelled_shot_is_left_out_with_who_and_why_and_can_be_opened_again(planned: Path) -> None:
    assert call("cancel", planned, "sq010_sh010", "--by", "ada", "--note", "cut").exit_code == 0
    assert run(planned).exit_code == 3
    manifest = json.loads((planned / "manifest.json").read_text())
    assert {one["task"]: one["why"] for one in manifest["unfinished"]} == {
        "comp": "cancelled by ada: cut",
        "grade": "cancelled by ada: cut",
    }
    assert "cancelled: sq010_sh010, by ada (cut); 2 tasks" in call("status", planned).stdout
    assert call("resume", planned, "sq010_sh010").exit_code == 0
    assert run(planned).exit_code == 0
    assert not status(planned)["orders"]


def test_all_the_rest_is_cancelled_only_when_it_is_said(planned: Path) -> None:
    assert call("cancel", planned).exit_code == 2
    assert call("cancel", planned, "keep", "--rest").exit_code == 2
    assert call("cancel", planned, "--rest").exit_code == 0
    assert run(planned).exit_code == 3
    assert set(states(planned).values()) == {"unfinished"}


def test_what_goes_first_is_shown_until_it_is_done(planned: Path) -> None:
    assert call("prioritise", planned, "keep", "--by", "ada").exit_code == 0
    assert "goes first: keep, by ada; 1 task\n" in call("status", planned).stdout
    run(planned)
    assert not status(planned)["orders"]


def test_a_variation_joins_the_plan_and_is_delivered_with_money_of_its_own(planned: Path) -> None:
    run(planned)
    added = call("add", planned, "--like", "keep", "--vary", "time=dawn,dusk", "--json")
    assert added.exit_code == 0, added.output
    assert json.loads(added.stdout)["tasks"] == ["keep__dawn", "keep__dusk"]
    assert states(planned)["keep__dawn"] == "open"
    assert run(planned).exit_code == 0
    manifest = json.loads((planned / "manifest.json").read_text())
    assert {asset["task"] for asset in manifest["assets"]} >= {"keep", "keep__dawn", "keep__dusk"}
    assert call("fsck", planned).exit_code == 0


def test_fsck_names_an_addition_whose_plan_is_gone(planned: Path) -> None:
    added = json.loads(call("add", planned, "--like", "keep", "--vary", "time=dawn", "--json").stdout)
    name = added["addition_digest"].removeprefix("sha256:")
    next((planned / ".callsheet" / "assets").rglob(name)).unlink()
    result = call("fsck", planned)
    assert result.exit_code == 1
    assert "an addition: asset" in result.stdout


def test_a_variation_of_a_variation_keeps_what_it_does_not_change(planned: Path) -> None:
    added = call("add", planned, "--like", "plate__dusk", "--vary", "weather=fog", "--json")
    assert json.loads(added.stdout)["tasks"] == ["plate__dusk_fog"]


def test_a_variation_of_a_paused_task_is_paused_with_it(planned: Path) -> None:
    call("pause", planned, "architecture", "--by", "ada")
    call("add", planned, "--like", "keep", "--vary", "seed=2")
    assert run(planned).exit_code == 4
    found = states(planned)
    assert (found["keep__s01"], found["keep__s02"]) == ("paused", "paused")


def test_a_retake_of_an_added_task_is_one_like_any_other(planned: Path) -> None:
    call("add", planned, "--like", "keep", "--vary", "time=dawn")
    run(planned)
    assert call("retake", planned, "keep__dawn").exit_code == 0
    assert run(planned).exit_code == 0
    listed = call("takes", planned, "keep__dawn", "--json").stdout.splitlines()
    assert len(listed) >= 2


@pytest.mark.parametrize("command", ["pause", "resume", "cancel", "prioritise"])
def test_a_name_nobody_has_is_refused_with_those_there_are(planned: Path, command: str) -> None:
    result = call(command, planned, "catering")
    assert result.exit_code == 1
    assert "no task, shot or department named 'catering'; known: " in result.stderr
    known = result.stderr.rpartition("known: ")[2].strip().split(", ")
    assert set(known) == {"architecture", "environment", "post", "keep", "plate", "comp", "grade", "sq010_sh010"}


@pytest.mark.parametrize("command", ["pause", "cancel", "prioritise"])
def test_many_variations_hide_no_name_a_person_may_have_meant(planned: Path, command: str) -> None:
    assert call("add", planned, "--like", "keep", "--vary", "seed=25").exit_code == 0
    assert "did you mean plate?" in call(command, planned, "plato").stderr
    stranger = call(command, planned, "zzz").stderr
    assert "keep" in stranger
    assert "keep__" not in stranger
    assert "plate" in stranger


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["resume"], "nothing of the whole production is paused or cancelled"),
        (["resume", "keep"], "nothing of keep is paused or cancelled"),
        (["add", "--like", "kep", "--vary", "time=dawn"], "did you mean keep?"),
        (["add", "--like", "comp", "--vary", "time=dawn"], "a composite has no prompt to vary"),
        (["add", "--like", "plate", "--vary", "time=dusk"], "'plate__dusk' is planned already"),
        (["add", "--like", "keep", "--vary", "dawn"], "'dawn' names no axis and values"),
        (["add", "--like", "keep", "--vary", "seed=900"], "needs 1.8000 USD"),
        (
            ["add", "--like", "zzz", "--vary", "time=dawn"],
            "no task of the brief named 'zzz'; known: comp, grade, keep, plate",
        ),
        (["add", "--like", "keep", "--vary", "seed=dawn"], "does not fit this axis"),
    ],
    ids=lambda one: " ".join(one) if isinstance(one, list) else "",
)
def test_an_order_that_makes_no_sense_is_refused_with_what_would(
    planned: Path, arguments: list[str], says: str
) -> None:
    command, *rest = arguments
    result = call(command, planned, *rest)
    assert result.exit_code == 1, result.output
    assert says in result.stderr


def test_what_is_done_cannot_be_cancelled(planned: Path) -> None:
    run(planned)
    result = call("cancel", planned, "keep")
    assert result.exit_code == 1
    assert "nothing of keep is left to cancel" in result.stderr


def test_what_is_done_cannot_be_paused_and_is_not_counted(planned: Path) -> None:
    call("pause", planned, "post")
    run(planned)
    told = call("pause", planned).stdout
    assert "nothing of the whole production is left to pause" in call("pause", planned).stderr
    assert not told
    assert call("resume", planned, "post").exit_code == 0
    assert "Nothing new is made for 2 tasks of the whole production" in call("pause", planned).stdout
    call("resume", planned)
    run(planned)
    result = call("pause", planned)
    assert result.exit_code == 1
    assert "nothing of the whole production is left to pause" in result.stderr


def test_an_addition_that_others_have_the_money_for_is_told_so(planned: Path) -> None:
    result = call("add", planned, "--like", "keep", "--vary", "seed=480")
    assert result.exit_code == 1
    assert "needs 0.9600 USD, 0." in result.stderr
    assert "of 1.00 is allotted to tasks still to do; cancel some, wait until they end, or raise `budget_usd`" in (
        result.stderr
    )


def test_a_run_of_a_paused_production_counts_what_is_paused_and_lists_at_most_twenty_of_the_rest(
    planned: Path,
) -> None:
    call("add", planned, "--like", "keep", "--vary", "seed=25")
    call("pause", planned)
    lines = run(planned).stdout.splitlines()
    assert "  30 tasks paused" in lines
    assert not [line for line in lines if line.startswith("  unfinished: ")]
    call("resume", planned)
    call("cancel", planned, "--rest")
    lines = run(planned).stdout.splitlines()
    assert sum(line.startswith("  unfinished: ") for line in lines) == 20
    assert f"  and 10 more; `callsheet status {planned}` lists them" in lines


def test_the_head_line_counts_what_joined_the_plan(planned: Path) -> None:
    call("add", planned, "--like", "keep", "--vary", "time=dawn")
    lines = run(planned).stdout.splitlines()
    assert lines[0] == "Small Castle: 6 tasks"
    assert any(line.startswith("6 of 6 tasks accepted") for line in lines)


@pytest.mark.parametrize(
    ("is_driven", "says"),
    [
        (True, "The run that is under way follows within a second."),
        (False, "No run is under way: run its brief again with --out out/castle."),
        (None, "A run elsewhere follows within a second; if it has ended, run its brief again with --out out/castle."),
    ],
)
def test_an_order_says_who_will_follow_it(is_driven: bool | None, says: str) -> None:
    assert who_follows(Path("out/castle"), "follows within a second", is_driven=is_driven) == says


def test_an_order_to_a_production_that_is_delivered_says_that_no_run_is_under_way(planned: Path) -> None:
    call("pause", planned, "post")
    run(planned)
    assert "No run is under way" in call("resume", planned).stdout


def test_one_task_and_one_take_are_told_in_the_singular(tmp_path: Path) -> None:
    brief = tmp_path / "one.yaml"
    brief.write_text(
        "schema: brief/1\ntitle: One Keep\nbudget_usd: 1.0\ndepartments: {art: {workers: 1}}\n"
        "tasks: {keep: {department: art, make: still, prompt: one large red castle}}\n"
    )
    folder = tmp_path / "keep"
    assert call("run", brief, "--out", folder, "--seed", 7).stdout.splitlines()[0] == "One Keep: 1 task"
    call("cancel", folder, "keep")
    lines = call("run", brief, "--out", folder, "--seed", 7, "--yes").stdout.splitlines()
    assert any(line.startswith("0 of 1 task accepted from 0 takes") for line in lines)
    call("resume", folder, "keep")
    told = call("run", brief, "--out", folder, "--seed", 7, "--yes").stdout
    takes = len(call("takes", folder, "keep", "--json").stdout.splitlines())
    assert f"1 of 1 task accepted from {takes} take{'s' if takes > 1 else ''}, " in told
