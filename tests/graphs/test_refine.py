"""`callsheet.refine` is a graph anybody can use, alone or as a node of their own."""

import asyncio
from pathlib import Path
from typing import TypedDict

from langgraph.graph import END, START, StateGraph

import callsheet
from callsheet.core.crew import CriticSpec, MakerSpec
from callsheet.core.plan import Requirement
from callsheet.models.fake import FakeCritic, FakeMaker

CASTLE = Requirement(id="existence:castle", kind="existence", subject="castle", value="", asks="a castle")


def maker() -> FakeMaker:
    return FakeMaker(MakerSpec(name="fakemaker", kind="fake", makes=("still",), usd=0.0))


def critic(**settings: float) -> FakeCritic:
    return FakeCritic(CriticSpec(name="eye", kind="fake", checks=("existence",), settings=settings))


async def test_a_prompt_becomes_a_picture_that_passed(tmp_path: Path) -> None:
    loop = callsheet.refine(maker(), [critic(pass_from=2)], [CASTLE], folder=tmp_path)
    state = await loop.ainvoke({"prompt": "a castle", "seed": 3})
    assert state["passed"]
    assert state["takes"] == 2
    assert await asyncio.to_thread(Path(state["picture"]).read_bytes)


async def test_rounds_bound_the_loop_and_the_best_take_is_handed_back() -> None:
    loop = callsheet.refine(maker(), [critic(pass_rate=0)], [CASTLE], rounds=2)
    state = await loop.ainvoke({"prompt": "a castle"})
    assert not state["passed"]
    assert state["takes"] == 3
    assert state["digest"].startswith("sha256:")
    assert "revisions" in state["why"]


async def test_the_same_prompt_and_seed_are_made_once() -> None:
    loop = callsheet.refine(maker(), [critic()], [CASTLE])
    first = await loop.ainvoke({"prompt": "a castle", "seed": 3})
    again = await loop.ainvoke({"prompt": "a castle", "seed": 3})
    other = await loop.ainvoke({"prompt": "a castle", "seed": 4})
    assert first["digest"] == again["digest"] != other["digest"]
    assert again["takes"] == 1


class Poster(TypedDict, total=False):
    """Somebody else's state."""

    words: str
    prompt: str
    passed: bool
    digest: str


async def test_it_is_a_node_of_anybodys_graph() -> None:
    graph = StateGraph(Poster)
    graph.add_node("write", lambda state: {"prompt": f"a castle {state['words']}"})
    graph.add_node("draw", callsheet.refine(maker(), [critic()], [CASTLE]))
    graph.add_edge(START, "write")
    graph.add_edge("write", "draw")
    graph.add_edge("draw", END)
    state = await graph.compile().ainvoke({"words": "at dusk"})
    assert state["passed"]
    assert state["digest"]
