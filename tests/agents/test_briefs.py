"""Briefs in their four forms, and what bad ones get."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callsheet.agents.briefs import decode_brief, parse_brief
from callsheet.core.brief import Brief
from callsheet.core.errors import BriefError

YAML = """
title: Fantasy Castle
logline: A castle by the sea.
look: {palette: [slate, ember], time: dusk, aspect: 16:9}
budget_usd: 2.50
entities: {keep: {kind: place, is: a red castle}}
departments: {environment: {workers: 8}, post: {workers: 2}}
tasks:
  plate: {department: environment, prompt: an empty sea at dusk}
  keep_key: {department: environment, prompt: one large red castle}
  sh010_comp: {department: post, make: composite, layers: [plate, keep_key]}
  sh010_grade: {department: post, make: grade, input: sh010_comp}
shots: {sq010_sh010: {from: sh010_grade, seconds: 3.0, move: pan left}}
deliver: [stills]
"""

MARKDOWN = """# Fantasy Castle

A castle
by the sea.

## Look
- palette: slate, ember
- time: dusk
- aspect: 16:9

## Entities
- keep (place): a red castle

## Departments
- environment: 8
- post: 2

## Tasks
- plate [environment]: an empty sea at dusk
- keep_key: one large red castle
- sh010_comp [post] composite: plate, keep_key
- sh010_grade [post] grade: sh010_comp

## Shots
- sq010_sh010: sh010_grade, 3 s, pan left

## Budget
2.50 USD

## Deliver
- stills
"""


def test_yaml_json_and_markdown_say_the_same() -> None:
    brief = parse_brief(YAML, "yaml")
    again = json.dumps(
        {
            "title": "Fantasy Castle",
            "logline": "A castle by the sea.",
            "look": {"palette": ["slate", "ember"], "time": "dusk", "aspect": "16:9"},
            "budget_usd": 2.5,
            "entities": {"keep": {"kind": "place", "is": "a red castle"}},
            "departments": {"environment": {"workers": 8}, "post": {"workers": 2}},
            "tasks": {
                "plate": {"department": "environment", "prompt": "an empty sea at dusk"},
                "keep_key": {"department": "environment", "prompt": "one large red castle"},
                "sh010_comp": {"department": "post", "make": "composite", "layers": ["plate", "keep_key"]},
                "sh010_grade": {"department": "post", "make": "grade", "input": "sh010_comp"},
            },
            "shots": {"sq010_sh010": {"from": "sh010_grade", "seconds": 3.0, "move": "pan left"}},
            "deliver": ["stills"],
        }
    )
    assert brief == parse_brief(again, "json") == parse_brief(MARKDOWN, "markdown")


def test_a_sentence_is_a_logline() -> None:
    assert decode_brief(b"A red castle at dusk.", "one_line.txt") == Brief(logline="A red castle at dusk.")


def test_a_fenced_block_adds_fields_to_markdown() -> None:
    text = "# Castle\n\nA story.\n\n```yaml\nbudget_usd: 3\n```\n"
    assert parse_brief(text, "markdown") == Brief(title="Castle", logline="A story.", budget_usd=3)


@pytest.mark.parametrize(
    ("text", "form"), [(YAML, "x.yaml"), (YAML, ""), (MARKDOWN, "x.md"), (MARKDOWN, ""), ('{"title": "A"}', "")]
)
def test_the_form_is_told_by_the_suffix_or_the_text(text: str, form: str) -> None:
    assert decode_brief(text.encode(), form).title in ("Fantasy Castle", "A")


@pytest.mark.parametrize(
    ("data", "place", "hint"),
    [
        (b"", "the brief", "logline"),
        (b"\xff\xfe", "b.yaml", "UTF-8"),
        (b"\x00\x01", "b.yaml", "text"),
        (b"title: [", "line 1", "YAML"),
        (b"title: A\ntitle: B", "line 2", "twice"),
        (b"title: A\nbudget_usd: -1", "budget_usd", "greater than 0"),
        (b"title: A\nbudget_usd: .inf", "budget_usd", "finite"),
        (b"title: A\nbudget_usd: true", "budget_usd", "US dollars"),
        (b"title: A\nbugdet_usd: 3", "bugdet_usd", "did you mean budget_usd?"),
        (b"title: A\ndepartments: {a: {workers: 0}}", "departments.a.workers", "greater than or equal to 1"),
        (b"title: A\ntasks: {a: {department: x, promt: y}}", "tasks.a.promt", "did you mean prompt?"),
        (b"title: A\nquality: {gate: 2}", "quality.gate", "less than 1"),
        (b"title: A\nentities: {a: {kind: place}}", "entities.a.is", "required"),
        (b"a: &x [1]\ntitle: *x", "the brief", "aliases"),
        (b"- a\n- b", "the brief", "title"),
        (b"budget_usd: 5", "the brief", "logline"),
    ],
)
def test_a_bad_brief_is_refused_with_its_place_and_a_fix(data: bytes, place: str, hint: str) -> None:
    with pytest.raises(BriefError) as caught:
        decode_brief(data, "b.yaml")
    assert caught.value.place.startswith(place)
    assert hint in str(caught.value)


def test_a_json_key_may_not_stand_twice() -> None:
    with pytest.raises(BriefError, match="twice"):
        decode_brief(b'{"title": "A", "title": "B"}', "b.json")


def test_a_wrong_section_of_markdown_names_its_line_and_the_nearest() -> None:
    with pytest.raises(BriefError, match=r"line 3: .*tasks"):
        decode_brief(b"# T\n\n## Taks\n- a: b", "b.md")


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300), st.sampled_from(["b.yaml", "b.json", "b.md", "b.txt"]))
def test_no_bytes_get_anything_but_a_brief_or_a_brief_error(data: bytes, name: str) -> None:
    try:
        decode_brief(data, name)
    except BriefError as error:
        told = (error.place, error.fix)
    else:
        return
    assert all(told)
