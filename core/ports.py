"""The ports: what the product asks of makers, critics, workers, stores and clocks. Injected by the composition root."""

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol, runtime_checkable

from .errors import CallsheetError
from .fact import Entry, Fact
from .history import History
from .money import Bill
from .plan import Requirement
from .progress import Lineup
from .take import Made, Opinion, Recipe
from .task_record import AsSeen


class Maker(Protocol):
    """Turns a recipe into a picture. Loads in its constructor; `make` is a pure function of its arguments."""

    def make(self, recipe: Recipe, ingredients: Mapping[str, bytes]) -> Made:
        """Make one picture.

        Args:
            recipe: what to make; on CPU the same recipe gives the same bytes.
            ingredients: the bytes of every digest the recipe names.

        Raises:
            MakerFailed: the model could not; `.retryable` says whether another try may help.
        """
        ...


@runtime_checkable
class BatchMaker(Protocol):
    """What a maker may also be able to do: make several pictures in one go, sooner than one by one."""

    def make_many(
        self, recipes: Sequence[Recipe], ingredients: Sequence[Mapping[str, bytes]]
    ) -> Sequence[Made | CallsheetError]:
        """Answer each recipe, in order, with its picture or with why there is none.

        A picture must not depend on what else was in the batch. More recipes than fit at once are made in turns.

        Args:
            recipes: what to make; any mixture of sizes and kinds.
            ingredients: for each recipe, the bytes of every digest it names.

        Raises:
            OutOfMemory: they did not fit; fewer, or another worker, may.
        """
        ...


class Critic(Protocol):
    """Has opinions about pictures."""

    def spec(self) -> str:
        """Name the critic with its version and settings; stored with every score, so that answers can be told apart."""
        ...

    def look(
        self,
        picture: bytes,
        requirements: Sequence[Requirement],
        earlier: Sequence[str],
        references: Mapping[str, bytes],
    ) -> tuple[Opinion, ...]:
        """Give one opinion for each requirement, in order; beyond its reach, `Unscored` with the reason.

        Args:
            picture: PNG bytes.
            requirements: only kinds the critic says it checks.
            earlier: fingerprints of the task's earlier takes, to notice duplicates.
            references: pictures to compare with, by digest; a requirement of continuity names its digest as its value.
        """
        ...


class Workers(Protocol):
    """The cluster: running copies of makers and critics, wherever they live."""

    async def start(self, makers: Sequence[str]) -> None:
        """Bring the panel and one copy of each named maker up, side by side; the others come up on their first call.

        Idempotent. Raises what kept one of them from loading.
        """
        ...

    async def make(
        self, maker: str, recipe: Recipe, ingredients: Mapping[str, bytes], *, token: str, urgency: float = 0.0
    ) -> Made:
        """Have a named maker make one picture; of the calls that wait the most urgent goes first.

        Raises:
            WorkerLost: the worker died, hung past its deadline, or gave a foreign token back; the work may have run.
            MakerFailed: the model answered that it could not.
        """
        ...

    async def look(
        self,
        picture: bytes,
        requirements: Sequence[Requirement],
        earlier: Sequence[str],
        references: Mapping[str, bytes],
        *,
        urgency: float = 0.0,
    ) -> tuple[Opinion, ...]:
        """Have the whole panel look; every requirement gets at least one opinion, a failed critic gives `Unscored`."""
        ...

    async def close(self) -> None:
        """Send everybody home; idempotent."""
        ...


@runtime_checkable
class Biddable(Protocol):
    """What workers may also be able to do: take a word about calls that wait in line; those that run are left alone."""

    def hurry(self, urgencies: Mapping[str, float]) -> None:
        """Give calls that wait another urgency, higher or lower, by their tokens."""
        ...

    def withdraw(self, tokens: Collection[str], why: str) -> None:
        """Take calls back: their callers hear `CallWithdrawn`."""
        ...


@runtime_checkable
class Countable(Protocol):
    """What workers may also be able to do: say who works and what waits in line; cheap, and changes nothing."""

    def roll_call(self) -> tuple[Lineup, ...]:
        """Say of each maker, and of the panel, how many workers are up, busy and loading, and how many calls wait."""
        ...

    def in_line(self) -> frozenset[str]:
        """Name the calls that wait for a maker, by their tokens."""
        ...


@runtime_checkable
class Foresighted(Protocol):
    """What workers may also be able to do: hire for work that is still to come."""

    def foresee(self, seconds: Mapping[str, float]) -> None:
        """Hear how many nominal seconds of work each maker still has before it, what waits and runs included."""
        ...


@runtime_checkable
class Timed(Protocol):
    """What workers may also be able to do: tell how long loading takes."""

    def load_seconds(self) -> Mapping[str, float]:
        """Say how long each maker took to load, on average; who never did is left out."""
        ...


@runtime_checkable
class Reachable(Protocol):
    """What workers may also be able to do: tell whose service cannot be reached now."""

    def away(self) -> Mapping[str, str]:
        """Name the makers whose services cannot be reached, each with what was said; empty where all can."""
        ...


class RentBook(Protocol):
    """Who keeps account of rented machines; told as it happens, on the event loop."""

    def machines(self, names: Collection[str]) -> None:
        """Say which machines there are now, all of them."""
        ...

    def loaded(self, worker: str, machine: str, seconds: float) -> None:
        """Say that a worker has loaded on a machine, and how long that took."""
        ...

    def sent_home(self, worker: str, machine: str) -> None:
        """Say that a worker that had loaded is gone."""
        ...


@runtime_checkable
class Rented(Protocol):
    """What workers may also be able to do: tell what becomes of the machines they work on."""

    def report_to(self, book: RentBook) -> None:
        """Tell a book from now on; called once, before the workers are started."""
        ...


class Store(Protocol):
    """Content-addressed bytes."""

    def put(self, data: bytes) -> str:
        """Keep bytes durably and give their digest; idempotent. Blocking: call it off the event loop."""
        ...

    def get(self, digest: str) -> bytes:
        """Read bytes back, verified against their digest.

        Raises:
            AssetMissing: nothing is kept under that digest.
            AssetDamaged: what is kept no longer hashes to it.
        """
        ...


class Journal(Protocol):
    """The truth: every fact of a production, durable before it is acted upon."""

    @property
    def history(self) -> History:
        """What the recorded facts add up to; always at least as new as the caller's last `record`."""
        ...

    async def record(self, *facts: Fact, seen: Sequence[AsSeen] = ()) -> tuple[Entry, ...]:
        """Append facts in one transaction and return when they are durable.

        Money is part of it: a `CallReserved` that would break the budget refuses the whole transaction, and a
        `TakeMade` settles its call in the same breath.

        Args:
            facts: in order.
            seen: the tasks as they were when the facts were concluded.

        Raises:
            BudgetExceeded: settled + reserved would exceed the budget; nothing was written.
            StaleDecision: the task already has a decision for that round, or went on since it was seen; nothing was
                written, and `history` tells.
            LeaseLost: another process drives this production now; nothing was written.
        """
        ...

    async def refresh(self) -> tuple[Entry, ...]:
        """Read what other processes wrote (decisions, notes) and return it."""
        ...

    def bill(self) -> Bill:
        """Say where the money stands."""
        ...


class Clock(Protocol):
    """Time, as a port."""

    def now(self) -> str:
        """Give the wall clock in UTC, ISO 8601, for people to read; no decision depends on it."""
        ...

    def seconds(self) -> float:
        """Give a monotonic time in seconds."""
        ...
