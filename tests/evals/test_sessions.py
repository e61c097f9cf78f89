"""Whole sessions are understood turn by turn, as people who had not seen the grammar wrote them."""

import asyncio
import json
from pathlib import Path

import pytest

from callsheet.core.wish import About, Approve, Retake
from callsheet.evals.bench_sessions import ROOT, SESSIONS, held, judged

_EVERY = sorted(path.stem for path in SESSIONS.glob("*.txt"))


@pytest.mark.parametrize("name", _EVERY)
def test_every_session_has_an_expectation_for_each_of_its_turns(name: str) -> None:
    lines = (SESSIONS / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(row) for row in (SESSIONS / f"{name}.expect.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [row["line"] for row in rows if "line" in row] == lines


@pytest.mark.slow
@pytest.mark.parametrize(("name", "brief"), [("commander", ROOT / "briefs/fantasy_castle.yaml"),
                                             ("plain_english", SESSIONS / "harbour.yaml")])  # fmt: skip
def test_a_session_of_commands_and_one_in_plain_english_are_understood(name: str, brief: Path) -> None:
    lines = (SESSIONS / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(row) for row in (SESSIONS / f"{name}.expect.jsonl").read_text(encoding="utf-8").splitlines()]
    turns = asyncio.run(held(name, list(zip(lines, rows[1:], strict=True)), brief))
    assert not [turn for turn in turns if turn.outcome != "understood"]


def test_a_wish_of_no_reading_is_wrong_and_a_missing_one_unclear() -> None:
    asked = [[{"verb": "approve", "tasks": ["keep"]}]]
    keep, sea = About(says="the keep", tasks=("keep",)), About(says="the sea", tasks=("sea",))
    assert judged(asked, [Approve(about=keep)], ("keep", "sea")) == "understood"
    assert judged(asked, [], ("keep", "sea")) == "unclear"
    assert judged(asked, [Retake(about=keep)], ("keep", "sea")) == "wrong"
    assert judged(asked, [Approve(about=sea)], ("keep", "sea")) == "wrong"
