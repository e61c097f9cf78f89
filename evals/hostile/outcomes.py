"""What became of hostile inputs, counted; and the corpora they are read from."""

import json
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from ...core.errors import CallsheetError

CORPORA = Path(__file__).parents[2] / "tests" / "security" / "corpora"

Outcome = Literal["refused", "contained", "escaped", "crashed"]
"""`refused`: one of our errors. `contained`: it was taken, and could do nothing. The other two must never be."""


@dataclass(slots=True)
class Tally:
    """Outcomes by what was thrown, with those that must never be."""

    counts: Counter[tuple[str, Outcome]] = field(default_factory=Counter)
    bad: list[str] = field(default_factory=list)

    def note(self, kind: str, name: str, outcome: Outcome, why: str = "") -> None:
        """Count one."""
        self.counts[kind, outcome] += 1
        if outcome in ("escaped", "crashed"):
            self.bad.append(f"{kind} {name[:120]!r} {outcome}: {why}"[:300])

    def throw(self, kind: str, name: str, attempt: Callable[[], Outcome]) -> None:
        """Try one, and count what became of it; an error of ours is a refusal, any other a crash."""
        try:
            outcome, why = attempt(), ""
        except CallsheetError:
            outcome, why = "refused", ""
        except Exception as error:  # noqa: BLE001 - that is what is looked for
            outcome, why = "crashed", f"{type(error).__name__}: {error}"
        self.note(kind, name, outcome, why)

    def of(self, outcome: Outcome) -> int:
        """Say how many there were."""
        return sum(count for (_, one), count in self.counts.items() if one == outcome)

    def by_kind(self) -> dict[str, dict[str, int]]:
        """Give the counts of every kind."""
        table: dict[str, dict[str, int]] = {}
        for (kind, outcome), count in sorted(self.counts.items()):
            table.setdefault(kind, {})[outcome] = count
        return table


def payloads(corpus: str) -> list[str]:
    """Read a corpus: one JSON object with an id and a text a line."""
    lines = (CORPORA / f"{corpus}.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line)["text"] for line in lines]


def corpora() -> dict[str, int]:
    """Say how many payloads each corpus holds."""
    return {path.stem: len(payloads(path.stem)) for path in sorted(CORPORA.glob("*.jsonl"))}


def throw_all(tally: Tally, kind: str, texts: Iterable[str], attempt: Callable[[str], Outcome]) -> None:
    """Try every payload at one door."""
    for text in texts:
        tally.throw(kind, text, lambda text=text: attempt(text))  # type: ignore[misc]  # bound as it is now
