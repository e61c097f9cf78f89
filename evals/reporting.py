"""How a bench speaks: progress on stderr, one JSON object last on stdout."""

import argparse
import json
import os
import platform
import sys
import time
from collections.abc import Mapping, Sequence


def parse_bench_arguments(description: str, arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """Read what every bench takes: `--json` (only the object on stdout) and `--quick` (under a minute)."""
    return bench_parser(description).parse_args(arguments)


def bench_parser(description: str) -> argparse.ArgumentParser:
    """Give a parser of what every bench takes, for a bench that takes more."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--json", action="store_true", help="print nothing but the JSON object on stdout")
    parser.add_argument("--quick", action="store_true", help="a smaller run, under a minute")
    parser.add_argument("--seed", type=int, default=7)
    return parser


def tell(line: str) -> None:
    """Say how it goes, on stderr."""
    print(line, file=sys.stderr, flush=True)


def report(name: str, figures: Mapping[str, object]) -> None:
    """Print a bench's result with the machine it was measured on."""
    machine = f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"
    row = {"bench": name, **figures, "machine": machine, "date": time.strftime("%Y-%m-%d", time.gmtime())}
    print(json.dumps(row), flush=True)
