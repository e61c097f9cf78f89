"""A small piece of the fuzzing, and what the whole of it found once."""

import json
from pathlib import Path
from random import Random

import pytest

from callsheet.agents.briefs import decode_brief
from callsheet.core.errors import BriefError
from callsheet.evals import bench_fuzz, fuzz_machines, fuzz_targets
from callsheet.evals.bench_fuzz import fuzz
from callsheet.evals.fuzz_machines import run_machines
from callsheet.evals.mutations import mutated_bytes, mutated_json

LIGHT = ["brief_json", "manifest", "journal_row", "journal", "service_answer", "llm_session", "llm_critic", "crew"]


def test_no_reader_breaks_on_what_it_did_not_expect() -> None:
    found = fuzz(300, 1, only=LIGHT)
    assert found["first_crashes"] == []
    assert found["crashes"] == found["code_run"] == 0


def test_journal_and_ledger_hold_in_whatever_order_things_happen() -> None:
    assert [why for _, why in run_machines(30, 1).values()] == ["", ""]


def test_a_reader_that_breaks_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    target = fuzz_targets.Target(draw=lambda dice: b"x", read=json.loads, allowed=(KeyError,))
    monkeypatch.setattr(bench_fuzz, "targets", lambda scratch: {"broken": target})
    found = fuzz(20, 1, only=["broken"])
    assert found["crashes"] == 2
    assert "JSONDecodeError" in str(found["first_crashes"])


def test_a_ledger_that_loses_rows_is_found() -> None:
    machine = fuzz_machines.Ledger()
    try:
        machine.plan(micros=100)
        machine.reserve(number=1, token="first", micros=10)
        machine.nothing_acknowledged_is_lost()
        machine._journal.history.entries.pop(1)
        with pytest.raises(AssertionError):
            machine.nothing_acknowledged_is_lost()
    finally:
        machine.teardown()


def test_the_same_seed_makes_the_same_inputs() -> None:
    seeds, plain = [b"title: x\n", b"logline: y\n"], [{"a": [1, 2, {"b": "c"}]}]
    assert [mutated_bytes(seeds, Random(3)) for _ in range(5)] == [mutated_bytes(seeds, Random(3)) for _ in range(5)]
    assert mutated_json(plain, Random(3)) == mutated_json(plain, Random(3))


def test_half_a_character_in_a_brief_is_refused_where_it_stands() -> None:
    with pytest.raises(BriefError, match=r"logline: the control character '\\ud800'"):
        decode_brief(b'{"logline": "a castle \\ud800"}', "brief.json")


def test_targets_know_where_their_seeds_lie() -> None:
    assert (fuzz_targets.ROOT / "briefs").is_dir()
    assert Path(fuzz_targets.__file__).is_relative_to(fuzz_targets.ROOT)
