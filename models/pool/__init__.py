"""Workers on Ray: a line of actors per maker and one for the panel. The only package that knows Ray."""

from .environment import prepare

prepare()

from .workers import RayWorkers  # noqa: E402 - Ray reads its environment while it is imported

__all__ = ["RayWorkers"]
