"""How far the judge can be trusted: `python -m callsheet.evals.bench_judge --json [--quick]`.

On clean and worn renders of scenes it never saw, and on generated takes that a person labelled by looking.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np
import torch
from PIL import Image

from ..models.sketch.painter import paint_samples
from ..models.sketch.vocabulary import KINDS, NUMBERS, Scene
from .judge import Judge, Reading, atoms_of, holds, load_judge
from .judge.correction import Trust, trust_of, wilson
from .judge.damage import worn
from .judge.labelled import Decided, Labelled, load_decided, load_labelled

_UNSEEN_SEED = 30_000_000
_NAMES = ("kind", "colour", "count", "side", "size", "ground", "time", "weather", "pair", "other_kind", "other_colour")


@dataclass(frozen=True, slots=True)
class Tally:
    """Answers compared, by attribute."""

    hits: dict[str, list[bool]]

    def add(self, reading: Reading, truth: dict[str, str | None]) -> None:
        """Compare one reading with what is true, as far as it is known."""
        for name in _NAMES:
            value = truth.get(name)
            if value is not None:
                self.hits.setdefault(name, []).append(read_value(reading, name) == value)

    def accuracy(self) -> float:
        """Give the share of all answers that are right."""
        return float(np.mean([hit for hits in self.hits.values() for hit in hits]))

    def by_name(self) -> dict[str, float]:
        """Give the share right of each attribute."""
        return {name: round(float(np.mean(hits)), 4) for name, hits in sorted(self.hits.items())}


def read_value(reading: Reading, name: str) -> str:
    """Give a reading's value of an attribute."""
    if name == "pair":
        return "pair" if reading.is_pair else "single"
    return str(getattr(reading, name)[0])


def truth_of(scene: Scene) -> dict[str, str | None]:
    """Say a scene in the judge's terms."""
    has_sky = scene.has_sky
    truth: dict[str, str | None] = {"kind": scene.kind or "none", "ground": scene.ground}
    truth |= {"time": scene.time, "weather": scene.weather} if has_sky else {}
    if scene.kind in KINDS:
        truth |= {"colour": scene.colour, "size": scene.size, "pair": "pair" if scene.other_kind else "single"}
        if scene.other_kind is None:
            truth |= {"count": NUMBERS[scene.count - 1], "side": scene.side}
        else:
            truth |= {"other_kind": scene.other_kind, "other_colour": scene.other_colour}
    return truth


def on_renders(judge: Judge, count: int, *, is_worn: bool) -> Tally:
    """Read unseen renders, as painted or worn."""
    pixels, scenes, _ = paint_samples(range(_UNSEEN_SEED, _UNSEEN_SEED + count))
    if is_worn:
        rough = worn(torch.from_numpy(pixels), torch.Generator().manual_seed(0))
        pixels = ((rough.permute(0, 2, 3, 1) + 1) * 127.5).round().byte().numpy()
    tally = Tally({})
    for first in range(0, count, 50):
        images = [Image.fromarray(each) for each in pixels[first : first + 50]]
        for reading, scene in zip(judge.read_all(images), scenes[first : first + 50], strict=True):
            tally.add(reading, truth_of(scene))
    return tally


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """The judge's all-correct decision against a person's, on generated takes."""

    takes: int
    truly_right: int
    trust: Trust


def agreement(judge: Judge, takes: Sequence[Decided]) -> Agreement:
    """Compare the judge's and a person's all-correct decisions."""
    pairs = [
        (take.is_right, all(holds(atom, seen) for atom in atoms_of(take.asked)))
        for take, seen in zip(takes, judge.read_all([take.image for take in takes]), strict=True)
    ]
    return Agreement(takes=len(pairs), truly_right=sum(truth for truth, _ in pairs), trust=trust_of(pairs))


def measure(*, is_quick: bool) -> dict[str, object]:
    """Run the whole bench."""
    judge, count = load_judge(), 200 if is_quick else 1_000
    clean, rough = on_renders(judge, count, is_worn=False), on_renders(judge, count, is_worn=True)
    takes = load_labelled()
    generated = Tally({})
    for take in takes:
        generated.add(judge.read(take.image), take.seen)
    decided = load_decided()
    agreed, held_out = agreement(judge, decided), agreement(judge, decided[1::2])
    shapes = [judge.read(take.image).is_whole == (take.seen["whole"] == "whole") for take in takes if _has_shape(take)]
    return {
        "bench": "judge",
        "renders": count,
        "clean_accuracy": round(clean.accuracy(), 4),
        "clean_by_attribute": clean.by_name(),
        "worn_accuracy": round(rough.accuracy(), 4),
        "generated_accuracy": round(generated.accuracy(), 4),
        "generated_by_attribute": generated.by_name(),
        "generated_whole_accuracy": round(float(np.mean(shapes)), 4),
        "decided_takes": agreed.takes,
        "decided_right": agreed.truly_right,
        "sensitivity": round(agreed.trust.sensitivity, 4),
        "sensitivity_interval": wilson(agreed.trust.sensitivity, agreed.truly_right),
        "specificity": round(agreed.trust.specificity, 4),
        "specificity_interval": wilson(agreed.trust.specificity, agreed.takes - agreed.truly_right),
        "held_out": asdict(held_out.trust),
    }


def _has_shape(take: Labelled) -> bool:
    return take.seen.get("whole") is not None


def main() -> None:
    """Print the measurements, the JSON object last."""
    parser = argparse.ArgumentParser(description="Measure the independent judge.")
    parser.add_argument("--json", action="store_true", help="one JSON object, the last line")
    parser.add_argument("--quick", action="store_true", help="fewer renders")
    options = parser.parse_args()
    torch.set_num_threads(1)
    result = measure(is_quick=options.quick)
    if options.json:
        print(json.dumps(result))
        return
    for name, value in result.items():
        print(f"{name:24} {value}")


if __name__ == "__main__":
    main()
