"""How well a production is spread over workers, and what driving it costs; ours beside what a user would write.

`virtual`, `mixed` and `forecast` run in virtual time, so a busy machine changes nothing about their figures; the others
want an idle one. Figures that end in `_known` are of a schedule that is told beforehand how long
every take will last and which will fail: nobody can know that, and it says what is left to gain.

`python -m callsheet.evals.bench_schedule --json [--quick] [--parts virtual mixed ...]`
"""

from collections.abc import Callable, Iterator, Mapping
from statistics import median

from ..core.log import set_up_log
from .reporting import bench_parser, report, tell
from .schedule import control, forecasting, mixed, real, recovery
from .schedule.rivals import RIVALS
from .schedule.work import Order, jobs, run, run_rival

Figures = dict[str, float]

_ORDERS: Mapping[Order, str] = {"expected": "", "known": "_known", "arrival": "_fcfs"}


def main() -> None:
    """Measure what is asked for and report."""
    parser = bench_parser(__doc__ or "")
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=list(PARTS))
    arguments = parser.parse_args()
    set_up_log("warning")
    found: Figures = {}
    for part in arguments.parts:
        for name, value in PARTS[part](arguments.seed, arguments.quick):
            tell(f"{name} {value:.4f}")
            found[name] = round(value, 4)
    report("schedule", found)


Measured = Iterator[tuple[str, float]]


def virtual(seed: int, is_quick: bool) -> Measured:  # noqa: FBT001 - every part takes the same two
    """Hold makespans against what no schedule can beat: jobs of three tasks, heavy tails, 30 % revisions."""
    sizes = {"": jobs(100)} if is_quick else {"": jobs(2_000), "_10k": jobs(10_000)}
    for mark, tasks in sizes.items():
        for workers in (10, 30) if is_quick else (30, 100, 500):
            name = f"ratio_{workers}{mark}"
            for order, suffix in _ORDERS.items():
                if not mark or order != "arrival":
                    yield f"{name}{suffix}", run(tasks, workers=workers, seed=seed, order=order).ratio
            for rival in RIVALS if not mark else ():
                yield f"{name}_{rival}", run_rival(RIVALS[rival], tasks, workers=workers, seed=seed).ratio


def mixed_pool(seed: int, is_quick: bool) -> Measured:  # noqa: FBT001 - as above
    """Compare ways to use fast and slow machines for models that take long to load; how long an urgent still waits.

    In units of a take of the average worker: 19 in 20 wait no longer than the first figure. The worst meet nothing but
    takes that last five times as long.
    """
    found = mixed.compare(120 if is_quick else 600, seed=seed)
    yield "gain_equal_split", found.gain_equal_split
    yield "gain_fcfs", found.gain_fcfs
    yield "gain_own_model_first", found.own_model_first / found.ours
    yield "ratio_mixed", found.ours / found.bound
    waits = sorted(mixed.urgent_waits(asked=20 if is_quick else 200, seed=seed))
    yield "urgent_wait", waits[int(0.95 * len(waits))]
    yield "urgent_wait_worst", waits[-1]


def forecast(_seed: int, is_quick: bool) -> Measured:  # noqa: FBT001 - as above
    """Hold forecasts of makers the studio has seen, and of such as it has not, against what happened."""
    count = 4 if is_quick else 100
    for suffix, is_seen in {"": True, "_unseen": False}.items():
        told = [forecasting.tell_virtual(number, is_seen=is_seen) for number in range(count)]
        yield f"forecast_error{suffix}", forecasting.median_error(told)
        yield f"coverage_80{suffix}", forecasting.coverage(told)


def forecast_on_ray(_seed: int, is_quick: bool) -> Measured:  # noqa: FBT001 - as above
    """Hold forecasts against what happened on real Ray workers, each after one production of the same makers."""
    told = real.forecasts(1 if is_quick else 5)
    yield "forecast_error_ray", forecasting.median_error(told)
    yield "coverage_80_ray", forecasting.coverage(told)


def control_plane(_seed: int, is_quick: bool) -> Measured:  # noqa: FBT001 - as above
    """Weigh the driver of many tiny tasks, on one core, every fact on disk."""
    few, some, many = (100, 300, 600) if is_quick else (1_000, 10_000, 20_000)
    small = [control.measured(few) for _ in range(3)]
    most = control.measured(many)
    small += [control.measured(few) for _ in range(2)]  # before and after: the machine's own speed moves
    yield "steps_per_s", most.steps_per_s
    yield "growth", most.cpu_per_step / median(run.cpu_per_step for run in small)
    memory = control.measured(some)
    yield "rss_mib", memory.rss_mib
    yield "db_mib", memory.db_mib
    yield "steps_per_s_ray", control.measured(300 if is_quick else 2_000, ray=True).steps_per_s


def on_ray(seed: int, is_quick: bool) -> Measured:  # noqa: FBT001 - as above
    """Run on real Ray workers that sleep."""
    for name, ran in real.short_takes(20 if is_quick else 200).items():
        yield "ratio_ray_200ms" if name == "ours" else f"ratio_ray_200ms_{name}", ran.ratio
    if not is_quick:
        yield "ratio_castle_ray", real.castle(seed).ratio


def recover(_seed: int, is_quick: bool) -> Measured:  # noqa: FBT001 - as above
    """Kill a worker, a node, a driver; seconds to the first new dispatch."""
    yield "recover_worker_s", recovery.recover_worker()
    yield "recover_driver_s", recovery.recover_driver(300 if is_quick else 10_000)
    if not is_quick:
        yield "recover_node_s", recovery.recover_node()


PARTS: Mapping[str, Callable[[int, bool], Measured]] = {
    "virtual": virtual,
    "mixed": mixed_pool,
    "forecast": forecast,
    "forecast_ray": forecast_on_ray,
    "control": control_plane,
    "ray": on_ray,
    "recovery": recover,
}

if __name__ == "__main__":
    main()
