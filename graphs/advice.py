"""What agents ask their language models for: a call sheet, other words, opinions, a note, an understanding.

Each gives a noun, or nothing and the reason: then the caller goes by its rules, and the journal already says so.
"""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from ..agents.aggregator import aggregate
from ..agents.llm.critic import CRITIC, ask_critic, can_be_asked, read_critic
from ..agents.llm.director import Directed, ask_director, read_director, wants_directing
from ..agents.llm.fault import Fault
from ..agents.llm.notes import ask_notes, read_notes, report_of
from ..agents.llm.reviser import ask_reviser, read_reviser
from ..agents.qc import judge
from ..core.brief import Brief, Look
from ..core.canonical import digest_of
from ..core.chat import Answer, ChatSpec
from ..core.crew import Crew
from ..core.decision import Move, Reseed, Rewrite
from ..core.delivery import Strip
from ..core.errors import ChatFailed
from ..core.plan import Plan, Requirement, Task
from ..core.ports import Journal, Store
from ..core.settings import Settings
from ..core.take import Opinion, Take, Unscored
from ..core.task_record import TaskRecord
from .folder import Folder
from .stage import Stage
from .studio import open_studio, thinker_of
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


async def in_other_words(stage: Stage, move: Move, task: Task, record: TaskRecord, takes: Sequence[Take]) -> Move:
    """Have the words of another try found by a language model, where these have failed twice or a rule wants others.

    Nothing of what the picture must show may be lost in them; where the model fails, the move stays what it was.

    Args:
        stage: the production.
        move: what the reviser chose.
        task: with its must-haves.
        record: its verdicts.
        takes: of this round, oldest first; the last one failed.
    """
    recipes = [take.recipe for take in takes if take.recipe]
    thinker, tried = stage.thinker, [recipe.prompt for recipe in recipes]
    if thinker is None or not thinker.asks("reviser") or not recipes:
        return move
    if not isinstance(move, Rewrite) and not (isinstance(move, Reseed) and tried[-1] in tried[:-1]):
        return move
    words, look = frozenset(stage.crew.maker(recipes[-1].maker).words), Look(palette=stage.palette)
    ask = ask_reviser(task, tried[-1], record.verdicts[takes[-1].id].findings, look, words=words)

    def read(answer: Answer) -> str | Fault:
        return read_reviser(answer, task, look, tried=tried, words=words)

    thought = await thinker.think(ask, read, task=task.name)
    return Rewrite(prompt=thought.found, why=f"{move.why}; worded by {thought.chat}") if thought.found else move


async def looked_by_chat(
    stage: Stage, task: Task, digest: str, asked: Sequence[Requirement], before: Sequence[Opinion]
) -> tuple[Opinion, ...]:
    """Have the language model of the panel look at a picture, one question a requirement.

    It costs money by the question, so it is asked last: about a picture that the others refuse already it is not asked
    at all, and after one question that nobody answered it is asked no other.

    Args:
        stage: the production.
        task: whose picture.
        digest: of the picture.
        asked: the task's requirements.
        before: what the others said.

    Raises:
        ChatFailed: nobody answered, and a must-have hangs on it: the picture is looked at another day. What was
            answered by then is kept, and not paid for again.
    """
    thinker, seat = stage.thinker, next((one for one in stage.crew.critics if one.is_chat), None)
    spec = thinker.asks("critic") if thinker else None
    if thinker is None or spec is None or seat is None:
        return ()
    due = [one for one in asked if one.kind in seat.checks and can_be_asked(one)]
    scored = {one.requirement for one in before if not isinstance(one, Unscored)}
    known = [one for one in asked if one.id in scored]
    if not due or not judge("", known, before, floor=task.gate.floor).passed:
        return ()
    picture = await asyncio.to_thread(stage.store.get, digest)
    thoughts = [await _opinion(thinker, spec, task, picture, due[0])]
    if not thoughts[0].is_away:
        thoughts += await asyncio.gather(*(_opinion(thinker, spec, task, picture, one) for one in due[1:]))
    if away := next((one for one in thoughts if one.is_away), None):
        if any(one.must and one.id not in scored for one in due):
            raise ChatFailed(spec.name, "unreachable", away.why)
        thoughts += [away] * (len(due) - len(thoughts))
    return tuple(
        thought.found or Unscored(requirement=one.id, critic=CRITIC, reason=thought.why[:300])
        for one, thought in zip(due, thoughts, strict=True)
    )


async def _opinion(
    thinker: Thinker, spec: ChatSpec, task: Task, picture: bytes, requirement: Requirement
) -> Thought[Opinion]:
    def read(answer: Answer) -> Opinion | Fault:
        return read_critic(answer, requirement)

    return await thinker.think(ask_critic(requirement, picture, spec), read, task=task.name)


async def written_note(
    production: str, plan: Plan, crew: Crew, *, journal: Journal, store: Store, strips: Sequence[Strip]
) -> str:
    """Have three sentences written for the first page of a delivery; empty where nobody is hired for it, or fails.

    What they say of money leaves thinking out, so that writing them does not make them untrue.
    """
    thinker = thinker_of(production, plan.budget_usd, crew, journal=journal, store=store)
    if thinker is None or not thinker.asks("notes"):
        return ""
    report = report_of(plan, aggregate(plan, journal.history, crew, production=production), strips)
    thought = await thinker.think(ask_notes(report), lambda answer: read_notes(answer, report))
    return thought.found or ""
