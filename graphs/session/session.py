"""A session: one director talks, the crew answers and works. Everything it decides or spends waits for a yes."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from ...agents.conversation.scene import Scene, speaking_of
from ...core.brief import Brief
from ...core.canonical import from_json, to_json
from ...core.chat import Chat
from ...core.errors import Bug, SetupError, StaleDecision, WorldError
from ...core.fact import Greenlit, TurnTaken
from ...core.proposal import Pack, Proposal, Roll, SetBudget
from ...core.settings import Settings, read_settings
from ...core.wish import ASKING, AnyWish, Begin, Consent, Leave, Price, ShowPlan, Unclear, Wish
from ...models.catalog import load_crew
from ..driver import is_driven
from ..folder import Folder
from ..planning import read_brief
from ..standing import ENDED, step_of
from ..studio import open_studio
from .acting import RunAct, act_on
from .beginning import Offer, directed, offer_of
from .crew_room import CrewRoom
from .hearing import Heard, hear
from .news import News, asks_for_work, marks_passed, news_of
from .proposing import propose
from .replying import answer, unclear_in_words
from .view import View

_LOOKS_EVERY_SECONDS = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What the crew says to one turn."""

    text: str
    wishes: tuple[Wish | Unclear, ...] = ()
    proposal: Proposal | None = None
    """What waits for a yes; None where nothing does."""
    is_over: bool = False
    """Whether the director left."""


