"""What agents ask their language models for: a call sheet, other words, opinions, a note, an understanding.

Each gives a noun, or nothing and the reason: then the caller goes by its rules, and the journal already says so.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from ..agents.llm.critic import CRITIC, ask_critic, can_be_asked, read_critic
from ..agents.llm.director import Directed, ask_director, read_director, wants_directing
from ..agents.llm.fault import Fault
from ..agents.llm.notes import ask_notes, read_notes, report_of
from ..agents.llm.reviser import ask_reviser, read_reviser
from ..agents.llm.session import ask_session, read_session
from ..agents.qc import judge
from ..core.brief import Brief, Look
from ..core.canonical import digest_of
from ..core.chat import Answer, ChatSpec
from ..core.crew import Crew
from ..core.delivery import Manifest, Strip
from ..core.plan import Plan, Requirement, Task
from ..core.settings import Settings
from ..core.take import Opinion, Unscored, Verdict
from ..core.wish import Unclear, Wish
from .folder import Folder
from .studio import open_studio
from .thinking import Thinker, Thought


def director_price(brief: Brief, crew: Crew) -> tuple[float, float] | None:
    """Say what having a brief directed is likely to cost, and what at most, in US dollars; nothing is spent.

    None where it costs nothing: no language model is hired for it, or the brief names its tasks itself.
    """
    spec = crew.chat_of("director")
    if spec is None or not wants_directing(brief):
        return None
    ask = ask_director(brief, crew)
    return spec.likely_micros(ask) / 1e6, spec.most_micros(ask) * 2 / 1e6


async def direct(
    thinker: Thinker, brief: Brief, *, seed: int = 0, answers: Sequence[tuple[str, str]] = ()
) -> Thought[Directed]:
    """Have a brief in prose made whole: departments, entities, tasks and shots that can be planned within its budget.

    Args:
        thinker: whose crew and money.
        brief: what it says is kept.
        seed: the production's.
        answers: what was asked about it before, with the director's answers.
    """
    ask = ask_director(brief, thinker.crew, answers=answers)
    return await thinker.think(ask, lambda answer: read_director(answer, brief, thinker.crew, seed=seed))


async def direct_in(
    out: str | Path,
    brief: Brief,
    crew: Crew,
    *,
    settings: Settings,
    seed: int = 0,
    answers: Sequence[tuple[str, str]] = (),
) -> Thought[Directed]:
    """Have a brief directed before its production begins, its price in the books of the folder it will have.

    Produce the brief this gives, into the same folder: what was thought is then part of its bill. Without a language
    model nothing is written, and the thought says why there is none.

    Raises:
        OutputError: the folder cannot be used.
    """
    if crew.chat_of("director") is None:
        return Thought(found=None, why="no language model is hired for the director")
    folder, studio = Folder(Path(out)), open_studio(settings)
    folder.check_usable()
    journal = studio.open_journal(folder, budget_usd=crew.direction_usd(brief.budget_usd))
    try:
        thinker = Thinker(
            production=str(digest_of(brief)),
            crew=crew,
            journal=journal,
            store=studio.settle_store(folder, is_new=journal.history.planned is None),
            budget_usd=brief.budget_usd,
        )
        await thinker.settle_lost()
        return await direct(thinker, brief, seed=seed, answers=answers)
    finally:
        await journal.close()


async def other_words(
    thinker: Thinker, task: Task, verdict: Verdict, *, tried: Sequence[str], look: Look, words: frozenset[str]
) -> Thought[str]:
    """Have a task's prompt reworded after its picture failed, with nothing lost that it must show.

    Args:
        thinker: whose crew and money.
        task: with its must-haves.
        verdict: what was wrong.
        tried: prompts of its takes so far, oldest first.
        look: the voice to speak in.
        words: all that its maker was taught; empty for any.
    """
    prompt = tried[-1] if tried else task.prompt
    ask = ask_reviser(task, prompt, verdict.findings, look, words=words)
    return await thinker.think(
        ask, lambda answer: read_reviser(answer, task, look, tried=tried, words=words), task=task.name
    )


async def opinions_of_chat(
    thinker: Thinker, task: Task, picture: bytes, asked: Sequence[Requirement], before: Sequence[Opinion]
) -> tuple[Opinion, ...]:
    """Have the language model of the panel look at a picture, one question a requirement.

    It costs money by the question, so it is asked last: about a picture that the others refuse already it is not asked
    at all, and after one question that nobody answered it is asked no other.

    Args:
        thinker: whose crew and money.
        task: whose picture.
        picture: PNG bytes.
        asked: the task's requirements.
        before: what the others said.
    """
    spec = thinker.asks("critic")
    seat = next((one for one in thinker.crew.critics if one.is_chat), None)
    if spec is None or seat is None:
        return ()
    due = [one for one in asked if one.kind in seat.checks and can_be_asked(one)]
    scored = {one.requirement for one in before if not isinstance(one, Unscored)}
    known = [one for one in asked if one.id in scored]
    if not due or not judge("", known, before, floor=task.gate.floor).passed:
        return ()
    first, rest = due[0], due[1:]
    thought = await _opinion(thinker, spec, task, picture, first)
    if isinstance(thought, Unscored) and not thought.reason.startswith(_UNSURE):
        return (thought, *(replace(thought, requirement=one.id) for one in rest))
    return (thought, *await asyncio.gather(*(_opinion(thinker, spec, task, picture, one) for one in rest)))


_UNSURE = "the model is unsure"


async def _opinion(thinker: Thinker, spec: ChatSpec, task: Task, picture: bytes, requirement: Requirement) -> Opinion:
    def read(answer: Answer) -> Opinion | Fault:
        return read_critic(answer, requirement)

    thought: Thought[Opinion] = await thinker.think(ask_critic(requirement, picture, spec), read, task=task.name)
    return thought.found or Unscored(requirement=requirement.id, critic=CRITIC, reason=thought.why[:300])


async def note_for(thinker: Thinker, plan: Plan, manifest: Manifest, strips: Sequence[Strip]) -> Thought[str]:
    """Have three sentences written for the first page of a delivery."""
    report = report_of(plan, manifest, strips)
    return await thinker.think(ask_notes(report), lambda answer: read_notes(answer, report))


async def understood(
    thinker: Thinker, text: str, plan: Plan | None, *, earlier: Sequence[str] = ()
) -> Thought[tuple[Wish | Unclear, ...]]:
    """Have what a director said understood as wishes: names are the plan's, and nobody says yes for the director.

    Args:
        thinker: whose crew and money.
        text: what was said now.
        plan: of the production; None before there is one.
        earlier: what was said before, oldest first.
    """
    makers = tuple(maker.name for maker in thinker.crew.makers)
    ask = ask_session(text, plan, makers=makers, earlier=earlier)
    return await thinker.think(ask, lambda answer: read_session(answer, text, plan))
