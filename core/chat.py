"""Language models as a port: what a crew file says of one, what it is asked, what it answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from ipaddress import ip_address
from math import ceil
from typing import Annotated, ClassVar, Final, Literal, Protocol
from urllib.parse import urlsplit

from pydantic import ConfigDict, Field

from .canonical import digest_of, digest_of_bytes
from .secret import redacted

_STRICT = ConfigDict(extra="forbid")

Agent = Literal["director", "reviser", "critic", "notes", "session"]
"""Who may ask a language model; without one, or when it fails, each goes by its rules."""

MOST_CHARS: Final = 400_000
"""Of one answer; a longer one is refused unread."""

_TOKENS_AROUND: Final = 512
"""Of one request beside its texts: what an API wraps them in."""

Price = Annotated[float, Field(ge=0, le=100_000, allow_inf_nan=False)]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatSpec:
    """One language model of the crew: where it answers, what it can do, what it costs."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT
    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,31}:[^\s\x00-\x1f]{1,160}$")]
    """`openai:gpt-5-mini`, `anthropic:claude-sonnet-4-5`: who speaks its language, and what they call it."""
    base_url: Annotated[str, Field(pattern=r"^$|^https?://\S+$")] = ""
    """A server that speaks the same language, `http://127.0.0.1:8000/v1`; empty for the provider's own."""
    key_env: Annotated[str, Field(pattern=r"^$|^[A-Z][A-Z0-9_]*$")] = ""
    """The environment variable that holds its key. Empty takes the provider's usual one, and for a server of one's own
    none at all: no key goes to a host it was not given for."""
    usd_per_million_in: Price | None = None
    usd_per_million_out: Price | None = None
    """None is unpriced: such a model is never asked."""
    tokens_out: Annotated[int, Field(ge=16, le=200_000)] = 4096
    """The most of one answer, hidden thinking included."""
    tokens_per_picture: Annotated[int, Field(ge=0, le=100_000)] = 2000
    """The most one picture counts for."""
    sees: bool = False
    """Whether it can be shown pictures."""
    logprobs: bool = False
    """Whether it says how sure it is of each token it writes."""
    seconds: Annotated[float, Field(gt=0, le=3600)] = 60.0
    """Until the whole answer is there, waiting and trying again included."""
    tries: Annotated[int, Field(ge=1, le=10)] = 4
    """Of one call, where the server is busy."""
    at_once: Annotated[int, Field(ge=1, le=256)] = 4
    """Calls under way at the same time."""
    settings: Mapping[Literal["temperature", "top_p", "seed", "reasoning_effort"], str | int | float] = field(
        default_factory=dict
    )
    """What its server is told about how to think."""

    @property
    def provider(self) -> str:
        """Name the language it speaks."""
        return self.name.partition(":")[0]

    @property
    def model(self) -> str:
        """Name it as its server does."""
        return self.name.partition(":")[2]

    @property
    def is_key_in_the_clear(self) -> bool:
        """Say whether its key would cross a network unencrypted."""
        host = urlsplit(self.base_url).hostname or ""
        return bool(self.key_env) and self.base_url.startswith("http:") and not _is_this_machine(host)

    def micros(self, tokens_in: int, tokens_out: int) -> int:
        """Say what so many tokens cost in micro-dollars, rounded up: a price per million tokens is one per token.

        >>> ChatSpec(name="openai:m", usd_per_million_in=0.25, usd_per_million_out=2.0).micros(1000, 10)
        270
        """
        return ceil(tokens_in * (self.usd_per_million_in or 0.0) + tokens_out * (self.usd_per_million_out or 0.0))

    def most_micros(self, ask: "Ask") -> int:
        """Say what one call can cost at most: no token is shorter than a byte, no answer longer than allowed."""
        return self.micros(ask.most_tokens(self.tokens_per_picture), self.tokens_out_for(ask))

    def tokens_out_for(self, ask: "Ask") -> int:
        """Say how long the answer to a question may be."""
        return min(self.tokens_out, ask.tokens_out or self.tokens_out)

    def likely_micros(self, ask: "Ask") -> int:
        """Say what one call is likely to cost: four bytes to a token, and an answer a quarter as long as may be."""
        return self.micros(ask.most_tokens(self.tokens_per_picture) // 4, self.tokens_out_for(ask) // 4)

    def identity(self) -> str:
        """Name what thinks, whatever it costs and however long one waits for it."""
        return digest_of((self.name, self.base_url, self.tokens_out, self.sees, self.logprobs, dict(self.settings)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Agents:
    """Which agent asks which chat; one that is not named goes by its rules."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT
    director: str = ""
    reviser: str = ""
    critic: str = ""
    notes: str = ""
    session: str = ""
    share: Annotated[float, Field(gt=0, le=0.9)] = 0.1
    """The share of a budget that may go into thinking; the tasks get the rest."""

    def chat_of(self, agent: Agent) -> str:
        """Name the chat an agent asks; empty where it goes by its rules."""
        named: str = getattr(self, agent)
        return named

    @property
    def named(self) -> dict[Agent, str]:
        """Give every agent that asks a chat, with its name."""
        agents: tuple[Agent, ...] = ("director", "reviser", "critic", "notes", "session")
        return {agent: self.chat_of(agent) for agent in agents if self.chat_of(agent)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One thing said to a model, or by it."""

    who: Literal["we", "model"]
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One question to a model, complete: the same question has the same digest in every process and on every day."""

    agent: Agent
    prompt: str
    """Digest of the prompt file it was built from."""
    system: str
    turns: tuple[Turn, ...]
    schema_name: str = ""
    schema: str = ""
    """The JSON Schema the answer must fit, as JSON; empty where plain words are wanted."""
    pictures: tuple[bytes, ...] = ()
    """PNG bytes, shown with the first turn."""
    tokens_out: int = 0
    """The most the answer may take, where that is less than its model's; 0 leaves it there."""
    is_yes_or_no: bool = False
    """Whether the answer begins with yes or no, and how sure the model is of that is wanted."""

    def told(self, answer: str, fault: str) -> "Ask":
        """Give the question that tells a model what was wrong with its answer."""
        heard = f"{answer[:4000]}\n[...]" if len(answer) > 4000 else answer
        mend = f"That answer cannot be used: {fault}\nAnswer again, whole, with that mended."
        turns = (*self.turns, Turn(who="model", text=heard or "(nothing)"), Turn(who="we", text=mend))
        return replace(self, turns=turns)

    def most_tokens(self, tokens_per_picture: int) -> int:
        """Say how many tokens it can be at most, however a model cuts its words."""
        texts = (self.system, self.schema, self.schema_name, *(turn.text for turn in self.turns))
        written = sum(len(text.encode("utf-8", "replace")) for text in texts)
        return written + tokens_per_picture * len(self.pictures) + _TOKENS_AROUND

    def digest(self) -> str:
        """Name it, pictures by their digests."""
        words = (
            self.agent,
            self.prompt,
            self.system,
            self.schema_name,
            self.schema,
            self.is_yes_or_no,
            self.tokens_out,
        )
        turns = tuple((turn.who, turn.text) for turn in self.turns)
        return digest_of((words, turns, tuple(digest_of_bytes(one) for one in self.pictures)))

    def without_secrets(self) -> "Ask":
        """Blot out what looks like a key, before anybody is told and anything is kept."""
        turns = tuple(replace(turn, text=redacted(turn.text)) for turn in self.turns)
        return replace(self, system=redacted(self.system), turns=turns)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back, and what it took."""

    text: str
    stop: Literal["end", "truncated", "refused", "tool"] = "end"
    """Why it ended: by itself, at its length, because the model would not, or in a call of a tool nobody offered."""
    tokens_in: int
    tokens_out: int
    model: str = ""
    """As the server names itself."""
    yes: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)] | None = None
    """How likely `yes` was, in [0, 1]; None where the server does not say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """A question with its answer, as it is kept: a session can be gone through again without the model."""

    schema: Literal["exchange/1"] = "exchange/1"
    chat: str
    ask: str
    """The question's digest."""
    agent: Agent
    prompt: str
    system: str
    turns: tuple[Turn, ...]
    wanted: str = ""
    """The JSON Schema of the answer."""
    pictures: tuple[str, ...] = ()
    """By digest."""
    answer: Answer


class Chat(Protocol):
    """A language model."""

    async def ask(self, ask: Ask) -> Answer:
        """Have it answer, in one paid call; whatever the server said and counted comes back, fit to be used or not.

        Raises:
            ChatFailed: there is no answer; `.retryable` says whether later may help, `.may_have_run` whether the
                server may have done the work, and want money for it, all the same.
        """
        ...


def exchange_of(chat: str, ask: Ask, answer: Answer) -> Exchange:
    """Put a question and its answer down for keeping."""
    return Exchange(
        chat=chat,
        ask=ask.digest(),
        agent=ask.agent,
        prompt=ask.prompt,
        system=ask.system,
        turns=ask.turns,
        wanted=ask.schema,
        pictures=tuple(digest_of_bytes(one) for one in ask.pictures),
        answer=answer,
    )


def writable(text: str) -> str:
    """Give a text that can be written as UTF-8, halves of characters replaced.

    >>> writable("a" + chr(0xD800))
    'a\ufffd'
    """
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _is_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
