"""What a take of the quality experiment is called, and what critics and judge say of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from ...core.canonical import digest_of
from ...core.decision import Region


class Key(NamedTuple):
    """A take's name."""

    prompt: int
    maker: str
    attempt: int
    repairs: "Key | None" = None
    """The take it is a repair of."""
    region: Region | None = None
    """What was painted anew."""
    words: str = ""
    """The prompt, where it is not the task's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A take to be looked at, and made where its picture is not kept."""

    key: Key
    panel: str
    weights: Mapping[str, str]
    """Digest of each maker's weights."""
    made_in: float | None
    """Seconds it was made in, where its picture is kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Try:
    """One take, as the critics and as the judge see it."""

    key: Key
    holds: Mapping[str, bool]
    """For each of the judge's claims, whether it holds."""
    whole: float
    """Cosine of picture and whole prompt in the critic's CLIP."""
    atoms: float
    """Geometric mean of the CLIP atoms alone."""
    passed: bool
    """Whether the panel lets it through its gate."""
    right: float
    close: float
    findings: tuple[str, ...] = ()
    make_seconds: float
    look_seconds: float
    panel: str = ""
    """Digest of the critics that looked."""
    weights: str = ""
    """Digest of the maker's weights."""

    @property
    def is_right(self) -> bool:
        """Whether the judge finds it all-correct."""
        return all(self.holds.values())


def picture_name(key: Key, weights: str) -> str:
    """Name the file a take's picture is kept in; the maker's other weights make another file."""
    return f"p{key.prompt:04d}_{key.maker}_{key.attempt:02d}_{digest_of((key, weights))[7:19]}.png"
