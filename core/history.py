"""What the facts add up to: a fold over the journal, without I/O, rebuilt the same way every time."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import assert_never

from .call import Call, CallReserved, CallSent, CallUnknown, CallVoided, ChargeReconciled, Doubt, ResultDropped
from .chat import Agent
from .course import CourseAsked, CourseCorrected, CourseDecided, CourseLooked, QuestionsPut
from .decision import Note, Order
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
from .limits import CapsSet, SpendingAllowed, SpendingHalted
from .machines import MachineCame, MachineLeft, WorkerLeft, WorkerLoaded
from .money import Caps
from .outage import OutageBegan, OutageEnded
from .take import Opinion
from .task_record import TaskRecord
from .thought import DIRECTION, AnswerGiven, FellBack, Thought, ThoughtReserved, ThoughtUnknown, ThoughtVoided


@dataclass(slots=True)
class History:
    """A production as its journal tells it."""

    planned: ProductionPlanned | None = None
    greenlit: Greenlit | None = None
    tasks: dict[str, TaskRecord] = field(default_factory=lambda: defaultdict(TaskRecord))
    calls: dict[str, Call] = field(default_factory=dict)
    doubts: dict[tuple[str, str], Doubt] = field(default_factory=dict)
    """Calls that may have been charged, by key and token; what somebody found out about one stays with it."""
    caps: Caps = field(default_factory=Caps)
    """What may be spent at most, beside the budget."""
    halted: SpendingHalted | None = None
    """Who had all spending stopped, until somebody has it go on."""
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

    def add(self, entry: Entry) -> None:  # noqa: PLR0912 - one case per kind of fact
        """Fold one more entry in."""
        self.entries.append(entry)
        # Every step of every task is added here, so what there is most of stands first.
        match entry.fact:
            case CallReserved() | CallSent() | CallVoided() | TakeMade() | ResultDropped() as fact:
                self._pay(fact)
            case CallUnknown() | ThoughtUnknown() | ChargeReconciled() as fact:
                self._doubt(fact, entry.at)
            case (
                TaskRouted()
                | TakeJudged()
                | MoveChosen()
                | TakePublished()
                | TaskUnfinished()
                | QuestionAsked() as fact
            ):
                self.tasks[fact.task].go_on(fact)
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
            case CapsSet() | SpendingHalted() | SpendingAllowed() as fact:
                self._limit(fact)
            case MachineCame() | MachineLeft() | WorkerLoaded() | WorkerLeft():
                pass  # what they cost is another fold
            case OutageBegan() | OutageEnded():
                pass  # told, and decided by nobody
            case _ as never:
                assert_never(never)

    @property
    def is_greenlit(self) -> bool:
        """Whether the newest plan has its greenlight."""
        planned, greenlit = self.planned, self.greenlit
        return planned is not None and greenlit is not None and planned.plan_digest == greenlit.plan_digest

    def paid_by_task(self) -> dict[str, int]:
        """Give what each task's calls have cost, in micro-dollars; of the unknown ones, what somebody found out."""
        paid = [(call.task, call.micros) for call in self.calls.values() if call.state == "settled"]
        paid += [(one.call.task, one.micros) for one in self.doubts.values() if not one.is_open and self._is_call(one)]
        spent: dict[str, int] = {}
        for task, micros in paid:
            spent[task] = spent.get(task, 0) + micros
        return spent

    def thinking_micros(self) -> dict[Agent, int]:
        """Give what each agent's questions have cost; of the unknown ones, what somebody found out."""
        paid = [(one.agent, one.micros) for one in self.thoughts.values() if one.state == "settled"]
        paid += [
            (self.thoughts[one.call.key].agent, one.micros)
            for one in self.doubts.values()
            if not one.is_open and not self._is_call(one)
        ]
        spent: dict[Agent, int] = {}
        for agent, micros in paid:
            spent[agent] = spent.get(agent, 0) + micros
        return spent

    def thinking_held_micros(self) -> int:
        """Give what questions hold whose end is open: they are out, or nobody knows what they cost."""
        out = sum(one.micros for one in self.thoughts.values() if one.state == "sent")
        return out + sum(one.micros for one in self.doubts.values() if one.is_open and not self._is_call(one))

    def _is_call(self, doubt: Doubt) -> bool:
        return doubt.call.key in self.calls

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
                self.tasks[fact.task].add_take(fact)
                if fact.key:
                    self.calls[fact.key] = replace(self.calls[fact.key], state="settled", micros=fact.micros)
            case CallVoided():
                self.calls[fact.key] = replace(self.calls[fact.key], state="void")
            case ResultDropped():
                self.dropped += 1

    def _doubt(self, fact: CallUnknown | ThoughtUnknown | ChargeReconciled, at: str) -> None:
        match fact:
            case CallUnknown():
                call = self.calls[fact.key]
                self.doubts[fact.key, fact.token] = Doubt(call=call, why=fact.why, at=at, answer=fact.answer)
                self.calls[fact.key] = replace(call, state="void")
            case ThoughtUnknown():
                thought = self.thoughts[fact.key]
                self.doubts[fact.key, fact.token] = Doubt(call=_as_call(thought), why=fact.why, at=at)
                self.thoughts[fact.key] = replace(thought, state="void")
            case ChargeReconciled():
                doubt = self.doubts[fact.key, fact.token]
                self.doubts[fact.key, fact.token] = replace(doubt, reconciled=fact)
                still = any(one.is_open for (key, _), one in self.doubts.items() if key == fact.key)
                if self._is_call(doubt) and not still:
                    self.tasks[fact.task].find_out(fact.key)

    def _limit(self, fact: CapsSet | SpendingHalted | SpendingAllowed) -> None:
        match fact:
            case CapsSet(caps=caps):
                self.caps = caps
            case SpendingHalted():
                self.halted = fact
            case SpendingAllowed():
                self.halted = None

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
                self.tasks[fact.task].decide(fact.decision)
            case OrderGiven():
                self.orders.append(fact.order)
                for name in fact.order.tasks:
                    self.tasks[name].obey(fact.order)
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
            record.open_again(cause)

    def _allot_anew(self) -> None:
        self.money_moves.clear()
        for record in self.tasks.values():
            record.moved_micros = 0

    def _move_money(self, fact: MoneyMoved) -> None:
        self.money_moves.append(fact)
        record = self.tasks[fact.task]
        record.moved_micros += fact.micros
        record.open_again("money")
        for name, micros in fact.gave.items():
            self.tasks[name].moved_micros -= micros


def _as_call(thought: Thought) -> Call:
    return Call(
        key=thought.key,
        task=thought.task,
        department=DIRECTION,
        maker=thought.chat,
        micros=thought.micros,
        token=thought.token,
        state="sent",
    )
