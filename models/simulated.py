"""Workers that only take time: the real scheduler, task graphs and journal run on them, and nothing is drawn.

They say so: every picture is a line of text, every take's worker is called `simulated`.
"""

import asyncio
import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from ..core.crew import Crew
from ..core.errors import UnknownName
from ..core.plan import Requirement
from ..core.take import Made, Opinion, Recipe, Score
from .turns import Turns

_TAIL_SHARE: Final = 0.08
_TAIL: Final = 4.7
_REST: Final = 0.68
"""Eight calls in a hundred take 4.7 times as long as nominal, the others 0.68 times: a mean of 1."""


def heavy_tail(nominal_seconds: float, key: str) -> float:
    """Give how long a call takes: the nominal seconds on average, now and then far more.

    >>> round(sum(heavy_tail(1.0, str(key)) for key in range(4000)) / 4000, 1)
    1.0
    """
    return nominal_seconds * (_TAIL if share_of(key) < _TAIL_SHARE else _REST)


def share_of(key: str) -> float:
    """Turn a key into a number in [0, 1), always the same."""
    return int.from_bytes(hashlib.sha256(key.encode()).digest()[:6], "big") / 2**48


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How simulated workers work."""

    seed: int = 0
    seconds: Callable[[float, str], float] = heavy_tail
    """From a maker's nominal seconds and the call's key."""
    passes: float = 0.7
    """The chance of a take to pass its gate."""
    look_seconds: float = 0.0

    def take_seconds(self, nominal_seconds: float, recipe: Recipe) -> float:
        """Give how long a recipe takes on a worker of nominal speed: always the same, whoever makes it."""
        return self.seconds(nominal_seconds, self.key_of(recipe.maker, recipe.seed))

    def key_of(self, maker: str, seed: int) -> str:
        """Name one take of this simulation."""
        return f"{self.seed}/{maker}/{seed}"

    def is_good(self, maker: str, seed: int) -> bool:
        """Say whether the take of a maker with a seed will pass: always the same, whenever it is made."""
        return share_of(f"{self.key_of(maker, seed)}/look") < self.passes

    async def look(self, picture: bytes, requirements: Sequence[Requirement]) -> tuple[Opinion, ...]:
        """Pass a take, or fail all of it."""
        if self.look_seconds:
            await asyncio.sleep(self.look_seconds)
        maker, seed = picture.decode().split()[-2:]
        value = 0.99 if self.is_good(maker, int(seed)) else 0.01
        return tuple(Score(requirement=one.id, critic="simulated", value=value) for one in requirements)


def nothing_made(recipe: Recipe, seconds: float) -> Made:
    """Give what stands for a picture: a line that says who made it, and of which seed."""
    width, height = recipe.width, recipe.height
    data = f"simulated, of {recipe.prompt!r}: {recipe.maker} {recipe.seed}".encode()
    return Made(data=data, width=width, height=height, fingerprint="", seconds=seconds, worker="simulated")


class SimulatedWorkers:
    """As many calls at once as the crew has cores, each asleep for as long as it would take; no worker is ever cold."""

    def __init__(self, crew: Crew, pace: Pace) -> None:
        self._crew, self._pace = crew, pace
        self._slots = Turns(crew.cores)
        self._seconds = {maker.name: maker.seconds for maker in crew.makers}
        self.busy_seconds = 0.0
        """Worker seconds spent so far."""

    async def start(self, makers: Sequence[str]) -> None:
        """Load nothing."""

    async def make(
        self, maker: str, recipe: Recipe, ingredients: Mapping[str, bytes], *, token: str, urgency: float = 0.0
    ) -> Made:
        """Take the time a take takes."""
        if maker not in self._seconds:
            raise UnknownName("maker", maker, list(self._seconds))
        seconds = self._pace.take_seconds(self._seconds[maker], recipe)
        async with self._slots.taken(urgency):
            await asyncio.sleep(seconds)
        self.busy_seconds += seconds
        return nothing_made(recipe, seconds)

    async def look(
        self,
        picture: bytes,
        requirements: Sequence[Requirement],
        earlier: Sequence[str],
        references: Mapping[str, bytes],
        *,
        urgency: float = 0.0,
    ) -> tuple[Opinion, ...]:
        """Pass a take, or fail all of it, by a hash of it."""
        return await self._pace.look(picture, requirements)

    def describe(self) -> dict[str, int]:
        """Say how many calls can run at once."""
        return {"simulated": self._crew.cores}

    async def close(self) -> None:
        """Nothing to end."""
