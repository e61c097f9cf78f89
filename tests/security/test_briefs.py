"""Briefs written to break their reader: quick, refused by name, and never a crash."""

import json
import time

import pytest

from callsheet.agents.briefs import decode_brief
from callsheet.core.errors import BriefError

LONG = {
    "an item that is none": (b"# T\n\n## Tasks\n- a" + b" " * 100_000 + b"x\n", "b.md"),
    "an item of many words": (b"# T\n\n## Tasks\n- " + b"a " * 100_000 + b"(\n", "b.md"),
    "an item of brackets": (b"# T\n\n## Entities\n- a (" + b"(" * 100_000 + b"\n", "b.md"),
    "an item of colons": (b"# T\n\n## Quality\n- " + b":" * 100_000 + b"\n", "b.md"),
    "fences that open": (b"# T\n" + b"```yaml\n" * 50_000, "b.md"),
    "a fence that stays open": (b"# T\n```yaml\ntitle: x\n", "b.md"),
    "a number in JSON": (b'{"title": "x", "budget_usd": ' + b"1" * 5000 + b"}", "b.json"),
    "a number in YAML": (b"title: x\nbudget_usd: " + b"9" * 5000, "b.yaml"),
    "a number in Markdown": (b"# T\n\n## Look\n- fps: " + b"9" * 5000, "b.md"),
    "a nest in JSON": (b'{"title":' + b"[" * 100_000 + b"]" * 100_000 + b"}", "b.json"),
    "a nest in YAML": (b"title: " + b"{a: " * 2000 + b"}" * 2000, "b.yaml"),
    "aliases that multiply": (b"a: &a [x]\n" + b"".join(b"k%d: [*a, *a]\n" % one for one in range(999)), "b.yaml"),
    "a key that is a list": (b"? [a, b]\n: c\n", "b.yaml"),
}


@pytest.mark.parametrize("name", LONG)
def test_what_is_long_or_deep_is_refused_at_once(name: str) -> None:
    began = time.perf_counter()
    with pytest.raises(BriefError):
        decode_brief(*LONG[name])
    assert time.perf_counter() - began < 5


def test_twice_as_long_an_item_takes_about_twice_as_long() -> None:
    def seconds(size: int) -> float:
        began = time.perf_counter()
        with pytest.raises(BriefError):
            decode_brief(b"# T\n\n## Tasks\n- a" + b" a" * size + b"x\n", "b.md")
        return time.perf_counter() - began

    assert seconds(400_000) < 40 * max(0.01, seconds(50_000))


@pytest.mark.parametrize("character", ["\0", "\x07", "\x1b", "\x7f", "\x9b", "\x85", "\r\x08"])
@pytest.mark.parametrize("place", ["title", "logline", "prompt", "name"])
def test_no_control_character_comes_in(character: str, place: str) -> None:
    text = f"a castle{character}[2J"
    task = {"department": "d", "prompt": text if place == "prompt" else "a castle"}
    brief = {"title": text if place == "title" else "T", "tasks": {text if place == "name" else "keep": task}}
    if place == "logline":
        brief["logline"] = text
    with pytest.raises(BriefError):
        decode_brief(json.dumps(brief).encode(), "b.json")


def test_words_of_every_language_and_signs_of_every_kind_come_in() -> None:
    title = "Ch\u00e2teau \u57ce \u0642\u0635\u0631 \U0001f3f0 e\u0301 \u202b\u05e7\u05e1\u05dd\u202c"
    assert decode_brief(json.dumps({"title": title}).encode(), "b.json").title == title
    assert decode_brief(f"# {title}\n\nA castle\twith a tab.\r\n".encode(), "b.md").title == title
