"""Named looks: what is in the library, how looks go together, and how a director's words are read."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callsheet.agents.briefs import decode_brief, parse_brief
from callsheet.agents.director import plan_brief
from callsheet.agents.looks.composing import composed, named
from callsheet.agents.looks.edit import FIELDS, LookEdit, edited, look_differences, over
from callsheet.agents.looks.library import NAMED
from callsheet.agents.looks.spoken import spoken, weather_of
from callsheet.agents.looks.vocabulary import PHRASES
from callsheet.agents.reading import read
from callsheet.core.brief import Brief, Look
from callsheet.core.canonical import digest_of, from_json, to_json
from callsheet.core.errors import BriefError
from callsheet.models.catalog import load_crew

HERE = Path(__file__).parents[3]
OPEN = load_crew(HERE / "tests" / "fake_crew.toml")
LOOKS = st.sampled_from(sorted(NAMED))
EVERY_EDIT = [*NAMED.items(), *PHRASES.items()]


def _lightness(colour: str) -> float:
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


# -- the library


def test_there_are_thirty_looks_to_begin_from() -> None:
    assert len(NAMED) >= 30


@pytest.mark.parametrize(("name", "edit"), EVERY_EDIT, ids=[name for name, _ in EVERY_EDIT])
def test_every_entry_fits_a_brief_and_says_something(name: str, edit: LookEdit) -> None:
    brief = Brief(title="t", look=edited(Look(), edit))
    assert from_json(Brief, to_json(brief)) == brief
    assert edit


@pytest.mark.parametrize(("name", "edit"), [one for one in EVERY_EDIT if one[1].palette])
def test_every_palette_is_darkest_first_and_in_hex(name: str, edit: LookEdit) -> None:
    assert edit.palette is not None
    assert all(re.fullmatch(r"#[0-9a-f]{6}", colour) for colour in edit.palette)
    assert sorted(edit.palette, key=_lightness) == list(edit.palette)


@pytest.mark.parametrize("name", sorted(NAMED))
def test_the_words_of_a_look_read_back_as_what_they_are(name: str) -> None:
    edit = NAMED[name]
    brief = parse_brief(
        f"title: T\nlook: {{like: [{name}]}}\ntasks: {{a: {{department: d, prompt: a castle}}}}", "yaml"
    )
    task = plan_brief(brief, OPEN).task("a")
    kinds = {one.kind for one in task.requirements}
    assert (edit.time is not None) == ("time" in kinds)
    assert (edit.weather is not None) == ("weather" in kinds)
    assert (edit.shot_size is not None or edit.angle is not None) == ("shot" in kinds)
    lights = [one for one in task.requirements if one.kind == "style" and one.value == edit.lighting]
    assert bool(edit.lighting) == bool(lights)


# -- composing


def test_a_later_look_stands_over_an_earlier_one_field_by_field() -> None:
    look = composed(Look(like=("noir", "golden hour")))
    assert (look.time, look.palette, look.weather) == ("golden hour", NAMED["golden_hour"].palette, "clear")
    assert (look.grain, look.aspect) == (NAMED["noir"].grain, NAMED["noir"].aspect)


def test_what_the_brief_says_itself_stands_over_its_looks() -> None:
    assert composed(Look(like=("noir",), time="dawn", aspect="16:9")).time == "dawn"


@given(LOOKS, LOOKS, LOOKS)
def test_laying_looks_over_each_other_needs_no_brackets(first: str, second: str, third: str) -> None:
    one, two, three = NAMED[first], NAMED[second], NAMED[third]
    assert over(over(one, two), three) == over(one, over(two, three))
    assert over(one, one) == one


@given(LOOKS)
def test_every_field_that_changed_is_listed_and_no_other(name: str) -> None:
    before = Look(palette=("slate", "snow"), time="dusk", lens="35mm")
    after = edited(before, NAMED[name])
    listed = {field.replace(" ", "_") for field, _, _ in look_differences(before, after)}
    assert listed == {one for one in FIELDS if getattr(before, one) != getattr(after, one)}


def test_an_unknown_look_is_refused_with_names_like_it() -> None:
    with pytest.raises(BriefError, match="did you mean noir"):
        named("noirr")
    with pytest.raises(BriefError, match=r"look\.like"):
        plan_brief(parse_brief("title: T\nlogline: a castle\nlook: {like: [nor]}", "yaml"), OPEN)


def test_a_brief_may_begin_from_looks_and_its_plan_says_so() -> None:
    brief = parse_brief("title: T\nlogline: a castle\nlook: {like: [noir, cold]}", "yaml")
    plan = plan_brief(brief, OPEN)
    assert (plan.palette, plan.aspect) == (NAMED["cold"].palette, "1.37:1")
    assert plan.brief_digest == digest_of(brief)
    assert any("noir, cold" in one for one in plan.assumptions)


def test_markdown_takes_looks_by_name_too() -> None:
    assert parse_brief("# T\n\n## Look\n- like: noir, cold\n", "markdown").look.like == ("noir", "cold")


@pytest.mark.parametrize(
    ("file", "digest"),
    [
        ("fantasy_castle.yaml", "sha256:e821f30b8c7d7a57cd836173a4ab31a6fcf52198c70229613d14fc22486bbe60"),
        ("lighting_variations.yaml", "sha256:0b0eab7bdce05702536c601c8f24253c0ca2f936811be5aed52ecdfc66f61135"),
        ("one_line.txt", "sha256:fa44f77563a0a8e121021cf7fc5ffa828365d389f6c6b239e0d8b367ac49ae58"),
    ],
)
def test_fields_that_joined_the_look_leave_older_briefs_their_digests(file: str, digest: str) -> None:
    brief = decode_brief((HERE / "briefs" / file).read_bytes(), file)
    assert digest_of(brief) == digest
    assert digest_of(replace(brief, look=replace(brief.look, angle="low angle"))) != digest


def test_an_angle_is_said_where_nothing_says_the_shot() -> None:
    head = "title: T\nlook: {angle: low angle, shot_size: %s}\ntasks: {a: {department: d, prompt: a castle}}"
    assert plan_brief(parse_brief(head % "null", "yaml"), OPEN).task("a").prompt == "a low angle shot of a castle"
    assert plan_brief(parse_brief(head % "wide", "yaml"), OPEN).task("a").prompt == "a wide shot of a castle"


# -- said


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("in a noir look", {**{name: getattr(NAMED["noir"], name) for name in FIELDS}}),
        ("make everything colder", {"palette": NAMED["cold"].palette}),
        ("too dark", {"palette": NAMED["bright"].palette}),
        ("cold and foggy", {"palette": NAMED["cold"].palette, "weather": "fog"}),
        ("everything at night, in rain", {"time": "night", "weather": "rain"}),
        ("the western look, but at dusk", {"time": "dusk", "weather": "clear", "aspect": "2.39:1"}),
        ("85mm, shallow focus", {"lens": "85mm, shallow focus"}),
        ("shallow focus, 85mm", {"lens": "85mm, shallow focus"}),
        ("more grain, 16:9", {"grain": 0.25, "aspect": "16:9"}),
        ("extreme close-up", {"shot_size": "extreme close-up"}),
        ("late afternoon, rim light", {"time": "late afternoon", "lighting": "rim lighting"}),
        ("low angle, black and white", {"angle": "low angle", "palette": PHRASES["black and white"].palette}),
        ("golden hour", {"time": "golden hour"}),
        ("less colourful", {"palette": NAMED["muted"].palette}),
    ],
)
def test_a_look_is_read_as_a_director_says_it(text: str, says: dict[str, object]) -> None:
    found = spoken(text)
    assert found.left == ""
    for name, value in says.items():
        assert getattr(found.edit, name) == value
    if "look" not in text:
        assert {name for name in FIELDS if getattr(found.edit, name) is not None} == set(says)


def test_less_of_a_weather_speaks_of_the_weather_there_is() -> None:
    assert spoken("less fog", Look(weather="fog")).edit.weather == "light fog"
    assert spoken("no fog", Look(weather="mist")).edit.weather == "clear"
    assert not spoken("less fog", Look(weather="rain")).edit


def test_words_that_say_nothing_of_a_look_are_handed_back() -> None:
    assert spoken("colder, and two more dragons").left == "two dragons"


@given(st.text(max_size=60))
def test_any_text_is_read_without_an_error(text: str) -> None:
    assert spoken(text).edit is not None


@pytest.mark.parametrize("phrase", sorted(name for name, edit in PHRASES.items() if edit.shot_size or edit.angle))
def test_every_shot_of_the_vocabulary_is_known_to_the_reader(phrase: str) -> None:
    edit = PHRASES[phrase]
    shot = edit.shot_size or edit.angle
    assert read(f"a {shot} shot of a castle").of("shot")


def test_a_weather_is_named_as_critics_know_it() -> None:
    assert [weather_of(one) for one in ("drizzle", "light mist", "sunny", "overcast")] == [
        "rain",
        "fog",
        "clear",
        "cloudy",
    ]
