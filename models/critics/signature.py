"""How a critic names itself beside its scores."""

from ...core.canonical import to_json
from ...core.crew import CriticSpec


def signature(spec: CriticSpec, version: int) -> str:
    """Name a critic by its whole configuration and the version of its code.

    >>> signature(CriticSpec(name="technical", kind="technical", checks=("technical",)), 2)[:20]
    'technical/2 {"checks'
    """
    return f"{spec.kind}/{version} {to_json(spec)}"
