"""The production as a graph for LangGraph's own tools: planned, agreed to by a person, made and delivered."""

import asyncio
from pathlib import Path
from typing import NotRequired, TypedDict

from langchain.agents.middleware.human_in_the_loop import ActionRequest
from langchain_core.runnables import RunnableConfig
from langgraph.config import get_stream_writer
from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph
from langgraph.types import Checkpointer

from ..core.canonical import digest_of, to_plain
from ..core.fact import AnyFact, Entry
from ..core.plan import Plan
from ..core.settings import Settings, read_settings
from .broadcast import Listener
from .consenting import ask
from .offstage import Offstage
from .running import AskGreenlight, Production, produce


class ProductionOrder(TypedDict):
    """What goes in."""

    brief: str
    """A path, or a sentence."""
    out: str
    """The folder of the production."""
    crew: NotRequired[str]
    """A crew file; none is the settings'."""
    seed: NotRequired[int]
    budget_usd: NotRequired[float]
    """Overrides the brief's."""


class ProductionResult(TypedDict, total=False):
    """What comes out."""

    status: str
    """As in `Production`."""
    index: str
    """Path of the delivery's page."""
    totals: dict[str, object]
    """The figures of the delivery, as in its manifest."""
    unfinished: list[str]
    """Tasks the package lacks."""


class OrderedProduction(ProductionOrder, ProductionResult):
    """The order, what a person is shown of its plan, and what becomes of it; no task records."""

    shown: NotRequired[dict[str, object]]
    """Of the plan that waits for its greenlight; empty where none does."""
    agreed: NotRequired[bool]


class Ended(ProductionResult, total=False):
    """What a node adds to the state."""

    shown: dict[str, object]
    agreed: bool


ProductionGraph = CompiledStateGraph[OrderedProduction, None, ProductionOrder, ProductionResult]


class ProductionGraphs:
    """Makes graphs that run productions, each under a lease of its own."""

    def __init__(self, settings: Settings | None = None) -> None:
        """Prepare.

        Args:
            settings: as in `produce`; None reads them when a production begins.
        """
        self._settings, self._offstage = settings, Offstage()

    def __call__(self, config: RunnableConfig) -> ProductionGraph:
        """Give the graph to a server, which brings its own checkpointer; runs read their configuration themselves."""
        return self.compiled()

    def compiled(self, checkpointer: Checkpointer = None) -> ProductionGraph:
        """Compile the graph.

        Args:
            checkpointer: keeps the threads; there is no interrupt without one.
        """
        graph = StateGraph(OrderedProduction, input_schema=ProductionOrder, output_schema=ProductionResult)
        graph.add_node("plan", self._plan)
        graph.add_node("greenlight", _greenlight)
        graph.add_node("produce", self._make)
        graph.add_edge(START, "plan")
        graph.add_conditional_edges("plan", lambda state: "greenlight" if state["shown"] else END, ["greenlight", END])
        graph.add_conditional_edges("greenlight", _after_answer, ["greenlight", "produce", END])
        # Planned again in the meantime: a yes to another plan is none.
        graph.add_conditional_edges(
            "produce", lambda state: "plan" if state["status"] == "refused" else END, ["plan", END]
        )
        return graph.compile(checkpointer=checkpointer, name="production")

    def close(self) -> None:
        """Stop what is being produced; the same order goes on with it. Blocking."""
        self._offstage.close()

    async def _plan(self, state: OrderedProduction, config: RunnableConfig) -> Ended:
        """Write the plan down; one that a person greenlit before goes on right here."""
        production = await self._produce(state, config, greenlight=False)
        if production.history.is_greenlit:
            return _result(production, shown={})
        return _result(production, shown=_shown(production.plan, production.folder))

    async def _make(self, state: OrderedProduction, config: RunnableConfig) -> Ended:
        """Make the plan that was shown, and no other."""
        digest = state["shown"]["plan_digest"]

        async def agreed(plan: Plan) -> bool:
            return digest_of(plan) == digest

        return _result(await self._produce(state, config, greenlight=agreed), shown={})

    async def _produce(
        self, state: OrderedProduction, config: RunnableConfig, *, greenlight: bool | AskGreenlight
    ) -> Production:
        director, crew, tell = config.get("configurable", {}).get("director"), state.get("crew"), _teller()
        settings = self._settings or await asyncio.to_thread(read_settings)
        return await self._offstage.run(
            lambda: produce(
                state["brief"],
                out=state["out"],
                crew=crew or None,
                seed=state.get("seed", 0),
                budget_usd=state.get("budget_usd"),
                greenlight=greenlight,
                on_event=tell,
                by=str(director or "director"),
                settings=settings,
            )
        )


production_graph_for = ProductionGraphs()


def _greenlight(state: OrderedProduction) -> Ended:
    """Ask whether the plan may spend."""
    shown = state["shown"]
    says = (
        f"{shown['title']}: {shown['tasks']} tasks, about {shown['usd']} USD and {shown['seconds']} s, never more than "
        f"{shown['budget_usd']} USD"
    )
    answer = ask([ActionRequest(name="greenlight", args=shown, description=says)])
    return {"status": "refused" if answer.kind == "no" else "waiting", "agreed": answer.kind == "yes"}


def _after_answer(state: OrderedProduction) -> str:
    if state["status"] == "refused":
        return END
    return "produce" if state.get("agreed") else "greenlight"


def _shown(plan: Plan, folder: Path) -> dict[str, object]:
    return {
        "plan_digest": digest_of(plan),
        "title": plan.title,
        "tasks": len(plan.tasks),
        "usd": round(plan.forecast.usd, 4),
        "seconds": round(plan.forecast.seconds, 1),
        "budget_usd": plan.budget_usd,
        "notes": [f"{one.task}: {one.why}" for one in plan.degraded],
        "out": str(folder),
    }


def _result(production: Production, *, shown: dict[str, object]) -> Ended:
    delivery = production.delivery
    result: Ended = {"status": production.status, "shown": shown}
    if delivery:
        totals = to_plain(delivery.manifest.totals)
        assert isinstance(totals, dict)
        result["index"] = str(delivery.index)
        result["totals"] = totals
        result["unfinished"] = [one.task for one in delivery.manifest.unfinished]
    return result


def _teller() -> Listener:
    """Give a listener that streams every entry of the journal as a custom event, from whatever thread it is told."""
    write, loop = get_stream_writer(), asyncio.get_running_loop()

    def tell(entry: Entry) -> None:
        fact = to_plain(entry.fact, AnyFact)
        assert isinstance(fact, dict)
        event = {"event": fact.pop("event"), "seq": entry.seq, "at": entry.at, **fact}
        loop.call_soon_threadsafe(write, event)

    return tell
