"""How well briefs in a director's own prose are read offline: forty, against a careful reader's marks.

python -m callsheet.evals.bench_briefs --json [--quick] [--show NNN]

Beside each `briefs/NNN.txt` stands `NNN.json`, written before the planner was run on any of them. Its `atoms` are what
the text says; its `may` is what a reader may mark and need not. In a mark, `ana|woman` means either word.
"""

import json
import re
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ..agents.briefs import decode_brief
from ..agents.director import plan_brief
from ..agents.language.nouns import singular
from ..agents.language.words import GERUNDS
from ..agents.planning.invention import fill
from ..core.brief import Brief, Entity
from ..core.crew import Crew
from ..core.plan import Plan, Requirement
from ..models.catalog import load_crew
from .reporting import bench_parser, report

BRIEFS: Final = Path(__file__).with_name("briefs")
_KINDS: Final = ("existence", "count", "attribute", "relation", "position", "time", "weather", "shot", "absence")
_ASKED_ATOMS_RIGHT: Final = 0.8
_SAME: Final = {
    "golden": "gold", "gray": "grey", "little": "small", "tiny": "small", "big": "large", "huge": "large",
    "giant": "large", "enormous": "large", "over": "above", "under": "below", "beneath": "below", "by": "next to",
    "beside": "next to", "underneath": "below", "wooden": "wood", "people": "person", "nobody": "person", "onto": "on",
    "on top of": "on", "in the middle of": "in",
}  # fmt: skip
_HAS: Final = frozenset({"with", "of", "wearing", "holding", "carrying", "in"})
_GROUNDS: Final = frozenset({"grass", "rock", "sand", "snow", "sea"})
_DEFAULT_USD: Final = Brief(title="any").budget_usd

Said = tuple[str, str, str, str]
"""Kind, subject, value, other; the aspect of an attribute is left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One brief's figures."""

    name: str
    missed: tuple[Said, ...]
    found: int
    invented: tuple[Said, ...]
    assumed: int
    entities: tuple[int, int]
    """Found, marked."""
    departments_right: bool | None
    """None where the text names none."""
    shots_right: bool
    budget_right: bool
    deadline_right: bool


def flattened(kind: str, subject: str, value: str, other: str) -> Said:
    """Say a requirement in the bench's form: singular nouns, one word for each meaning, `on rock` as a ground.

    >>> flattened("attribute", "towers", "rock", "ground")
    ('relation', 'tower', 'on', 'rock')
    >>> flattened("relation", "tower", "at", "sea")
    ('relation', 'tower', 'on', 'sea')
    """
    subject, value, other = _plain(subject), _plain(value), _plain(other)
    if kind == "attribute":
        return ("relation", subject, "on", value) if other == "ground" else (kind, subject, value, "")
    if kind == "relation" and value in ("on", "at", "in") and other in _GROUNDS:
        return kind, subject, "on", other
    return kind, subject, value, other


def _plain(words: str) -> str:
    lower = words.lower().strip()
    return _SAME.get(lower, _SAME.get(singular(lower), singular(lower))) if lower not in _SAME else _SAME[lower]


def asked_by(requirements: Iterable[Requirement]) -> set[Said]:
    """Say what requirements ask for.

    Left out: technique, style and wholeness, to which every picture is held, and what somebody does, which is unmarked.
    """
    said: set[Said] = set()
    for one in requirements:
        if one.id == "existence:nothing":
            said |= {flattened("existence", one.subject, "", ""), flattened("attribute", one.subject, "empty", "")}
        elif one.kind in _KINDS and one.other not in ("form", "action") and not _is_deed(one):
            said.add(flattened(one.kind, one.subject, one.value, one.other))
    return said


def _is_deed(one: Requirement) -> bool:
    """Whether it says what somebody does, or wears, or has; or that a snow field is on snow."""
    is_relation = one.kind == "relation" and (one.value in _HAS or one.value.split()[0] in GERUNDS)
    return is_relation or (one.other == "ground" and one.value in one.subject.split())


def spelled_out(mark: dict[str, str]) -> set[Said]:
    """Give every way a mark allows to say it."""
    fields = [str(mark[name]).split("|") for name in ("subject", "value", "other")]
    return {flattened(mark["kind"], *one) for one in _product(fields)}


def _product(fields: Sequence[Sequence[str]]) -> list[tuple[str, str, str]]:
    subjects, values, others = fields
    return [(subject, value, other) for subject in subjects for value in values for other in others]


def agrees(said: Said, marked: Said) -> bool:
    """Whether two atoms say the same; a noun may be said with more words before it.

    >>> agrees(("existence", "last knight", "", ""), ("existence", "knight", "", ""))
    True
    """
    return said[0] == marked[0] and said[2] == marked[2] and _named(said[1], marked[1]) and _named(said[3], marked[3])


def _named(one: str, other: str) -> bool:
    return one == other or (bool(one and other) and (one.endswith(f" {other}") or other.endswith(f" {one}")))


def compare(name: str, text: str, marks: dict[str, object], crew: Crew) -> Compared:
    """Read and plan one brief, and hold it against its marks."""
    brief = decode_brief(text.encode(), "sentence")
    plan = plan_brief(brief, crew)
    said = asked_by(one for task in plan.tasks for one in task.requirements)
    marked = [spelled_out(one) for one in _rows(marks["atoms"])]
    may = [one for mark in _rows(marks["may"]) for one in spelled_out(mark)]
    found = [ways for ways in marked if _is_said(ways, said)]
    spare = [
        one for one in said if not any(agrees(one, way) for way in (*may, *(way for ways in marked for way in ways)))
    ]
    own = [one for one in spare if not _is_ground_of(one, marked)]
    assumed = [one for one in own if _is_assumed(one, plan)]
    entities = fill(brief).brief.entities
    return Compared(
        name=name,
        missed=tuple(min(ways) for ways in marked if ways not in found),
        found=len(found),
        invented=tuple(sorted(set(own) - set(assumed))),
        assumed=len(assumed),
        entities=_entities_found(entities, _rows(marks["entities"])),
        departments_right=_departments_right(plan, marks["departments"]),
        shots_right=_is_within(len(plan.shots), marks["shots"]),
        budget_right=plan.budget_usd == (marks["budget_usd"] or _DEFAULT_USD),
        deadline_right=plan.deadline_seconds == _seconds(marks["deadline"]),
    )


