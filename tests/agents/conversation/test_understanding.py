"""What a director says becomes wishes; what is not understood is said so, and nothing is guessed."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callsheet.agents.conversation.scene import Scene, about_of, speaking_of
from callsheet.agents.conversation.understanding import understand
from callsheet.core.canonical import to_json
from callsheet.core.wish import ASKING, About, Approve, Consent, Remark, Retake, Unclear

from .stage import differs, scene_for, scene_of

TURNS = [json.loads(line) for line in (Path(__file__).parent / "turns.jsonl").read_text().splitlines()]
TEXTS = sorted({str(turn["text"]) for turn in TURNS})
VERBS = ("approve", "reject", "omit", "cancel", "pause", "redo", "drop", "do", "approve take 2 of", "make")
CONSENTS = ("yes", "ok", "okay", "Yes please", "sure", "no", "No, thanks", "not now", "yep", "never mind", "nope")


@pytest.mark.parametrize("turn", TURNS, ids=[f"{at}: {turn['text'][:40]}" for at, turn in enumerate(TURNS)])
def test_a_turn_means_what_a_director_means_by_it(turn: dict[str, object]) -> None:
    scene = scene_for(turn)
    assert not differs(turn, understand(str(turn["text"]), scene), scene)


def test_the_corpus_is_large_and_says_every_verb() -> None:
    assert len(TURNS) >= 300
    verbs = {wish["verb"] for turn in TURNS for wish in turn["wishes"]}
    assert len(verbs) == 26  # all of core/wish.py, and unclear


@given(st.text(max_size=200), st.sampled_from(["castle", "lights", "nothing"]))
@settings(max_examples=150, deadline=None)
def test_no_text_raises_and_every_turn_has_an_answer(text: str, on: str) -> None:
    assert understand(text, scene_of(on))


@given(st.lists(st.sampled_from(sorted({word for text in TEXTS for word in text.split()})), max_size=14))
@settings(max_examples=200, deadline=None)
def test_directors_words_in_any_order_raise_nothing(words: list[str]) -> None:
    scene = replace(scene_of("castle"), last=About(says="it", tasks=("keep_near",)))
    assert understand(" ".join(words), scene)


@given(st.sampled_from(CONSENTS), st.booleans(), st.sampled_from(["castle", "nothing"]))
def test_consent_words_alone_are_never_anything_else(text: str, is_proposed: bool, on: str) -> None:
    scene = scene_of(on)
    if is_proposed:
        scene = replace(scene, proposed=(Retake(about=About(tasks=scene.glossary.names)),))
    assert isinstance(understand(text, scene)[0], Consent)


@given(
    st.sampled_from(VERBS),
    st.sampled_from(["zeppelin", "submarine", "xylophone", "quokka", "the_jungle", "mr pumpkin"]),
)
def test_a_name_nobody_has_never_leads_to_a_decision_or_to_spending(verb: str, name: str) -> None:
    scene = replace(scene_of("castle"), last=About(says="it", tasks=("keep_near",)))
    for wish in understand(f"{verb} the {name}", scene):
        assert isinstance(wish, Unclear | Remark)


def _plain(text: str, scene: Scene) -> str:
    return "\n".join(to_json(wish).lower() for wish in understand(text, scene))


def test_upper_case_lower_case_and_a_full_stop_change_nothing() -> None:
    for turn in TURNS:
        text, scene = str(turn["text"]), scene_for(turn)
        bare = re.sub(r"[.!]+$", "", text)
        if scene.plan and "." not in bare and not text.endswith("?"):
            assert _plain(bare.upper(), scene) == _plain(bare.lower(), scene) == _plain(f"{bare.lower()}.", scene), text


def test_what_is_offered_instead_is_understood() -> None:
    tried = set[tuple[str, str]]()  # most is offered again and again, and understood the same in the same scene
    for turn in TURNS:
        scene = scene_for(turn)
        unclear = [wish for wish in understand(str(turn["text"]), scene) if isinstance(wish, Unclear)]
        for sentence in {sentence for wish in unclear for sentence in wish.nearest}:
            if (repr(scene), sentence) in tried:
                continue
            tried.add((repr(scene), sentence))
            assert not any(isinstance(one, Unclear) for one in understand(sentence, scene)), (turn["text"], sentence)


def test_it_is_what_was_last_spoken_of_and_the_other_one_what_was_before() -> None:
    scene = scene_of("castle")
    scene = speaking_of(scene, understand("show me the towers", scene))
    scene = speaking_of(scene, understand("show me the houses", scene))
    assert understand("approve it", scene) == (Approve(about=About(says="the houses", tasks=("houses",))),)
    assert understand("approve the other one", scene) == (Approve(about=About(says="the towers", tasks=("towers",))),)


def test_this_one_too_repeats_what_was_wished() -> None:
    scene = scene_of("castle")
    scene = speaking_of(scene, understand("approve the towers", scene))
    (wish,) = understand("the houses too", scene)
    assert isinstance(wish, Approve)
    assert wish.about.tasks == ("houses",)


def test_only_a_part_of_what_is_proposed_is_proposed_anew() -> None:
    scene = scene_of("castle")
    scene = replace(scene, proposed=(Retake(about=About(says="everything", tasks=scene.glossary.names)),))
    (wish,) = understand("only the houses", scene)
    assert wish == Retake(about=About(says="the houses", tasks=("houses",)))
    (wish,) = understand("yes but not the houses", scene)
    assert isinstance(wish, Retake)
    assert set(scene.glossary.names) - set(wish.about.tasks) == {"houses"}


@pytest.mark.parametrize(
    "text",
    ["should we approve the keep?", "approve the keep if it is red", "maybe drop the ships", "don't redo the towers"],
)
def test_what_is_only_thought_about_is_not_done(text: str) -> None:
    for wish in understand(text, scene_of("castle")):
        assert isinstance(wish, (Unclear, Remark, *ASKING))


def test_a_session_keeps_to_what_was_spoken_of() -> None:
    scene = scene_of("castle")
    for text, verb, tasks in (
        ("show me the houses", "show_takes", ("houses",)),
        ("too small", "revise", ("houses",)),
        ("now the towers", "show_takes", ("towers",)),
        ("they should be red", "revise", ("towers",)),
        ("why did they fail?", "why", ("towers",)),
        ("and the ships?", "why", ("ships",)),
        ("the other one", "show_takes", ("towers",)),
        ("print it", "approve", ("towers",)),
    ):
        (wish,) = understand(text, scene)
        assert (wish.verb if not isinstance(wish, Unclear) else "unclear", about_of(wish).tasks) == (verb, tasks), text  # type: ignore[union-attr]
        scene = speaking_of(scene, [wish])


def test_a_yes_that_takes_some_of_it_back_is_no_consent() -> None:
    scene = replace(scene_of("castle"), proposed=(Retake(about=About(tasks=("houses", "ships"))),))
    for text in ("yes but darker", "ok, but only the houses", "yes, unless it is expensive", "only the houses"):
        assert not any(isinstance(wish, Consent) for wish in understand(text, scene)), text
    assert isinstance(understand("yes and redo the poster", scene)[0], Consent)
    assert [wish.verb for wish in understand("approve everything except the ships", scene)] == ["approve"]  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "text",
    [
        "yes or no?",
        "yes or no",
        "yes and no",
        "yes and no, really",
        "absolutely, never",
        "yes, tomorrow",
        "yes. when it is cheaper",
        "y?",
        "go ahead?",
        "who said yes",
        "yes yes no",
        "yes? no",
        "i could say go",
        "yeah right",
        "oh yeah, right",
        "sure, when hell freezes",
        "go on then if you must",
        "dream on",
        "whatever",
        "suit yourself",
        "is that all",
        "is that a yes?",
        "if i say yes what happens",
        "never a yes",
        "later, yes",
        "redo the towers and sure",
        "make the keep darker, yes",
        "what does it cost? fine",
        "are you serious",
        "in your dreams",
    ],
)
def test_what_is_no_plain_yes_is_no_consent(text: str) -> None:
    scene = replace(scene_of("castle"), proposed=(Retake(about=About(tasks=("houses", "ships"))),))
    assert Consent(yes=True) not in understand(text, scene)


@pytest.mark.parametrize(
    "text", ["hell yes", "you have my blessing", "oh go on then, yes", "yes, and what did it cost"]
)
def test_a_yes_in_other_words_is_one(text: str) -> None:
    scene = replace(scene_of("castle"), proposed=(Retake(about=About(tasks=("houses", "ships"))),))
    assert understand(text, scene)[0] == Consent(yes=True)
