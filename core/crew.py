"""Who is hired: the makers, critics and language models a crew file names."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import PurePath
from typing import Annotated, ClassVar, Final, Literal

from pydantic import ConfigDict, Field

from .brief import MOST_BUDGET_USD, Make
from .canonical import digest_of
from .chat import Agent, Agents, ChatSpec

_STRICT = ConfigDict(extra="forbid")
_MOST_WORKERS: Final = 10_000
_MOST_CORES: Final = 1_000_000
_MOST_SECONDS: Final = 7 * 86_400.0
"""A week: whatever is said to take longer is a slip."""

CHAT_CHECKS = ("existence", "count", "attribute", "relation", "position", "time", "weather", "shot", "absence")
"""What a language model that sees is asked about, where the crew file does not say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MakerSpec:
    """One maker of the crew: what it is, what it can do, what it costs."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT
    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_.-]{0,63}$")]
    kind: str
    """Which code runs it: `sketch`, `diffusers`, `openai`, `post`, `fake`, or an entry point's name."""
    makes: tuple[Make, ...]
    source: str = ""
    """A local folder, as the crew file says it, a hub id, or a service's name for the model."""
    folder: Annotated[str, Field(exclude=True)] = ""
    """Where that folder lies on this machine; found when the crew file is read, and never part of a digest."""
    revision: str = ""
    """For a hub id: the 40 hex digits of a commit."""
    weights_digest: str = ""
    """Digest over the checkpoint's files, taken when the crew file is read."""
    licence: str = "unknown"
    device: str = "cpu"
    """`cpu`, `cuda`, or `api`: somebody else's machines. Its calls then take no cores here, and `replicas_max` alone
    bounds how many are out at once."""
    dtype: Literal["float32", "float16", "bfloat16"] = "float32"
    replicas_min: Annotated[int, Field(ge=0, le=_MOST_WORKERS)] = 1
    replicas_max: Annotated[int, Field(ge=1, le=_MOST_WORKERS)] = 2
    gpus: Annotated[float, Field(ge=0, le=64)] = 0.0
    batch: Annotated[int, Field(ge=1, le=64)] = 1
    """Recipes one call may hold; above 1 only on GPUs."""
    width: Annotated[int, Field(ge=8, le=8192)] = 64
    height: Annotated[int, Field(ge=8, le=8192)] = 64
    steps: Annotated[int, Field(ge=1, le=1000)] = 20
    guidance: Annotated[float, Field(ge=0, le=50)] = 3.0
    usd: Annotated[float, Field(ge=0, le=MOST_BUDGET_USD, allow_inf_nan=False)] | None = None
    """Nominal price of one take. None is unpriced: such a maker is never called."""
    seconds: Annotated[float, Field(gt=0, le=_MOST_SECONDS)] = 1.0
    """Nominal time of one take on one worker."""
    load_seconds: Annotated[float, Field(gt=0, le=_MOST_SECONDS)] = 10.0
    """Nominal time until a new worker has loaded; what is measured replaces it while it runs."""
    strength: Annotated[int, Field(ge=0, le=1000)] = 1
    """Its rung on the ladder: a failing task escalates to a higher one."""
    passes: Mapping[str, Annotated[float, Field(gt=0, le=1)]] = field(default_factory=dict)
    """Measured share of its takes that pass, by kind of requirement (and `ground`, `emptiness`); empty: unknown."""
    repairs: bool = False
    """Whether it paints a masked part of a picture anew well enough to be asked to repair."""
    rewords: bool = False
    """Whether it places things better when told where each stands than by a relation alone."""
    references: bool = False
    """Whether a still of it can keep to the picture of an approved one; the others get the entity in words only."""
    words: tuple[str, ...] = ()
    """Every word it was taught; empty means an open vocabulary."""
    stand_in: str = ""
    """What a person must be told about its pictures."""
    settings: Mapping[str, str | int | float | bool] = field(default_factory=dict)
    """What its kind alone understands."""

    @property
    def is_service(self) -> bool:
        """Whether it only calls a service."""
        return self.device == "api"

    @property
    def portable_source(self) -> str:
        """Name the checkpoint the same way on every machine; a local folder is told by its digest, not its path."""
        return PurePath(self.source).name if self.weights_digest else self.source

    def identity(self) -> str:
        """Name what draws, whatever it costs and wherever it runs: as long as this is the same, so are its takes."""
        checkpoint = (self.name, self.kind, self.portable_source, self.revision, self.weights_digest, self.dtype)
        return digest_of((*checkpoint, self.width, self.height, self.steps, self.guidance, dict(self.settings)))


