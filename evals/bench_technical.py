"""How far the technical checks can be trusted: `python -m callsheet.evals.bench_technical --json`.

False alarms on pictures nobody damaged, detections on the same pictures damaged, both at the standard gate. Clean
renders at 64 and 256 px, generated takes, renders graded as the director agent grades, empty foggy plates, and close
shots behind whose sharp subject the place is out of focus.
"""

import argparse
import itertools
import random
from collections.abc import Mapping, Sequence
from pathlib import Path
from time import thread_time

import numpy as np
from PIL import Image

from ..core.crew import CriticSpec
from ..core.plan import Requirement
from ..core.take import Score
from ..models.critics.technical import TechnicalCritic
from ..models.frame import as_png, to_image, to_pixels
from ..models.grading import grade, palette_of
from ..models.sketch.painter import paint, paint_placed, paint_samples
from ..models.sketch.scene import layout, random_scene
from ..models.sketch.vocabulary import GROUNDS, TIMES, Scene
from .faults import FAULTS, Levels, blurred
from .judge.labelled import load_labelled
from .reporting import bench_parser, report, tell

FLOOR = 0.6
_UNSEEN_SEED = 50_000_000
_CRITIC = TechnicalCritic(CriticSpec(name="technical", kind="technical", checks=("technical",)))
_CHECKS = {
    name: Requirement(id=f"technical:{name}", kind="technical", subject="", value="")
    for name in ("size", "blank", "clipped", "duplicate", "blurred", "banding", "borders", "seams")
}


def measure(sets: Mapping[str, Sequence[Levels]], *, damaged: int, seed: int) -> dict[str, object]:
    """Count false alarms of each check in each set, and detections among its first so many pictures, damaged."""
    alarms = {check: {name: _alarm_rate(check, pictures) for name, pictures in sets.items()} for check in FAULTS}
    found: dict[str, dict[str, dict[str, float]]] = {}
    for check, damages in FAULTS.items():
        tell(f"damaging for {check}")
        found[check] = {
            damage: {
                name: _alarm_rate(check, [spoil(one, random.Random(seed + at)) for at, one in enumerate(some)])
                for name, some in ((name, sets[name][:damaged]) for name in ("clean_64", "clean_256", "takes"))
            }
            for damage, spoil in damages.items()
        }
    return {"false_alarms": alarms, "detections": found}


def cost_ms(pictures: Sequence[Levels]) -> float:
    """Give the milliseconds of one core that a look with all checks takes, decoding included."""
    bytes_of = [as_png(Image.fromarray(one)) for one in pictures]
    began = thread_time()
    for picture in bytes_of:
        _CRITIC.look(picture, list(_CHECKS.values()), ["0" * 16], {})
    return (thread_time() - began) * 1000 / len(bytes_of)


def _alarm_rate(check: str, pictures: Sequence[Levels]) -> float:
    opinions = [_CRITIC.look(as_png(Image.fromarray(one)), [_CHECKS[check]], (), {})[0] for one in pictures]
    return round(float(np.mean([isinstance(one, Score) and one.value < FLOOR for one in opinions])), 4)


def _graded(pictures: Sequence[Levels]) -> list[Levels]:
    palette = palette_of(["slate", "ember", "snow"])
    done = [grade(to_pixels(Image.fromarray(one)), palette, strength=0.35, grain=0.05) for one in pictures]
    return [np.asarray(to_image(one)) for one in done]


def _soft_backdrops(count: int, seed: int) -> list[Levels]:
    """Paint close shots whose subject stands sharp before a place blurred by 2 px."""
    pictures: list[Levels] = []
    rng = random.Random(seed)
    while len(pictures) < count:
        scene = random_scene(rng)
        if scene.kind is None or scene.size != "large" or not scene.has_sky:
            continue
        placed, state = layout(scene, rng), rng.getstate()
        whole = np.asarray(paint_placed(scene, placed, rng))
        rng.setstate(state)
        plate = np.asarray(paint_placed(scene, (), rng))
        is_subject = (np.abs(whole.astype(np.int16) - plate).max(axis=-1) > 8)[..., None]
        pictures.append(np.where(is_subject, whole, blurred(2)(plate, rng)))
    return pictures


def _foggy_plates(count: int) -> list[Levels]:
    """Paint empty places in fog, of every ground and time of day, which have hardly an edge."""
    scenes = itertools.cycle(itertools.product(GROUNDS[:-1], TIMES))
    pictures = [
        paint(Scene(kind=None, ground=ground, time=time, weather="fog"), seed)
        for seed, (ground, time) in zip(range(count), scenes, strict=False)
    ]
    return [np.asarray(one) for one in pictures]


def _takes(folder: Path | None, count: int, seed: int) -> list[Levels]:
    if folder is None:
        return [np.asarray(take.image.convert("RGB")) for take in load_labelled()][:count]
    files = sorted(folder.glob("*.png"))
    chosen = random.Random(seed).sample(files, min(count, len(files)))
    return [np.asarray(Image.open(file).convert("RGB")) for file in chosen]


def main() -> None:
    """Print the measurements, the JSON object last."""
    parser: argparse.ArgumentParser = bench_parser("Measure the technical checks.")
    parser.add_argument(
        "--takes", type=Path, help="a folder of generated takes; the judge's labelled ones if not given"
    )
    options = parser.parse_args()
    count = 200 if options.quick else 1_200
    first = _UNSEEN_SEED + options.seed
    tell(f"painting {count} renders")
    small = list(paint_samples(range(first, first + count))[0])
    sets = {
        "clean_64": small,
        "clean_256": list(paint_samples(range(first, first + count // 5), 256)[0]),
        "takes": _takes(options.takes, count, options.seed),
        "graded": _graded(small[: count // 2]),
        "foggy_plate": _foggy_plates(count // 8),
        "soft_backdrop": _soft_backdrops(count // 8, first),
    }
    sizes = {name: len(pictures) for name, pictures in sets.items()}
    figures = measure(sets, damaged=count // 8, seed=options.seed)
    report("technical", {"floor": FLOOR, "pictures": sizes, **figures, "look_ms": round(cost_ms(small[:200]), 2)})


if __name__ == "__main__":
    main()
