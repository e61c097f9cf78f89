"""The task graph: route → make → inspect → move, one round for every take.

Each node asks the journal what is done before it does anything, so the graph can be entered again at any time, in any
process, and goes on where the facts end. It needs no checkpointer and holds no picture.
"""

from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph

from .nodes import BeforeTake, TaskNodes, TaskState
from .stage import Stage

TaskGraph = CompiledStateGraph[TaskState, None, TaskState, TaskState]


def task_graph(stage: Stage, before_take: BeforeTake | None = None) -> TaskGraph:
    """Compile the task graph for one production; `before_take` is awaited before anything new is made.

    A take goes from node to node in this order. Every node says what is due next, wherever that is, because a person
    may decide, or bring a file in, at any moment.
    """
    nodes = TaskNodes(stage=stage, before_take=before_take)
    graph = StateGraph(TaskState)
    for name in _NODES:
        graph.add_node(name, getattr(nodes, name), destinations=(*_NODES, END))
    graph.add_edge(START, "enter")
    return graph.compile()


_NODES = ("enter", "route", "make", "inspect", "move", "publish", "omit")
