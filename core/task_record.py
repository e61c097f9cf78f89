"""One task as its facts tell it: its takes, what was concluded of them, and what people decided and ordered."""

from dataclasses import dataclass, field

from .decision import Decision, Move, Order
from .fact import MoveChosen, QuestionAsked, TakeJudged, TakeMade, TakePublished, TaskRouted, TaskUnfinished
from .take import Take, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class AsSeen:
    """How far a task had come when somebody looked at it and concluded something."""

    task: str
    decisions: int
    takes: int


@dataclass(slots=True)
class TaskRecord:
    """All that happened to one task."""

    takes: list[Take] = field(default_factory=list)
    verdicts: dict[str, Verdict] = field(default_factory=dict)
    moves: dict[str, Move] = field(default_factory=dict)
    """The move chosen after each take, by take id."""
    routes: dict[int, TaskRouted] = field(default_factory=dict)
    decisions: list[Decision] = field(default_factory=list)
    reopened_at: int = 0
    """Takes before this index belong to an earlier round: a person had the task done again, or brought a file in."""
    approval: Decision | None = None
    """A person's approval or omission that has not been carried out yet."""
    is_omitted: bool = False
    """A person left the task out, and nobody asked for it again."""
    paused: Order | None = None
    """Who had it paused, until somebody has it resumed: nothing new is made for it."""
    cancelled: Order | None = None
    """Who had it cancelled, until somebody asks for it again."""
    accepted: TakePublished | None = None
    """The publish that stands; None while the task is open."""
    publishes: list[TakePublished] = field(default_factory=list)
    unfinished: TaskUnfinished | None = None
    moved_micros: int = 0
    """Money it got from other tasks less what it gave them, since its envelope was allotted."""
    question: QuestionAsked | None = None
    changed: int = 0
    """The number of the newest change of the plan that is about it."""
    calling: str = ""
    """The key of its newest call."""
    overtaken: str = ""
    """The key of a call that was out when the task was changed: its take is kept and belongs to the earlier round."""

    def take(self, take_id: str) -> Take | None:
        """Find a take by id."""
        return next((take for take in self.takes if take.id == take_id), None)

    def as_seen(self, task: str) -> AsSeen:
        """Say how far it has come; `task` is its name."""
        return AsSeen(task=task, decisions=len(self.decisions), takes=len(self.takes))

    @property
    def standing_take(self) -> Take | None:
        """The take a person means who names none: the one in question, else accepted, else best, else newest."""
        named = self.question or self.accepted
        standing = named.take if named else self.unfinished.best if self.unfinished else ""
        newest = self.takes[-1] if len(self.takes) > self.reopened_at else None
        return self.take(standing) or newest

    def go_on(
        self, fact: TaskRouted | TakeJudged | MoveChosen | TakePublished | TaskUnfinished | QuestionAsked
    ) -> None:
        """Add the next step of its loop."""
        match fact:
            case TaskRouted():
                self.routes[fact.attempt] = fact
            case TakeJudged():
                self.verdicts[fact.verdict.take] = fact.verdict
            case MoveChosen():
                self.moves[fact.take] = fact.move
            case TakePublished():
                self._accept(fact)
            case TaskUnfinished():
                self._leave(fact)
            case QuestionAsked():
                self.question = fact

    def add_take(self, fact: TakeMade) -> None:
        """Add a take; a file that a person brought in opens the task again."""
        if fact.take.origin == "ingested":
            self._reopen()
        self.takes.append(fact.take)
        if fact.key and fact.key == self.overtaken:
            self.reopened_at = len(self.takes)

    def decide(self, decision: Decision) -> None:
        """Add what a person decided: it answers the question, and opens the task again unless it ends it."""
        self.decisions.append(decision)
        self.question = None
        if decision.action in ("approve", "omit"):
            self.approval = decision
        else:
            self._reopen()
        if decision.action in ("modify", "escalate"):
            self.overtaken = self.calling

    def obey(self, order: Order) -> None:
        """Add what a person ordered."""
        match order.kind:
            case "pause":
                self.paused = order
            case "resume":
                self.paused = self.cancelled = None
                self.open_again("cancelled")
            case "cancel":
                self.cancelled = order
                self.paused = self.question = None
            case "prioritise":
                pass

    def find_out(self, key: str) -> None:
        """Open it where it ended because nobody knew whether this call was charged: asking again is no longer blind."""
        if self.calling == key:
            self.open_again("unknown")

    def open_again(self, cause: str) -> None:
        """Open it where this is what ended it."""
        if self.unfinished and self.unfinished.cause == cause:
            self.unfinished = None

    def _accept(self, fact: TakePublished) -> None:
        self.publishes.append(fact)
        self.accepted = fact
        self.unfinished = self.question = self.cancelled = None
        if fact.is_by_person:
            self.approval = None

    def _leave(self, fact: TaskUnfinished) -> None:
        if fact.cause == "cancelled" and self.cancelled is None:
            return  # somebody asked for it again before that was carried out
        self.unfinished = fact
        self.accepted = self.question = None
        if fact.cause == "omitted":
            self.approval, self.is_omitted = None, True

    def _reopen(self) -> None:
        self.reopened_at = len(self.takes)
        self.is_omitted = False
        self.cancelled = None
        self.accepted = self.unfinished = self.question = self.approval = None
