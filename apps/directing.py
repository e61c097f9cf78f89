"""`callsheet direct`: a session in a terminal, or from a script with one line of the director's per line."""

import asyncio
import sys
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path

from rich.console import Console
from rich.text import Text

from ..core.canonical import to_plain
from ..core.errors import OutputError
from ..core.settings import Settings, read_settings
from ..graphs.session.news import News
from ..graphs.session.session import Reply, Session
from .door import ERROR, OK, complain, say
from .prompting import Prompt
from .tables import people
from .transcript import write_transcript

_MOST_LINE = 2_000
"""Characters of a script's line."""


def direct(
    folder: Path, *, script: Path | None, brief: str | None, by: str, seed: int, crew: Path | None, as_json: bool
) -> int:
    """Hold a session until the director leaves, or the script ends.

    Raises:
        SetupError: there is no such script, the folder cannot be used, or the brief that was named was not planned.
    """
    settings = read_settings()
    if crew:
        settings = settings.model_copy(update={"crew": crew})
    lines = _lines_of(script) if script else None
    fault = asyncio.run(_hold(folder, lines, brief, by, seed, settings, as_json=as_json))
    if fault:
        complain(fault, as_json=as_json, kind="RunStopped")
    return ERROR if fault else OK


def _lines_of(script: Path) -> list[str]:
    try:
        text = script.read_text(encoding="utf-8") if str(script) != "-" else sys.stdin.read()
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise OutputError(str(script), f"cannot be read ({why})", "check the path") from None
    lines = [line.strip() for line in text.splitlines()]
    return [line[:_MOST_LINE] for line in lines if line and not line.startswith("#")]


async def _hold(  # noqa: PLR0917 - what the command was told
    folder: Path, lines: list[str] | None, brief: str | None, by: str, seed: int, settings: Settings, *, as_json: bool
) -> str:
    """Hold it; say why the crew's work stopped, where it did."""
    async with Session(folder, by=by, seed=seed, settings=settings) as session:
        shown = _Shown(session, people(stderr=as_json), as_json=as_json)
        first = [brief] if brief and session.view is None else []
        if brief and session.view and not as_json:
            shown.tell(f"{session.view.plan.title} is made here already; the brief you named is left alone")
        async with shown.following():
            if lines is None:
                await _talk(session, shown, first)
            else:
                await _play(session, shown, first)
                # Where the brief makes no sense the next line is no brief either.
                await _play(session, shown, lines if session.view or session.is_offering or not first else [])
        path = write_transcript(folder, session.turns)
        if path and not as_json:
            shown.tell(f"transcript: {path}")
        if brief and session.view is None:
            raise OutputError(str(folder), "holds no production: the brief was not planned", "mend what was said of it")
        return session.fault


async def _play(session: Session, shown: "_Shown", lines: Iterable[str]) -> None:
    """Say the lines of a script; each is said when the crew has done what those before it led to."""
    for line in lines:
        if not shown.as_json:
            shown.tell(f"> {line}", style="bold")
        reply = await session.say(line)
        shown.reply(line, reply)
        if reply.is_over:
            break
        await session.idle()
        await session.heard()


async def _talk(session: Session, shown: "_Shown", lines: Iterable[str]) -> None:
    """Take lines from the keyboard; the crew works and tells meanwhile."""
    for line in lines:
        shown.reply(line, await session.say(line))
    if session.proposal:
        shown.tell("\n".join([*session.proposal.says, "Shall I?"]))
    prompt = Prompt(session)
    while (typed := await prompt.ask()) is not None:
        if not typed:
            continue
        reply = await session.say(typed)
        shown.reply(typed, reply)
        if reply.is_over:
            break


class _Shown:
    """What the person at the terminal sees, or the program that reads it."""

    def __init__(self, session: Session, console: Console, *, as_json: bool) -> None:
        self._session, self._console, self.as_json = session, console, as_json

    def tell(self, text: str, style: str = "") -> None:
        """Print words as they are, but for what would move the cursor or ring the bell."""
        self._console.print(Text(_plain(text), style=style), soft_wrap=True)

    def reply(self, line: str, reply: Reply) -> None:
        """Show an answer."""
        if self.as_json:
            say(
                {
                    "event": "turn_taken",
                    "text": line,
                    "wishes": [to_plain(one) for one in reply.wishes],
                    "reply": reply.text,
                    "proposal": to_plain(reply.proposal) if reply.proposal else None,
                }
            )
        else:
            self.tell(reply.text)

    @asynccontextmanager
    async def following(self) -> AsyncIterator[None]:
        """Show what happens meanwhile."""
        task = asyncio.get_running_loop().create_task(self._follow())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.wait([task])

    async def _follow(self) -> None:
        async for one in self._session.news():
            self._news(one)

    def _news(self, one: News) -> None:
        if self.as_json:
            say({"event": "news", "kind": one.kind, "text": one.text, "task": one.task})
        elif one.kind != "take":
            self.tell(f"  {one.text}", style="dim")


def _plain(text: str) -> str:
    """Leave out what is not to be seen.

    >>> _plain("the keep\\x1b[2J at\\xa0night")
    'the keep[2J at night'
    """
    return "".join(one if one == "\n" or one.isprintable() else " " if one.isspace() else "" for one in text)
