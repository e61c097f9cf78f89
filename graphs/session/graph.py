"""The session as a LangGraph graph: a thread is a director's conversation, and a proposal is an interrupt.

The graph keeps what was said; the journal keeps what was decided. So a thread that is resumed, forked or run again
after a restart finds in the journal what was done already, and does it no second time.
"""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Final, Literal, NotRequired, TypedDict

from langchain.agents.middleware.human_in_the_loop import ActionRequest
from langchain_core.messages import AIMessage, AnyMessage, HumanMessage
from langchain_core.runnables import RunnableConfig
from langgraph.config import get_stream_writer
from langgraph.graph import END, START, MessagesState, StateGraph
from langgraph.graph.state import CompiledStateGraph
from langgraph.types import Checkpointer
from pydantic import ValidationError

from ...core.canonical import first_fault, from_json, from_plain, to_json, to_plain
from ...core.errors import SetupError
from ...core.proposal import Act, Proposal
from ...core.wish import Consent
from ..consenting import ask
from .rooms import Chair, Rooms
from .session import Reply, Session

_LISTENS_SECONDS = 1.0
_MOST_NEWS = 100
"""Kept in a thread; all of it is streamed."""
_THREAD: Final = re.compile(r"[\w-]{1,64}")
"""A thread's id that can name a folder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Direction:
    """What a run is configured with."""

    folder: str = ""
    """Of the production; empty is `out/` and the thread's id."""
    director: str = "director"
    """Who talks; in whose name it is decided."""
    seed: int = 0
    """Of a new production."""
    waits: bool = False
    """Whether a run ends only when the crew has nothing left to do, telling what happens meanwhile."""


class SessionState(MessagesState):
    """The conversation, and what of it waits for a yes."""

    proposal: NotRequired[str]
    """As canonical JSON; empty where nothing waits."""
    news: NotRequired[list[dict[str, str]]]
    """What happened between the turn before and this one, the last of it."""


class Said(TypedDict, total=False):
    """What a node adds to the state."""

    messages: list[AnyMessage]
    proposal: str
    news: list[dict[str, str]]


Turn = Callable[[Session], Awaitable[Reply]]
"""What is done with the session."""

SessionGraph = CompiledStateGraph[SessionState, Direction, SessionState, SessionState]


class SessionGraphs:
    """Makes session graphs; they share the sessions that are open, and so do their runs."""

    def __init__(self, rooms: Rooms | None = None) -> None:
        """Prepare.

        Args:
            rooms: where sessions are kept open; None is a new one, with the settings of this installation.
        """
        self._rooms = rooms or Rooms()

    def __call__(self, config: RunnableConfig) -> SessionGraph:
        """Give the graph to a server, which brings its own checkpointer; runs read their configuration themselves."""
        return self.compiled()

    def compiled(self, checkpointer: Checkpointer = None) -> SessionGraph:
        """Compile the graph.

        Args:
            checkpointer: keeps the threads; there is no interrupt without one.
        """
        nodes = SessionNodes(rooms=self._rooms)
        graph = StateGraph(SessionState, context_schema=Direction)
        graph.add_node("turn", nodes.turn)
        graph.add_node("consent", nodes.consent)
        graph.add_node("hear", nodes.hear)
        graph.add_edge(START, "turn")
        graph.add_conditional_edges("turn", _next, ["turn", "consent", "hear"])
        graph.add_conditional_edges("consent", _next, ["turn", "consent", "hear"])
        graph.add_edge("hear", END)
        return graph.compile(checkpointer=checkpointer, name="director")

    def close(self) -> None:
        """Close the sessions and send their crews home. Blocking."""
        self._rooms.close()


session_graph = SessionGraphs()


