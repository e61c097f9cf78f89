"""What a production's files say, read without the product: the journal's rows out of a copy of its database."""

import json
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

from ...core.canonical import digest_of_bytes

ENDS: Final = frozenset({"take_made", "call_voided", "call_unknown"})
"""Events that end a call: settled, known not to be charged, or nobody knows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One entry as the database holds it."""

    seq: int
    event: str
    body: Mapping[str, object]

    def text(self, name: str) -> str:
        """Give a field that is text; empty where there is none."""
        return str(self.body.get(name, ""))

    def whole(self, name: str) -> int:
        """Give a field that is a whole number; 0 where there is none."""
        value = self.body.get(name, 0)
        return value if isinstance(value, int) else 0

    def part(self, name: str) -> Mapping[str, object]:
        """Give a field that is an object; empty where there is none."""
        value = self.body.get(name)
        return value if isinstance(value, Mapping) else {}


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """All rows of a journal at one moment."""

    rows: Sequence[Row] = ()

    @cached_property
    def asked_as(self) -> Mapping[str, str]:
        """Map each call's key to the name its work has at the provider."""
        reserved = self.of("call_reserved")
        return {row.text("key"): row.text("service_key") or idempotency_key(row.part("recipe")) for row in reserved}

    def of(self, *events: str) -> Iterator[Row]:
        """Give the rows of some events."""
        return (row for row in self.rows if row.event in events)

    @cached_property
    def stills(self) -> frozenset[str]:
        """Name the calls that went to the provider."""
        return frozenset(
            row.text("key") for row in self.of("call_reserved") if row.part("recipe").get("make") == "still"
        )

    @property
    def unfinished(self) -> Mapping[str, Sequence[str]]:
        """Give the tasks that ended without an accepted take and were not taken up again, by what ended them."""
        causes: dict[str, str] = {}
        for row in self.rows:
            if row.event == "task_unfinished":
                causes[row.text("task")] = row.text("cause")
            elif row.event in ("decision_taken", "take_published", "call_reserved", "money_moved"):
                causes.pop(row.text("task"), None)
        return {cause: [one for one, its in causes.items() if its == cause] for cause in causes.values()}

    @property
    def open_calls(self) -> Mapping[str, Row]:
        """Give what was reserved and has no end yet, by key."""
        found: dict[str, Row] = {}
        for row in self.rows:
            if row.event == "call_reserved":
                found[row.text("key")] = row
            elif row.event in ENDS:
                found.pop(row.text("key"), None)
        return found


def idempotency_key(recipe: Mapping[str, object]) -> str:
    """Name a recipe as its maker does to the provider.

    >>> idempotency_key({"b": 1, "a": 2}) == idempotency_key({"a": 2, "b": 1})
    True
    """
    text = json.dumps(recipe, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return digest_of_bytes(text.encode())


def evidence_of(journal: Path) -> Evidence:
    """Read a journal; one that does not exist yet, or holds no table yet, says nothing.

    The database and its write-ahead log are copied first, so that looking changes nothing.
    """
    if not journal.exists():
        return Evidence()
    with tempfile.TemporaryDirectory() as scratch:
        copy = Path(scratch) / "journal.db"
        shutil.copyfile(journal, copy)
        log = journal.with_name(f"{journal.name}-wal")
        if log.exists():
            shutil.copyfile(log, copy.with_name(f"{copy.name}-wal"))
        with closing(sqlite3.connect(copy)) as connection:
            if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'entry'").fetchone():
                return Evidence()
            rows = connection.execute("SELECT seq, event, body FROM entry ORDER BY seq").fetchall()
    return Evidence(rows=[Row(seq=seq, event=event, body=json.loads(body)) for seq, event, body in rows])
