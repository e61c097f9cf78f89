"""How often one call is tried: the only layer that tries anything again, with a budget for each class of fault.

Makers send one request a call, the clients under them try nothing twice, and a line of workers only has a call wait
that its service turned away unheard.
"""

from dataclasses import dataclass, field
from typing import Final, Literal, assert_never

from ..core.errors import ChargeUnknown, MakerFailed, ServiceBusy, ServiceRefused, WorkerLost

Fault = Literal["lost", "broke", "busy", "refused", "unknown", "declined"]
"""A worker was lost under it; whoever was asked broke and may not next time; a service was busy for as long as a call
may wait; it deals with nobody of this account; it may have charged; or it was told no."""

End = Literal["maker", "world", "unknown"]
"""As what a task ends whose call is not tried again."""

_ENDS: Final[dict[Fault, End]] = {
    "lost": "world",
    "broke": "world",
    "busy": "world",
    "refused": "world",
    "unknown": "unknown",
    "declined": "maker",
}


def fault_class(error: WorkerLost | MakerFailed) -> Fault:
    """Say which budget an error is charged to.

    >>> fault_class(ServiceBusy("far", "429: slow down")), fault_class(ChargeUnknown("far", "no answer"))
    ('busy', 'unknown')
    """
    match error:
        case WorkerLost():
            return "lost"
        case ServiceBusy():
            return "busy"
        case ServiceRefused():
            return "refused"
        case ChargeUnknown():
            return "unknown"
        case MakerFailed():
            return "broke" if error.retryable else "declined"
        case _ as never:
            assert_never(never)


@dataclass(slots=True, kw_only=True)
class Tries:
    """What was tried of one call, and what may be.

    >>> tries = Tries(most=2)
    >>> [tries.end_after(WorkerLost("w", "died")) for _ in range(2)]
    [None, 'world']
    >>> Tries(most=9).end_after(ServiceRefused("far", "its account may spend no more"))
    'world'
    """

    most: int
    """Of one class of fault that another try may mend."""
    _counts: dict[Fault, int] = field(default_factory=dict)

    def end_after(self, error: WorkerLost | MakerFailed) -> End | None:
        """Count a fault; say as what the task ends, or None where it is tried once more."""
        fault = fault_class(error)
        self._counts[fault] = self._counts.get(fault, 0) + 1
        may_help = error.retryable and fault != "busy"  # who was busy has been waited for already
        return None if may_help and sum(self._counts.values()) < self.most else _ENDS[fault]
