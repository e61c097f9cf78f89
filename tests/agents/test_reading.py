"""Prompts read into atoms."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callsheet.agents.language.noun_phrase import PREPOSITIONS
from callsheet.agents.language.nouns import plural, singular
from callsheet.agents.language.words import FUNCTION
from callsheet.agents.reading import read


def said(prompt: str) -> set[str]:
    """Flatten a reading: `count tower 2`, `relation dog|right of|bear`."""
    flat = set()
    for atom in read(prompt).atoms:
        if atom.kind == "relation":
            flat.add(f"relation {atom.subject}|{atom.value}|{atom.other}")
        else:
            flat.add(" ".join(part for part in (atom.kind, atom.subject, atom.value) if part))
    return flat


CASES = {
    "a photo of a tv remote below a cow": {
        "existence tv remote", "existence cow", "relation tv remote|below|cow",
    },
    "a photo of three computer keyboards": {"existence computer keyboard", "count computer keyboard 3"},
    "a photo of a purple tennis racket and a black sink": {
        "existence tennis racket", "attribute tennis racket purple", "existence sink", "attribute sink black",
    },
    "a photo of two sheeps": {"existence sheep", "count sheep 2"},
    "a photo of a scissors": {"existence scissors"},
    "a photo of an orange orange": {"existence orange", "attribute orange orange"},
    "an orange cat and an orange": {"existence cat", "attribute cat orange", "existence orange"},
    "two small blue towers on the left on grass at night in rain": {
        "existence tower", "count tower 2", "attribute tower small", "attribute tower blue", "position tower left",
        "existence grass", "relation tower|on|grass", "time night", "weather rain",
    },
    "a close shot of a red dragon right of a white ship at sea at dusk in fog": {
        "shot close", "existence dragon", "attribute dragon red", "existence ship", "attribute ship white",
        "relation dragon|right of|ship", "existence sea", "relation ship|at|sea", "time dusk", "weather fog",
    },
    "an empty snow field at dusk in fog": {
        "existence snow field", "attribute snow field empty", "time dusk", "weather fog",
    },
    "a knight without a helmet": {"existence knight", "absence helmet"},
    "three dogs and no cats": {"existence dog", "count dog 3", "absence cat"},
    "a field without trees or houses": {"existence field", "absence tree", "absence house"},
    "no castle, a field without a dragon": {"absence castle", "existence field", "absence dragon"},
    "a castle with no towers and a red dragon": {
        "existence castle",
        "absence tower",
        "existence dragon",
        "attribute dragon red",
    },
    "a castle without a dog and a cat": {"existence castle", "absence dog", "absence cat"},
    "a street with no people": {"existence street", "absence person"},
    "a wizard, watercolor style": {"existence wizard", "style watercolor"},
    "an oil painting of a ship": {"style oil painting", "existence ship"},
    "a castle at golden hour": {"existence castle", "time dusk"},
    "a castle on a misty morning": {"existence castle", "time dawn", "weather fog"},
    "wide shot of a castle on a rocky hill under a stormy sky": {
        "shot wide", "existence castle", "existence hill", "attribute hill rocky", "relation castle|on|hill",
        "existence sky", "relation castle|under|sky", "weather storm",
    },
    "a man riding a brown horse": {
        "existence man", "existence horse", "attribute horse brown", "relation man|riding|horse",
    },
    "a cat sitting on top of a car": {
        "existence cat", "attribute cat sitting", "existence car", "relation cat|on top of|car",
    },
    "a bird to the left of a tree": {"existence bird", "existence tree", "relation bird|left of|tree"},
    "the cat is on the left of the dog": {"existence cat", "existence dog", "relation cat|left of|dog"},
    "a dog on the left and a cat on the right": {
        "existence dog", "position dog left", "existence cat", "position cat right",
    },
    "on the left, a red castle; on the right, a blue tower": {
        "existence castle", "attribute castle red", "position castle left",
        "existence tower", "attribute tower blue", "position tower right",
    },
    "a pair of shoes": {"existence shoe", "count shoe 2"},
    "a pair of scissors": {"existence scissors"},
    "a dozen red roses": {"existence rose", "count rose 12", "attribute rose red"},
    "20 sheep on a green hill": {
        "existence sheep", "count sheep 20", "existence hill", "attribute hill green", "relation sheep|on|hill",
    },
    "five red and two blue balloons": {
        "existence balloon", "count balloon 5", "attribute balloon red", "count balloon 2", "attribute balloon blue",
    },
    "a dark green car next to a light blue truck": {
        "existence car", "attribute car dark green", "existence truck", "attribute truck light blue",
        "relation car|next to|truck",
    },
    "a table made of wood": {"existence table", "attribute table wood"},
    "a wolf's face": {"existence wolf", "existence face", "relation face|of|wolf"},
    "a knight holding a sword and a shield": {
        "existence knight", "existence sword", "existence shield", "relation knight|holding|sword",
        "relation knight|holding|shield",
    },
    "a boat without sails on a calm sea": {
        "existence boat", "absence sail", "existence sea", "attribute sea calm", "relation boat|on|sea",
    },
    "six glasses of water": {"existence glass", "count glass 6", "existence water", "relation glass|of|water"},
    "an old, rusty car": {"existence car", "attribute car old", "attribute car rusty"},
    "the house is blue and the door is red": {
        "existence house", "attribute house blue", "existence door", "attribute door red",
    },
    "a rainy night in the city": {"time night", "weather rain", "existence city"},
    "a cabin with mountains in the background": {
        "existence cabin", "existence mountain", "relation cabin|with|mountain", "position mountain background",
    },
    "three gold houses on grass": {
        "existence house", "count house 3", "attribute house gold", "existence grass", "relation house|on|grass",
    },
}  # fmt: skip


@pytest.mark.parametrize("prompt", CASES)
def test_a_prompt_is_read_into_exactly_its_atoms(prompt: str) -> None:
    assert said(prompt) == CASES[prompt]


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("at sunset", "dusk"),
        ("at sunrise", "dawn"),
        ("at noon", "day"),
        ("at midnight", "night"),
        ("by night", "night"),
    ],
)
def test_words_for_the_same_time_of_day_read_alike(words: str, value: str) -> None:
    assert f"time {value}" in said(f"a castle {words}")


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("in mist", "fog"), ("in heavy rain", "rain"), ("in a blizzard", "snowfall"), ("in snowy weather", "snowfall"),
        ("in sunny weather", "clear"), ("under a clear sky", "clear"), ("while it is snowing", "snowfall"),
    ],
)  # fmt: skip
def test_words_for_the_same_weather_read_alike(words: str, value: str) -> None:
    assert f"weather {value}" in said(f"a castle {words}")


def test_what_a_prompt_says_of_the_frame_is_found_where_it_stands() -> None:
    prompt = "A castle at Dusk, in fog"
    assert [prompt[one.start : one.end] for one in read(prompt).said] == ["at Dusk", "in fog"]


def test_a_word_nobody_can_read_is_kept() -> None:
    assert read("a dog running confidently").unknown == ("confidently",)


THINGS = ["castle", "tower", "wolf", "traffic light", "hot dog", "teddy bear", "box", "cherry", "person", "wine glass"]
ADJECTIVES = ["", "red ", "small ", "dark green ", "wooden ", "rusty "]
PLACES = [
    "",
    " on the left",
    " on a hill",
    " at dusk",
    " in fog",
    " next to a car",
    " without a roof",
    ", oil painting",
]


@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from(["a", "one", "two", "seven", "12", "no", "the"]),
    st.sampled_from(ADJECTIVES),
    st.sampled_from(THINGS),
    st.lists(st.sampled_from(PLACES), max_size=3),
)
def test_every_word_ends_in_an_atom_or_unknown_or_is_structure(
    number: str, adjective: str, thing: str, places: list[str]
) -> None:
    noun = plural(thing) if number in ("two", "seven", "12") else thing
    prompt = f"{number} {adjective}{noun}{''.join(places)}"
    reading = read(prompt)
    numbers = {"one": "1", "two": "2", "seven": "7"}
    text = " ".join(f"{atom.subject} {atom.value} {atom.other}" for atom in reading.atoms)
    covered = {*text.split(), *(singular(word) for word in text.split()), *reading.unknown}
    for word in re.findall(r"\w+", prompt.replace(noun, thing)):
        assert {word, singular(word), numbers.get(word, word)} & (covered | FUNCTION | PREPOSITIONS), (word, reading)


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=200))
def test_no_text_breaks_the_reader(text: str) -> None:
    reading = read(text)
    assert all(0 <= one.start < one.end <= len(text) for one in reading.said)


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(THINGS), st.sampled_from(THINGS), st.sampled_from(["left of", "right of", "above", "behind"]))
def test_a_relation_keeps_its_direction(first: str, second: str, relation: str) -> None:
    atoms = read(f"a photo of a {first} {relation} a {second}").of("relation")
    assert [(atom.subject, atom.value, atom.other) for atom in atoms] == [(first, relation, second)]


@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from([*THINGS, "knife", "leaf", "bus", "toothbrush", "sheep", "mouse", "goose", "bench", "shoe", "vase"])
)
def test_the_singular_of_a_plural_is_the_noun(noun: str) -> None:
    assert singular(plural(noun)) == noun
