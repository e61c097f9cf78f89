"""The bench of the judge, on pictures small enough to count by hand."""

from dataclasses import replace

import pytest

from callsheet.evals.bench_judge import Tally, read_value, truth_of
from callsheet.evals.judge import Reading, atoms_of, holds
from callsheet.evals.judge.labelled import load_decided, load_labelled
from callsheet.models.sketch.vocabulary import Scene


def test_labels_come_with_a_picture_each_and_known_values() -> None:
    takes = load_labelled()
    assert len(takes) == 100
    assert all(take.image.size == (64, 64) for take in takes)
    assert {take.model for take in takes} == {"sketch-s", "sketch-l"}


def test_a_person_who_sees_what_was_asked_finds_every_claim_borne_out() -> None:
    scene = Scene(kind="castle", colour="red", count=1, size="large", side="left", time="dusk")
    sure = {name: (value, 1.0) for name, value in truth_of(scene).items() if name != "pair"}
    reading = replace(_reading(), **sure)
    assert all(holds(atom, reading) for atom in atoms_of(scene))


def test_what_nobody_could_tell_is_not_counted() -> None:
    tally = Tally({})
    reading = _reading()
    tally.add(reading, {"kind": "castle", "colour": None, "time": "night"})
    assert tally.accuracy() == pytest.approx(0.5)
    assert tally.by_name() == {"kind": 1.0, "time": 0.0}
    assert read_value(reading, "pair") == "single"


def _reading() -> Reading:
    sure = ("castle", 1.0)
    return Reading(
        kind=sure,
        colour=("red", 1.0),
        count=("one", 1.0),
        side=("left", 1.0),
        size=("small", 1.0),
        ground=("snow", 1.0),
        time=("dusk", 1.0),
        weather=("fog", 1.0),
        whole=1.0,
        pair=0.0,
        other_kind=sure,
        other_colour=("blue", 1.0),
    )


def test_every_decided_take_has_a_picture_and_both_decisions_occur() -> None:
    takes = load_decided()
    assert len(takes) == 200
    assert {take.is_right for take in takes} == {True, False}
    assert all(take.image.size == (64, 64) for take in takes)


def test_a_take_is_right_only_where_every_subject_was_named_without_the_caption() -> None:
    for take in load_decided():
        asked = tuple(kind for kind in (take.asked.kind, take.asked.other_kind) if kind)
        assert not take.is_right or take.named == asked
