"""The critic of continuity compares a subject with its reference, whatever stands behind the two."""

import random

import pytest
from PIL import Image

from callsheet.core.crew import CriticSpec
from callsheet.core.plan import Requirement
from callsheet.core.take import Opinion, Score, Unscored
from callsheet.evals.conformance_models import check_critic
from callsheet.models.catalog import load_crew
from callsheet.models.critics.continuity import ContinuityCritic
from callsheet.models.frame import as_png
from callsheet.models.sketch.painter import paint
from callsheet.models.sketch.vocabulary import Colour, Ground, Kind, Scene, Time

COLOURS_ALONE = ContinuityCritic(CriticSpec(name="continuity", kind="continuity", checks=("continuity",)))
ASKED = Requirement(id="continuity:keep", kind="continuity", subject="", value="sha256:reference", must=False)
PLAIN = Image.new("RGB", (64, 64), "#8899aa")


@pytest.fixture(scope="module")
def house() -> ContinuityCritic:
    return ContinuityCritic(next(one for one in load_crew(None).critics if one.kind == "continuity"))


def drawn(
    seed: int, kind: Kind = "castle", colour: Colour = "red", ground: Ground = "grass", time: Time = "day"
) -> bytes:
    scene = Scene(kind=kind, colour=colour, size="large", side="center", ground=ground, time=time)
    return as_png(paint(scene, seed))


def look(critic: ContinuityCritic, picture: bytes, reference: bytes) -> Opinion:
    (opinion,) = critic.look(picture, [ASKED], (), {"sha256:reference": reference})
    return opinion


def likeness(critic: ContinuityCritic, picture: bytes, reference: bytes) -> float:
    opinion = look(critic, picture, reference)
    assert isinstance(opinion, Score)
    return opinion.value


def test_a_picture_is_wholly_like_itself(house: ContinuityCritic) -> None:
    assert likeness(house, drawn(1), drawn(1)) == pytest.approx(1, abs=1e-4)
    assert likeness(COLOURS_ALONE, drawn(1), drawn(1)) == 1


def test_the_same_subject_in_other_light_is_more_alike_than_one_of_another_colour() -> None:
    dice = random.Random(5)
    for _ in range(6):
        one, other = dice.randrange(10**6), dice.randrange(10**6)
        same = likeness(COLOURS_ALONE, drawn(one, ground="sand", time="dusk"), drawn(other))
        assert same > likeness(COLOURS_ALONE, drawn(one, colour="blue", ground="sand", time="dusk"), drawn(other))


def test_the_embedding_tells_another_kind_of_the_same_colour(house: ContinuityCritic) -> None:
    reference = drawn(1)
    same = [likeness(house, drawn(seed), reference) for seed in range(2, 8)]
    other = [likeness(house, drawn(seed, kind="dragon"), reference) for seed in range(2, 8)]
    assert min(same) > max(other)


def test_what_cannot_be_compared_is_unscored_with_the_reason() -> None:
    no_subject = look(COLOURS_ALONE, as_png(PLAIN), drawn(1))
    no_subject_there = look(COLOURS_ALONE, drawn(1), as_png(PLAIN))
    (no_picture,) = COLOURS_ALONE.look(drawn(1), [ASKED], (), {})
    reasons = [one.reason for one in (no_subject, no_subject_there, no_picture) if isinstance(one, Unscored)]
    assert reasons == [
        "found no subject before the backdrop",
        "found no subject before the backdrop of the reference",
        "its reference has no picture yet",
    ]


def test_it_keeps_the_promises_of_a_critic() -> None:
    check_critic(COLOURS_ALONE, drawn(2), [ASKED], {"sha256:reference": drawn(1)})
