"""Everything hostile at every door: how many payloads there are, how many were refused, and that none got through.

Pictures, other files, checkpoints, paths, names, YAML, hosts, origins and overlays; the review page is a real one,
asked over sockets. `escaped` and `crashed` must be 0; where they are not, the exit code is 1 and stderr says which.

`python -m callsheet.evals.bench_corpora --json [--quick]`
"""

import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from .hostile.doors import doors, throw_files, throw_paths
from .hostile.outcomes import Tally, corpora
from .hostile.overlays import inflation
from .hostile.page import VERBS, opened, throw_requests
from .reporting import bench_parser, report, tell


def main() -> int:
    """Throw, count and report."""
    parser = bench_parser(__doc__ or "")
    parser.add_argument("--damaged", type=int, default=20_000, help="pictures to damage at random")
    arguments = parser.parse_args()
    damaged = 500 if arguments.quick else arguments.damaged
    tally, began = Tally(), time.monotonic()
    with doors() as at:
        throw_paths(tally, at)
        tell(f"paths and names: {sum(tally.counts.values())} thrown, {len(tally.bad)} bad")
        throw_files(tally, at, damaged=damaged, seed=arguments.seed)
        tell(f"with files: {sum(tally.counts.values())} thrown, {len(tally.bad)} bad")
    with TemporaryDirectory() as place, opened(Path(place)) as page:
        throw_requests(tally, page, verbs=VERBS[:2] if arguments.quick else VERBS)
        tell(f"with requests: {sum(tally.counts.values())} thrown, {len(tally.bad)} bad")
    shown = inflation(seed=arguments.seed, pictures=3 if arguments.quick else 20)
    for line in tally.bad:
        tell(line)
    report(
        "corpora",
        {
            "payloads": corpora(),
            "thrown": sum(tally.counts.values()),
            "refused": tally.of("refused"),
            "contained": tally.of("contained"),
            "escaped": tally.of("escaped"),
            "crashed": tally.of("crashed"),
            "by_kind": tally.by_kind(),
            "overlays": shown,
            "seconds": round(time.monotonic() - began, 1),
            "seed": arguments.seed,
        },
    )
    return 1 if tally.bad else 0


if __name__ == "__main__":
    sys.exit(main())
