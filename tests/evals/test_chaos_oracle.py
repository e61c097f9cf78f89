"""Each promise's question, put to a journal that keeps it and to one that does not."""

from collections.abc import Iterable, Sequence
from hashlib import sha256
from pathlib import Path

import pytest

from callsheet.evals.chaos import oracle
from callsheet.evals.chaos.hands import Told
from callsheet.evals.chaos.meter import PICTURE_MICROS, Line, Meter, read_meter
from callsheet.evals.chaos.oracle import Books, Violation
from callsheet.evals.chaos.witness import Evidence, Row, evidence_of, idempotency_key

PICTURE = b"a picture"
DIGEST = f"sha256:{sha256(PICTURE).hexdigest()}"
RECIPE = {"make": "still", "prompt": "a castle"}
NAME = idempotency_key(RECIPE)


def told_of(*facts: dict[str, object]) -> Evidence:
    return Evidence(rows=[Row(seq=seq, event=str(fact["event"]), body=fact) for seq, fact in enumerate(facts, 1)])


def fact(event: str, **body: object) -> dict[str, object]:
    return {"event": event, **body}


PLANNED = fact("production_planned", budget_usd=0.1)
LEASE = fact("lease_taken", epoch=1)
NEXT = fact("lease_taken", epoch=2)
RESERVED = fact("call_reserved", key="k", task="keep", token="a", micros=40_000, recipe=RECIPE)
AGAIN = {**RESERVED, "token": "b"}
SENT = fact("call_sent", key="k", task="keep", token="a")
MADE = fact("take_made", key="k", task="keep", token="a", micros=40_000, take={"id": "keep/t01", "digest": DIGEST})
PUBLISHED = fact("take_published", task="keep", take="keep/t01", digest=DIGEST)
VOID = fact("call_voided", key="k", task="keep", token="a", why="its service may have charged for it")
WHOLE = (LEASE, PLANNED, RESERVED, SENT, MADE, PUBLISHED)


def sold(times: int, key: str = NAME) -> Books:
    lines = [Line(what=what, call=call, key=key, micros=40_000) for call in range(times) for what in ("asked", "sold")]
    return Books.of(lines)


def broken(found: Iterable[Violation]) -> set[str]:
    return {one.invariant for one in found}


def test_a_journal_and_a_meter_that_agree_break_no_promise() -> None:
    now = told_of(*WHOLE)
    assert not broken(oracle.check_all(now, sold(1)))
    assert not broken(oracle.check_ends(now))
    assert not broken(oracle.check_kept(told_of(*WHOLE[:3]), now))


@pytest.mark.parametrize(
    ("facts", "books", "invariant"),
    [
        ((LEASE, PLANNED, RESERVED, SENT, MADE), sold(2), "I3"),
        ((LEASE, PLANNED, RESERVED, SENT, MADE), sold(0), "I3"),
        ((LEASE, PLANNED, RESERVED, SENT, MADE, MADE), sold(1), "I3"),
        ((LEASE, PLANNED, RESERVED, SENT, {**VOID, "why": "turned away"}), sold(1), "I3"),
        ((LEASE, PLANNED, PUBLISHED), sold(0), "I3"),
        ((*WHOLE, AGAIN), sold(1), "I2"),
        ((LEASE, PLANNED), sold(1), "I2"),
        ((LEASE, PLANNED, RESERVED, {**RESERVED, "key": "l"}, {**RESERVED, "key": "m"}), sold(0), "I4"),
        ((LEASE, PLANNED, RESERVED, SENT, {**MADE, "micros": 50_000}), sold(1), "I4"),
        ((LEASE, PLANNED, RESERVED, SENT, {**MADE, "token": "z"}), sold(1), "I6"),
        ((LEASE, PLANNED, RESERVED, SENT, NEXT, MADE), sold(1), "I6"),
        ((LEASE, fact("decision_taken", task="keep", decision={"round": 0})) * 2, sold(0), "I5"),
    ],
)
def test_a_broken_promise_is_found(facts: Sequence[dict[str, object]], books: Books, invariant: str) -> None:
    assert invariant in broken(oracle.check_all(told_of(*facts), books))


