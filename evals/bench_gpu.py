"""What a GPU worker reaches: SDXL-size pictures per second, ours beside a plain loop and a hand-tuned batch.

All three load the same checkpoint of random weights and give the same pictures as PNG. Plain is the loop a user would
write: a picture at a time at half precision, as the pipeline's documentation shows it. Hand-tuned is a fixed batch at
bfloat16, channels last, compiled, its PNGs written by threads. Ours is the worker's own code through `make_all`.

`python -m callsheet.evals.bench_gpu --json [--quick]`; without a GPU it says so. `--parts` tells what each part of ours
is worth instead. `--size tiny --device cpu` rehearses all of it anywhere, and says nothing about speed.
"""

import argparse
import gc
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import torch
from diffusers.utils import logging as diffusers_logging
from transformers.utils import logging as transformers_logging

from ..core.log import set_up_log
from .gpu_pipeline import BUILDS, Size, flops_per_picture, save_pipeline
from .gpu_race import PARTS, Speed, Work, hand_tuned, ours, peak_flops, plain
from .reporting import bench_parser, report, tell
from .same_pictures import largest_differences


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and report, or say that there is nothing to measure on."""
    options = _options(arguments)
    set_up_log("info")
    if options.device == "cuda" and not torch.cuda.is_available():
        tell("no NVIDIA GPU here: not measured; --size tiny --device cpu rehearses the bench without one")
        report("gpu", {"measured": False, "why": "no NVIDIA GPU"})
        return
    if options.device == "cpu":
        torch.set_num_threads(1)
    with tempfile.TemporaryDirectory(prefix="callsheet-bench-gpu-") as folder:
        work = _work(options, Path(folder))
        dtype = torch.float32 if options.device == "cpu" else torch.bfloat16
        diffusers_logging.disable_progress_bar()
        transformers_logging.disable_progress_bar()
        tell(f"building a {options.size} pipeline with random weights")
        save_pipeline(options.size, work.folder, device=options.device, dtype=dtype)
        figures = measure_parts(work) if options.parts else measure(work, options.size)
        if options.size == "tiny" and not options.parts:
            tell("checking that the pictures are the same with and without each part")
            figures["largest_difference"] = largest_differences(work)
    report("gpu", {"measured": options.size == "full" and options.device == "cuda", **figures})


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = bench_parser(__doc__ or "")
    parser.add_argument("--size", choices=("full", "tiny"), default="full")
    parser.add_argument("--device", choices=("cuda", "cpu"), default="cuda")
    parser.add_argument("--steps", type=int, default=0, help="denoising steps; 30, or 10 with --quick")
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--eager", action="store_true", help="compile nothing")
    parser.add_argument("--parts", action="store_true", help="not the race: ours without each of its parts")
    return parser.parse_args(arguments)


def _work(options: argparse.Namespace, folder: Path) -> Work:
    is_tiny = options.size == "tiny"
    return Work(
        folder=folder / "pipeline",
        device=options.device,
        side_px=BUILDS[options.size].side_px,
        steps=options.steps or (2 if is_tiny else 10 if options.quick else 30),
        batch=min(options.batch, 2) if is_tiny else options.batch,
        batches=2 if is_tiny or options.quick else 4,
        is_compiled=not (options.eager or is_tiny),
    )


def measure(work: Work, size: Size) -> dict[str, object]:
    """Race the three, one after the other, each with the device to itself.

    Ours compiles before the hand-tuned one does, which finds most of it on disk: it is ours that pays for warming.
    """
    contenders: dict[str, Callable[[Work], Speed]] = {"plain": plain, "ours": ours, "hand_tuned": hand_tuned}
    speeds: dict[str, Speed] = {}
    for name, run in contenders.items():
        speeds[name] = run(work)
        tell(f"{name}: {speeds[name]}")
        _clear(work)
    peak = peak_flops(work.device)
    ours_per_second = speeds["ours"].per_second
    return {
        "over_plain": round(ours_per_second / speeds["plain"].per_second, 3),
        "over_hand_tuned": round(ours_per_second / speeds["hand_tuned"].per_second, 3),
        "pictures_per_second": {name: round(one.per_second, 4) for name, one in speeds.items()},
        "share_of_peak": round(ours_per_second * flops_per_picture(size, work.steps) / peak, 4),
        "peak_tflops": round(peak / 1e12, 2),
        "load_seconds": {name: round(one.load_seconds, 1) for name, one in speeds.items()},
        "warm_seconds": {name: round(one.warm_seconds, 1) for name, one in speeds.items()},
        "side_px": work.side_px,
        "steps": work.steps,
        "batch": work.batch,
        "pictures": work.pictures,
        "compiled": work.is_compiled,
        "device": torch.cuda.get_device_name() if work.device == "cuda" else "cpu",
        "torch": torch.__version__,
    }


def measure_parts(work: Work) -> dict[str, object]:
    """Draw two batches with all parts on, and without each."""
    work = replace(work, batches=2)
    speeds = {}
    for part in ("", *PARTS):
        speeds[part] = ours(work, without=part)
        tell(f"without {part or 'nothing'}: {speeds[part]}")
        _clear(work)
    whole = speeds.pop("").per_second
    return {
        "pictures_per_second": round(whole, 4),
        "speed_without": {part: round(one.per_second / whole, 3) for part, one in speeds.items()},
    }


def _clear(work: Work) -> None:
    """Leave the next contender the whole device, and nothing compiled but what is cached on disk."""
    gc.collect()
    if work.is_compiled:
        torch.compiler.reset()
    if work.device == "cuda":
        torch.cuda.empty_cache()


if __name__ == "__main__":
    main()
