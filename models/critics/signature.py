"""How a critic names itself beside its scores."""

from typing import Final

from ...core.canonical import to_json
from ...core.crew import CriticSpec

VERSIONS: Final[dict[str, int]] = {"clip": 2, "continuity": 1, "technical": 2, "look": 1, "fake": 1}
"""Raise one when what its kind says of the same picture changes: scores of another version are not used again."""


def signature(spec: CriticSpec) -> str:
    """Name a critic by its whole configuration and the version of its code.

    >>> signature(CriticSpec(name="technical", kind="technical", checks=("technical",)))[:20]
    'technical/2 {"checks'
    """
    return f"{spec.kind}/{VERSIONS.get(spec.kind, 0)} {to_json(spec)}"
