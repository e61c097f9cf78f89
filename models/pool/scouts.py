"""Asking a rented cluster for machines: room is reserved until it is there, and then given back for workers to take.

A request to the autoscaler itself would outlive this process, and machines would be paid for that nobody uses; what is
reserved here ends with the connection. A cluster that cannot grow takes no notice.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import ray
from ray.util.placement_group import placement_group, remove_placement_group

_MOST: Final = 32
"""Sent at once; each machine that comes makes room for the next ones."""

Bundle = tuple[str, float]
"""A resource of Ray's, and how much of it."""


@dataclass(slots=True)
class Scouts:
    """Reservations that nobody has granted yet."""

    _out: list[tuple[Bundle, Any]] = field(default_factory=list)

    def send(self, missing: Sequence[Bundle]) -> None:
        """Have as many out as there is room missing; those who have found some come back. Blocking."""
        wanted = Counter(missing[:_MOST])
        for bundle, scout in list(self._out):
            found, _ = ray.wait([scout.ready()], timeout=0)
            if found or wanted[bundle] <= 0:
                remove_placement_group(scout)
                self._out.remove((bundle, scout))
            else:
                wanted[bundle] -= 1
        for bundle in wanted.elements():
            resource, size = bundle
            self._out.append((bundle, placement_group([{resource: size}])))
