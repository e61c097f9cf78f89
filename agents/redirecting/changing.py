"""The three ways a director changes a plan that runs: what tasks show, the look of it all, and who makes a task."""

from .relooking import relooked
from .rerouting import rerouted
from .revising import revised

__all__ = ["relooked", "rerouted", "revised"]
