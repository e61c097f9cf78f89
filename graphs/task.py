"""The task graph: route → make → inspect → decide → move, one round for every take.

Each node asks the journal what is done before it does anything, so the graph can be entered again at any time, in any
process, and goes on where the facts end. It needs no checkpointer and holds no picture.
"""

from collections.abc import Hashable

from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph

from .nodes import TaskNodes, TaskState
from .stage import Stage

TaskGraph = CompiledStateGraph[TaskState, None, TaskState, TaskState]


def task_graph(stage: Stage) -> TaskGraph:
    """Compile the task graph for one production."""
    nodes = TaskNodes(stage=stage)
    graph = StateGraph(TaskState)
    for name in ("enter", "route", "make", "inspect", "decide", "move", "publish", "omit"):
        graph.add_node(name, getattr(nodes, name))
    graph.add_edge(START, "enter")
    graph.add_conditional_edges("enter", _step, _to("route", "inspect", "move", "publish", "omit"))
    graph.add_conditional_edges("route", _step, _to("make"))
    graph.add_conditional_edges("make", _step, _to("inspect"))
    graph.add_edge("inspect", "decide")
    graph.add_edge("decide", "move")
    graph.add_conditional_edges("move", _step, _to("route"))
    graph.add_edge("publish", END)
    graph.add_edge("omit", END)
    return graph.compile()


def _step(state: TaskState) -> str:
    return state["step"]


def _to(*nodes: str) -> dict[Hashable, str]:
    """Lead each of the given steps to its node and the steps at which nothing is due to the end."""
    ends: dict[Hashable, str] = dict.fromkeys(("waiting", "accepted", "unfinished"), END)
    return ends | {node: node for node in nodes}
