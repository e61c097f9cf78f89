"""The rim around language models: money set aside, the question asked, the answer kept and settled, or rules gone by.

Whoever wants a thought writes down two things, both pure: the question, and how its answer becomes a noun or a fault.
An answer that is kept is never paid for again: after a crash, or when a session is gone through once more, the same
question finds it in the journal.
"""

import asyncio
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Final, Generic, Literal, TypeVar, cast

import structlog

from ..agents.llm.fault import Fault
from ..core.call import ResultDropped
from ..core.canonical import digest_of, from_json, to_json
from ..core.chat import MOST_CHARS, Agent, Answer, Ask, Chat, ChatSpec, Exchange, exchange_of, writable
from ..core.crew import Crew
from ..core.errors import AssetDamaged, AssetMissing, BudgetExceeded, ChatFailed, DirectionSpent
from ..core.history import History
from ..core.money import to_micros, to_usd
from ..core.ports import Journal, Store
from ..core.secret import redacted
from ..core.thought import DIRECTION, AnswerGiven, FellBack, ThoughtReserved, ThoughtUnknown, ThoughtVoided
from ..core.thought import Thought as Asked
from ..models.catalog import CHATS

log = structlog.get_logger()

T = TypeVar("T")

MOST_REPAIRS: Final = 1
"""Times a model is told what was wrong with its answer."""

_GRACE_SECONDS: Final = 60.0
"""After its deadline a question that nobody settled counts as lost."""

_PROCESS = secrets.token_hex(8)
_tries = count(1)

Read = Callable[[Answer], T | Fault]
"""Turns an answer into a noun, or says what is wrong with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Thought(Generic[T]):
    """What came of asking: a noun, or why there is none and the rules must do."""

    found: T | None
    why: str = ""
    """Why there is none; empty where there is one."""
    chat: str = ""
    """Who was asked; empty where the crew has nobody for it."""
    usd: float = 0.0
    is_away: bool = False
    """Whether nobody answered at all, or there was no money to ask: another day it may be otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Thinker:
    """The language models of a production, and the money they may cost."""

    production: str
    crew: Crew
    journal: Journal
    store: Store
    budget_usd: float
    """Of the production; its crew says what share of it may go into thinking."""
    chats: Mapping[str, Chat] = field(default_factory=dict)
    """By name, instead of those the crew file names; for tests and for going through a session again."""
    _open: dict[str, Chat] = field(init=False, default_factory=dict)
    _door: asyncio.Lock = field(init=False, default_factory=asyncio.Lock)
    _purse: asyncio.Lock = field(init=False, default_factory=asyncio.Lock)

    def asks(self, agent: Agent) -> ChatSpec | None:
        """Give the model an agent asks; None where it goes by its rules."""
        return self.crew.chat_of(agent)

    def price_usd(self, ask: Ask) -> tuple[float, float]:
        """Say what a question is likely to cost, and what at most, repair included; nothing is spent."""
        spec = self.asks(ask.agent)
        if spec is None:
            return 0.0, 0.0
        return to_usd(spec.likely_micros(ask)), to_usd(spec.most_micros(ask) * (1 + MOST_REPAIRS))

    async def think(self, ask: Ask, read: Read[T], *, task: str = "") -> Thought[T]:
        """Ask, have a wrong answer repaired once, and say what came of it; never raises for what a model does.

        Args:
            ask: the question; what looks like a key in it is blotted out before anybody is told.
            read: pure; a fault that it says can be mended is told to the model once.
            task: what it is about.

        Returns:
            The noun; or None with the reason, which is journalled as `FellBack` where a model was asked.
        """
        spec = self.asks(ask.agent)
        if spec is None:
            return Thought(found=None, why=f"no language model is hired for the {ask.agent}")
        usd, why, is_away = 0.0, "", False
        ask = ask.without_secrets()
        for repairs_left in range(MOST_REPAIRS, -1, -1):
            try:
                answer, paid = await self._answer(spec, ask, task)
            except (ChatFailed, BudgetExceeded) as error:
                why, is_away = str(error), True
                break
            usd += paid
            found = await asyncio.to_thread(read, answer)
            if not isinstance(found, Fault):
                return Thought(found=found, chat=spec.name, usd=usd)
            why = f"{spec.name} {_SAYS[found.kind]}: {found.says}"
            log.info("answer_refused", agent=ask.agent, chat=spec.name, kind=found.kind, why=found.says[:80])
            if not found.can_be_mended or not repairs_left:
                break
            ask = ask.told(answer.text, found.says).without_secrets()
        await self.fall_back(ask.agent, spec.name, why, task=task)
        return Thought(found=None, why=why, chat=spec.name, usd=usd, is_away=is_away)

    async def fall_back(self, agent: Agent, chat: str, why: str, *, task: str = "") -> None:
        """Journal that an agent goes by its rules."""
        log.warning("agent_fell_back", agent=agent, chat=chat, task=task, why=why[:80])
        await self.journal.record(FellBack(agent=agent, task=task, chat=chat, why=why[:500]))

    async def settle_lost(self, *, now: datetime | None = None) -> None:
        """Take for unknown what was asked by a process that is gone: nobody can tell whether the work was done."""
        now = now or datetime.now(UTC)
        facts = [
            _lost(one, "whoever asked ended before the answer came")
            for one in self.journal.history.thoughts.values()
            if one.state == "sent"
            and datetime.fromisoformat(one.at) + timedelta(seconds=one.seconds + _GRACE_SECONDS) < now
        ]
        for fact in facts:  # each by itself: one that was answered after all must not keep the others open
            await self.journal.record(fact)

    async def _answer(self, spec: ChatSpec, ask: Ask, task: str) -> tuple[Answer, float]:
        """Give the answer to a question, from the journal where it is there; and what was paid for it now."""
        if kept := await self._kept(ask):
            return kept, 0.0
        micros = spec.most_micros(ask)
        chat = await self._chat(spec)
        async with self._purse:  # so that two who ask at once do not both get what is left of the share
            self._check_share(micros)
            token = f"{_PROCESS}-{next(_tries)}"
            reserved = ThoughtReserved(
                key=digest_of((self.production, DIRECTION, ask.digest(), token)),
                agent=ask.agent,
                task=task,
                chat=spec.name,
                micros=micros,
                token=token,
                prompt=ask.prompt,
                ask=ask.digest(),
                seconds=spec.seconds,
            )
            await self.journal.record(reserved)
        try:
            answer = _tidy(await chat.ask(ask))
        except ChatFailed as error:
            await self.journal.record(_without_answer(reserved, str(error), may_have_run=error.may_have_run))
            raise
        except BaseException:
            # Cancelled, or our own mistake, with the question out: it may be charged, whatever else happens.
            await asyncio.shield(
                self.journal.record(_without_answer(reserved, "given up while it was out", may_have_run=True))
            )
            raise
        exchange = await asyncio.to_thread(self._keep, spec, ask, answer)
        due = spec.micros(answer.tokens_in, answer.tokens_out)
        paid = AnswerGiven(
            key=reserved.key,
            agent=ask.agent,
            task=task,
            chat=spec.name,
            model=answer.model,
            token=reserved.token,
            prompt=ask.prompt,
            ask=reserved.ask,
            tokens_in=answer.tokens_in,
            tokens_out=answer.tokens_out,
            micros=min(due, micros),
            uncovered_micros=max(0, due - micros),
            stop=answer.stop,
            exchange=exchange,
        )
        written = await self.journal.record(paid)
        if any(isinstance(entry.fact, ResultDropped) for entry in written):
            raise ChatFailed(spec.name, "unreachable", "its answer came after it was given up")
        if paid.uncovered_micros:
            log.warning("chat_counts_too_much", chat=spec.name, tokens_in=answer.tokens_in, micros=due)
        return answer, to_usd(paid.micros)

    async def _kept(self, ask: Ask) -> Answer | None:
        """Find the answer to the very same question, asked of whatever model the crew had."""
        digest = ask.digest()
        for thought in self.journal.history.thoughts.values():
            if thought.ask == digest and thought.exchange and thought.state == "settled":
                try:
                    kept: Exchange = from_json(Exchange, await asyncio.to_thread(self.store.get, thought.exchange))
                except (AssetMissing, AssetDamaged, ValueError):
                    continue
                return kept.answer
        return None

    def _keep(self, spec: ChatSpec, ask: Ask, answer: Answer) -> str:
        return self.store.put(to_json(exchange_of(spec.name, ask, answer)).encode())

    def _check_share(self, micros: int) -> None:
        """Refuse what the share of thinking does not cover, before anything is reserved."""
        history = self.journal.history
        spent = sum(history.thinking_micros().values()) + history.thinking_held_micros()
        left = to_micros(self.crew.direction_usd(self.budget_usd)) - spent
        if micros > left:
            raise DirectionSpent(to_usd(micros), to_usd(left))

    async def _chat(self, spec: ChatSpec) -> Chat:
        """Give the one chat of a name: all who ask it wait in the same line. Its library takes seconds to import."""
        if spec.name in self.chats:
            return self.chats[spec.name]
        async with self._door:
            if spec.name not in self._open:
                self._open[spec.name] = await asyncio.to_thread(_opened, spec)
        return self._open[spec.name]


