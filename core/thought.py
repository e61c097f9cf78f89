"""What happens when an agent asks a language model: money set aside, an answer paid for, or its rules gone back to."""

from dataclasses import dataclass
from typing import Final, Literal

from .chat import Agent
from .money import to_usd

DIRECTION: Final = "direction"
"""The department that thinking is paid by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ThoughtReserved:
    """Money was set aside for one question to a language model, which then left the house."""

    event: Literal["thought_reserved"] = "thought_reserved"
    key: str
    """Names this try at the question: an answer that is kept is found by the question, and never paid for again."""
    agent: Agent
    task: str = ""
    """What it is about; empty for the whole production."""
    department: str = DIRECTION
    chat: str
    micros: int
    """The most it can cost."""
    token: str
    """Names this try."""
    prompt: str
    """Digest of the prompt file."""
    ask: str
    """Digest of the question."""
    seconds: float
    """After so long there is an answer, or it is lost."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ThoughtVoided:
    """There is no answer, and nothing is owed for it; its reservation is free again."""

    event: Literal["thought_voided"] = "thought_voided"
    key: str
    agent: Agent
    task: str = ""
    token: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ThoughtUnknown:
    """A question whose answer was lost may have been charged; what was reserved counts until somebody finds out."""

    event: Literal["thought_unknown"] = "thought_unknown"
    key: str
    agent: Agent
    task: str = ""
    token: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerGiven:
    """A question was answered; its reservation is settled by this very fact."""

    event: Literal["answer_given"] = "answer_given"
    key: str
    agent: Agent
    task: str = ""
    chat: str
    model: str
    """As the server named itself."""
    token: str
    prompt: str
    ask: str
    tokens_in: int
    tokens_out: int
    micros: int
    uncovered_micros: int = 0
    """What the server's count comes to beyond all that could have been: reserved was less, and no more is paid."""
    stop: Literal["end", "truncated", "refused", "tool", "lost"]
    """`lost` stands in older journals alone: there all was charged that had been reserved."""
    exchange: str = ""
    """Digest of the stored question with its answer; empty for a lost one."""
    why: str = ""
    """How it was lost."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FellBack:
    """An agent went by its rules, for its language model was of no use this time."""

    event: Literal["fell_back"] = "fell_back"
    agent: Agent
    task: str = ""
    chat: str
    why: str

    @property
    def says(self) -> str:
        """Tell a person.

        >>> FellBack(agent="director", chat="openai:m", why="it is too busy").says
        'the director went by its rules: it is too busy'
        """
        about = f" on {self.task}" if self.task else ""
        return f"the {self.agent}{about} went by its rules: {self.why}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Thought:
    """One question as the ledger sees it."""

    key: str
    agent: Agent
    task: str
    chat: str
    micros: int
    token: str
    ask: str
    at: str
    """When its money was set aside."""
    seconds: float
    state: Literal["sent", "settled", "void"] = "sent"
    exchange: str = ""
    tokens_in: int = 0
    tokens_out: int = 0

    @property
    def department(self) -> str:
        """Name who pays for it."""
        return DIRECTION

    @property
    def usd(self) -> float:
        """Say what it cost; for one that is out, what it can cost."""
        return to_usd(self.micros) if self.state != "void" else 0.0