def _next(state: SessionState) -> Literal["turn", "consent", "hear"]:
    """Say what follows: a no with a reason is a turn of its own."""
    if any(isinstance(last, HumanMessage) for last in state["messages"][-1:]):
        return "turn"
    return "consent" if state.get("proposal") else "hear"


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionNodes:
    """The nodes of a conversation."""

    rooms: Rooms

    async def turn(self, state: SessionState, config: RunnableConfig) -> Said:
        """Hand the last thing a person said to the session. Said again after a crash, it finds what is done already."""
        last = state["messages"][-1] if state["messages"] else None
        if not isinstance(last, HumanMessage):
            return {}
        text = str(last.text)
        return await self._say(config, lambda session: session.say(text))

    async def consent(self, state: SessionState, config: RunnableConfig) -> Said:
        """Ask whether what is proposed shall be done, and carry the answer to the session."""
        shown = state.get("proposal", "")
        answer = ask(_actions(from_json(Proposal, shown)))
        if answer.kind == "unanswered":
            return {"messages": [AIMessage(f"nothing was done: {answer.why}")]}
        said = await self._say(config, lambda session: _answered(session, shown, yes=answer.kind == "yes"))
        if answer.why:
            said["messages"] = [*said["messages"], HumanMessage(answer.why)]
        return said

    async def hear(self, state: SessionState, config: RunnableConfig) -> Said:
        """Tell what happened meanwhile, and follow the crew until it is done where the run is to wait for it."""
        try:
            chair, waits = _seat(config)
            return await self._follow(chair, waits=waits)
        except SetupError:
            return {"news": []}  # the turn has said it

    async def _follow(self, chair: Chair, *, waits: bool) -> Said:
        write, told = get_stream_writer(), list[dict[str, str]]()
        while True:
            heard = await self.rooms.listen(chair, seconds=_LISTENS_SECONDS if waits else 0.0)
            for news in heard.news:
                told.append({"kind": news.kind, "text": news.text, "task": news.task, "digest": news.digest})
                write(told[-1])
            if not (waits and heard.is_busy):
                break
        ends = [one["text"] for one in told if waits and one["kind"] == "run"]
        return {"news": told[-_MOST_NEWS:], "messages": [AIMessage(text) for text in ends[-1:]]}

    async def _say(self, config: RunnableConfig, turn: Turn) -> Said:
        try:
            chair, _ = _seat(config)
            reply = await self.rooms.talk(chair, turn)
        except SetupError as refusal:
            return {"messages": [AIMessage(str(refusal))], "proposal": ""}
        if reply.is_over:
            await self.rooms.leave(chair)
        proposal = to_json(reply.proposal) if reply.proposal and not reply.is_over else ""
        return {"messages": [AIMessage(reply.text)], "proposal": proposal}


async def _answered(session: Session, shown: str, *, yes: bool) -> Reply:
    """Carry an answer to the session, if what it waits for is what the person was shown."""
    waiting = session.proposal
    if waiting is None or to_json(waiting) != shown:
        why = "it waits for no yes any more" if waiting is None else "something else is proposed by now"
        return Reply(text=f"nothing was done: {why}", proposal=waiting)
    return await session.agree() if yes else await session.wish(Consent(yes=False))


def _actions(proposal: Proposal) -> list[ActionRequest]:
    """Show what would be done, an action for each act; the first tells all of it."""
    says = "\n".join((*proposal.says, *(f"note: {one}" for one in proposal.notices)))
    rest = "agreed to together with the first, or not at all"
    return [
        ActionRequest(name=act.kind, args=_args(act), description=rest if place else says)
        for place, act in enumerate(proposal.acts)
    ]


def _args(act: Act) -> dict[str, object]:
    plain = to_plain(act)
    assert isinstance(plain, dict)
    return {name: value for name, value in plain.items() if name != "kind"}


def _seat(config: RunnableConfig) -> tuple[Chair, bool]:
    """Read who directs what from a run's configuration, and whether it waits; raises `SetupError`."""
    given = config.get("configurable", {})
    names = [one.name for one in fields(Direction) if one.name in given]
    try:
        asked: Direction = from_plain(Direction, {name: given[name] for name in names})
    except ValidationError as error:
        place, what = first_fault(error)
        raise SetupError(f"configurable {place!r}: {what}") from None
    thread = str(given.get("thread_id", ""))
    folder = asked.folder or (f"out/{thread}" if _THREAD.fullmatch(thread) else "")
    if not folder:
        raise SetupError("no folder to direct in: configure `folder`, or run on a thread")
    return Chair(folder=Path(folder), by=asked.director, seed=asked.seed), asked.waits
