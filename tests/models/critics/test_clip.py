from dataclasses import replace
from pathlib import Path

import pytest

from callsheet.core.crew import CriticSpec
from callsheet.core.errors import CrewError
from callsheet.core.plan import Requirement
from callsheet.core.take import Opinion, Score, Unscored
from callsheet.evals.conformance_models import check_critic
from callsheet.models.catalog import load_crew
from callsheet.models.critics.clip import ClipCritic
from callsheet.models.frame import as_png
from callsheet.models.sketch.critic import load_critic
from callsheet.models.sketch.painter import paint
from callsheet.models.sketch.vocabulary import Scene

pytestmark = pytest.mark.slow

CASTLE = paint(Scene(kind="castle", colour="red", ground="grass", time="day"), 5)
COLOUR = Requirement(
    id="attribute:castle.colour=red",
    kind="attribute",
    subject="castle",
    value="red",
    asks="a red castle",
    contrasts=("a blue castle", "a green castle"),
)
ABSENT = Requirement(
    id="absence:castle", kind="absence", subject="castle", value="", asks="a castle", contrasts=("an empty field",)
)


@pytest.fixture(scope="module")
def critic() -> ClipCritic:
    return ClipCritic(load_crew(None).critics[0])


def look(critic: ClipCritic, *requirements: Requirement) -> tuple[Opinion, ...]:
    return critic.look(as_png(CASTLE), requirements, (), {})


def test_the_house_critic_is_a_critic(critic: ClipCritic) -> None:
    check_critic(critic, as_png(CASTLE), [COLOUR, ABSENT, replace(COLOUR, id="other", asks="at dusk")])


def test_it_tells_a_red_castle_from_a_blue_one(critic: ClipCritic) -> None:
    (opinion,) = look(critic, COLOUR)
    assert isinstance(opinion, Score)
    assert opinion.value > 0.5
    assert opinion.evidence == f"seen with confidence {opinion.value:.2f}"


def test_the_evidence_says_what_it_looks_like_instead(critic: ClipCritic) -> None:
    wrong = replace(COLOUR, asks="a blue castle", contrasts=("a red castle", "a green castle"))
    (opinion,) = look(critic, wrong)
    assert isinstance(opinion, Score)
    assert opinion.value < 0.5
    assert opinion.evidence.startswith("looks like a red castle, ")


def test_absence_is_asked_positively_and_inverted(critic: ClipCritic) -> None:
    (absent,) = look(critic, ABSENT)
    (present,) = look(critic, replace(ABSENT, kind="existence"))
    assert isinstance(absent, Score)
    assert isinstance(present, Score)
    assert absent.value == pytest.approx(1 - present.value, abs=1e-5)


def test_words_it_was_not_taught_get_no_opinion(critic: ClipCritic) -> None:
    (opinion,) = look(critic, replace(COLOUR, asks="a crimson zeppelin"))
    assert isinstance(opinion, Unscored)
    assert opinion.reason == "it was never taught crimson, zeppelin"


def test_unknown_contrasts_are_left_out_and_none_left_means_no_opinion(critic: ClipCritic) -> None:
    some = look(critic, replace(COLOUR, contrasts=("a blue castle", "a mauve castle")))
    assert some == look(critic, replace(COLOUR, contrasts=("a blue castle",)))
    (opinion,) = look(critic, replace(COLOUR, contrasts=("a mauve castle",)))
    assert isinstance(opinion, Unscored)


def test_it_agrees_with_the_models_own_arithmetic(critic: ClipCritic) -> None:
    own = load_critic(load_crew(None).critics[0].folder)
    cosines = own.similarity([CASTLE], [COLOUR.asks, *COLOUR.contrasts])[0] * own.logit_scale
    expected = float(2.718281828 ** cosines[0] / sum(2.718281828**one for one in cosines))
    (opinion,) = look(critic, COLOUR)
    assert isinstance(opinion, Score)
    assert opinion.value == pytest.approx(expected, abs=5e-3)


def test_a_folder_that_is_not_there_is_a_crew_error(tmp_path: Path) -> None:
    with pytest.raises(CrewError, match="no checkpoint folder"):
        ClipCritic(CriticSpec(name="c", kind="clip", checks=(), source=str(tmp_path / "none")))


def test_in_context_counts_as_much_as_the_phrase_alone(critic: ClipCritic) -> None:
    prompts = ("one large red castle on grass at day", "one large blue castle on grass at day")
    context = replace(COLOUR, id="context", asks=prompts[0], contrasts=prompts[1:])
    both = replace(COLOUR, id="both", in_context=prompts)
    alone, said, found = (one for one in look(critic, COLOUR, context, both) if isinstance(one, Score))
    assert found.value == pytest.approx((alone.value * said.value) ** 0.5, abs=1e-4)


def test_a_context_it_was_not_taught_is_left_out(critic: ClipCritic) -> None:
    strange = replace(COLOUR, in_context=("a red castle on Mars", "a blue castle on Mars"))
    assert look(critic, strange) == look(critic, COLOUR)
