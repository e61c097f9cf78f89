"""Callsheet: you direct, the crew delivers.

The few public names are resolved on first use, so that importing the package stays instant.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from callsheet.version import __version__

if TYPE_CHECKING:
    from callsheet.graphs.planning import plan
    from callsheet.graphs.refining import refine
    from callsheet.graphs.running import Production, follow, produce
    from callsheet.graphs.session.session import Session

__all__ = ["Production", "Session", "__version__", "follow", "plan", "produce", "refine"]

_HOMES = {
    "Production": "callsheet.graphs.running",
    "Session": "callsheet.graphs.session.session",
    "follow": "callsheet.graphs.running",
    "plan": "callsheet.graphs.planning",
    "produce": "callsheet.graphs.running",
    "refine": "callsheet.graphs.refining",
}


def __getattr__(name: str) -> object:
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'callsheet' has no attribute {name!r}; it has {', '.join(__all__)}")
