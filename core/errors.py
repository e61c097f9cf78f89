"""Everything that can go wrong, in three branches.

CallsheetError
├── SetupError           you: printed without a traceback at every door
│   ├── BriefError           the brief cannot be read or makes no sense
│   ├── CrewError            the crew file cannot be read, or names what is not there
│   ├── OutputError          the output folder cannot be used
│   ├── BudgetExceeded       the next step would spend more than the brief allows
│   │   ├── BudgetAllotted       what is left was promised to tasks still to do
│   │   ├── DirectionSpent       what may go into thinking is used up
│   │   ├── CapReached           a cap on a call, a day, a department or a production does not cover it
│   │   └── SpendingStopped      somebody had all spending stopped
│   ├── StaleDecision        somebody decided first, or about another picture
│   ├── NothingToDo          what was asked for is so already
│   ├── UnknownName          no such task, take, maker, critic, ...
│   ├── NotAPicture          a file brought in is no picture we take
│   ├── MissingExtra         an optional dependency is not installed
│   └── LeaseLost            another process drives this production
├── WorldError           GPU, network, model, disk; has `.retryable`
│   ├── MakerFailed          a model answered that it could not
│   │   ├── OutOfMemory          it would fit in a smaller batch, or on another worker
│   │   ├── MakerBroke           a model broke: another copy of it may do better
│   │   ├── ServiceBusy          a service turned the call away for now; nothing was bought
│   │   │   └── ServiceAway          a service cannot be reached at all; nothing was sent
│   │   ├── ServiceRefused       a service deals with nobody of this account until a person mends it
│   │   └── ChargeUnknown        a service may have charged for a call that brought no picture
│   ├── WorkerLost           a worker died, hung, or answered out of turn
│   │   └── CallWithdrawn    a call was taken back before anybody began it
│   ├── ClusterLost          the whole cluster is gone
│   ├── ChatFailed           a language model gave no answer, or none of use
│   ├── AssetMissing         a stored asset is not there
│   ├── AssetDamaged         a stored asset no longer hashes to its name
│   ├── StoreAway            the store of the assets does not answer
│   ├── DiskFull             no room left, or the disk refused a write
│   └── DiskBroken           the disk failed under the journal: what it says it kept it may not have
└── Bug                  us; never caught
"""

from collections.abc import Sequence
from difflib import get_close_matches
from typing import Literal


class CallsheetError(Exception):
    """The root of everything we raise."""


class SetupError(CallsheetError):
    """Something the person at the door can put right."""


class WorldError(CallsheetError):
    """Something outside went wrong."""

    retryable = False


class Bug(CallsheetError):
    """We broke a promise to ourselves."""


class _Misfit(Exception):
    """Something a person wrote or named cannot be used; `place` says where it is."""

    def __init__(self, place: str, what: str, fix: str) -> None:
        super().__init__(place, what, fix)
        self.place, self.what, self.fix = place, what, fix

    def __str__(self) -> str:
        return f"{self.place}: {self.what}; {self.fix}"


class BriefError(_Misfit, SetupError):
    """The brief cannot be read or makes no sense."""


class CrewError(_Misfit, SetupError):
    """The crew file cannot be read, or names what is not there."""


class OutputError(_Misfit, SetupError):
    """The output folder cannot be used."""


class BudgetExceeded(SetupError):
    """The next step would spend more than the brief allows."""

    def __init__(self, needs_usd: float, left_usd: float, rent_usd: float = 0.0) -> None:
        super().__init__(needs_usd, left_usd, rent_usd)
        self.needs_usd, self.left_usd, self.rent_usd = needs_usd, left_usd, rent_usd

    def __str__(self) -> str:
        left = f"{self.left_usd:.4f} left"
        if self.rent_usd:
            left = f"{left}, for the rented machines cost {self.rent_usd:.4f} if they are given back now"
        return f"needs {self.needs_usd:.4f} USD, {left}: raise `budget_usd` or ask for fewer takes"


class BudgetAllotted(BudgetExceeded):
    """What is left was promised to tasks still to do."""

    def __init__(self, needs_usd: float, left_usd: float, allotted_usd: float, budget_usd: float) -> None:
        super().__init__(needs_usd, left_usd)
        self.args = (needs_usd, left_usd, allotted_usd, budget_usd)
        self.allotted_usd, self.budget_usd = allotted_usd, budget_usd

    def __str__(self) -> str:
        return (
            f"needs {self.needs_usd:.4f} USD, {max(0.0, self.left_usd):.4f} free: {self.allotted_usd:.2f} of "
            f"{self.budget_usd:.2f} is allotted to tasks still to do; cancel some, wait until they end, or raise "
            "`budget_usd`"
        )


class DirectionSpent(BudgetExceeded):
    """What of the budget may go into thinking does not cover another question."""

    def __str__(self) -> str:
        left = f"{max(0.0, self.left_usd):.4f} of what may go into thinking is left"
        return f"a question may cost {self.needs_usd:.4f} USD, {left}: raise `agents.share` in the crew file"


