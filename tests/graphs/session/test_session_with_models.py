"""Language models in a session: whatever they get wrong, nothing is spent or decided without a yes, and it is told."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from callsheet.core.fact import FellBack
from callsheet.core.settings import Settings
from callsheet.core.wish import Begin, Revise
from callsheet.graphs.session.session import Session
from callsheet.models.scripted_chat import MISTAKES, ScriptedChat, Step, mistaken
from callsheet.tools.fsck import check_production

from ..test_advice import PROSE, SHEET, chats, crew_file
from .test_session import TESTS, bound, made

CHAT = "scripted:one"
CORPUS = [json.loads(line) for line in (TESTS / "injections" / "corpus.jsonl").read_text().splitlines()]
GOOD = json.dumps({"wishes": [{"verb": "revise", "about": {"says": "it", "tasks": ["keep"]}, "text": "more ruin"}]})
LINE = "qwertz uiop asdf"
"""Words no grammar reads."""


@pytest.fixture
def crew(tmp_path: Path) -> Path:
    """Give the talking crew with a language model that understands directors."""
    path = tmp_path / "crew.toml"
    chat = f'\n[[chats]]\nname = "{CHAT}"\nusd_per_million_in = 1.0\nusd_per_million_out = 4.0\n'
    crew = (TESTS / "sessions" / "crew.toml").read_text()
    path.write_text(f'{crew}{chat}\n[agents]\nsession = "{CHAT}"\nshare = 0.5\n')
    return path


@asynccontextmanager
async def session(folder: Path, crew: Path, chat: ScriptedChat) -> AsyncIterator[Session]:
    settings = Settings(home="inprocess", crew=crew, learn=False)
    async with Session(folder, by="Ada", settings=settings, chats={CHAT: chat}) as held:
        for wish in made():
            await held.wish(wish)
            await held.idle()
        yield held


async def test_what_grammar_cannot_read_a_model_reads_and_the_yes_stays_the_directors(
    tmp_path: Path, crew: Path
) -> None:
    chat = ScriptedChat([Step(text=GOOD, agent="session")], name=CHAT)
    async with session(tmp_path / "film", crew, chat) as held:
        before = bound(held)
        reply = await held.say(LINE)
        assert isinstance(reply.wishes[0], Revise)
        assert reply.proposal
        assert bound(held) == before
        assert held.turns[-1].read_by == CHAT
        await held.say("yes")
        await held.idle()
        assert bound(held) > before
    chat.check_used()


async def test_what_grammar_reads_costs_nothing(tmp_path: Path, crew: Path) -> None:
    async with session(tmp_path / "film", crew, ScriptedChat([], name=CHAT)) as held:
        for line in ("where are we?", "take the keep again", "no", "what did the keep cost?"):
            assert (await held.say(line)).text
            assert held.turns[-1].read_by == "grammar"


@pytest.mark.parametrize("kind", MISTAKES)
async def test_no_mistake_of_a_model_does_anything_and_a_fallback_is_told(
    kind: str, tmp_path: Path, crew: Path
) -> None:
    chat = ScriptedChat([mistaken(kind, GOOD), mistaken(kind, GOOD)], name=CHAT)
    async with session(tmp_path / "film", crew, chat) as held:
        before = bound(held)
        reply = await held.say(LINE)
        assert reply.text
        assert bound(held) == before
        assert held.view
        told = [entry for entry in held.view.history.entries if isinstance(entry.fact, FellBack)]
        assert bool(told) == bool(held.turns[-1].degraded)
        if held.turns[-1].degraded:
            assert "read by rules" in reply.text
    assert check_production(tmp_path / "film") == ()


async def test_no_injected_words_do_anything_without_a_yes(tmp_path: Path) -> None:
    """Every text of the corpus, said as a turn and as what a language model reads out of one."""
    settings = Settings(home="inprocess", crew=TESTS / "sessions" / "crew.toml", learn=False)
    async with Session(tmp_path / "film", by="Ada", settings=settings) as held:
        await held.wish(Begin(brief=str(TESTS / "small_brief.yaml")))
        before = bound(held)
        for one in CORPUS:
            await held.say("no")
            await held.say(one["text"])
            assert bound(held) == before, one
        assert held.view
        assert not held.view.history.is_greenlit
        assert held.view.bill.settled_usd == 0


@pytest.mark.parametrize("answer", ["yes", "no"])
async def test_a_film_is_broken_down_by_a_model_only_after_a_yes_to_its_price(answer: str, tmp_path: Path) -> None:
    steps = [{"text": json.dumps(SHEET)}] if answer == "yes" else []
    crew = crew_file(tmp_path, chats(tmp_path, "director", *steps), director="")
    settings = Settings(home="inprocess", crew=crew, learn=False)
    async with Session(tmp_path / "film", by="Ada", settings=settings) as held:
        reply = await held.wish(Begin(brief=PROSE))
        assert "can break this down for about" in reply.text
        assert held.view is None
        reply = await held.say(answer)
        assert held.view
        assert ("broke it down for" in reply.text) == (answer == "yes")
        assert bool(held.view.history.thoughts) == (answer == "yes")
        assert not held.view.history.is_greenlit


async def test_a_model_that_breaks_nothing_down_is_told_and_the_film_is_planned_by_rules(tmp_path: Path) -> None:
    bad = {"text": "I would rather not."}
    crew = crew_file(tmp_path, chats(tmp_path, "director", bad, bad), director="")
    settings = Settings(home="inprocess", crew=crew, learn=False)
    async with Session(tmp_path / "film", by="Ada", settings=settings) as held:
        await held.wish(Begin(brief=PROSE))
        reply = await held.say("yes")
        assert "was no help, so this is planned by rules" in reply.text
        assert held.view
        assert held.view.plan.tasks
