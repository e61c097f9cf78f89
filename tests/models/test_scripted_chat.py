"""The scripted chat: strict about its script, and able to make every mistake."""

import pytest

from callsheet.core.chat import Ask, ChatSpec, Turn
from callsheet.core.errors import ChatFailed, CrewError
from callsheet.models.scripted_chat import MISTAKES, OffScript, ScriptedChat, Step, chat_by_script, mistaken

ASK = Ask(agent="notes", prompt="", system="Be short.", turns=(Turn(who="we", text="Hello?"),))
TASKS = '{"name": "a", "make": "still", "department": "sets"}, {"name": "b", "make": "still"}'
GOOD = f'{{"brief": {{"title": "T", "tasks": [{TASKS}]}}}}'


async def test_a_question_beyond_the_script_is_an_error() -> None:
    with pytest.raises(OffScript, match="beyond the script"), ScriptedChat([]) as chat:
        await chat.ask(ASK)


async def test_a_step_nobody_asked_for_is_an_error() -> None:
    with pytest.raises(OffScript, match="1 of 2 steps"), ScriptedChat([Step(text="a"), Step(text="b")]) as chat:
        await chat.ask(ASK)


@pytest.mark.parametrize("step", [Step(agent="director"), Step(holds="a castle")])
async def test_a_question_that_is_not_the_expected_one_is_an_error(step: Step) -> None:
    with pytest.raises(OffScript):
        await ScriptedChat([step]).ask(ASK)


@pytest.mark.parametrize("kind", MISTAKES)
async def test_every_mistake_can_be_made(kind: str) -> None:
    chat = ScriptedChat([mistaken(kind, GOOD)])
    try:
        answer = await chat.ask(ASK)
    except ChatFailed:
        return
    assert answer.text != GOOD


async def test_a_script_may_be_a_file(tmp_path) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "steps.json"
    path.write_text('[{"text": "Hello."}]')
    spec = ChatSpec(name=f"scripted:{path}")
    assert (await chat_by_script(spec).ask(ASK)).text == "Hello."
    path.write_text("{")
    with pytest.raises(CrewError, match="script of steps"):
        chat_by_script(spec)
