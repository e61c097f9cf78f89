"""The production graph: greenlight → produce → deliver.

Its one interrupt is the greenlight. The journal remembers the answer, so a resumed production is not asked again; the
checkpointer only holds the question while this process waits.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal, NotRequired, TypedDict

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph
from langgraph.types import Command, interrupt

from ..core.crash import passing
from ..core.fact import Greenlit
from ..core.plan import Outlook, Plan
from .doubts import left_open
from .floor import Floor
from .stage import Stage
from .standing import ENDED, step_of


class ProductionState(TypedDict):
    """Counters and a status; no task records."""

    greenlit: NotRequired[bool]
    status: NotRequired[Literal["refused", "waiting", "paused", "unfinished", "delivered"]]


class Greenlight(TypedDict):
    """The director's answer to the one question of this graph."""

    approved: bool
    by: str


ProductionGraph = CompiledStateGraph[ProductionState, None, ProductionState, ProductionState]


def production_graph(
    stage: Stage,
    plan: Plan,
    deliver: Callable[[], Awaitable[object]],
    outlook: Outlook | None = None,
    *,
    stays: bool = True,
) -> ProductionGraph:
    """Compile the graph of one production; it may be run again and again.

    Args:
        stage: its parts.
        plan: what is to be greenlit.
        deliver: writes the package.
        outlook: what it is expected to take, for the record.
        stays: as the floor does, while work is paused.
    """
    floor = Floor(stage, plan.departments, lambda task: stage.expected(task).seconds, stays=stays)
    nodes = ProductionNodes(stage=stage, plan=plan, floor=floor, deliver_package=deliver, outlook=outlook)
    graph = StateGraph(ProductionState)
    graph.add_node("greenlight", nodes.greenlight)
    graph.add_node("produce", nodes.produce)
    graph.add_node("deliver", nodes.deliver)
    graph.add_edge(START, "greenlight")
    graph.add_conditional_edges("greenlight", lambda state: "produce" if state.get("greenlit") else END)
    graph.add_edge("produce", "deliver")
    graph.add_edge("deliver", END)
    return graph.compile(checkpointer=InMemorySaver())


async def run_production(graph: ProductionGraph, ask: Callable[[], Awaitable[Greenlight | None]]) -> ProductionState:
    """Run a production to its end, or to the question nobody answers.

    Args:
        graph: from `production_graph`.
        ask: puts the greenlight before a person; None leaves the production waiting.
    """
    config: RunnableConfig = {"configurable": {"thread_id": "production"}}
    state = await graph.ainvoke({}, config, durability="sync")
    if "__interrupt__" not in state:
        return _final(state)
    answer = await ask()
    if answer is None:
        return {"status": "waiting"}
    return _final(await graph.ainvoke(Command(resume=answer), config, durability="sync"))


def _final(state: object) -> ProductionState:
    found: ProductionState = {"status": "refused"}
    if isinstance(state, dict) and "status" in state:
        found["status"] = state["status"]
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductionNodes:
    """The nodes of one production."""

    stage: Stage
    plan: Plan
    floor: Floor
    deliver_package: Callable[[], Awaitable[object]]
    outlook: Outlook | None = None

    async def greenlight(self, state: ProductionState) -> ProductionState:
        """Ask once for permission to spend. Nothing is paid before it, so running it again is harmless."""
        history = self.stage.journal.history
        if history.is_greenlit:
            return {**state, "greenlit": True}
        plan_digest = history.planned.plan_digest if history.planned else ""
        answer: Greenlight = interrupt({"question": "Greenlight this plan?", "plan_digest": plan_digest})
        if not answer["approved"]:
            return {**state, "greenlit": False, "status": "refused"}
        degraded = tuple(finding.task for finding in self.plan.degraded)
        greenlit = Greenlit(plan_digest=plan_digest, by=answer["by"], degraded=degraded, outlook=self.outlook)
        await self.stage.journal.record(greenlit)
        return {**state, "greenlit": True}

    async def produce(self, state: ProductionState) -> ProductionState:
        """Run every task, each by its own task graph, as soon as it can."""
        await self._free_open_calls()
        await self._bring_crew_up()
        await self.floor.run()
        steps = {step_of(task, self.stage.journal.history) for task in self.stage.tasks.values()}
        if "waiting" in steps:
            return {**state, "status": "waiting"}
        if "paused" in steps:
            return {**state, "status": "paused"}
        return {**state, "status": "delivered" if steps <= {"accepted"} else "unfinished"}

    async def _free_open_calls(self) -> None:
        """Close what a driver that ended left open: its own workers charge nobody, a service may have."""
        if facts := left_open(self.stage.journal.history):
            await self.stage.journal.record(*facts)

    async def _bring_crew_up(self) -> None:
        """Start those who will be asked first, together, unless there is nothing left to do."""
        steps = {name: step_of(task, self.stage.journal.history) for name, task in self.stage.tasks.items()}
        if all(step in ENDED for step in steps.values()):
            return
        due = [task for name, task in self.stage.tasks.items() if steps[name] == "blocked" or steps[name] not in ENDED]
        if first := {maker for task in due if (maker := self.stage.expected(task).maker)}:
            await self.stage.workers.start(sorted(first))

    async def deliver(self, state: ProductionState) -> ProductionState:
        """Write the package with what there is; what waits or is unfinished is named in it."""
        passing("before_delivery")
        await self.deliver_package()
        passing("after_delivery")
        return state