def _is_said(ways: set[Said], said: set[Said]) -> bool:
    return any(agrees(one, way) or _is_ground_of(way, [{one}]) for way in ways for one in said)


def _is_ground_of(one: Said, marked: Sequence[set[Said]]) -> bool:
    """Whether an atom only says that the ground is there on which, by the others, something stands."""
    grounds = {way[3] for ways in marked for way in ways if way[0] == "relation" and way[2] == "on"}
    return one[0] == "existence" and one[1] in grounds & _GROUNDS


def _is_assumed(one: Said, plan: Plan) -> bool:
    """Whether the plan lists it among what it has taken to be so."""
    word = one[3] or one[2] or one[1]
    taken = " ".join(line for line in plan.assumptions if "taken to be" in line or "plain backdrop" in line)
    return bool(re.search(rf"\b{re.escape(word)}s?\b", taken))


def _entities_found(entities: dict[str, Entity], marked: Sequence[dict[str, str]]) -> tuple[int, int]:
    left = dict(entities)
    found = 0
    for mark in marked:
        hit = next((name for name in left if _is_entity(name, mark)), None)
        if hit is not None:
            del left[hit]
            found += 1
    return found, len(marked)


def _is_entity(name: str, mark: dict[str, str]) -> bool:
    words = {_plain(word) for word in mark["name"].lower().split()}
    head = re.split(r" (?:in|on|of|whose|with|by|at|under|half|seen|turned)\b|,", mark["is"].lower())[0]
    own = [_plain(word) for word in name.split("_")]
    return set(own) <= words or own[-1] in words or own[-1] == _plain(head.split()[-1])


def _departments_right(plan: Plan, marked: object) -> bool | None:
    return {str(one) for one in marked} <= {one.name for one in plan.departments} if isinstance(marked, list) else None


def _is_within(count: int, marked: object) -> bool:
    if isinstance(marked, list):
        return int(marked[0]) <= count <= int(marked[1])
    return count == marked


def _seconds(marked: object) -> float | None:
    if marked is None:
        return None
    text = str(marked)
    return float(text[:-1]) * {"h": 3600, "d": 86400}[text[-1]]


def _rows(value: object) -> list[dict[str, str]]:
    assert isinstance(value, list)
    return value


def measure(folder: Path, *, quick: bool) -> dict[str, object]:
    """Read every brief of a folder."""
    crew = load_crew(None)
    paths = sorted(folder.glob("*.txt"))[:: 8 if quick else 1]
    rows = [
        compare(path.stem, path.read_text("utf-8"), json.loads(path.with_suffix(".json").read_text("utf-8")), crew)
        for path in paths
    ]
    return figures_of(rows)


def figures_of(rows: Sequence[Compared]) -> dict[str, object]:
    """Add briefs up."""
    found, missed = sum(row.found for row in rows), sum(len(row.missed) for row in rows)
    entities = [sum(row.entities[at] for row in rows) for at in (0, 1)]
    named = [row.departments_right for row in rows if row.departments_right is not None]
    return {
        "briefs": len(rows),
        "atoms": found + missed,
        "atoms_right": _share(found, found + missed),
        "asked_atoms_right": _ASKED_ATOMS_RIGHT,
        "invented": sum(len(row.invented) for row in rows),
        "asked_invented": 0,
        "assumed": sum(row.assumed for row in rows),
        "entities_found": _share(entities[0], entities[1]),
        "departments_right": _share(sum(named), len(named)),
        "shots_right": _share(sum(row.shots_right for row in rows), len(rows)),
        "budget_right": _share(sum(row.budget_right for row in rows), len(rows)),
        "deadline_right": _share(sum(row.deadline_right for row in rows), len(rows)),
        "missed_by_kind": _by_kind([atom for row in rows for atom in row.missed]),
        "invented_by_kind": _by_kind([atom for row in rows for atom in row.invented]),
        "by_brief": {row.name: _share(row.found, row.found + len(row.missed)) for row in rows},
    }


def _by_kind(atoms: Sequence[Said]) -> dict[str, int]:
    return {kind: count for kind in _KINDS if (count := sum(atom[0] == kind for atom in atoms))}


def _share(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 1.0


def main() -> int:
    """Run from the command line."""
    parser = bench_parser("how well briefs in prose are read offline")
    parser.add_argument("--briefs", type=Path, default=BRIEFS, help="a folder of NNN.txt with NNN.json beside each")
    parser.add_argument("--show", metavar="NNN", help="print what one brief's plan missed and invented, no figures")
    arguments = parser.parse_args()
    if arguments.show:
        path = arguments.briefs / f"{arguments.show}.txt"
        marks = json.loads(path.with_suffix(".json").read_text("utf-8"))
        print(compare(path.stem, path.read_text("utf-8"), marks, load_crew(None)))
        return 0
    figures = measure(arguments.briefs, quick=arguments.quick)
    if not arguments.json:
        print(f"{figures['atoms_right']:.1%} of {figures['atoms']} atoms found, {figures['invented']} invented")
    report("briefs", figures)
    return 0


if __name__ == "__main__":
    sys.exit(main())
