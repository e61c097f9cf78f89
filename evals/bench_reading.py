"""How well prompts are read into atoms: exact per prompt on GenEval's 553, or atoms for any file of prompts.

python -m callsheet.evals.bench_reading --json [--quick] [--data FILE]
python -m callsheet.evals.bench_reading --prompts FILE
"""

import argparse
import json
import sys
from collections import Counter
from pathlib import Path
from time import perf_counter

from ..agents.language.atoms import Atom
from ..agents.reading import read

_DATA = Path(__file__).with_name("geneval") / "evaluation_metadata.jsonl"

Said = tuple[str, str, str, str]


def gold_of(record: dict[str, object]) -> set[Said]:
    """Say what a GenEval record asks for, as atoms (kind, subject, value, other)."""
    include = record["include"]
    assert isinstance(include, list)
    gold: set[Said] = set()
    for item in include:
        name = str(item["class"])
        gold.add(("existence", name, "", ""))
        if record["tag"] == "counting":
            gold.add(("count", name, str(item["count"]), ""))
        if "color" in item:
            gold.add(("attribute", name, str(item["color"]), ""))
        if "position" in item:
            relation, other = item["position"]
            gold.add(("relation", name, str(relation), str(include[int(other)]["class"])))
    return gold


def said_by(atom: Atom) -> Said:
    """Flatten an atom; the aspect of an attribute is ours alone and left out."""
    return atom.kind, atom.subject, atom.value, atom.other if atom.kind == "relation" else ""


def shown(atom: Atom) -> dict[str, str | int | None]:
    """Give an atom as one JSON object, absences as null, counts as integers."""
    kind, subject, value, other = said_by(atom)
    number = int(value) if kind == "count" else value or None
    return {"kind": kind, "subject": subject or None, "value": number, "other": other or None}


def measure(path: Path, *, quick: bool) -> dict[str, object]:
    """Read every prompt and compare with what its record asks for."""
    records = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    records = records[::10] if quick else records
    right: Counter[str] = Counter()
    wrong: list[dict[str, object]] = []
    start = perf_counter()
    for record in records:
        gold, got = gold_of(record), {said_by(atom) for atom in read(record["prompt"]).atoms}
        right[record["tag"]] += gold == got
        if gold != got:
            wrong.append({"prompt": record["prompt"], "missed": sorted(gold - got), "added": sorted(got - gold)})
    total = Counter(str(record["tag"]) for record in records)
    return {
        "bench": "reading",
        "exact": round(sum(right.values()) / len(records), 4),
        "prompts": len(records),
        "by_tag": {tag: round(right[tag] / total[tag], 4) for tag in sorted(total)},
        "seconds": round(perf_counter() - start, 4),
        "wrong": wrong[:20],
    }


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(prog="bench_reading", description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON object only")
    parser.add_argument("--quick", action="store_true", help="every tenth prompt")
    parser.add_argument("--data", type=Path, default=_DATA, help="GenEval's evaluation_metadata.jsonl")
    parser.add_argument("--prompts", type=Path, help="a file of prompts, one a line: print their atoms instead")
    arguments = parser.parse_args()
    path: Path = arguments.prompts or arguments.data
    if not path.is_file():
        print(f"{path}: no such file; name one with {'--prompts' if arguments.prompts else '--data'}", file=sys.stderr)
        return 1
    if arguments.prompts:
        for line in path.read_text(encoding="utf-8-sig").splitlines():
            if line.strip():
                atoms = [shown(atom) for atom in read(line.strip()).atoms]
                print(json.dumps({"prompt": line.strip(), "atoms": atoms}, ensure_ascii=False))
        return 0
    result = measure(path, quick=arguments.quick)
    if not arguments.json:
        print(f"{result['exact']:.1%} of {result['prompts']} prompts read exactly")
    print(json.dumps(result))
    return 0


if __name__ == "__main__":
    sys.exit(main())
