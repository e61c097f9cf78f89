"""A requirement is also asked in the words of its whole prompt."""

import pytest

from callsheet.agents.planning.context import changed_prompt, with_context
from callsheet.agents.planning.phrasing import requirements_of
from callsheet.agents.reading import read
from callsheet.core.plan import Requirement


def of(prompt: str) -> dict[str, Requirement]:
    return {one.id: one for one in with_context(requirements_of(read(prompt)), prompt)}


def test_each_rival_is_the_prompt_with_one_thing_changed() -> None:
    found = of("two small gold towers on the left on sand at dawn")
    assert found["count:tower=2"].in_context == (
        "two small gold towers on the left on sand at dawn",
        "one small gold tower on the left on sand at dawn",
        "three small gold towers on the left on sand at dawn",
    )
    assert "two small gold towers on the left on sand at night" in found["time=dawn"].in_context
    assert "two small blue towers on the left on sand at dawn" in found["attribute:tower.colour=gold"].in_context


def test_a_prompt_with_two_subjects_is_not_asked_whole() -> None:
    assert all(not one.in_context for one in of("one small blue knight left of one small red tree on rock").values())


def test_of_two_things_only_the_one_meant_is_changed() -> None:
    prompt = "one small blue knight left of one small red tree on rock"
    assert changed_prompt(prompt, "one tree", "two trees", "tree").startswith("one small blue knight left of two")
    assert "one small green tree" in changed_prompt(prompt, "a red tree", "a green tree", "tree")


def test_what_the_words_do_not_say_is_asked_without_context() -> None:
    assert of("a castle without a dragon")["absence:dragon"].in_context == ()
    assert of("a castle on snow")["attribute:castle.form=whole"].in_context == ()


@pytest.mark.parametrize("prompt", ["a red castle, at dusk, in fog", "three knights on grass"])
def test_the_first_is_always_the_prompt_and_no_rival_is_it(prompt: str) -> None:
    for one in of(prompt).values():
        if one.in_context:
            assert one.in_context[0] == prompt
            assert prompt not in one.in_context[1:]


def test_a_contrast_that_adds_words_changes_nothing() -> None:
    assert changed_prompt("a castle", "a castle", "a castle and a moat") == ""
