"""Where tasks run: everything one task graph needs, injected once."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from ..agents.forecast import Expected, expected
from ..agents.llm.prompts import prompt_of
from ..agents.planning.envelopes import makers_for
from ..agents.planning.odds import Odds
from ..agents.reviser import Rung
from ..core.brief import Delegation
from ..core.canonical import digest_of, to_json
from ..core.crew import Crew
from ..core.plan import Task
from ..core.ports import Journal, Store, Workers
from ..core.take import Recipe
from ..models.critics.signature import versions_of
from .supervising import Supervisor
from .thinking import Thinker


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A production as its tasks see it."""

    production: str
    """Names the production in every call's key."""
    seed: int
    tasks: dict[str, Task]
    """By name; more may join while it runs."""
    crew: Crew
    journal: Journal
    store: Store
    workers: Workers
    aspect: str = "1:1"
    prefers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    odds: Odds = field(default_factory=Odds)
    delegation: Delegation | None = None
    """What the director leaves to policies; None where everything is asked that always was."""
    call_tries: int = 3
    chain: dict[str, float] = field(default_factory=dict)
    """Seconds of the longest chain that starts with each task: who is served first, here and at the workers."""
    is_stopped: Callable[[], bool] = lambda: False
    """Whether somebody stopped all spending on this machine."""
    rent_usd: Callable[[], float] = lambda: 0.0
    """What the rented machines cost if they are given back now."""
    thinker: Thinker | None = None
    """The language models of its agents; None where every agent goes by its rules."""
    supervisor: Supervisor = field(default_factory=Supervisor)
    """Knows what the world keeps away, and waits for it."""
    palette: tuple[str, ...] = ()
    """Of the look, for who words prompts."""
    just_made: dict[str, bytes] = field(default_factory=dict)
    """Pictures nobody has looked at yet, by digest: they need not be read back."""
    changed: dict[str, int] = field(default_factory=dict)
    """The number of the change of the plan that each task is as of; 0 where it is as it was planned."""
    _panels: dict[str, str] = field(init=False, default_factory=dict)
    _who_looks: tuple[str, str] = field(init=False)
    _expected: dict[str, Expected] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        questions = (prompt_of("critic").digest,) if self.crew.agents.critic else ()
        object.__setattr__(self, "_who_looks", (self.crew.identity(), versions_of(self.crew.critics), *questions))

    def change(self, tasks: Sequence[Task], number: int) -> None:
        """Take tasks as a person changed them."""
        for task in tasks:
            self.tasks[task.name], self.changed[task.name] = task, number
            self._panels.pop(task.name, None)
            self._expected.pop(task.name, None)

    def is_current(self, name: str) -> bool:
        """Say whether a task is known as it is by now: what is not must wait until its change was read."""
        return self.changed.get(name, 0) == self.journal.history.tasks[name].changed

    def key_of(self, task: str, attempt: int, recipe: Recipe) -> str:
        """Name one piece of paid work; the same work has the same name in every process and on every day."""
        return digest_of((self.production, task, attempt, to_json(recipe)))

    def urgency_of(self, task: str) -> float:
        """Say how urgent a task's calls are: by the longest chain that waits for it."""
        return self.chain.get(task, 0.0)

    def ladder(self, task: Task) -> list[Rung]:
        """List the makers that could do a task as the reviser sees them, weakest first."""
        return [
            Rung(
                maker=maker.name,
                usd=maker.usd or 0.0,
                repairs=maker.repairs,
                rewords=maker.rewords,
                passes=self.odds.chance(task, maker),
            )
            for maker in makers_for(task.make, self.crew)
        ]

    def expected(self, task: Task) -> Expected:
        """Say who will be asked for a task first, and what it will take with revisions counted in."""
        if task.name not in self._expected:
            prefers = self.prefers.get(task.department, ())
            self._expected[task.name] = expected(task, self.crew, prefers, self.odds)
        return self._expected[task.name]

    def panel_of(self, task: Task, references: Sequence[str] = ()) -> str:
        """Name what looks, what it looks for and what it compares with; scores of another panel are not these."""
        if task.name not in self._panels:
            asked = ";".join(to_json(one) for one in task.requirements)
            self._panels[task.name] = digest_of((*self._who_looks, asked))
        panel = self._panels[task.name]
        return digest_of((panel, tuple(references))) if references else panel
