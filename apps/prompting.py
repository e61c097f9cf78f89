"""The line a director types on: history, completion, and the state of the departments below it."""

from collections.abc import Iterable

from prompt_toolkit import PromptSession
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document
from prompt_toolkit.history import FileHistory, History, InMemoryHistory
from prompt_toolkit.patch_stdout import patch_stdout

from ..graphs.session.session import Session

_SAYINGS = (
    "approve", "budget", "cancel", "compare", "deliver", "go", "help", "leave out", "once more", "pause", "plan",
    "prioritise", "redo", "resume", "show", "status", "what did", "why did", "yes", "no", "bye",
)  # fmt: skip


class Prompt:
    """Asks for one line after another."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._prompt: PromptSession[str] = PromptSession(
            history=_history(session),
            completer=_Names(session),
            complete_while_typing=False,
            bottom_toolbar=self._toolbar,
            refresh_interval=1.0,
        )

    async def ask(self) -> str | None:
        """Give the next line; None when the person ended the input."""
        try:
            with patch_stdout(raw=True):
                return (await self._prompt.prompt_async("> ")).strip()
        except (EOFError, KeyboardInterrupt):
            return None

    def _toolbar(self) -> str:
        view = self._session.view
        if view is None:
            return " nothing planned yet: say what the film shows"
        teams = " | ".join(f"{team.department} {team.accepted}/{team.tasks}" for team in view.board().teams())
        bill = view.bill
        works = "at work" if self._session.is_busy else "waits for your yes" if self._session.proposal else "idle"
        return f" {teams} | {bill.settled_usd:.4f} of {bill.budget_usd:.2f} USD | {works}"


class _Names(Completer):
    """Completes the names of tasks, shots, departments and makers, and how sentences begin."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterable[Completion]:
        """Give what the word under the cursor may become."""
        word = document.get_word_before_cursor(WORD=True)
        is_first = document.text_before_cursor.strip() == word
        for name in (*(_SAYINGS if is_first else ()), *self._session.names):
            if word and name.startswith(word.lower()):
                yield Completion(name, start_position=-len(word))


def _history(session: Session) -> History:
    """Keep what was typed beside the journal, once there is one."""
    view = session.view
    return FileHistory(str(view.folder.inner / "typed")) if view else InMemoryHistory()