@dataclass(frozen=True, slots=True, kw_only=True)
class CriticSpec:
    """One critic of the crew."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT
    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_.-]{0,63}$")]
    kind: str
    """Which code runs it: `clip`, `continuity`, `technical`, `look`, `aesthetic`, `fake`, an entry point's name, or
    `chat`: the language model its settings name under `chat`, asked by the driver and not by a worker."""
    checks: tuple[str, ...]
    """The kinds of requirement it has an opinion on."""
    source: str = ""
    folder: Annotated[str, Field(exclude=True)] = ""
    weights_digest: str = ""
    licence: str = "unknown"
    device: str = "cpu"
    words: tuple[str, ...] = ()
    """Every word it was taught; empty means an open vocabulary."""
    settings: Mapping[str, str | int | float | bool] = field(default_factory=dict)

    @property
    def is_chat(self) -> bool:
        """Whether it is a language model, asked by the driver and not by a worker."""
        return self.kind == "chat"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterSpec:
    """An existing Ray cluster."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT
    address: Annotated[str, Field(pattern=r"^(ray://)?[^\s/:]+:[0-9]{1,5}$")]
    """`host:6379` where this machine is one of its nodes, `ray://host:10001` from outside."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineSpec:
    """What the crew's workers run on, where it is rented: one machine a worker."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT
    usd_per_hour: Annotated[float, Field(ge=0, le=MOST_BUDGET_USD, allow_inf_nan=False)]
    """From boot to teardown, whatever it does."""
    boot_seconds: Annotated[float, Field(ge=0, le=_MOST_SECONDS)] = 120.0
    """From the order until a worker can load there."""
    idle_seconds: Annotated[float, Field(ge=0, le=_MOST_SECONDS)] = 300.0
    """After so long without work it is given back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Crew:
    """A crew names its makers and its critics."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT
    schema: Literal["crew/1"] = "crew/1"
    name: str
    makers: tuple[MakerSpec, ...]
    critics: tuple[CriticSpec, ...]
    cores: Annotated[int, Field(ge=1, le=_MOST_CORES)] = 2
    """Workers that can run at once where it runs; set from the machine when the file does not say."""
    cluster: Annotated[ClusterSpec | None, Field(exclude=True)] = None
    """Where it works; none is this machine. It changes no picture, so it is no part of any digest."""

    machines: Annotated[MachineSpec | None, Field(exclude=True)] = None
    """What its workers' machines cost; none where they cost nothing by the hour. No part of any digest either."""

    chats: Annotated[tuple[ChatSpec, ...], Field(exclude=True)] = ()
    """Language models its agents may ask; the crew's identity holds those that are asked."""
    agents: Annotated[Agents, Field(exclude=True)] = field(default_factory=Agents)
    """Which of them each agent asks."""

    def rent_usd(self, machine_seconds: float) -> float:
        """Say what so many seconds of its machines cost.

        >>> rented = MachineSpec(usd_per_hour=2.0)
        >>> Crew(name="c", makers=(), critics=(), machines=rented).rent_usd(1800)
        1.0
        """
        return self.machines.usd_per_hour * machine_seconds / 3600 if self.machines else 0.0

    def identity(self) -> str:
        """Name the crew by who is on it, the same on every machine: paths and cores are left out."""
        makers = tuple(replace(maker, source=maker.portable_source) for maker in self.makers)
        critics = tuple(replace(critic, source=PurePath(critic.source).name) for critic in self.critics)
        hired = digest_of(replace(self, makers=makers, critics=critics, cores=1))
        thinkers = {agent: spec.identity() for agent in self.agents.named if (spec := self.chat_of(agent))}
        return digest_of((hired, thinkers)) if thinkers else hired

    def critics_identity(self) -> str:
        """Name its critics, whoever makes."""
        critics = tuple(replace(critic, source=PurePath(critic.source).name) for critic in self.critics)
        return digest_of(critics, tuple[CriticSpec, ...])

    def chat_of(self, agent: Agent) -> ChatSpec | None:
        """Give the language model an agent asks; None where it goes by its rules."""
        return next((chat for chat in self.chats if chat.name == self.agents.chat_of(agent)), None)

    def direction_usd(self, budget_usd: float) -> float:
        """Say how much of a budget is kept for thinking; nothing where nobody asks a language model.

        >>> Crew(name="c", makers=(), critics=()).direction_usd(5.0)
        0.0
        """
        return budget_usd * self.agents.share if self.agents.named else 0.0

    def maker(self, name: str) -> MakerSpec:
        """Find a maker by name; raises `KeyError` when the crew has none such."""
        return {maker.name: maker for maker in self.makers}[name]