def test_what_was_sold_and_lost_on_the_way_is_no_violation_where_it_is_listed() -> None:
    sent_again = {**SENT, "token": "b"}
    made_again = {**MADE, "token": "b"}
    now = told_of(LEASE, PLANNED, RESERVED, SENT, NEXT, VOID, AGAIN, sent_again, made_again)
    assert not broken(oracle.check_all(now, sold(2)))
    assert oracle.unknowns(now) == {NAME: 1}
    assert oracle.reissued_after(now) == (1, 1)


def test_an_unknown_charge_counts_against_the_budget_until_somebody_finds_out() -> None:
    unknown = fact("call_unknown", key="k", task="keep", token="a", why="nobody knows")
    others = [{**RESERVED, "key": key, "token": "b"} for key in ("l", "m")]
    found_out = fact("charge_reconciled", key="k", task="keep", token="a", micros=0)
    assert broken(oracle.check_budget(told_of(PLANNED, RESERVED, SENT, unknown, *others))) == {"I4"}
    assert not broken(oracle.check_budget(told_of(PLANNED, RESERVED, SENT, unknown, found_out, *others)))


def test_a_charge_said_to_be_nothing_and_charged_all_the_same_is_found() -> None:
    unknown = fact("call_unknown", key="k", task="keep", token="a", why="nobody knows")
    nothing = fact("charge_reconciled", key="k", task="keep", token="a", micros=0)
    again = (AGAIN, {**SENT, "token": "b"}, {**MADE, "token": "b"})
    now = told_of(LEASE, PLANNED, RESERVED, SENT, unknown, *again, nothing)
    assert not broken(oracle.check_charges(now, sold(1)))
    assert broken(oracle.check_charges(now, sold(2))) == {"I3"}


def test_an_entry_that_changed_or_vanished_is_found() -> None:
    now = told_of(*WHOLE)
    assert broken(oracle.check_kept(now, told_of(*WHOLE[:-1]))) == {"I1"}
    assert broken(oracle.check_kept(now, told_of(*WHOLE[:-2], VOID, PUBLISHED))) == {"I1"}
    said = [Told(event="take_made", seq=5, task="keep")]
    assert not broken(oracle.check_acknowledged(said, now))
    assert broken(oracle.check_acknowledged(said, told_of(*WHOLE[:4]))) == {"I1"}
    assert broken(oracle.check_acknowledged(said, told_of(*WHOLE[:4], PUBLISHED))) == {"I1"}


def test_a_picture_that_is_gone_or_changed_is_found(tmp_path: Path) -> None:
    name = DIGEST.removeprefix("sha256:")
    home = tmp_path / "sha256" / name[:2] / name[2:4] / name
    now = told_of(*WHOLE)
    assert broken(oracle.check_store(now, tmp_path)) == {"I7"}
    home.parent.mkdir(parents=True)
    home.write_bytes(PICTURE)
    assert not broken(oracle.check_store(now, tmp_path))
    home.write_bytes(PICTURE[:-1])
    assert broken(oracle.check_store(now, tmp_path)) == {"I7"}


def test_a_call_without_an_end_and_a_failure_without_a_reason_are_found() -> None:
    assert broken(oracle.check_ends(told_of(LEASE, PLANNED, RESERVED, SENT))) == {"I10"}
    assert broken(oracle.check_ends(told_of(fact("task_unfinished", task="keep", why="")))) == {"I10"}


def test_another_end_than_the_undisturbed_one_is_found() -> None:
    assert not broken(oracle.check_same_end(told_of(*WHOLE), {"keep": DIGEST}))
    assert broken(oracle.check_same_end(told_of(*WHOLE), {"keep": "sha256:other"})) == {"I9"}


def test_the_meter_gives_back_what_was_written_whole(tmp_path: Path) -> None:
    meter = Meter(tmp_path / "meter.jsonl")
    line = Line(what="sold", call=1, key=NAME, micros=PICTURE_MICROS)
    meter.write(line)
    with meter.path.open("a") as file:
        file.write('{"what": "so')
    assert list(read_meter(meter.path)) == [line]
    assert list(read_meter(tmp_path / "none")) == []


def test_a_journal_that_is_not_there_says_nothing(tmp_path: Path) -> None:
    assert not evidence_of(tmp_path / "journal.db").rows
