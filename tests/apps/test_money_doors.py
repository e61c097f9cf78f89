"""The doors of the money: stop, caps and reconcile, as a person at a terminal meets them."""

import asyncio
import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from callsheet.apps.cli import app
from callsheet.core.call import CallReserved, CallSent, CallUnknown
from callsheet.core.limits import CapsSet
from callsheet.core.money import Caps
from callsheet.core.settings import Settings
from callsheet.evals.conformance import recipe
from callsheet.graphs.desk import check_production, look, produce
from callsheet.tools.clock import SystemClock
from callsheet.tools.journal import SqliteJournal

HERE = Path(__file__).parents[1]
BRIEF, CREW = HERE / "small_brief.yaml", HERE / "fake_crew.toml"


@pytest.fixture(autouse=True)
def machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A machine of one's own: nobody else's word to stop counts."""
    monkeypatch.setenv("CALLSHEET_HOME", "inprocess")
    monkeypatch.setenv("CALLSHEET_CREW", str(CREW))
    monkeypatch.setenv("CALLSHEET_LEARN", "false")
    monkeypatch.setenv("CALLSHEET_STOP_FILE", str(tmp_path / "machine" / "stop"))
    return tmp_path / "machine" / "stop"


def call(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def rows(result: Result) -> list[dict[str, object]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


@pytest.fixture(scope="module")
def once_planned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A production that is planned and waits for its greenlight, for copying."""
    folder = tmp_path_factory.mktemp("planned") / "castle"
    settings = Settings(home="inprocess", learn=False)
    asyncio.run(produce(BRIEF, out=folder, crew=CREW, seed=7, greenlight=False, settings=settings))
    return folder


@pytest.fixture
def planned(once_planned: Path, tmp_path: Path) -> Path:
    """A planned production of one's own."""
    return Path(shutil.copytree(once_planned, tmp_path / "castle"))


def run(folder: Path, brief: Path = BRIEF) -> Result:
    return call("run", brief, "--out", folder, "--seed", 7, "--yes")


def spent(folder: Path) -> float:
    bill = asyncio.run(look(folder)).bill
    return bill.settled_usd + bill.reserved_usd


def caps_in(folder: Path) -> list[Caps]:
    entries = asyncio.run(look(folder)).history.entries
    return [entry.fact.caps for entry in entries if isinstance(entry.fact, CapsSet)]


@pytest.mark.slow
def test_a_stopped_production_spends_nothing_until_it_is_resumed(planned: Path) -> None:
    stopped = call("stop", planned, "--by", "ada", "--note", "too dear")
    assert stopped.exit_code == 0
    assert f"`callsheet resume {planned}` has it go on" in stopped.stdout
    assert run(planned).exit_code == 4
    assert spent(planned) == 0
    assert "spending is stopped by ada (too dear)" in call("status", planned).stdout.replace("\n", " ")
    assert call("resume", planned, "--by", "ada").exit_code == 0
    assert run(planned).exit_code == 0
    assert spent(planned) > 0
    assert not check_production(planned)


def test_a_stopped_production_with_nothing_paused_goes_on_all_the_same(planned: Path) -> None:
    assert call("cancel", planned, "--rest").exit_code == 0
    assert call("stop", planned).exit_code == 0
    assert rows(call("status", planned, "--json"))[0]["halted"]
    assert call("stop", planned, "--lift").exit_code == 0
    assert rows(call("status", planned, "--json"))[0]["halted"] is None


@pytest.mark.slow
def test_a_stopped_machine_begins_nothing_that_costs_in_any_production(planned: Path, machine: Path) -> None:
    assert call("stop", "--by", "ada", "--note", "over the week-end").exit_code == 0
    assert machine.read_text() == "stopped by ada: over the week-end\n"
    ended = run(planned)
    assert ended.exit_code == 3
    assert spent(planned) == 0
    assert "spending was stopped on this machine" in call("takes", planned).stdout
    for command in ("status", "summary"):
        told = call(command, planned).stdout.replace("\n", " ")
        assert "spending is stopped on this machine (stopped by ada: over the week-end)" in told
    assert rows(call("status", planned, "--json"))[0]["machine_stopped"] == "stopped by ada: over the week-end"
    assert call("stop", "--lift").exit_code == 0
    assert not machine.exists()
    assert "spending is stopped" not in call("status", planned).stdout + call("summary", planned).stdout
    assert run(planned).exit_code == 0
    assert call("stop", "--lift").exit_code == 1
    assert call("stop").exit_code == 0  # which holds up nobody who is done
    assert call("summary", planned).exit_code == call("status", planned).exit_code == 0


