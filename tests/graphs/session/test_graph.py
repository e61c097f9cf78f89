"""The session as a LangGraph graph: threads, interrupts, restarts."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event

import pytest
from langchain.agents.middleware.human_in_the_loop import HITLRequest
from langchain_core.messages import AIMessage, HumanMessage
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.types import Command
from pydantic import TypeAdapter, ValidationError

from callsheet.core.settings import Settings
from callsheet.graphs.desk import look
from callsheet.graphs.session.graph import SessionGraphs, SessionState
from callsheet.graphs.session.rooms import Chair, Rooms
from callsheet.graphs.session.session import Session

HERE = Path(__file__).parents[2]
SETTINGS = Settings(home="inprocess", crew=HERE / "fake_crew.toml", workers=2)
BRIEF = str(HERE / "small_brief.yaml")
YES, NO = {"type": "approve"}, {"type": "reject"}


@dataclass(kw_only=True)
class Thread:
    """A director's thread on a graph of this process."""

    folder: Path
    saver: InMemorySaver = field(default_factory=InMemorySaver)
    graphs: SessionGraphs = field(default_factory=lambda: SessionGraphs(Rooms(SETTINGS)))
    configured: dict[str, object] = field(default_factory=dict)

    @property
    def config(self) -> RunnableConfig:
        given = {"folder": str(self.folder), "director": "Mara", "seed": 7, "waits": True, **self.configured}
        return {"configurable": {"thread_id": "one", **given}}

    async def say(self, text: str) -> SessionState:
        return await self._run({"messages": [HumanMessage(text)]})

    async def answer(self, *decisions: dict[str, str]) -> SessionState:
        return await self._run(Command(resume={"decisions": list(decisions)}))

    async def _run(self, given: object, config: RunnableConfig | None = None) -> SessionState:
        return await self.graphs.compiled(self.saver).ainvoke(given, config or self.config)  # type: ignore[arg-type, return-value]

    def restarted(self) -> "Thread":
        """Give the thread as another process finds it; what the first one had open is closed."""
        self.graphs.close()
        return Thread(folder=self.folder, saver=self.saver, configured=self.configured)


@pytest.fixture
def thread(tmp_path: Path) -> Iterator[Thread]:
    made = Thread(folder=tmp_path / "castle")
    yield made
    made.graphs.close()


def asked(state: SessionState) -> HITLRequest | None:
    found: Sequence[object] = state.get("__interrupt__", ())  # type: ignore[assignment]
    return found[0].value if found else None  # type: ignore[attr-defined]


def last(state: SessionState) -> str:
    message = state["messages"][-1]
    assert isinstance(message, AIMessage)
    return str(message.text)


async def made(thread: Thread) -> Thread:
    """Have the small production made."""
    await thread.say(BRIEF)
    await thread.say("go")
    assert "nothing is left to do" in last(await thread.answer(YES))
    return thread


async def decisions(folder: Path) -> int:
    return sum(len(one.decisions) for one in (await look(folder)).history.tasks.values())


async def test_a_question_is_answered_and_nothing_is_asked_back(thread: Thread) -> None:
    first = await thread.say(BRIEF)
    assert "Small Castle" in last(first)
    assert asked(first) is None
    assert "0.0000 USD for 0 takes" in last(await thread.say("what did it cost?"))
    assert not (await look(thread.folder)).history.is_greenlit


async def test_whatever_spends_interrupts_in_the_form_of_the_human_in_the_loop(thread: Thread) -> None:
    await thread.say(BRIEF)
    request = asked(await thread.say("go"))
    assert request
    TypeAdapter(HITLRequest).validate_python(request)
    (action,) = request["action_requests"]
    assert action["name"] == "roll"
    assert action["args"]["plan_digest"].startswith("sha256:")
    assert "never more than 1.00 USD" in action["description"]
    assert request["review_configs"] == [{"action_name": "roll", "allowed_decisions": ["approve", "reject"]}]
    assert (await look(thread.folder)).bill.settled_usd == 0


async def test_an_interrupt_says_what_form_the_answer_takes(thread: Thread) -> None:
    await thread.say(BRIEF)
    (found,) = (await thread.say("go"))["__interrupt__"]  # type: ignore[typeddict-item]
    assert found.response_schema["required"] == ["decisions"]
    assert {"ApproveDecision", "RejectDecision"} == set(found.response_schema["$defs"])


@pytest.mark.slow
async def test_a_yes_has_it_made_and_the_run_tells_what_happens(thread: Thread) -> None:
    await thread.say(BRIEF)
    await thread.say("go")
    graph = thread.graphs.compiled(thread.saver)
    resume = Command(resume={"decisions": [YES]})
    heard = [one async for one in graph.astream(resume, thread.config, stream_mode="custom")]
    assert "keep/t01 is made" in [one["text"] for one in heard]  # type: ignore[index, call-overload]
    assert (await look(thread.folder)).bill.settled_usd > 0


@pytest.mark.slow
async def test_a_run_that_does_not_wait_ends_while_the_crew_works_on(thread: Thread) -> None:
    thread.configured["waits"] = False
    await thread.say(BRIEF)
    await thread.say("go")
    assert "done" in last(await thread.answer(YES))
    thread.configured["waits"] = True
    assert "nothing is left to do" in last(await thread.say("where are we?"))


async def test_a_no_does_nothing(thread: Thread) -> None:
    await thread.say(BRIEF)
    await thread.say("go")
    refused = await thread.answer(NO)
    assert "nothing was done" in last(refused)
    assert asked(refused) is None
    assert not (await look(thread.folder)).history.is_greenlit


