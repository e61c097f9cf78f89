"""Do gates keep their promise? Calibration on simulated directors and on real people's ratings.

Simulated: the critics give every take a score; how often a director approves rises with it, up to a ceiling that is
what judge, taste and slips leave. 200 times, 300 decisions calibrate a gate, and the truth about its floor is known.
Real: TIFA160's ratings (mean of five people at least 4 is an approval), scored by the three published vision models'
answers, mean less spread; prompts of calibration and test are disjoint, one take per prompt calibrates.

`python -m callsheet.evals.bench_gates --json [--quick] [--tifa DIR]`
"""

import csv
import warnings
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..agents.calibration import Label, certify
from .reporting import bench_parser, report, tell

PROMISE, CONFIDENCE, LABELS = 0.9, 0.9, 300
TIFA_PROMISES = (0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9)
_CALIBRATION_SHARE = 0.7
_APPROVAL_STARS = 4.0
_MODELS = ("instructblip", "mplug", "pali17b")

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Director:
    """A person who approves by a known chance."""

    right: float
    """How often the takes scored best are right, by a judge who is never wrong."""
    taste: float = 0.98
    """How often a right take pleases."""
    slips: float = 0.01
    """How often the answer given is not the one meant."""

    def chance(self, scores: Floats) -> Floats:
        """Give the chance of approval at each score: level over the better half, falling below it."""
        right = np.where(scores > 0.5, self.right, self.right * (0.3 + 1.4 * scores))
        pleases = right * self.taste
        return np.asarray(pleases * (1 - self.slips) + (1 - pleases) * self.slips, dtype=float)

    def precision(self, floor: float) -> float:
        """Give the true share of approvals among all takes at or above a floor."""
        return float(self.chance(np.linspace(floor, 1, 20_001)).mean())


ABLE, BORDER, UNABLE = Director(right=0.979), Director(right=0.925), Director(right=0.875)
"""Approve 95 %, 90 % and 85 % of the takes scored best."""


def main() -> None:
    """Measure and report."""
    parser = bench_parser(__doc__ or "")
    parser.add_argument("--tifa", type=Path, help="folder with TIFA160's ratings and answers")
    arguments = parser.parse_args()
    resamples = 40 if arguments.quick else 200
    dice = np.random.default_rng(arguments.seed)
    certified, broken = {}, {}
    for name, director in (("able", ABLE), ("border", BORDER), ("unable", UNABLE)):
        floors = [_calibrated(director, dice) for _ in range(resamples)]
        given = [floor for floor in floors if floor is not None]
        certified[name] = len(given) / resamples
        broken[name] = sum(director.precision(floor) < PROMISE for floor in given) / resamples
        tell(f"{name}: certified {certified[name]:.3f}, broken {broken[name]:.3f}")
    figures: dict[str, object] = {
        "promise": PROMISE,
        "labels": LABELS,
        "resamples": resamples,
        "broken": round(max(broken.values()), 4),
        "certified": round(certified["able"], 4),
        "refused": round(1 - certified["unable"], 4),
    }
    if arguments.tifa:
        figures |= _tifa(arguments.tifa, dice, resamples)
    report("gates", figures)


def _calibrated(director: Director, dice: np.random.Generator) -> float | None:
    scores = dice.uniform(size=LABELS)
    approved = dice.uniform(size=LABELS) < director.chance(scores)
    return _certified(scores, approved, PROMISE)


def _certified(scores: Floats, approved: NDArray[np.bool_], promise: float) -> float | None:
    labels = [Label(score=float(score), approved=bool(yes)) for score, yes in zip(scores, approved, strict=True)]
    return certify(labels, promise=promise, confidence=CONFIDENCE).floor


def _tifa(folder: Path, dice: np.random.Generator, resamples: int) -> dict[str, object]:
    scores, approved, prompts = _tifa_takes(folder)
    names = np.unique(prompts)
    certified: dict[float, int] = defaultdict(int)
    broken: dict[float, int] = defaultdict(int)
    for _ in range(resamples):
        order = dice.permutation(names)
        cut = int(_CALIBRATION_SHARE * len(order))
        rows = [int(dice.choice(np.flatnonzero(prompts == name))) for name in order[:cut]]
        held_out = np.isin(prompts, order[cut:])
        for promise in TIFA_PROMISES:
            floor = _certified(scores[rows], approved[rows], promise)
            if floor is not None:
                certified[promise] += 1
                passed = held_out & (scores >= floor)
                broken[promise] += bool(passed.any()) and approved[passed].mean() < promise
    shown = {f"{promise:g}": round(certified[promise] / resamples, 3) for promise in TIFA_PROMISES}
    return {
        "tifa_takes": len(scores),
        "tifa_labels": int(_CALIBRATION_SHARE * len(names)),
        "tifa_broken": round(max(broken[promise] for promise in TIFA_PROMISES) / resamples, 4),
        "tifa_broken_by_promise": {f"{one:g}": round(broken[one] / resamples, 3) for one in TIFA_PROMISES},
        "tifa_certified_by_promise": shown,
    }


def _tifa_takes(folder: Path) -> tuple[Floats, NDArray[np.bool_], NDArray[np.str_]]:
    """Read score, approval and prompt of every image that has ratings and answers of all models."""
    stars: dict[tuple[str, str], list[float]] = defaultdict(list)
    for row in _rows(folder / "tifa160-likert-anns.csv"):
        stars[row["item_id"], row["t2i_model"]].append(float(row["answer"]))
    answers: dict[str, dict[tuple[str, str], list[float]]] = {}
    for model in _MODELS:
        said: dict[tuple[str, str], list[float]] = defaultdict(list)
        for row in _rows(folder / f"{model}_dsg.csv"):
            said[row["item_id"], row["t2i_model"]].append(float(row["answer"].strip().lower() == "yes"))
        answers[model] = said
    images = sorted(image for image in stars if all(image in answers[model] for model in _MODELS))
    shares = np.array([[np.mean(answers[model][image]) for model in _MODELS] for image in images])
    approved = np.array([np.mean(stars[image]) >= _APPROVAL_STARS for image in images])
    scores = np.clip(shares.mean(axis=1) - shares.std(axis=1), 0, 1)
    return scores, approved, np.array([item for item, _ in images])


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return [row for row in csv.DictReader(file) if row.get("dsg_prompt_split", "tifa160") == "tifa160"]


if __name__ == "__main__":
    warnings.simplefilter("error")
    main()