@pytest.mark.slow
def test_caps_of_brief_and_machine_hold_together_and_may_be_raised_in_place(
    planned: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    capped = tmp_path / "capped.yaml"
    capped.write_text(BRIEF.read_text() + "\ncaps: {day_usd: 0.0021}\n")
    monkeypatch.setenv("CALLSHEET_MOST_CALL_USD", "1.5")
    ended = run(planned, capped)
    assert ended.exit_code == 3
    assert 0 < spent(planned) <= 0.0021
    assert "wait for the next day" in call("takes", planned).stdout
    assert run(planned).exit_code == 0
    assert [(one.day_usd, one.call_usd) for one in caps_in(planned)] == [(0.0021, 1.5), (None, 1.5)]
    assert not check_production(planned)


def test_an_amount_that_is_none_is_no_cap(planned: Path, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(BRIEF.read_text() + "\ncaps: {day_usd: -1}\n")
    result = run(planned, wrong)
    assert result.exit_code == 1
    assert "caps.day_usd" in result.stderr


@pytest.fixture
def doubted(planned: Path) -> Path:
    """A production with three calls to a service that nobody knows the end of."""

    async def doubt() -> None:
        journal = SqliteJournal.open(planned / ".callsheet" / "journal.db", clock=SystemClock())
        await journal.take_lease("one that is gone")
        for number, name in enumerate(("keep", "plate__dusk", "comp")):
            sent = CallReserved(
                key=f"sha256:{number}{'0' * 63}",
                task=name,
                department="architecture",
                maker="far",
                micros=40_000,
                token=f"t{number}",
                recipe=recipe(number),
                service_key=f"sha256:{number}{'f' * 63}",
            )
            await journal.record(sent, CallSent(key=sent.key, task=name, token=sent.token))
            if name != "comp":  # whose driver ended before it could say so
                await journal.record(CallUnknown(key=sent.key, task=name, token=sent.token, why="no answer"))
        await journal.close()

    asyncio.run(doubt())
    return planned


def metered(folder: Path, *lines: dict[str, object]) -> Path:
    place = folder / "meter.jsonl"
    place.write_text("\n".join(map(json.dumps, lines)))
    return place


def test_without_a_word_from_anybody_the_unknown_ones_are_listed_and_nothing_is_guessed(doubted: Path) -> None:
    result = call("reconcile", doubted, "--json")
    assert result.exit_code == 4
    *listed, last = rows(result)
    assert [one["task"] for one in listed] == ["keep", "plate__dusk", "comp"]
    assert (last["unknown"], last["unknown_usd"], last["settled"]) == (3, 0.12, 0)
    assert "0.1200 USD of the reserved may have been charged" in call("status", doubted).stdout.replace("\n", " ")


def test_a_meter_settles_what_it_charged_voids_what_it_did_not_and_leaves_what_it_does_not_have(
    doubted: Path,
) -> None:
    meter = metered(
        doubted,
        {"key": f"sha256:0{'f' * 63}", "usd": 0.05, "delivered": False, "model": "m"},
        {"key": f"sha256:1{'f' * 63}", "usd": 0.0, "delivered": False},
        {"key": "sha256:somebody else's", "usd": 3.0, "delivered": True},
    )
    result = call("reconcile", doubted, "--meter", meter, "--json")
    assert result.exit_code == 4
    told = rows(result)
    found = {str(one["task"]): one for one in told if one["event"] == "charge_reconciled"}
    assert (found["keep"]["micros"], found["keep"]["uncovered_micros"]) == (40_000, 10_000)
    assert found["plate__dusk"]["micros"] == 0
    assert [one["task"] for one in told if one["event"] == "charge_unknown"] == ["comp"]
    assert "1 lines of the meter are about no call of this production" in result.stdout
    bill = asyncio.run(look(doubted)).bill
    assert (bill.settled_usd, bill.unknown_usd) == (0.04, 0.04)
    again = rows(call("reconcile", doubted, "--meter", meter, "--json"))
    assert (again[-1]["settled"], again[-1]["voided"], again[-1]["unknown"]) == (0, 0, 1)


def test_a_complete_meter_leaves_nothing_unknown(doubted: Path) -> None:
    result = call("reconcile", doubted, "--meter", metered(doubted), "--complete")
    assert result.exit_code == 0
    assert "no charge is unknown" in result.stdout
    assert spent(doubted) == 0


def test_a_person_says_what_calls_cost_by_task_token_or_key(doubted: Path) -> None:
    result = call("reconcile", doubted, "--charge", "keep=0.03", "--void", "t1", "--void", "2ffff", "--by", "ada")
    assert result.exit_code == 0
    assert "keep: 0.0300 USD charged; in a person's words (ada)" in result.stdout
    assert spent(doubted) == pytest.approx(0.03)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--charge", "nobody=1"), "no unknown call named 'nobody'"),
        (("--charge", "keep"), "'keep' names no call and amount"),
        (("--charge", "keep=-1"), "'keep=-1' names no call and amount"),
        (("--meter", "nowhere.jsonl"), "nowhere.jsonl; cannot be read"),
    ],
)
def test_what_makes_no_sense_is_refused_and_nothing_is_recorded(
    doubted: Path, arguments: tuple[str, ...], says: str
) -> None:
    result = call("reconcile", doubted, *arguments)
    assert result.exit_code == 1
    assert says.split("; ", maxsplit=1)[0] in result.stderr
    assert spent(doubted) == pytest.approx(0.12)


@pytest.mark.parametrize(
    "line", ["not json", '{"usd": 1}', '{"key": "a", "usd": NaN}', '{"key": "a", "usd": -1}', "[]"]
)
def test_a_meter_that_nobody_can_read_is_refused_with_its_line(doubted: Path, line: str) -> None:
    place = doubted / "meter.jsonl"
    place.write_text('{"key": "a", "usd": 0.1}\n\n' + line)
    result = call("reconcile", doubted, "--meter", place)
    assert result.exit_code == 1
    assert "meter.jsonl line 3" in result.stderr
    assert 'write it like {"key"' in result.stderr
