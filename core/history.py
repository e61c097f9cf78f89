"""What the facts add up to: a fold over the journal, without I/O, rebuilt the same way every time."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import assert_never

from .call import Call, CallReserved, CallSent, CallVoided, ResultDropped
from .course import CourseAsked, CourseCorrected, CourseDecided, CourseLooked, QuestionsPut
from .decision import Decision, Move, Note, Order
from .fact import (
    DecisionTaken,
    DeliveryWritten,
    Entry,
    Greenlit,
    LeaseTaken,
    MoneyMoved,
    MoveChosen,
    NoteMade,
    OrderGiven,
    PlanChanged,
    ProductionPlanned,
    QuestionAsked,
    TakeJudged,
    TakeMade,
    TakePublished,
    TakeScored,
    TaskRouted,
    TasksAdded,
    TaskUnfinished,
    TurnTaken,
)
from .machines import MachineCame, MachineLeft, WorkerLeft, WorkerLoaded
from .take import Opinion, Take, Verdict
from .thought import AnswerGiven, FellBack, Thought, ThoughtReserved, ThoughtVoided


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

    @property
    def standing_take(self) -> Take | None:
        """The take a person means who names none: the one in question, else accepted, else best, else newest."""
        named = self.question or self.accepted
        standing = named.take if named else self.unfinished.best if self.unfinished else ""
        newest = self.takes[-1] if len(self.takes) > self.reopened_at else None
        return self.take(standing) or newest


@dataclass(slots=True)
class History:
    """A production as its journal tells it."""

    planned: ProductionPlanned | None = None
    greenlit: Greenlit | None = None
    tasks: dict[str, TaskRecord] = field(default_factory=lambda: defaultdict(TaskRecord))
    calls: dict[str, Call] = field(default_factory=dict)
    thoughts: dict[str, Thought] = field(default_factory=dict)
    """Questions to language models, by key."""
    fallbacks: list[FellBack] = field(default_factory=list)
    scores: dict[tuple[str, str], tuple[Opinion, ...]] = field(default_factory=dict)
    """Opinions by (asset digest, panel)."""
    notes: list[Note] = field(default_factory=list)
    orders: list[Order] = field(default_factory=list)
    """What people had paused, resumed, cancelled or done first, oldest first."""
    additions: list[TasksAdded] = field(default_factory=list)
    changes: list[PlanChanged] = field(default_factory=list)
    turns: list[TurnTaken] = field(default_factory=list)
    """Of sessions with the director, oldest first."""
    points: set[str] = field(default_factory=set)
    """Of the course, at which the director agent has looked."""
    corrections: list[CourseCorrected] = field(default_factory=list)
    course_questions: dict[str, CourseAsked] = field(default_factory=dict)
    """About the course, by point."""
    course_answers: dict[str, CourseDecided] = field(default_factory=dict)
    """By point; the first answer stands."""
    put: int = 0
    """How many entries there were when held questions were last put before the director."""
    money_moves: list[MoneyMoved] = field(default_factory=list)
    """Since the envelopes were allotted."""
    entries: list[Entry] = field(default_factory=list)
    dropped: int = 0
    epoch: int = 0
    delivery: DeliveryWritten | None = None

    @classmethod
    def of(cls, entries: Iterable[Entry]) -> "History":
        """Fold entries, in order, into a history."""
        history = cls()
        for entry in entries:
            history.add(entry)
        return history

    def add(self, entry: Entry) -> None:
        """Fold one more entry in."""
        self.entries.append(entry)
        # Every step of every task is added here, so what there is most of stands first.
        match entry.fact:
            case CallReserved() | CallSent() | CallVoided() | TakeMade() | ResultDropped() as fact:
                self._pay(fact)
            case (
                TaskRouted()
                | TakeJudged()
                | MoveChosen()
                | TakePublished()
                | TaskUnfinished()
                | QuestionAsked() as fact
            ):
                _go_on(self.tasks[fact.task], fact)
            case TakeScored() as fact:
                self.scores[fact.digest, fact.panel] = fact.opinions
            case ThoughtReserved() | ThoughtVoided() | AnswerGiven() | FellBack() as fact:
                self._think(fact, entry.at)
            case DecisionTaken() | OrderGiven() | TasksAdded() | PlanChanged() | NoteMade() | TurnTaken() as fact:
                self._hear(fact)
            case CourseLooked() | CourseCorrected() | CourseAsked() | CourseDecided() as fact:
                self._look_up(fact)
            case QuestionsPut():
                self.put = len(self.entries)
            case MoneyMoved() as fact:
                self._move_money(fact)
            case ProductionPlanned() | Greenlit() | LeaseTaken() | DeliveryWritten() as fact:
                self._stand(fact)
            case MachineCame() | MachineLeft() | WorkerLoaded() | WorkerLeft():
                pass  # what they cost is another fold
            case _ as never:
                assert_never(never)

    @property
    def is_greenlit(self) -> bool:
        """Whether the newest plan has its greenlight."""
        planned, greenlit = self.planned, self.greenlit
        return planned is not None and greenlit is not None and planned.plan_digest == greenlit.plan_digest

    def _stand(self, fact: ProductionPlanned | Greenlit | LeaseTaken | DeliveryWritten) -> None:
        match fact:
            case ProductionPlanned():
                self.planned = fact
                self._open_again("money")
                self._allot_anew()
            case Greenlit():
                self.greenlit = fact
            case LeaseTaken():
                self.epoch = fact.epoch
                self._open_again("world")
            case DeliveryWritten():
                self.delivery = fact

    def _pay(self, fact: CallReserved | CallSent | CallVoided | TakeMade | ResultDropped) -> None:
        match fact:
            case CallReserved():
                self.tasks[fact.task].calling = fact.key
                self.calls[fact.key] = Call.of(fact)
            case CallSent():
                self.calls[fact.key] = replace(self.calls[fact.key], state="sent")
            case TakeMade():
                _take(self.tasks[fact.task], fact)
                if fact.key:
                    self.calls[fact.key] = replace(self.calls[fact.key], state="settled", micros=fact.micros)
            case CallVoided():
                self.calls[fact.key] = replace(self.calls[fact.key], state="void")
            case ResultDropped():
                self.dropped += 1

    def _think(self, fact: ThoughtReserved | ThoughtVoided | AnswerGiven | FellBack, at: str) -> None:
        match fact:
            case ThoughtReserved():
                self.thoughts[fact.key] = Thought(
                    key=fact.key,
                    agent=fact.agent,
                    task=fact.task,
                    chat=fact.chat,
                    micros=fact.micros,
                    token=fact.token,
                    ask=fact.ask,
                    at=at,
                    seconds=fact.seconds,
                )
            case ThoughtVoided():
                self.thoughts[fact.key] = replace(self.thoughts[fact.key], state="void")
            case AnswerGiven():
                self.thoughts[fact.key] = replace(
                    self.thoughts[fact.key],
                    state="settled",
                    micros=fact.micros,
                    exchange=fact.exchange,
                    tokens_in=fact.tokens_in,
                    tokens_out=fact.tokens_out,
                )
            case FellBack():
                self.fallbacks.append(fact)

    def _hear(self, fact: DecisionTaken | OrderGiven | TasksAdded | PlanChanged | NoteMade | TurnTaken) -> None:
        match fact:
            case DecisionTaken():
                _decide(self.tasks[fact.task], fact.decision)
            case OrderGiven():
                self.orders.append(fact.order)
                for name in fact.order.tasks:
                    _obey(self.tasks[name], fact.order)
            case TasksAdded():
                self.additions.append(fact)
            case PlanChanged():
                self.changes.append(fact)
                for name in fact.tasks:
                    self.tasks[name].changed = fact.number
            case NoteMade():
                self.notes.append(fact.note)
            case TurnTaken():
                self.turns.append(fact)

    def _look_up(self, fact: CourseLooked | CourseCorrected | CourseAsked | CourseDecided) -> None:
        self.points.add(fact.point)
        match fact:
            case CourseCorrected():
                self.corrections.append(fact)
            case CourseAsked():
                self.course_questions[fact.point] = fact
            case CourseDecided():
                self.course_answers.setdefault(fact.point, fact)

    def _open_again(self, cause: str) -> None:
        for record in self.tasks.values():
            if record.unfinished and record.unfinished.cause == cause:
                record.unfinished = None

    def _allot_anew(self) -> None:
        self.money_moves.clear()
        for record in self.tasks.values():
            record.moved_micros = 0

    def _move_money(self, fact: MoneyMoved) -> None:
        self.money_moves.append(fact)
        record = self.tasks[fact.task]
        record.moved_micros += fact.micros
        if record.unfinished and record.unfinished.cause == "money":
            record.unfinished = None
        for name, micros in fact.gave.items():
            self.tasks[name].moved_micros -= micros


def _go_on(
    record: TaskRecord, fact: TaskRouted | TakeJudged | MoveChosen | TakePublished | TaskUnfinished | QuestionAsked
) -> None:
    match fact:
        case TaskRouted():
            record.routes[fact.attempt] = fact
        case TakeJudged():
            record.verdicts[fact.verdict.take] = fact.verdict
        case MoveChosen():
            record.moves[fact.take] = fact.move
        case TakePublished():
            _accept(record, fact)
        case TaskUnfinished():
            _leave(record, fact)
        case QuestionAsked():
            record.question = fact


def _take(record: TaskRecord, fact: TakeMade) -> None:
    if fact.take.origin == "ingested":
        _reopen(record)
    record.takes.append(fact.take)
    if fact.key and fact.key == record.overtaken:
        record.reopened_at = len(record.takes)


def _decide(record: TaskRecord, decision: Decision) -> None:
    record.decisions.append(decision)
    record.question = None
    if decision.action in ("approve", "omit"):
        record.approval = decision
    else:
        _reopen(record)
    if decision.action in ("modify", "escalate"):
        record.overtaken = record.calling


def _obey(record: TaskRecord, order: Order) -> None:
    match order.kind:
        case "pause":
            record.paused = order
        case "resume":
            record.paused = record.cancelled = None
            if record.unfinished and record.unfinished.cause == "cancelled":
                record.unfinished = None
        case "cancel":
            record.cancelled = order
            record.paused = record.question = None
        case "prioritise":
            pass


def _accept(record: TaskRecord, fact: TakePublished) -> None:
    record.publishes.append(fact)
    record.accepted = fact
    record.unfinished = record.question = record.cancelled = None
    if fact.is_by_person:
        record.approval = None


def _leave(record: TaskRecord, fact: TaskUnfinished) -> None:
    record.unfinished = fact
    record.accepted = record.question = None
    if fact.cause == "omitted":
        record.approval, record.is_omitted = None, True


def _reopen(record: TaskRecord) -> None:
    record.reopened_at = len(record.takes)
    record.is_omitted = False
    record.cancelled = None
    record.accepted = record.unfinished = record.question = record.approval = None