class CapReached(BudgetExceeded):
    """A cap on a call, a day, a department or a production does not cover the next step."""

    def __init__(self, needs_usd: float, left_usd: float, most_usd: float, scope: str, day: str) -> None:
        super().__init__(needs_usd, left_usd)
        self.args = (needs_usd, left_usd, most_usd, scope, day)
        self.most_usd, self.scope, self.day = most_usd, scope, day

    def __str__(self) -> str:
        kind, _, name = self.scope.partition(":")
        what, fix = {
            "call": ("one call", "raise `caps.call_usd` in the brief, or the setting `most_call_usd`"),
            "day": (
                f"{self.day} (UTC)",
                "wait for the next day, or raise `caps.day_usd` in the brief, or the setting `most_day_usd`",
            ),
            "production": ("one production", "raise the setting `most_production_usd`"),
            "department": (f"department {name!r}", f"raise `departments.{name}.most_usd` in the brief"),
        }[kind]
        left = f"{max(0.0, self.left_usd):.4f} of the {self.most_usd:.4f} USD allowed for {what} is left"
        return f"needs {self.needs_usd:.4f} USD, {left}: {fix}, then run the same command"


class SpendingStopped(BudgetExceeded):
    """Somebody had all spending stopped."""

    def __init__(self, needs_usd: float, who: str, fix: str) -> None:
        super().__init__(needs_usd, 0.0)
        self.args = (needs_usd, who, fix)
        self.who, self.fix = who, fix

    def __str__(self) -> str:
        return f"needs {self.needs_usd:.4f} USD, and spending was stopped {self.who}; {self.fix}"


class StaleDecision(SetupError):
    """Somebody decided first, or the decision is about another picture than the one that stands."""

    def __init__(self, task: str, what: str) -> None:
        super().__init__(task, what)
        self.task, self.what = task, what

    def __str__(self) -> str:
        return f"{self.task}: {self.what}; look again (`callsheet show`) and decide about what stands now"


class NothingToDo(SetupError):
    """What was asked for is so already."""

    def __init__(self, what: str, fix: str) -> None:
        super().__init__(what, fix)
        self.what, self.fix = what, fix

    def __str__(self) -> str:
        return f"{self.what}; {self.fix}"


class UnknownName(SetupError):
    """No such task, take, maker, critic, ..."""

    def __init__(self, what: str, name: str, known: Sequence[str]) -> None:
        super().__init__(what, name, known)
        self.what, self.name, self.known = what, name, tuple(known)

    def __str__(self) -> str:
        near = get_close_matches(self.name, self.known, n=3)
        hint = f"did you mean {', '.join(near)}?" if near else f"known: {', '.join(self.known[:20]) or 'none'}"
        return f"no {self.what} named {self.name!r}; {hint}"


class NotAPicture(SetupError):
    """A file brought in is no picture we take."""

    def __init__(self, path: str, what: str) -> None:
        super().__init__(path, what)
        self.path, self.what = path, what

    def __str__(self) -> str:
        return f"{self.path}: {self.what}; bring a PNG, JPEG or WebP picture"


class MissingExtra(SetupError):
    """An optional dependency is not installed."""

    def __init__(self, what: str, extra: str) -> None:
        super().__init__(what, extra)
        self.what, self.extra = what, extra

    def __str__(self) -> str:
        return f"{self.what} needs an optional dependency: pip install 'callsheet[{self.extra}]'"


class LeaseLost(SetupError):
    """Another process drives this production."""

    def __init__(self, folder: str, holder: str) -> None:
        super().__init__(folder, holder)
        self.folder, self.holder = folder, holder

    def __str__(self) -> str:
        return f"{self.folder} is being driven by {self.holder}; wait for it, or stop it first"


class MakerFailed(WorldError):
    """A model answered that it could not."""

    def __init__(self, maker: str, what: str, retryable: bool = False) -> None:  # noqa: FBT001, FBT002 - survives pickling by position
        super().__init__(maker, what, retryable)
        self.maker, self.what, self.retryable = maker, what, retryable

    def __str__(self) -> str:
        return f"maker {self.maker!r} failed: {self.what}"


class OutOfMemory(MakerFailed):
    """The work did not fit in memory: a smaller batch or a larger worker may do it."""

    def __init__(self, maker: str, what: str, retryable: bool = True) -> None:  # noqa: FBT001, FBT002 - survives pickling by position
        super().__init__(maker, what, retryable)

    def __str__(self) -> str:
        return f"maker {self.maker!r} ran out of memory: {self.what}"


class MakerBroke(MakerFailed):
    """A model raised what no model should: its worker may be unsound, or the work; another worker tells which."""


class ServiceBusy(MakerFailed):
    """A service turned a call away for now: nothing was bought, and it may be asked again after some seconds."""

    def __init__(self, maker: str, what: str, seconds: float = 1.0) -> None:
        super().__init__(maker, what, True)  # noqa: FBT003 - as the error takes it
        self.args, self.seconds = (maker, what, seconds), seconds

    def __str__(self) -> str:
        return f"maker {self.maker!r} was turned away: {self.what}"


