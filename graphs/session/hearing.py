"""What a turn means: by patterns and ear, and what those cannot read, where the crew has one, by a language model."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from ...agents.conversation.scene import Scene
from ...agents.conversation.understanding import understand
from ...agents.llm.session import ask_session, read_session
from ...core.chat import Chat
from ...core.plan import Plan
from ...core.wish import Unclear, Wish
from ..studio import thinker_of
from ..thinking import Thinker, Thought
from .view import View


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A turn as it was understood."""

    wishes: Sequence[Wish | Unclear]
    by: str = "grammar"
    degraded: str = ""
    """Why a language model that was asked did not help; told to the director."""


async def hear(
    text: str, scene: Scene, view: View | None, *, chats: Mapping[str, Chat], earlier: Sequence[str]
) -> Heard:
    """Understand a turn.

    A yes is never taken from a language model; it is asked, and paid, only for what patterns and ear cannot read.

    Args:
        text: what was said.
        scene: what it may be about.
        view: of the production; None before there is one.
        chats: language models by name, instead of those the crew file names.
        earlier: what was said before, oldest first.
    """
    wishes = understand(text, scene)
    if view is None or not any(isinstance(one, Unclear) for one in wishes):
        return Heard(wishes=wishes)
    name = f"{view.folder.root.name}/session"
    thinker = thinker_of(name, view.bill.budget_usd, view.crew, journal=view.journal, store=view.store)
    if thinker is None or not thinker.asks("session"):
        return Heard(wishes=wishes)
    thought = await _understood(replace(thinker, chats=chats), text, view.plan, earlier=earlier)
    if thought.found is None:
        why = f"{thought.chat} was no help, so this was read by rules: {thought.why}"
        return Heard(wishes=wishes, degraded=why)
    return Heard(wishes=thought.found, by=thought.chat)


async def _understood(
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
