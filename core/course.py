"""Where the director agent looks up from the work: what it saw at a point, what it corrected, what it asks, what came.

Facts about the course of a whole production. `core.fact` joins them to the others.
"""

from dataclasses import dataclass
from typing import Annotated, Literal

from .brief import Unsaid

CorrectionKind = Literal["reroute", "reword", "ease", "rounds", "money"]
"""Another maker; other words; a must-have of the look as a wish; a round more or less; money that others left over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One thing that was counted, against what had been forecast."""

    department: str
    what: str
    """In words: `first takes of draft in cast`."""
    seen: int
    passed: int
    forecast: float
    """How many had been expected to."""
    chance: float
    """How likely so few are, had the forecast been right."""

    @property
    def says(self) -> str:
        """Tell it in a sentence.

        >>> Evidence(department="cast", what="first takes in cast", seen=6, passed=1, forecast=5.4, chance=0.0001).says
        '1 of 6 first takes in cast passed, 5.4 had been forecast (so few come by chance once in 10000)'
        """
        rare = f"once in {1 / self.chance:.0f}" if self.chance >= 1e-6 else "less than once in a million"
        forecast = f"{self.forecast:.1f} had been forecast"
        return f"{self.passed} of {self.seen} {self.what} passed, {forecast} (so few come by chance {rare})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What some tasks are expected to take, or took."""

    takes: float
    usd: float
    passes: float
    """How many of the tasks pass their gate."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gift:
    """Money that moves to one task, as a `MoneyMoved` will say it."""

    task: str
    micros: int
    gave: tuple[tuple[str, int], ...]
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """Something the director agent would do about tasks that are not begun, or lack money."""

    kind: CorrectionKind
    department: str
    tasks: tuple[str, ...]
    to: str = ""
    """The maker of a reroute; the requirement that is eased."""
    instead: str = ""
    """The maker that was asked first."""
    rounds: int = 0
    """How many more rounds; below 0, fewer."""
    gifts: tuple[Gift, ...] = ()
    as_is: Effect
    """What those tasks would take as things are, by what was seen so far."""
    expected: Effect
    """And with the correction."""

    @property
    def theme(self) -> tuple[str, str, str]:
        """Name what it is about: of one theme there is one correction, or one question, in a production."""
        return self.kind, self.department, self.to or ("fewer" if self.rounds < 0 else "")

    @property
    def does(self) -> str:
        """Say what it does, as an order."""
        count = "1 task" if len(self.tasks) == 1 else f"{len(self.tasks)} tasks"
        match self.kind:
            case "reroute":
                return f"have {self.to} make {count} of {self.department} that are not begun, instead of {self.instead}"
            case "reword":
                return f"say where things stand in the prompts of {count} of {self.department} that are not begun"
            case "ease":
                return f"make {self.to!r} a wish in {count} of {self.department} that are not begun"
            case "rounds":
                count_of = "1 round" if abs(self.rounds) == 1 else f"{abs(self.rounds)} rounds"
                more = f"{count_of} {'more' if self.rounds > 0 else 'less'}"
                return f"give {count} of {self.department} that are not begun {more} each"
            case "money":
                return f"give {count} that ran out of money what others left over"

    @property
    def hopes(self) -> str:
        """Say what it is expected to bring."""
        now, then = self.as_is, self.expected
        return (
            f"expected {then.takes:.1f} takes for {then.usd:.4f} USD, {then.passes:.1f} of {len(self.tasks)} pass; "
            f"as things are {now.takes:.1f} takes for {now.usd:.4f} USD, {now.passes:.1f} pass"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseLooked:
    """The director agent looked at a point, and nothing was to be corrected."""

    event: Literal["course_looked"] = "course_looked"
    point: str
    """Where: `tasks:25`, `money:50`, `time:75`, `first:cast:6`, `gate:cast:6`."""
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseCorrected:
    """The director agent corrected the course, because a policy allows it or a person agreed."""

    event: Literal["course_corrected"] = "course_corrected"
    point: str
    correction: Correction
    evidence: tuple[Evidence, ...]
    why: str
    by: str
    """`policy:<name>`, or `person:<name>` who was asked."""
    change: int = 0
    """The number of the change of the plan that carries it out; 0 where none does."""

    @property
    def says(self) -> str:
        """Tell a person."""
        who, _, name = self.by.partition(":")
        return f"{name if who == 'person' else f'by the policy {name!r}'}: {self.correction.does}: {self.why}"


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseAsked:
    """The director agent would correct the course, and no policy allows it: the director is asked."""

    event: Literal["course_asked"] = "course_asked"
    point: str
    question: str
    correction: Correction
    evidence: tuple[Evidence, ...]
    is_held: Annotated[bool, Unsaid] = False
    """Whether it comes with the others, once nothing else is left to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseDecided:
    """A person answered a question about the course."""

    event: Literal["course_decided"] = "course_decided"
    point: str
    is_agreed: bool
    by: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionsPut:
    """Questions that were held back are put before the director together."""

    event: Literal["questions_put"] = "questions_put"
    questions: int
