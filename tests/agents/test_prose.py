"""A director's prose: parted into pictures, people and allowances, and planned."""

from functools import cache
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callsheet.agents.briefs import parse_brief
from callsheet.agents.director import plan_brief
from callsheet.agents.language.allowances import budget_in, deadline_in
from callsheet.agents.language.cast import people_in, recast
from callsheet.agents.language.prose import parted
from callsheet.agents.reading import read
from callsheet.core.crew import Crew
from callsheet.core.plan import Plan
from callsheet.models.catalog import load_crew


@cache
def house() -> Crew:
    return load_crew(None)


def pictures(text: str) -> list[str]:
    return [one.text for one in parted(text).pictures]


def planned(text: str) -> Plan:
    return plan_brief(parse_brief(text, "sentence"), house())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Shot 1: a red house at dawn. Shot 2: two dogs, wide.", ["a red house at dawn", "two dogs, wide shot"]),
        ("It opens on a ship. Then a tree at night. It ends on the sea.", ["a ship", "a tree at night", "the sea"]),
        ("I want two pictures: a red barn, and one white horse.", ["a red barn", "one white horse"]),
        ("Scene 1. A tower. Scene 2. A bridge in rain.", ["A tower", "A bridge in rain"]),
        (
            "Two dogs. In the second picture there is a cat. The last picture is a bird.",
            ["Two dogs", "a cat", "a bird"],
        ),
    ],
)
def test_what_opens_a_picture_parts_the_text(text: str, expected: list[str]) -> None:
    assert pictures(text) == expected


@pytest.mark.parametrize(
    "sentence",
    [
        "I never want to see a dragon", "Never show a dragon", "There are no dragons anywhere", "No dragons, please",
        "The dragon must not be in the frame", "I do not want any dragon", "Please leave out any dragons",
        "The picture must not contain any dragons", "Absolutely no dragons",
    ],
)  # fmt: skip
def test_what_must_not_be_seen_is_denied_however_it_is_said(sentence: str) -> None:
    plan = planned(f"A red castle stands on grass. {sentence}.")
    for task in plan.tasks:
        if task.shot and task.make == "still" and task.entity is None:
            assert "absence:dragon" in {one.id for one in task.requirements}
            assert "dragon" not in task.prompt.lower()


@pytest.mark.parametrize(
    "sentence",
    [
        "This is a film about waiting",
        "The budget is ten dollars",
        "We save her for the sequel",
        "The client hates cows",
        "Half an hour, no more",
        "It should feel like Sunday",
    ],
)
def test_what_nobody_can_see_is_no_picture(sentence: str) -> None:
    assert pictures(f"{sentence}. A red castle.") == ["A red castle"]


def test_what_stands_in_every_picture_is_put_into_each() -> None:
    text = "Level one is a meadow. Level two is a beach. In every level there is one pink snail."
    assert pictures(text) == ["a meadow. one pink snail", "a beach. one pink snail"]


def test_a_picture_is_made_once_for_each_time_of_day_it_names() -> None:
    plan = planned("A red castle on snow. I want it at dawn. I want it at night. Two pictures.")
    stills = [task for task in plan.tasks if task.make == "still"]
    assert [[one.value for one in task.requirements if one.kind == "time"] for task in stills] == [["dawn"], ["night"]]


def test_what_an_earlier_picture_described_is_described_again() -> None:
    plan = planned("Shot 1: a black piano on a beach. Shot 2: the piano at night.")
    assert plan.task("sh020").prompt == "a black piano at night"


def test_departments_that_are_named_are_those_of_the_plan() -> None:
    plan = planned("Architecture builds a red castle. Environment paints the sea at night. Post has nothing to do.")
    assert {"architecture", "environment", "post"} <= {one.name for one in plan.departments}
    assert plan.task("sh010").department == "architecture"


def test_as_many_shots_are_planned_as_the_text_asks_for() -> None:
    assert len(planned("A red castle at dusk. Four shots will do.").shots) == 4
    assert len(planned("A bakery wants one picture. A round loaf on a blue plate.").shots) == 1


def test_a_name_stands_for_what_its_bearer_is() -> None:
    text = "Commander Vale is a tall woman in a white coat. Vale waits on the left."
    assert recast(text, people_in(text)) == "a tall woman in a white coat. the woman waits on the left."


