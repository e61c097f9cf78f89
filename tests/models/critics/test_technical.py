import random
from io import BytesIO
from time import thread_time

import numpy as np
import pytest
from PIL import Image, ImageEnhance, ImageFilter

from callsheet.core.crew import CriticSpec
from callsheet.core.plan import Requirement
from callsheet.core.take import Score, Unscored
from callsheet.evals.conformance_models import check_critic
from callsheet.evals.faults import Damage, barred, blurred, quantised, slipped
from callsheet.models.critics.technical import SAME_BITS, TechnicalCritic
from callsheet.models.fingerprint import distance, fingerprint
from callsheet.models.frame import as_png
from callsheet.models.sketch.painter import paint
from callsheet.models.sketch.vocabulary import GROUNDS, TIMES, WEATHERS, Scene

CRITIC = TechnicalCritic(CriticSpec(name="technical", kind="technical", checks=("technical",)))
CASTLE = paint(Scene(kind="castle"), 1)
FAULTS = ("blurred", "banding", "borders", "seams")
FLOOR = 0.6


def asked(topic: str, value: str = "") -> Requirement:
    return Requirement(id=f"technical:{topic}", kind="technical", subject="", value=value)


def score(image: Image.Image, topic: str, value: str = "", earlier: tuple[str, ...] = ()) -> float:
    (opinion,) = CRITIC.look(as_png(image), [asked(topic, value)], earlier, {})
    assert isinstance(opinion, Score)
    assert opinion.evidence
    return opinion.value


def test_it_is_a_critic() -> None:
    topics = [asked("size", "64x64"), asked("blank"), asked("clipped"), asked("duplicate")]
    topics += [asked("blurred"), asked("banding"), asked("borders"), asked("seams"), asked("sharpness")]
    opinions = check_critic(CRITIC, as_png(CASTLE), topics)
    assert isinstance(opinions[-1], Unscored)


@pytest.mark.parametrize(("value", "expected"), [("64x64", 1), ("64 x 64", 1), ("128x64", 0), ("any", 1)])
def test_the_size_is_as_asked(value: str, expected: float) -> None:
    assert score(CASTLE, "size", value) == expected


def test_one_flat_colour_is_blank() -> None:
    assert score(Image.new("RGB", (64, 64), "teal"), "blank") == 0


@pytest.mark.parametrize("weather", WEATHERS)
@pytest.mark.parametrize("time", TIMES)
def test_an_empty_plate_has_no_technical_fault(time: str, weather: str) -> None:
    for ground in GROUNDS[:-1]:
        plate = paint(Scene(kind=None, ground=ground, time=time, weather=weather), 5)
        assert score(plate, "blank") == 1
        assert score(plate, "clipped") == 1
        for topic in FAULTS:
            assert score(plate, topic) >= FLOOR, topic


@pytest.mark.parametrize("colour", ["white", "black"])
def test_a_burnt_out_or_drowned_picture_is_clipped(colour: str) -> None:
    ruined = CASTLE.copy()
    ruined.paste(colour, (0, 0, 64, 50))
    assert score(ruined, "clipped") == 0


def test_the_first_take_is_no_duplicate() -> None:
    assert score(CASTLE, "duplicate") == 1


def test_the_same_picture_again_is_a_duplicate() -> None:
    assert score(CASTLE, "duplicate", earlier=("0" * 16, fingerprint(CASTLE))) == 0


def test_a_picture_saved_again_or_a_shade_brighter_is_still_the_same() -> None:
    file = BytesIO()
    CASTLE.save(file, "JPEG", quality=90)
    for again in (Image.open(file), ImageEnhance.Brightness(CASTLE).enhance(1.04), CASTLE.resize((256, 256))):
        assert distance(fingerprint(again), fingerprint(CASTLE)) <= SAME_BITS


@pytest.mark.parametrize("kind", [None, "castle", "knight"])
def test_other_seeds_of_one_description_are_no_duplicates(kind: str | None) -> None:
    noise = np.random.default_rng(0)
    for ground, time, weather in zip(GROUNDS[:-1], TIMES * 2, WEATHERS * 2, strict=False):
        scene = Scene(kind=kind, ground=ground, time=time, weather=weather)
        prints = []
        for seed in range(6):
            levels = np.asarray(paint(scene, seed)) + noise.normal(0, 1, (64, 64, 3))
            prints.append(fingerprint(Image.fromarray(levels.clip(0, 255).astype(np.uint8))))
        assert all(distance(a, b) > SAME_BITS for row, a in enumerate(prints) for b in prints[:row])


@pytest.mark.parametrize("topic", FAULTS)
@pytest.mark.parametrize("kind", ["castle", "dragon", "ship"])
def test_a_render_has_none_of_the_faults(kind: str, topic: str) -> None:
    for time, weather in zip(TIMES, WEATHERS, strict=True):
        assert score(paint(Scene(kind=kind, time=time, weather=weather), 3), topic) >= FLOOR


@pytest.mark.parametrize(
    ("topic", "damage"),
    [
        ("blurred", blurred(2)),
        ("banding", quantised(16)),
        ("borders", barred(1 / 8, sides=2)),
        ("borders", barred(1 / 16, sides=4)),
        ("seams", slipped(1 / 4)),
    ],
)
def test_a_damaged_render_has_its_fault(topic: str, damage: Damage) -> None:
    dusk = paint(Scene(kind="castle", ground="rock", time="dusk"), 4)
    assert score(Image.fromarray(damage(np.asarray(dusk), random.Random(1))), topic) < FLOOR


def test_a_sharp_subject_before_a_soft_backdrop_is_not_blurred() -> None:
    scene = Scene(kind="knight", size="large")
    sharp = paint(scene, 2)
    soft = sharp.filter(ImageFilter.GaussianBlur(3))
    soft.paste(sharp.crop((22, 12, 42, 60)), (22, 12))
    assert score(soft, "blurred") >= FLOOR


def test_more_blur_never_looks_sharper() -> None:
    values = [score(CASTLE.filter(ImageFilter.GaussianBlur(sigma)), "blurred") for sigma in (0, 0.5, 1, 1.5, 2, 2.5)]
    assert values == sorted(values, reverse=True)


def test_the_evidence_speaks_in_pixels_and_places() -> None:
    barred_castle = Image.fromarray(barred(1 / 8, sides=1)(np.asarray(CASTLE), random.Random(0)))
    (opinion,) = CRITIC.look(as_png(barred_castle), [asked("borders")], (), {})
    assert isinstance(opinion, Score)
    assert "an even band of 8 px along the" in opinion.evidence


def test_all_checks_together_cost_less_than_ten_milliseconds() -> None:
    topics = [asked(topic) for topic in ("size", "blank", "clipped", "duplicate", *FAULTS)]
    picture = as_png(CASTLE)
    seconds = []
    for _ in range(20):
        began = thread_time()
        CRITIC.look(picture, topics, ["0" * 16], {})
        seconds.append(thread_time() - began)
    assert min(seconds) < 0.01
