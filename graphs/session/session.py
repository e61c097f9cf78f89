"""A session: one director talks, the crew answers and works. Everything it decides or spends waits for a yes."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ...agents.conversation.scene import Scene, speaking_of
from ...core.brief import Brief
from ...core.chat import Chat
from ...core.errors import SetupError, WorldError
from ...core.fact import TurnTaken
from ...core.proposal import Proposal
from ...core.settings import Settings, read_settings
from ...core.wish import ASKING, Begin, Consent, Leave, Price, ShowPlan, Unclear, Wish
from ...models.catalog import load_crew
from ..folder import Folder
from ..planning import read_brief
from ..studio import open_studio
from .acting import act_on
from .beginning import Offer, directed, offer_of
from .hearing import Heard, hear
from .minutes import left_at, turn_of
from .news import News
from .proposing import propose
from .replying import answer, unclear_in_words
from .shift import Shift
from .view import View


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
        self._shift = Shift(self._folder, by=by, settings=self._settings)
        self._proposal: Proposal | None = None
        self._offer: Offer | None = None
        self._unsaved: list[TurnTaken] = []
        self._turn = asyncio.Lock()

    async def __aenter__(self) -> "Session":
        """Open the production where there is one, and take up the conversation."""
        self._folder.check_usable()
        if self._folder.holds_production:
            await self._open()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Send the crew home; what was said, decided and made stays."""
        await self._shift.close()

    @property
    def view(self) -> View | None:
        """The production as it stands; None before there is one."""
        return self._shift.view

    @property
    def proposal(self) -> Proposal | None:
        """What waits for a yes."""
        return self._proposal

    @property
    def turns(self) -> Sequence[TurnTaken]:
        """What was said so far, in this session and those before it."""
        return self.view.history.turns if self.view else self._unsaved

    @property
    def is_busy(self) -> bool:
        """Whether the crew is at work."""
        return self._shift.is_busy

    @property
    def fault(self) -> str:
        """Why the crew's work stopped, in words; empty where it did not."""
        return self._shift.fault

    @property
    def names(self) -> tuple[str, ...]:
        """Every name one can speak of: tasks, shots, departments, makers."""
        if self.view is None:
            return self._scene.makers
        plan = self.view.plan
        places = (*(one.name for one in plan.departments), *(one.code for one in plan.shots))
        return (*(task.name for task in plan.tasks), *places, *self._scene.makers)

    @property
    def is_offering(self) -> bool:
        """Whether a brief waits for a word on who breaks it down."""
        return self._offer is not None

    async def idle(self) -> None:
        """Wait until the crew has nothing left to do."""
        await self._shift.idle()

    def news(self) -> AsyncIterator[News]:
        """Yield what happens, as it happens, until the session ends."""
        return self._shift.news()

    async def catch_up(self) -> None:
        """Tell what happened by now, whoever drives; what others decided gives the crew work here as well."""
        await self._shift.catch_up()

    async def heard(self) -> None:
        """Wait until whoever follows the news has heard all that happened by now; somebody must be following."""
        await self._shift.heard()

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
        return await hear(text, self._scene, self.view, chats=self._chats, earlier=earlier)

    async def _answer(self, text: str, heard: Heard) -> Reply:
        lines = [heard.degraded]
        try:
            lines += await self._carry_out(heard.wishes)
        except (SetupError, WorldError) as error:
            self._proposal = None
            lines.append(str(error))
        self._scene = speaking_of(self._scene, heard.wishes)
        reply = "\n".join(line for line in lines if line)
        await self._remember(turn_of(self._by, text, heard, reply=reply, proposal=self._proposal))
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
                    lines.append(await self._answered(one))
        deciding = [
            one for one in wishes if not isinstance(one, (Unclear, Consent, Begin)) and not isinstance(one, ASKING)
        ]
        if deciding:
            lines += await self._propose(deciding)
        return lines

    async def _propose(self, wishes: Sequence[Wish]) -> list[str]:
        view = self.view
        if view is None:
            return ["there is nothing to direct yet: say what the film shows, in a sentence, or name a brief"]
        dropped = ["what was proposed before is dropped"] if self._proposal else []
        self._proposal = None
        self._proposal = await propose(view, wishes)
        self._scene = replace(self._scene, proposed=tuple(wishes))
        return [*dropped, *self._proposal.says, *(f"note: {one}" for one in self._proposal.notices), "Shall I?"]

    async def _consent(self, *, yes: bool) -> list[str]:
        if self._offer:
            return await self._take_offer(self._offer, yes=yes)
        proposal, self._proposal = self._proposal, None
        self._scene = replace(self._scene, proposed=())
        if proposal is None or self.view is None:
            return ["nothing waits for a yes or no"]
        if not yes:
            return ["dropped; nothing was done"]
        said = await act_on(proposal, self.view, by=self._by, settings=self._settings, run=self._shift.run)
        await self._refresh()
        said += await self._shift.go_on()
        return ["done" if not any(one.startswith("not done") for one in said) else "done as far as it could be", *said]

    async def _begin(self, text: str) -> list[str]:
        if self.view is not None:
            title = self.view.plan.title
            return [f"{title} is on the table already: open another folder for another film"]
        brief = read_brief(text)
        self._offer = offer_of(brief, self._crew)
        if self._offer is None:
            return await self._plan(brief)
        self._scene = replace(self._scene, proposed=(Begin(brief=text),))
        return [self._offer.says]

    async def _plan(self, brief: Brief) -> list[str]:
        plan = await self._shift.plan(brief, self._seed)
        await self._open()
        shown = [await self._answered(one) for one in (ShowPlan(), Price())]
        return [f"I would make {plan.title} like this, and have spent nothing on it yet:", *shown]

    async def _take_offer(self, offer: Offer, *, yes: bool) -> list[str]:
        """Have a language model break the brief down, or plan it by rules."""
        self._offer, self._scene = None, replace(self._scene, proposed=())
        if not yes:
            return await self._plan(offer.brief)
        brief, said = await directed(offer, self._folder, self._crew, seed=self._seed, settings=self._settings)
        return [*said, *await self._plan(brief)]

    async def _answered(self, asked: Wish) -> str:
        view = self.view
        return await view.aside(lambda: answer(view, asked)) if view else answer(None, asked)

    async def _open(self) -> None:
        """Open the production where one is planned: a model may have been asked about a brief that never was."""
        journal = open_studio(self._settings).open_journal(self._folder)
        if journal.history.planned is None:
            await journal.close()
            return
        view = View(folder=self._folder, journal=journal, crew=self._crew)
        try:
            await view.refresh()
        except BaseException:
            await journal.close()
            raise
        if self._unsaved:
            await journal.record(*self._unsaved)
            self._unsaved.clear()
        self._scene, self._proposal = left_at(journal.history.turns, self._scene)
        await self._shift.follow(view)
        await self._refresh()

    async def _refresh(self) -> None:
        """Bring what words may be about up to date."""
        if self.view is None:
            return
        await self.view.refresh()
        board = self.view.board()
        self._scene = replace(
            self._scene,
            plan=self.view.plan,
            brief=self.view.brief,
            states={name: str(card.state) for name, card in board.cards.items()},
        )

    async def _remember(self, turn: TurnTaken) -> None:
        if self.view:
            await self.view.journal.record(turn)
        else:
            self._unsaved.append(turn)