def test_what_leads_in_is_no_part_of_a_name() -> None:
    assert [one.name for one in people_in("Then Brother Colm, a thin man in a robe, close.")] == ["Brother Colm"]


@pytest.mark.parametrize(
    "text",
    [
        "Working title: Saltwater Saints. A red castle.", "A red castle. Nobody is dead yet.",
        "A red castle. Environment and Architecture can share it.", "A red castle in the last picture.",
    ],
)  # fmt: skip
def test_titles_asides_and_who_shares_the_work_are_not_asked_of_the_picture(text: str) -> None:
    assert [one.rstrip(".") for one in pictures(text)] == ["A red castle"]


def test_two_who_share_a_noun_keep_their_names() -> None:
    text = "Ana, a young woman, waits. Bea, an old woman, sleeps. Ana sings."
    assert recast(text, people_in(text)).endswith("Ana sings.")


@pytest.mark.parametrize(
    ("text", "usd"),
    [
        ("Budget: fifteen dollars.", 15.0), ("Two dollars fifty.", 2.5), ("We have $1,200 for everything.", 1200.0),
        ("Twenty-five dollars for the two stills and not a cent more.", 25.0), ("A red castle.", None),
        ("The money is one hundred and twenty dollars for everything.", 120.0),
        ("A thief counts nine hundred dollars on the table of a dark bar behind the old harbour.", None),
        ("Raise the budget to 900 dollars.", None), ("Spend eight dollars. Spend nine dollars.", None),
        ("The budget is now unlimited, spend 5000 dollars.", None),
    ],
)  # fmt: skip
def test_a_budget_is_read_only_where_a_text_plainly_allows_one_sum(text: str, usd: float | None) -> None:
    assert budget_in(text) == usd


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("I need it by tomorrow.", "1d"), ("Deliver in three hours.", "3h"), ("You have a fortnight.", "14d"),
        ("We have half a day.", "12h"), ("Ready within ten minutes.", "10min"), ("It rained for two days.", None),
    ],
)  # fmt: skip
def test_a_deadline_is_read_where_a_text_gives_a_span_of_time(text: str, span: str | None) -> None:
    assert deadline_in(text) == span


@pytest.mark.parametrize(
    ("prompt", "relation"),
    [
        ("a bottle. Behind it a waterfall", ("waterfall", "behind", "bottle")),
        ("a red castle stands left of a tower", ("castle", "left of", "tower")),
        ("a woman in a coat standing left of a piano", ("woman", "left of", "piano")),
        ("above the castle a gold dragon circles", ("dragon", "above", "castle")),
    ],
)
def test_prose_relates_things_as_prompts_do(prompt: str, relation: tuple[str, str, str]) -> None:
    assert relation in {(atom.subject, atom.value, atom.other) for atom in read(prompt).of("relation")}


def test_a_colour_between_commas_is_of_the_noun_before_it() -> None:
    assert [atom.value for atom in read("three dragons, gold, at dawn").of("attribute")] == ["gold"]


def test_one_plain_sentence_is_planned_with_its_entities_by_themselves() -> None:
    plan = planned("A red castle and a blue knight wait for a gold dragon on a snow field at dusk in fog.")
    assert {task.entity for task in plan.tasks if task.entity} == {"castle", "knight", "dragon"}


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_parted_without_a_fault(text: str) -> None:
    prose = parted(text)
    assert all(one.sentences for one in prose.pictures)
    assert all(one.startswith("no ") for one in prose.denied)


@pytest.mark.parametrize("words", ["and ", "a ", "no ", "one hundred and ", "Ana, a ", "fog in the ", "It opens on "])
def test_a_text_that_goes_on_and_on_is_parted_at_once(words: str) -> None:
    start = process_time()
    text = (words * 20_000)[:20_000]
    budget_in(text), deadline_in(text), parted(text[:4000])
    assert process_time() - start < 2


@settings(max_examples=20, deadline=None)
@given(st.lists(st.sampled_from(
    ["A red castle.", "No dragons.", "Then two dogs at night.", "Shot 3: a ship, wide.", "It rains.", "Five dollars.",
     "It opens on the sea.", "In the first picture there is a cat.", "Ana, a tall woman, sings.", "Then", "Dusk."]
), max_size=8))  # fmt: skip
def test_any_order_of_sentences_gets_a_plan(sentences: list[str]) -> None:
    plan = planned(" ".join(["A green tree.", *sentences]))
    assert plan.shots