class ServiceAway(ServiceBusy):
    """A service cannot be reached at all: nothing was sent, and it is waited for."""

    def __str__(self) -> str:
        return f"maker {self.maker!r}: its service cannot be reached: {self.what}"


class ServiceRefused(MakerFailed):
    """A service takes no call of this account: a key, a spending limit, a right; the next run asks again."""

    def __str__(self) -> str:
        return f"maker {self.maker!r} may not call its service: {self.what}"


Brought = Literal["", "strange", "spoilt"]
"""What a service answered that is of no use: nothing whole; what may be a gateway's, or a part; its own last word."""


class ChargeUnknown(MakerFailed):
    """A service may have charged for a call that brought no picture; only a person has it made again."""

    def __init__(self, maker: str, what: str, retryable: bool = False, answer: Brought = "") -> None:  # noqa: FBT001, FBT002 - survives pickling by position
        super().__init__(maker, what, retryable)
        self.args, self.answer = (maker, what, retryable, answer), answer

    def __str__(self) -> str:
        says = "it may have been charged: `callsheet reconcile` takes the service's word, `callsheet retake` asks again"
        return f"maker {self.maker!r} brought no picture: {self.what}; {says}"


class WorkerLost(WorldError):
    """A worker died, hung past its deadline, or answered out of turn; its work may have run."""

    retryable = True

    def __init__(self, worker: str, what: str) -> None:
        super().__init__(worker, what)
        self.worker, self.what = worker, what

    def __str__(self) -> str:
        return f"worker {self.worker!r} was lost: {self.what}"


class _Placed(Exception):
    """Something failed at a place."""

    def __init__(self, place: str, what: str) -> None:
        super().__init__(place, what)
        self.place, self.what = place, what


class ClusterLost(_Placed, WorldError):
    """The whole cluster is gone, and every worker with it; what was in flight may have run."""

    retryable = True

    def __str__(self) -> str:
        return (
            f"the Ray cluster at {self.place} is gone: {self.what}; nothing that was stored is lost: "
            "bring a cluster up, then run the same command to go on"
        )


ChatFault = Literal["refused", "truncated", "malformed", "overloaded", "rate_limited", "spend_cap", "unreachable"]
"""`refused` is also what a server answers who holds the question or the key for wrong."""


class ChatFailed(WorldError):
    """A language model gave no answer, or none of use."""

    def __init__(
        self,
        chat: str,
        kind: ChatFault,
        what: str,
        may_have_run: bool = False,  # noqa: FBT001, FBT002 - survives pickling by position
        wait_seconds: float = 0.0,
    ) -> None:
        super().__init__(chat, kind, what, may_have_run, wait_seconds)
        self.chat, self.kind, self.what = chat, kind, what
        self.may_have_run, self.wait_seconds = may_have_run, wait_seconds
        self.retryable = kind in ("overloaded", "rate_limited", "unreachable")

    def __str__(self) -> str:
        return f"chat {self.chat!r} {_CHAT_SAYS[self.kind]}: {self.what}"


_CHAT_SAYS: dict[ChatFault, str] = {
    "refused": "would not answer",
    "truncated": "was cut off",
    "malformed": "answered what cannot be used",
    "overloaded": "is too busy",
    "rate_limited": "takes no more questions now",
    "spend_cap": "has reached its account's spending limit: raise it at the provider",
    "unreachable": "did not answer",
}


class CallWithdrawn(WorkerLost):
    """A call was taken back while it waited: nobody had begun it, and nothing is owed for it."""

    def __str__(self) -> str:
        return f"taken back from the line of {self.worker!r}: {self.what}"


class AssetMissing(WorldError):
    """A stored asset is not there."""

    def __init__(self, digest: str) -> None:
        super().__init__(digest)
        self.digest = digest

    def __str__(self) -> str:
        return f"asset {self.digest} is missing from the store; `callsheet fsck` lists what else is"


class AssetDamaged(WorldError):
    """A stored asset no longer hashes to its name."""

    def __init__(self, digest: str) -> None:
        super().__init__(digest)
        self.digest = digest

    def __str__(self) -> str:
        return f"asset {self.digest} is damaged; restore it from a backup or retake its task"


class StoreAway(_Placed, WorldError):
    """The store of the assets does not answer."""

    retryable = True

    def __str__(self) -> str:
        return f"the assets at {self.place} cannot be reached: {self.what}; run the same command again to go on"


class DiskFull(_Placed, WorldError):
    """No room left, or the disk refused a write."""

    def __str__(self) -> str:
        return f"cannot write under {self.place}: {self.what}; make room, then run the same command to go on"


class DiskBroken(_Placed, WorldError):
    """The disk failed under the journal: what it says it kept it may not have, so that nothing more is asked of it."""

    def __str__(self) -> str:
        return f"the disk failed under {self.place}: {self.what}; look at the disk, then run the same command to go on"
