"""Everything that can happen in a production, one class a fact. The journal is a list of these and nothing else.

A fact is past tense and never changes. On the wire it is one JSON object with its own fields beside
`event` (the fact's name), `seq` (its place in the journal) and `at` (UTC, for people).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Literal

from pydantic import Field

from .brief import Unsaid
from .call import CallReserved, CallSent, CallUnknown, CallVoided, ChargeReconciled, ResultDropped
from .course import CourseAsked, CourseCorrected, CourseDecided, CourseLooked, QuestionsPut
from .decision import Decision, Move, Note, Order
from .limits import CapsSet, SpendingAllowed, SpendingHalted
from .machines import MachineCame, MachineLeft, WorkerLeft, WorkerLoaded
from .money import to_usd
from .outage import OutageBegan, OutageEnded
from .plan import Outlook
from .take import Opinion, Take, Verdict
from .thought import AnswerGiven, FellBack, ThoughtReserved, ThoughtUnknown, ThoughtVoided

_MOST_NAMES = 5
"""In one sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductionPlanned:
    """A brief became a plan; opens every journal."""

    event: Literal["production_planned"] = "production_planned"
    title: str
    brief_digest: str
    plan_digest: str
    crew_digest: str
    seed: int
    budget_usd: float
    tasks: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Greenlit:
    """A person allowed the plan to spend."""

    event: Literal["greenlit"] = "greenlit"
    plan_digest: str
    by: str
    degraded: tuple[str, ...] = ()
    """Tasks whose must-haves nobody can fully check, accepted as they are."""
    outlook: Outlook | None = None
    """What it was expected to take with the crew as it was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnedDown:
    """A maker the router did not choose, and why."""

    maker: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskRouted:
    """The router picked maker and recipe for one attempt."""

    event: Literal["task_routed"] = "task_routed"
    task: str
    attempt: int
    maker: str
    why: str
    turned_down: tuple[TurnedDown, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeMade:
    """A take exists, its bytes are durable, and its call (if any) is settled by this very fact."""

    event: Literal["take_made"] = "take_made"
    task: str
    key: str
    """Empty for an ingested file: nobody was paid."""
    token: str
    micros: int
    take: Take


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeScored:
    """The panel looked at a take."""

    event: Literal["take_scored"] = "take_scored"
    task: str
    take: str
    digest: str
    panel: str
    """Digest of the critics' specs: scores of another panel are not these."""
    opinions: tuple[Opinion, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeJudged:
    """QC concluded."""

    event: Literal["take_judged"] = "take_judged"
    task: str
    verdict: Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveChosen:
    """The reviser said what happens next."""

    event: Literal["move_chosen"] = "move_chosen"
    task: str
    take: str
    move: Annotated[Move, Field(discriminator="kind")]
    by: Annotated[str, Unsaid] = ""
    """`policy:<name>` where one allowed what the task's own gate does not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionTaken:
    """A person decided about an exact picture."""

    event: Literal["decision_taken"] = "decision_taken"
    task: str
    decision: Decision


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderGiven:
    """A person had work paused, resumed, cancelled or done first."""

    event: Literal["order_given"] = "order_given"
    order: Order


@dataclass(frozen=True, slots=True, kw_only=True)
class TasksAdded:
    """A person had tasks join the plan."""

    event: Literal["tasks_added"] = "tasks_added"
    tasks: tuple[str, ...]
    addition_digest: str
    """Of the stored addition: how they were planned."""
    like: str
    """The task they vary."""
    by: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanChanged:
    """A person changed what is asked for; the tasks it names are done again as they are from now on."""

    event: Literal["plan_changed"] = "plan_changed"
    number: int
    """From 1; a second change with the same number was made looking at an older plan, and is refused."""
    tasks: tuple[str, ...]
    change_digest: str
    """Of the stored change: the tasks whole, and the brief as it is from now on."""
    about: str
    """What it is about, as it was said; empty for the whole production."""
    by: str
    note: str = ""
    """What was asked for, in the person's words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteMade:
    """A person said something."""

    event: Literal["note_made"] = "note_made"
    note: Note


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnTaken:
    """The director said something in a session, and the crew answered."""

    event: Literal["turn_taken"] = "turn_taken"
    by: str
    text: str
    wishes: tuple[str, ...]
    """What was understood, each a wish or what was unclear, as canonical JSON."""
    read_by: str
    """Who understood it: `grammar`, or a model's name."""
    reply: str
    proposal: str = ""
    """As canonical JSON, what is proposed and waits for a yes; empty where nothing does."""
    degraded: str = ""
    """Why somebody else read it than was asked to; empty where nobody had to step in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TakePublished:
    """An accepted take got its version number."""

    event: Literal["take_published"] = "take_published"
    task: str
    take: str
    digest: str
    version: int
    accepted_by: str
    """`gate`, `person:<name>`, or `policy:<name>` where the director delegated it."""
    inputs: tuple[str, ...] = ()
    """The pictures the task stood on when this was published; when they change, its gate opens again."""

    @property
    def is_by_person(self) -> bool:
        """Whether a person, not the gate, accepted it."""
        return self.accepted_by.startswith("person:")


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskUnfinished:
    """A task used up its rounds or its money, or could not be made; its best take is kept."""

    event: Literal["task_unfinished"] = "task_unfinished"
    task: str
    why: str
    best: str = ""
    cause: Literal["gate", "maker", "money", "world", "omitted", "cancelled", "unknown"] = "gate"
    """What ended it. More money opens what `money` ended; the next run tries again what `world` ended; a person opens
    what a person ended; whoever finds out about its charge, or asks again, what an `unknown` one ended."""
    inputs: tuple[str, ...] = ()
    """The pictures the task stood on; when they change, it opens again."""
    by: Annotated[str, Unsaid] = ""
    """`policy:<name>` where one had it end instead of asking."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MoneyMoved:
    """A task that had used up its money got what others had left; it is open again."""

    event: Literal["money_moved"] = "money_moved"
    task: str
    micros: int
    gave: Mapping[str, int] = field(default_factory=dict)
    """Which tasks it was left over from, in micro-dollars; what they do not add up to was allotted to nobody."""
    why: str

    @property
    def says(self) -> str:
        """Tell a person who got what from whom.

        >>> MoneyMoved(task="keep", micros=3000, gave={"sea": 2000}, why="a chance").says
        'keep got 0.0030 USD more (0.0020 left over from sea, 0.0010 allotted to nobody before): a chance'
        """
        gave = [f"{to_usd(micros):.4f} left over from {name}" for name, micros in list(self.gave.items())[:_MOST_NAMES]]
        if len(self.gave) > _MOST_NAMES:
            gave.append(f"the rest from {len(self.gave) - _MOST_NAMES} more")
        if free := self.micros - sum(self.gave.values()):
            gave.append(f"{to_usd(free):.4f} allotted to nobody before")
        return f"{self.task} got {to_usd(self.micros):.4f} USD more ({', '.join(gave)}): {self.why}"


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionAsked:
    """A task waits for the director."""

    event: Literal["question_asked"] = "question_asked"
    task: str
    take: str
    digest: str
    round: int
    question: str
    is_held: Annotated[bool, Unsaid] = False
    """Whether it comes with the others, once nothing else is left to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaseTaken:
    """A process took the wheel; every later fact about work carries its epoch."""

    event: Literal["lease_taken"] = "lease_taken"
    epoch: int
    holder: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryWritten:
    """The package is on disk."""

    event: Literal["delivery_written"] = "delivery_written"
    folder: str
    manifest_digest: str
    accepted: int
    unfinished: int
    totals: Mapping[str, float] = field(default_factory=dict)


Fact = (
    ProductionPlanned
    | Greenlit
    | CapsSet
    | SpendingHalted
    | SpendingAllowed
    | TaskRouted
    | CallReserved
    | CallSent
    | CallVoided
    | CallUnknown
    | ChargeReconciled
    | ResultDropped
    | ThoughtReserved
    | ThoughtVoided
    | ThoughtUnknown
    | AnswerGiven
    | FellBack
    | TakeMade
    | TakeScored
    | TakeJudged
    | MoveChosen
    | DecisionTaken
    | OrderGiven
    | TasksAdded
    | PlanChanged
    | NoteMade
    | TurnTaken
    | TakePublished
    | TaskUnfinished
    | MoneyMoved
    | QuestionAsked
    | CourseLooked
    | CourseCorrected
    | CourseAsked
    | CourseDecided
    | QuestionsPut
    | MachineCame
    | MachineLeft
    | WorkerLoaded
    | WorkerLeft
    | OutageBegan
    | OutageEnded
    | LeaseTaken
    | DeliveryWritten
)

AnyFact = Annotated[Fact, Field(discriminator="event")]
"""A fact as JSON knows it: told apart by its `event`."""

WORK_FACTS = (
    CallReserved,
    CallSent,
    CallVoided,
    CallUnknown,
    TakeMade,
    TakeScored,
    TakeJudged,
    MoveChosen,
    TakePublished,
    TaskUnfinished,
    MoneyMoved,
    QuestionAsked,
    CourseLooked,
    CourseCorrected,
    CourseAsked,
    QuestionsPut,
    TaskRouted,
    MachineCame,
    MachineLeft,
    WorkerLoaded,
    WorkerLeft,
    OutageBegan,
    OutageEnded,
)
"""Facts only the process that holds the lease may write; what people decide, order and bring in may come from any."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of the journal."""

    seq: int
    at: str
    fact: AnyFact
