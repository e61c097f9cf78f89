"""A turn is cut into what it asks for, whatever words it is said in, and quickly."""

from dataclasses import replace
from time import process_time

import numpy as np
import pytest

from callsheet.agents.conversation.ear.listening import passages, starts_of
from callsheet.agents.conversation.ear.network import MARKS, VERBS, listen
from callsheet.agents.conversation.ear.pieces import pieces
from callsheet.agents.conversation.sayings import say
from callsheet.core.wish import About, Retake

from ..stage import scene_of

CASTLE = scene_of("castle")
ASKED = replace(CASTLE, proposed=(Retake(about=About(tasks=CASTLE.glossary.names)),))


@pytest.mark.parametrize(
    ("text", "verbs"),
    [
        ("bundle everything up for the client", ["deliver"]),
        ("what's the burn so far", ["costs"]),
        ("find them another fifty cents on top", ["budget"]),
        ("put the dragon at the front of the queue", ["prioritise"]),
        ("the houses look as if the builder left last week", ["revise"]),
        ("how's post getting on, and what has it cost us?", ["status", "costs"]),
    ],
)
def test_what_no_pattern_fits_is_heard(text: str, verbs: list[str]) -> None:
    assert [one.verb for one in passages(say(text), CASTLE)] == verbs


def test_an_answer_is_heard_where_one_is_waited_for() -> None:
    (first, *_) = passages(say("Si si, of course, avanti!"), ASKED)
    assert first.verb == "yes"


def test_the_parts_of_a_turn_are_its_words_in_order() -> None:
    turn = say("Bin the far dragon's take, he reads as a gecko; the near one is pure gold, lock it.")
    parts = passages(turn, CASTLE)
    assert [word for part in parts for word in part.saying.words if word.word not in ",;."] == [
        word for word in turn.words if word.word not in ",;."
    ]
    assert all(abs(sum(part.chances.values()) - 1) < 1e-3 for part in parts)


def test_a_part_is_about_what_it_names() -> None:
    (part,) = passages(say("could the keep be a bit more beaten up?"), CASTLE)
    assert "keep" in part.about.text
    assert {task for one in part.mentioned for task in one.about.tasks} == {"keep_near", "keep_far", "keep_storm"}
    assert "beaten up" in part.note.text


def test_every_word_however_strange_has_pieces() -> None:
    for word in ("castle", "", "-", ":", "\u00a0", "zzzzqqqq" * 20, "\U0001f3f0", "\u5bae", MARKS[0]):
        assert 1 <= len(pieces(word)) <= 8


def test_answers_are_chances() -> None:
    answers = listen(("<idle>", "redo", "<task>", "with", "fog"))
    assert answers.verbs.shape == (5, len(VERBS))
    assert np.allclose(answers.verbs.sum(axis=1), 1, atol=1e-4)
    assert np.allclose(answers.roles.sum(axis=1), 1, atol=1e-4)
    assert ((answers.begins >= 0) & (answers.begins <= 1)).all()


def test_a_turn_of_one_part_is_not_cut() -> None:
    verbs = np.tile([0.8, 0.1, 0.1], (6, 1))
    assert starts_of(np.full(6, 0.05), verbs) == [0]


def test_a_long_turn_is_heard_in_time() -> None:
    text = "could you make the keep look older and much more weathered please, with moss on its walls " * 4
    passages(say(text), CASTLE)
    began = process_time()
    passages(say(text), CASTLE)
    assert process_time() - began < 1
