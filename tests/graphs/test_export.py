"""A production as a graph of LangGraph's: its greenlight is an interrupt, and money waits for it."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import suppress
from importlib import import_module
from pathlib import Path

import pytest
from langchain.agents.middleware.human_in_the_loop import HITLRequest
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.pregel import Pregel
from langgraph.types import Command
from pydantic import TypeAdapter

from callsheet.core.errors import LeaseLost
from callsheet.core.settings import Settings
from callsheet.graphs.desk import add, check_production, look
from callsheet.graphs.export import ProductionGraph, ProductionGraphs, ProductionOrder, ProductionResult

HERE = Path(__file__).parents[1]
SETTINGS = Settings(home="inprocess", crew=HERE / "fake_crew.toml", workers=2)
CONFIG: RunnableConfig = {"configurable": {"thread_id": "one", "director": "Mara"}}
YES, NO = {"type": "approve"}, {"type": "reject"}


@pytest.fixture
def graphs() -> Iterator[ProductionGraphs]:
    made = ProductionGraphs(SETTINGS)
    yield made
    made.close()


@pytest.fixture
def order(tmp_path: Path) -> ProductionOrder:
    return {"brief": str(HERE / "small_brief.yaml"), "out": str(tmp_path / "castle"), "seed": 7}


def asked(state: dict[str, object]) -> HITLRequest:
    (found,) = state["__interrupt__"]  # type: ignore[misc]
    return TypeAdapter(HITLRequest).validate_python(found.value)  # type: ignore[has-type]


async def answer(graph: ProductionGraph, *decisions: dict[str, str]) -> ProductionResult:
    return await graph.ainvoke(Command(resume={"decisions": list(decisions)}), CONFIG)  # type: ignore[return-value]


async def test_a_plan_waits_for_its_greenlight_with_nothing_spent(
    graphs: ProductionGraphs, order: ProductionOrder
) -> None:
    request = asked(await graphs.compiled(InMemorySaver()).ainvoke(order, CONFIG))
    (action,) = request["action_requests"]
    standing = await look(order["out"])
    assert action["args"]["plan_digest"] == standing.history.planned.plan_digest  # type: ignore[union-attr]
    assert "never more than 1.0 USD" in action["description"]
    assert standing.bill.settled_usd == 0


@pytest.mark.slow
async def test_a_yes_has_the_package_made_in_the_directors_name(
    graphs: ProductionGraphs, order: ProductionOrder
) -> None:
    graph = graphs.compiled(InMemorySaver())
    await graph.ainvoke(order, CONFIG)
    result = await answer(graph, YES)
    assert result["status"] == "delivered"
    assert result["index"] == str(Path(order["out"]) / "index.html")
    assert result["totals"]["accepted"] == 5
    assert (await look(order["out"])).history.greenlit.by == "Mara"  # type: ignore[union-attr]


async def test_a_no_ends_it(graphs: ProductionGraphs, order: ProductionOrder) -> None:
    graph = graphs.compiled(InMemorySaver())
    await graph.ainvoke(order, CONFIG)
    assert await answer(graph, NO) == {"status": "refused"}
    assert (await look(order["out"])).bill.settled_usd == 0


async def test_an_answer_of_another_length_is_asked_for_again(graphs: ProductionGraphs, order: ProductionOrder) -> None:
    graph = graphs.compiled(InMemorySaver())
    await graph.ainvoke(order, CONFIG)
    assert asked(await answer(graph, YES, YES))  # type: ignore[arg-type]
    assert not (await look(order["out"])).history.is_greenlit


@pytest.mark.slow
async def test_a_yes_to_a_plan_that_something_joined_meanwhile_is_none(
    graphs: ProductionGraphs, order: ProductionOrder
) -> None:
    graph = graphs.compiled(InMemorySaver())
    await graph.ainvoke(order, CONFIG)
    await add(order["out"], like="keep", vary={"seed": 1}, by="Mara", crew=SETTINGS.crew, settings=SETTINGS)
    again = asked(await answer(graph, YES))  # type: ignore[arg-type]
    assert not (await look(order["out"])).history.is_greenlit
    assert again["action_requests"][0]["args"]["tasks"] == 6
    assert (await answer(graph, YES))["totals"]["accepted"] == 6


@pytest.mark.slow
async def test_what_was_greenlit_before_goes_on_unasked(graphs: ProductionGraphs, order: ProductionOrder) -> None:
    saver = InMemorySaver()
    await graphs.compiled(saver).ainvoke(order, CONFIG)
    await answer(graphs.compiled(saver), YES)
    elsewhere: RunnableConfig = {"configurable": {"thread_id": "two"}}
    again = await graphs.compiled(InMemorySaver()).ainvoke(order, elsewhere)
    assert again["status"] == "delivered"


@pytest.mark.slow
async def test_every_entry_of_the_journal_is_streamed(graphs: ProductionGraphs, order: ProductionOrder) -> None:
    graph = graphs.compiled(InMemorySaver())
    await graph.ainvoke(order, CONFIG)
    resume = Command(resume={"decisions": [YES]})
    told = [one async for one in graph.astream(resume, CONFIG, stream_mode="custom")]
    entries = (await look(order["out"])).history.entries
    first = told[0]["seq"]  # type: ignore[index, call-overload]
    assert [one["seq"] for one in told] == [one.seq for one in entries if one.seq >= first]  # type: ignore[index, call-overload]
    assert {"greenlit", "take_made", "delivery_written"} <= {one["event"] for one in told}  # type: ignore[index, call-overload]


@pytest.mark.slow
async def test_a_run_that_is_left_goes_on_later_and_nothing_is_paid_twice(
    graphs: ProductionGraphs, order: ProductionOrder
) -> None:
    graph = graphs.compiled(InMemorySaver())
    await graph.ainvoke(order, CONFIG)
    run = graph.astream(Command(resume={"decisions": [YES]}), CONFIG, stream_mode="custom")
    async for one in run:
        if one["event"] == "take_made":  # type: ignore[index, call-overload]
            break
    await run.aclose()  # type: ignore[attr-defined]
    elsewhere: RunnableConfig = {"configurable": {"thread_id": "two"}}
    again = None
    async with asyncio.timeout(30):  # who left lets go of the wheel once what was under way is put away
        while again is None:
            with suppress(LeaseLost):
                again = await graphs.compiled(InMemorySaver()).ainvoke(order, elsewhere)
    assert again["status"] == "delivered"
    assert again["totals"]["takes"] == 5
    assert check_production(Path(order["out"])) == ()


def test_the_graphs_langgraphs_server_is_told_of_are_there() -> None:
    graphs = json.loads((HERE.parent / "langgraph.json").read_text())["graphs"]
    for one in graphs.values():
        module, name = one["path"].split(":")
        assert isinstance(getattr(import_module(module), name)({}), Pregel)
