"""Whole sessions without a language model: what directors say, the wishes a turn should lead to, and the work itself.

`NAME.txt` has one line of the director's per line, `NAME.expect.jsonl` beside it a first line that names the brief the
session opens on, if any, and then for each turn the wishes it should lead to; `or` holds other readings that are as
right, `unclear` a turn nothing should come of. Scripted fakes make the pictures, so that the work takes no time.

`python -m callsheet.evals.bench_sessions [FOLDER] [--json] [--show]`
"""

import argparse
import asyncio
import json
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Literal

from ..core.canonical import to_json, to_plain
from ..core.settings import Settings
from ..core.wish import Begin, Unclear, Wish
from ..graphs.planning import read_brief
from ..graphs.session.session import Reply, Session
from .reporting import report, tell

ROOT: Final = Path(__file__).parents[1]
SESSIONS: Final = ROOT / "tests" / "sessions"
Expected = Mapping[str, object]
Outcome = Literal["understood", "unclear", "wrong"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One turn and what became of it."""

    session: str
    line: str
    outcome: Outcome
    expected: object
    got: tuple[str, ...]


def main() -> int:
    """Run every session of a folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", default=SESSIONS)
    parser.add_argument("--json", action="store_true", help="print nothing but the JSON object on stdout")
    parser.add_argument("--show", action="store_true", help="print every turn that was not understood")
    arguments = parser.parse_args()
    scripts = sorted(arguments.folder.glob("*.txt"))
    if not scripts:
        print(f"{arguments.folder}: no sessions there", file=sys.stderr)
        return 1
    turns: list[Turn] = []
    for script in scripts:
        rows = [
            json.loads(line) for line in script.with_suffix(".expect.jsonl").read_text(encoding="utf-8").splitlines()
        ]
        brief = _found(str(rows.pop(0)["brief"]), script.parent) if "brief" in rows[0] else None
        lines = [line for line in script.read_text(encoding="utf-8").splitlines() if line.strip()]
        found = asyncio.run(held(script.stem, list(zip(lines, rows, strict=True)), brief))
        turns += found
        right = sum(turn.outcome == "understood" for turn in found)
        tell(f"{script.stem}: {right} of {len(found)} turns understood")
        for turn in found if arguments.show else ():
            if turn.outcome != "understood":
                tell(f"  {turn.outcome}: {turn.line!r}\n    asked {turn.expected}\n    got   {list(turn.got)}")
    report("sessions", figures(turns))
    return 0


def figures(turns: Sequence[Turn]) -> dict[str, object]:
    """Count: consents apart, for they are easy."""
    spoken = [turn for turn in turns if '"consent"' not in json.dumps(turn.expected)]
    return {
        "turns": len(turns),
        "understood": sum(turn.outcome == "understood" for turn in turns),
        "wrong": sum(turn.outcome == "wrong" for turn in turns),
        "share": round(sum(turn.outcome == "understood" for turn in turns) / len(turns), 4),
        "share_without_consents": round(sum(turn.outcome == "understood" for turn in spoken) / len(spoken), 4),
    }


async def held(name: str, turns: Sequence[tuple[str, Expected]], brief: Path | None) -> list[Turn]:
    """Hold one session: each line is said when the crew has done what those before it led to."""
    settings = Settings(home="inprocess", crew=SESSIONS / "crew.toml", learn=False)
    found: list[Turn] = []
    with tempfile.TemporaryDirectory() as scratch:
        async with Session(Path(scratch) / "film", by="director", settings=settings) as session:
            if brief:
                await session.wish(Begin(brief=str(_bare(brief, Path(scratch)))))
            for line, row in turns:
                reply = await session.say(line)
                names = tuple(task.name for task in session.view.plan.tasks) if session.view else ()
                found.append(_turn(name, line, row, reply, names))
                await session.idle()
    return found


def _bare(brief: Path, scratch: Path) -> Path:
    """Give the brief without its films and sheets: writing them after every turn is most of the time."""
    path = scratch / "brief.json"
    path.write_text(to_json(replace(read_brief(brief), deliver=())), encoding="utf-8")
    return path


def _found(brief: str, folder: Path) -> Path:
    return next(path for path in (ROOT / brief, folder / brief) if path.is_file())


def _turn(session: str, line: str, row: Expected, reply: Reply, names: Sequence[str]) -> Turn:
    others = row.get("or", [])
    asked = row["wishes"]
    assert isinstance(others, list)
    readings: list[list[Expected]] = [asked, *others]  # type: ignore[list-item]
    wishes = [one for one in reply.wishes if not isinstance(one, Unclear)]
    return Turn(
        session=session,
        line=line,
        outcome=judged(readings, wishes, names),
        expected=readings if others else asked,
        got=tuple(_shown(one) for one in reply.wishes),
    )


def judged(readings: Sequence[Sequence[Expected]], wishes: Sequence[Wish], names: Sequence[str]) -> Outcome:
    """Say whether a turn led to what it should.

    A turn is understood where its wishes are those of one reading; wrong where it led to a wish of no reading; else it
    was told to be unclear, in whole or in part.
    """
    for reading in readings:
        if len(reading) == len(wishes) and all(any(fits(one, wish, names) for wish in wishes) for one in reading):
            return "understood"
    allowed = [one for reading in readings for one in reading]
    if all(any(fits(one, wish, names) for one in allowed) for wish in wishes):
        return "unclear"
    return "wrong"


def fits(expected: Expected, wish: Wish, names: Sequence[str]) -> bool:
    """Say whether a wish is what was expected, as far as that says anything."""
    plain = to_plain(wish)
    assert isinstance(plain, dict)
    about = plain.get("about") or {}
    for key, value in expected.items():
        match key:
            case "tasks":
                wanted = set(names) if value == "all" else set(value if isinstance(value, list) else ())
                if set(about.get("tasks", ())) != wanted and not (value == "all" and not about.get("says")):
                    return False
            case "text_has":
                words = value if isinstance(value, list) else []
                if not all(str(word).lower() in str(plain.get("text", "")).lower() for word in words):
                    return False
            case "file":
                if Path(str(plain.get("file", ""))).name != Path(str(value)).name:
                    return False
            case "vary":
                if _sorted(plain.get("vary")) != _sorted(value):
                    return False
            case _:
                if plain.get(key) != value:
                    return False
    return True


def _sorted(vary: object) -> dict[str, list[str]]:
    assert isinstance(vary, dict)
    return {axis: sorted(values) for axis, values in vary.items() if isinstance(values, list)}


def _shown(one: Wish | Unclear) -> str:
    plain = to_plain(one)
    assert isinstance(plain, dict)
    return json.dumps({key: value for key, value in plain.items() if value not in ("", [], {}, None)})


if __name__ == "__main__":
    sys.exit(main())