class Session:
    """One director and one production, from the first word to the package; `async with Session(...)`.

    The journal keeps what was said and what was proposed: a session that is closed, or killed, is opened again where it
    was, and nothing it decided is decided again.
    """

    def __init__(
        self,
        folder: str | Path,
        *,
        by: str,
        seed: int = 0,
        settings: Settings | None = None,
        chats: Mapping[str, Chat] | None = None,
    ) -> None:
        """Prepare a session.

        Args:
            folder: of the production; a new one is made there by the first turn that describes a film.
            by: the director's name.
            seed: of a new production.
            settings: as in `produce`; its crew file is hired.
            chats: language models by name, instead of those the crew file names: scripted ones, in tests.
        """
        self._chats = chats or {}
        self._folder, self._by, self._seed = Folder(Path(folder)), by, seed
        self._settings = settings or read_settings()
        self._crew = load_crew(self._settings.crew, cores=self._settings.workers)
        self._scene = Scene(makers=tuple(maker.name for maker in self._crew.makers))
        self._view: View | None = None
        self._room: CrewRoom | None = None
        self._proposal: Proposal | None = None
        self._offer: Offer | None = None
        self._unsaved: list[TurnTaken] = []
        self._news: asyncio.Queue[News | None] = asyncio.Queue()
        self._ear: asyncio.Task[None] | None = None
        self._told = 0
        self._mark = 0.0
        self._turn = asyncio.Lock()

    async def __aenter__(self) -> "Session":
        """Open the production where there is one, and take up the conversation."""
        self._folder.check_usable()
        if self._folder.holds_production and await self._is_planned():
            await self._open()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Send the crew home; what was said, decided and made stays."""
        if self._ear:
            self._ear.cancel()
            with suppress(asyncio.CancelledError):
                await self._ear
        if self._room:
            await self._room.close()
        if self._view:
            await self._view.journal.close()
        self._news.put_nowait(None)

    @property
    def view(self) -> View | None:
        """The production as it stands; None before there is one."""
        return self._view

    @property
    def proposal(self) -> Proposal | None:
        """What waits for a yes."""
        return self._proposal

    @property
    def turns(self) -> Sequence[TurnTaken]:
        """What was said so far, in this session and those before it."""
        return self._view.history.turns if self._view else self._unsaved

    @property
    def is_busy(self) -> bool:
        """Whether the crew is at work."""
        return self._room is not None and self._room.is_busy

    @property
    def names(self) -> tuple[str, ...]:
        """Every name one can speak of: tasks, shots, departments, makers."""
        if self._view is None:
            return self._scene.makers
        plan = self._view.plan
        places = (*(one.name for one in plan.departments), *(one.code for one in plan.shots))
        return (*(task.name for task in plan.tasks), *places, *self._scene.makers)

    async def idle(self) -> None:
        """Wait until the crew has nothing left to do."""
        if self._room:
            await self._room.idle()

    async def news(self) -> AsyncIterator[News]:
        """Yield what happens, as it happens, until the session ends."""
        while (one := await self._news.get()) is not None:
            yield one
            self._news.task_done()

    async def say(self, text: str) -> Reply:
        """Take one turn of the director's, in words.

        What is not understood is said, with the nearest things one can say. A turn that proposes nothing leaves an
        earlier proposal waiting only where it merely asks; another wish drops it.
        """
        async with self._turn:
            await self._refresh()
            return await self._answer(text, await self._heard(text))

    async def wish(self, *wishes: Wish) -> Reply:
        """Take one turn as wishes that are understood already."""
        async with self._turn:
            await self._refresh()
            return await self._answer("", Heard(wishes=wishes, by="python"))

    async def agree(self) -> Reply:
        """Say yes to what is proposed."""
        return await self.wish(Consent(yes=True))

    async def _heard(self, text: str) -> Heard:
        earlier = [turn.text for turn in self.turns[-6:]]
        return await hear(text, self._scene, self._view, chats=self._chats, earlier=earlier)

    async def _answer(self, text: str, heard: Heard) -> Reply:
        lines = [heard.degraded]
        try:
            lines += await self._carry_out(heard.wishes)
        except (SetupError, WorldError) as error:
            self._proposal = None
            lines.append(str(error))
        self._scene = speaking_of(self._scene, heard.wishes)
        reply = "\n".join(line for line in lines if line)
        await self._remember(text, heard, reply)
        is_over = any(isinstance(one, Leave) for one in heard.wishes)
        return Reply(text=reply, wishes=tuple(heard.wishes), proposal=self._proposal, is_over=is_over)

    async def _carry_out(self, wishes: Sequence[Wish | Unclear]) -> list[str]:
        lines: list[str] = []
        for one in wishes:
            match one:
                case Unclear():
                    lines.append(unclear_in_words(one))
                case Consent(yes=yes):
                    lines += await self._consent(yes=yes)
                case Begin(brief=brief):
                    lines += await self._begin(brief)
                case _ if isinstance(one, ASKING):
                    lines.append(await asyncio.to_thread(answer, self._view, one))
        deciding = [
            one for one in wishes if not isinstance(one, (Unclear, Consent, Begin)) and not isinstance(one, ASKING)
        ]
        if deciding:
            lines += await self._propose(deciding)
        return lines

    async def _propose(self, wishes: Sequence[Wish]) -> list[str]:
        if self._view is None:
            return ["there is nothing to direct yet: say what the film shows, in a sentence, or name a brief"]
        dropped = ["what was proposed before is dropped"] if self._proposal else []
        self._proposal = None
        self._proposal = await propose(self._view, wishes)
        self._scene = replace(self._scene, proposed=tuple(wishes))
        return [*dropped, *self._proposal.says, *(f"note: {one}" for one in self._proposal.notices), "Shall I?"]

    async def _consent(self, *, yes: bool) -> list[str]:
        if self._offer:
            return await self._take_offer(self._offer, yes=yes)
        proposal, self._proposal = self._proposal, None
        self._scene = replace(self._scene, proposed=())
        if proposal is None or self._view is None:
            return ["nothing waits for a yes or no"]
        if not yes:
            return ["dropped; nothing was done"]
        said = await act_on(proposal, self._view, by=self._by, settings=self._settings, run=self._run)
        await self._refresh()
        if self._view.history.is_greenlit:
            if await self._has_work():
                self._the_room().work()
        elif not (self._room and self._room.is_hired):
            said.append("it is made once you say `go`")
        return ["done" if not any(one.startswith("not done") for one in said) else "done as far as it could be", *said]

    async def _run(self, act: RunAct) -> None:
        view = self._view
        if view is None:
            raise Bug("a run without a production")
        match act:
            case Roll(plan_digest=digest):
                if view.history.planned and view.history.planned.plan_digest != digest:
                    raise StaleDecision("the plan", "it was planned again in the meantime")
                if not view.history.is_greenlit:
                    await self._greenlight(view, digest)
                self._the_room().work()
            case Pack():
                self._the_room().work(packs=True)
            case SetBudget(usd=usd):
                await self._the_room().set_budget(usd)

    async def _greenlight(self, view: View, plan_digest: str) -> None:
        """Write the greenlight down at once: whoever leaves now has given it."""
        weak = tuple(one.task for one in view.plan.preflight if one.state == "degraded")
        found = await asyncio.to_thread(view.outlook)
        await view.journal.record(Greenlit(plan_digest=plan_digest, by=self._by, degraded=weak, outlook=found))

    async def _begin(self, text: str) -> list[str]:
        if self._view is not None:
            title = self._view.plan.title
            return [f"{title} is on the table already: open another folder for another film"]
        brief = read_brief(text)
        self._offer = offer_of(brief, self._crew)
        if self._offer is None:
            return await self._plan(brief)
        self._scene = replace(self._scene, proposed=(Begin(brief=text),))
        return [self._offer.says]

    async def _plan(self, brief: Brief) -> list[str]:
        self._room = self._room_for(brief, self._seed)
        production = await self._room.plan()
        await self._open()
        shown = await asyncio.to_thread(answer, self._view, ShowPlan())
        price = await asyncio.to_thread(answer, self._view, Price())
        return [f"I would make {production.plan.title} like this, and have spent nothing on it yet:", shown, price]

    async def _take_offer(self, offer: Offer, *, yes: bool) -> list[str]:
        """Have a language model break the brief down, or plan it by rules."""
        self._offer, self._scene = None, replace(self._scene, proposed=())
        if not yes:
            return await self._plan(offer.brief)
        brief, said = await directed(offer, self._folder, self._crew, seed=self._seed, settings=self._settings)
        return [*said, *await self._plan(brief)]

    def _the_room(self) -> CrewRoom:
        view = self._view
        if view is None:
            raise Bug("no production to work on")
        if self._room is None:
            brief: Brief = from_json(Brief, view.store.get(view.plan.brief_digest))
            self._room = self._room_for(brief, view.plan.seed)
        return self._room

    def _room_for(self, brief: Brief, seed: int) -> CrewRoom:
        return CrewRoom(
            self._folder.root, brief, seed, by=self._by, settings=self._settings, has_work=self._has_work,
            tell=lambda text: self._news.put_nowait(News(kind="run", text=text)),
        )  # fmt: skip

    async def _has_work(self) -> bool:
        view = self._view
        if view is None:
            return False
        await view.refresh()
        return any(step_of(task, view.history) not in ENDED for task in view.plan.tasks)

    async def _is_planned(self) -> bool:
        """Whether there is a plan: a model may have been asked about a brief that was never planned."""
        journal = open_studio(self._settings).open_journal(self._folder)
        try:
            return journal.history.planned is not None
        finally:
            await journal.close()

    async def _open(self) -> None:
        journal = open_studio(self._settings).open_journal(self._folder)
        self._view = View(folder=self._folder, journal=journal, crew=self._crew)
        await self._view.refresh()
        if self._unsaved:
            await journal.record(*self._unsaved)
            self._unsaved.clear()
        self._told = len(journal.history.entries)
        self._mark = marks_passed(journal.bill(), 0.0)[1]
        self._take_up(journal.history.turns)
        if journal.history.is_greenlit and not is_driven(journal.history) and await self._has_work():
            self._news.put_nowait(News(kind="run", text="nobody is at work, and something is left to do: say `go`"))
        await self._refresh()
        self._ear = asyncio.get_running_loop().create_task(self._listen())

    def _take_up(self, turns: Sequence[TurnTaken]) -> None:
        """Go on where the conversation was: what it was about, and what waits for a yes."""
        for turn in turns[-8:]:
            wishes: list[Wish] = [from_json(AnyWish, one) for one in turn.wishes if '"verb"' in one]
            self._scene = speaking_of(self._scene, wishes)
        if turns and turns[-1].proposal:
            self._proposal = from_json(Proposal, turns[-1].proposal)
            last: list[Wish] = [from_json(AnyWish, one) for one in turns[-1].wishes if '"verb"' in one]
            self._scene = replace(self._scene, proposed=tuple(last))

    async def _refresh(self) -> None:
        """Bring what words may be about up to date."""
        if self._view is None:
            return
        await self._view.refresh()
        board = self._view.board()
        self._scene = replace(
            self._scene,
            plan=self._view.plan,
            brief=self._view.brief,
            states={name: str(card.state) for name, card in board.cards.items()},
        )

    async def _remember(self, text: str, heard: Heard, reply: str) -> None:
        turn = TurnTaken(
            by=self._by,
            text=text,
            wishes=tuple(to_json(one) for one in heard.wishes),
            read_by=heard.by,
            reply=reply,
            proposal=to_json(self._proposal) if self._proposal else "",
            degraded=heard.degraded,
        )
        if self._view:
            await self._view.journal.record(turn)
        else:
            self._unsaved.append(turn)

    async def catch_up(self) -> None:
        """Tell what happened by now, whoever drives; what others decided gives the crew work here as well."""
        view = self._view
        if view is None:
            return
        await view.journal.refresh()
        entries = view.history.entries[self._told :]
        self._told += len(entries)
        for one in news_of(entries):
            self._news.put_nowait(one)
        told, self._mark = marks_passed(view.bill, self._mark)
        if told:
            self._news.put_nowait(told)
        room = self._room
        if room and room.is_hired and any(map(asks_for_work, entries)):
            room.work()
        elif room and room.is_shut_out and not is_driven(view.history) and await self._has_work():
            room.work()  # whoever drove has ended, and left something that was decided meanwhile

    async def heard(self) -> None:
        """Wait until whoever follows the news has heard all that happened by now; somebody must be following."""
        await self.catch_up()
        await self._news.join()

    async def _listen(self) -> None:
        while True:
            await asyncio.sleep(_LOOKS_EVERY_SECONDS)
            await self.catch_up()
