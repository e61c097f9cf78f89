"""How a critic names itself beside its scores."""

from collections.abc import Sequence
from typing import Final

from ...core.canonical import to_json
from ...core.crew import CriticSpec

VERSIONS: Final[dict[str, int]] = {
    "clip": 2,
    "continuity": 1,
    "technical": 2,
    "look": 2,
    "aesthetic": 1,
    "fake": 1,
    "chat": 1,
}
"""Raise one when what its kind says of the same picture changes: scores of another version are not used again."""


def signature(spec: CriticSpec) -> str:
    """Name a critic by its whole configuration and the version of its code.

    >>> signature(CriticSpec(name="technical", kind="technical", checks=("technical",)))[:20]
    'technical/2 {"checks'
    """
    return f"{spec.kind}/{_version_of(spec)} {to_json(spec)}"


def versions_of(critics: Sequence[CriticSpec]) -> tuple[int, ...]:
    """List the versions of the code behind some critics, in their order."""
    return tuple(_version_of(spec) for spec in critics)


def _version_of(spec: CriticSpec) -> int:
    return VERSIONS.get(spec.kind, 0)