def _opened(spec: ChatSpec) -> Chat:
    return cast("Callable[[ChatSpec], Chat]", CHATS.get(spec.provider))(spec)


def _tidy(answer: Answer) -> Answer:
    """Give an answer as it can be kept, so that what is read now and what a replay reads are the same."""
    text = redacted(writable(answer.text[: MOST_CHARS + 1]))
    return replace(answer, text=text, model=writable(answer.model))


async def exchanges_of(history: History, store: Store) -> tuple[Exchange, ...]:
    """Give every question of a production with its answer, oldest first: what a `ReplayedChat` takes."""
    digests = [thought.exchange for thought in history.thoughts.values() if thought.exchange]
    return tuple([from_json(Exchange, await asyncio.to_thread(store.get, digest)) for digest in digests])


_SAYS: Final[Mapping[Literal["refused", "truncated", "malformed"], str]] = {
    "refused": "would not answer",
    "truncated": "was cut off",
    "malformed": "answered what cannot be used",
}


def _without_answer(reserved: ThoughtReserved, why: str, *, may_have_run: bool) -> ThoughtVoided | ThoughtUnknown:
    """Say how a question without an answer ends: free of charge where it cannot have been worked on."""
    why = why[:500]
    if not may_have_run:
        return ThoughtVoided(key=reserved.key, agent=reserved.agent, task=reserved.task, token=reserved.token, why=why)
    return _lost(reserved, why)


def _lost(asked: ThoughtReserved | Asked, why: str) -> ThoughtUnknown:
    return ThoughtUnknown(key=asked.key, agent=asked.agent, task=asked.task, token=asked.token, why=why)
