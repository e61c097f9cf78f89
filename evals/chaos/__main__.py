"""Hits many productions and says whether every promise was kept.

`python -m callsheet.evals.chaos [--cycles N] [--seed S] [--kind KIND] [--only N] [--json]`

Each cycle is one production. Its lot is drawn from the seed and the cycle's number alone, so `--only N` plays one of
them again. What broke a promise stays in `out/chaos`. Exit code 1 says that a promise was broken, or that too few
productions came to their end for the checks to mean anything.
"""

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

from ..reporting import report
from .blows import KINDS
from .figures import figures_of
from .many import load_libraries, play_all, read_book
from .plants import PLANTS

LEAST_SUCCEEDED: Final = 0.95


def main() -> int:
    """Play the cycles and report."""
    parser = argparse.ArgumentParser(prog="callsheet.evals.chaos", description=__doc__)
    parser.add_argument("--cycles", type=int, default=20)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--kind", choices=KINDS, help="what mainly happens; without it, a mixture")
    parser.add_argument("--only", type=int, help="play one cycle again, by its number")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="productions at once")
    parser.add_argument("--book", type=Path, help="append every outcome to this file, and sum up all it holds")
    parser.add_argument("--plant", choices=sorted(PLANTS), help="have every run err on purpose: the checks must fail")
    parser.add_argument("--fresh", action="store_true", help="start an interpreter for every run, as a person would")
    parser.add_argument("--json", action="store_true", help="print nothing but the JSON object on stdout")
    arguments = parser.parse_args()
    load_libraries()
    numbers = range(arguments.cycles) if arguments.only is None else (arguments.only,)
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as scratch:
        book = arguments.book or Path(scratch) / "book.jsonl"
        before = len(read_book(book))
        play_all(
            numbers,
            seed=arguments.seed,
            kind=arguments.kind,
            jobs=arguments.jobs,
            book=book,
            plant=PLANTS.get(arguments.plant),
            is_fresh=arguments.fresh,
        )
        outcomes = read_book(book)
    figures = figures_of(outcomes, seed=arguments.seed)
    took = {"wall_seconds": round(time.monotonic() - began, 1), "load_average": round(os.getloadavg()[2], 1)}
    report("chaos", {**figures, **took})
    is_whole = len(outcomes) - before == len(numbers) and not figures["violations"]
    is_worth_it = sum(one.is_finished for one in outcomes) >= LEAST_SUCCEEDED * len(outcomes)
    return 0 if is_whole and is_worth_it else 1


if __name__ == "__main__":
    sys.exit(main())