async def test_a_no_with_a_reason_is_a_turn_of_its_own(thread: Thread) -> None:
    await thread.say(BRIEF)
    await thread.say("go")
    state = await thread.answer({"type": "reject", "message": "raise the budget to 3 dollars"})
    assert [one.text for one in state["messages"] if isinstance(one, HumanMessage)][
        -1
    ] == "raise the budget to 3 dollars"
    request = asked(state)
    assert request
    assert request["action_requests"][0]["name"] == "set_budget"


@pytest.mark.slow
async def test_an_answer_of_another_length_is_asked_for_again(thread: Thread) -> None:
    await thread.say(BRIEF)
    await thread.say("go")
    state = await thread.answer(YES, YES)
    assert "it takes 1 decisions" in last(state)
    assert asked(state)
    assert not (await look(thread.folder)).history.is_greenlit
    assert "nothing is left to do" in last(await thread.answer(YES))


@pytest.mark.slow
async def test_an_answer_that_is_none_can_be_given_again(thread: Thread) -> None:
    await thread.say(BRIEF)
    await thread.say("go")
    with pytest.raises(ValidationError):
        await thread.answer({"type": "maybe"})
    assert "nothing is left to do" in last(await thread.answer(YES))


@pytest.mark.slow
async def test_all_acts_of_a_proposal_are_agreed_to_or_none(thread: Thread) -> None:
    await made(thread)
    request = asked(await thread.say("approve the plates"))
    assert request
    assert [one["name"] for one in request["action_requests"]] == ["decide", "decide"]
    await thread.answer(YES, NO)
    assert await decisions(thread.folder) == 0


@pytest.mark.slow
async def test_a_thread_goes_on_after_a_restart_where_it_was_interrupted(thread: Thread) -> None:
    await thread.say(BRIEF)
    await thread.say("go")
    again = thread.restarted()
    assert "nothing is left to do" in last(await again.answer(YES))
    again.graphs.close()


@pytest.mark.slow
async def test_an_answer_given_twice_acts_once(thread: Thread) -> None:
    await made(thread)
    await thread.say("approve the keep")
    graph = thread.graphs.compiled(thread.saver)
    before = (await graph.aget_state(thread.config)).config
    await thread.answer(YES)
    assert await decisions(thread.folder) == 1
    again = thread.restarted()
    state = await again._run(Command(resume={"decisions": [YES]}), before)
    assert "nothing was done: it waits for no yes any more" in last(state)
    assert await decisions(thread.folder) == 1
    again.graphs.close()


@pytest.mark.slow
async def test_a_yes_to_something_that_is_no_longer_proposed_does_nothing(thread: Thread) -> None:
    await made(thread)
    await thread.say("approve the keep")
    thread.graphs.close()
    async with Session(thread.folder, by="Mara", settings=SETTINGS) as elsewhere:
        await elsewhere.say("approve the plates")
    again = thread.restarted()
    state = await again.answer(YES)
    assert "something else is proposed by now" in state["messages"][-1].text
    request = asked(state)
    assert request
    assert len(request["action_requests"]) == 2
    assert await decisions(thread.folder) == 0
    again.graphs.close()


async def test_a_yes_in_words_answers_too(thread: Thread) -> None:
    await thread.say(BRIEF)
    await thread.say("go")
    assert "nothing is left to do" in last(await thread.say("yes"))


async def test_somebody_else_may_not_direct_in_the_same_folder_meanwhile(thread: Thread) -> None:
    await thread.say(BRIEF)
    other = Thread(folder=thread.folder, graphs=thread.graphs, configured={"director": "Jo"})
    assert "is directed by Mara here" in last(await other.say("where are we?"))
    await thread.say("bye")
    assert "0 of" in last(await other.say("where are we?"))


@pytest.mark.slow
async def test_who_said_bye_is_let_in_again(thread: Thread) -> None:
    await made(thread)
    await thread.say("bye")
    assert "1 of 1 accepted" in last(await thread.say("where are we?"))


async def test_a_folder_has_one_session_however_it_is_spelled(thread: Thread) -> None:
    await thread.say(BRIEF)
    other = Thread(folder=thread.folder / ".." / "castle", graphs=thread.graphs, configured={"director": "Jo"})
    assert "is directed by Mara here" in last(await other.say("where are we?"))


async def test_a_configuration_that_makes_no_sense_is_said_to(thread: Thread) -> None:
    thread.configured["seed"] = "often"
    assert "configurable 'seed'" in last(await thread.say("hello"))


async def test_without_a_folder_the_thread_names_one(thread: Thread, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(thread.folder.parent)
    thread.configured["folder"] = ""
    await thread.say(BRIEF)
    assert (thread.folder.parent / "out" / "one" / ".callsheet").is_dir()


@pytest.mark.slow
def test_sessions_end_with_the_loop_that_opened_them(tmp_path: Path) -> None:
    thread = Thread(folder=tmp_path / "castle")

    async def begin() -> None:
        thread.configured["waits"] = False
        await thread.say(BRIEF)
        await thread.say("go")
        await thread.answer(YES)

    asyncio.run(begin())
    assert not (tmp_path / "castle" / ".callsheet" / "journal.db-wal").exists()
    assert "accepted" in last(asyncio.run(thread.say("where are we?")))


async def test_a_turn_nobody_waits_for_is_finished(tmp_path: Path) -> None:
    rooms, said, may_go_on = Rooms(SETTINGS), Event(), Event()

    async def slowly(session: Session) -> None:
        await asyncio.to_thread(may_go_on.wait, 10)
        said.set()

    turn = asyncio.ensure_future(rooms.talk(Chair(folder=tmp_path / "castle", by="Mara"), slowly))
    await asyncio.sleep(0.05)
    turn.cancel()
    may_go_on.set()
    assert await asyncio.to_thread(said.wait, 10)
    rooms.close()
