"""A crew's nouns."""

from dataclasses import replace

import pytest

from callsheet.core.crew import Crew, CriticSpec, MakerSpec

SDXL = MakerSpec(
    name="sdxl", kind="diffusers", makes=("still",), source="models/sdxl", weights_digest="sha256:1", usd=0.01
)


@pytest.mark.parametrize(
    "other",
    [{"usd": 0.5}, {"device": "cuda"}, {"source": "/elsewhere/sdxl"}, {"strength": 3}, {"passes": {"count": 0.5}}],
)
def test_a_maker_is_the_same_whatever_it_costs_and_wherever_it_runs(other: dict[str, object]) -> None:
    assert replace(SDXL, **other).identity() == SDXL.identity()


@pytest.mark.parametrize("other", [{"weights_digest": "sha256:2"}, {"steps": 8}, {"settings": {"a": 1}}, {"name": "s"}])
def test_a_maker_that_draws_otherwise_is_another(other: dict[str, object]) -> None:
    assert replace(SDXL, **other).identity() != SDXL.identity()


def test_the_critics_are_the_same_wherever_their_files_lie() -> None:
    eye = CriticSpec(name="eye", kind="clip", checks=("count",), source="a/eye", weights_digest="sha256:1")
    here, there = (
        Crew(name="c", makers=(), critics=(replace(eye, source=f"{place}/eye", folder=f"{place}/eye"),))
        for place in ("/here", "/there")
    )
    assert here.critics_identity() == there.critics_identity()
    assert here.identity() == there.identity()
