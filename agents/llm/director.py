"""The director agent with a language model: a brief in prose becomes a whole brief, held to what rules can plan."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Annotated, ClassVar, Final, Literal, TypeVar

from pydantic import ConfigDict, Field, ValidationError

from ...core.brief import Brief, CameraMove, DepartmentBrief, Entity, Look, Make, Name, ShotBrief, TaskBrief
from ...core.canonical import from_plain, to_json
from ...core.chat import Answer, Ask, Turn
from ...core.crew import Crew
from ...core.errors import BriefError, BudgetExceeded
from ...core.plan import Plan
from ..director import plan_brief
from ..reading import read
from .fault import Fault, faults_of, parsed
from .prompts import DATA, marked, prompt_of, schema_text

T = TypeVar("T")

_STRICT: Final = ConfigDict(extra="forbid")
MOST_QUESTIONS: Final = 3
MOST_TASKS: Final = 400

Words = Annotated[str, Field(max_length=2000)]
Optional = Annotated[str, Field(pattern=r"^$|^[a-z][a-z0-9_]{0,63}$")]


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidLook:
    """What holds for all pictures; empty where the brief leaves it open."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT
    palette: Annotated[tuple[str, ...], Field(max_length=8)] = ()
    """Colour words, darkest first."""
    time: str = ""
    weather: str = ""
    shot_size: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidEntity:
    """Who or what appears in more than one picture."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT
    name: Name
    kind: Literal["character", "place", "prop"]
    looks_like: Annotated[str, Field(min_length=1, max_length=500)]


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidDepartment:
    """A team and how many of its tasks are in the works at once."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT
    name: Name
    workers: Annotated[int, Field(ge=1, le=100)] = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidTask:
    """One picture."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT
    name: Name
    department: Name
    make: Make = "still"
    prompt: Words = ""
    entity: Optional = ""
    input: Optional = ""
    layers: Annotated[tuple[Name, ...], Field(max_length=12)] = ()
    options: Annotated[int, Field(ge=1, le=12)] = 1
    """How many to choose from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidShot:
    """One shot of the cut."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT
    name: Name
    from_task: Name
    seconds: Annotated[float, Field(gt=0, le=600, allow_inf_nan=False)] = 3.0
    move: CameraMove = "slow push in"


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidQuestion:
    """Something only the director can answer."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT
    asks: Annotated[str, Field(min_length=1, max_length=300)]
    planned_meanwhile: Annotated[str, Field(max_length=300)] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallSheet:
    """A call sheet as a model writes it. Money, quality, deadline and decisions have no place in it."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT
    title: Annotated[str, Field(max_length=200)] = ""
    look: SaidLook = field(default_factory=SaidLook)
    entities: Annotated[tuple[SaidEntity, ...], Field(max_length=100)] = ()
    departments: Annotated[tuple[SaidDepartment, ...], Field(max_length=30)] = ()
    tasks: Annotated[tuple[SaidTask, ...], Field(min_length=1, max_length=MOST_TASKS)]
    shots: Annotated[tuple[SaidShot, ...], Field(max_length=200)] = ()
    questions: Annotated[tuple[SaidQuestion, ...], Field(max_length=MOST_QUESTIONS)] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Directed:
    """A brief made whole, the plan it gives, and what only the director can answer."""

    brief: Brief
    plan: Plan
    questions: tuple[str, ...] = ()


def wants_directing(brief: Brief) -> bool:
    """Say whether a brief leaves the tasks to the crew.

    >>> wants_directing(Brief(logline="A fortress above the sea."))
    True
    """
    return not brief.tasks and bool(brief.logline.strip() or brief.title.strip())


def ask_director(brief: Brief, crew: Crew, *, answers: Sequence[tuple[str, str]] = ()) -> Ask:
    """Ask for a call sheet.

    Args:
        brief: what the director wants; what it says is kept, what it leaves open is asked for.
        crew: who is hired: what they make, cost, and have words for.
        answers: earlier questions with the director's answers.
    """
    prompt = prompt_of("director")
    known = [marked("brief", to_json(brief)), marked("crew", _hired(brief, crew))]
    if answers:
        known.append(marked("answers", "\n".join(f"- {question} {answer}" for question, answer in answers)))
    text = "\n\n".join([DATA, *known, "Write the call sheet."])
    return Ask(
        agent="director",
        prompt=prompt.digest,
        system=prompt.text,
        turns=(Turn(who="we", text=text),),
        schema_name="call_sheet",
        schema=schema_text(CallSheet),
    )


def read_director(answer: Answer, brief: Brief, crew: Crew, *, seed: int = 0) -> Directed | Fault:
    """Turn an answer into a brief that can be planned within its budget, or say what keeps it from that.

    What the director wrote wins over what the model says of the same.
    """
    sheet = parsed(CallSheet, answer)
    if isinstance(sheet, Fault):
        return sheet
    if unfit := _unfit(sheet):
        return unfit
    try:
        whole = _whole(brief, sheet)
    except ValidationError as error:
        return Fault(kind="malformed", says=faults_of(error))
    planned = _planned(whole, crew, seed)
    if isinstance(planned, Fault):
        return planned
    questions = tuple(" ".join(f"{one.asks} {_meanwhile(one)}".split()) for one in sheet.questions)
    return Directed(brief=whole, plan=planned, questions=questions)


def _planned(brief: Brief, crew: Crew, seed: int) -> Plan | Fault:
    """Plan a brief, or say in a model's terms what the rules hold against it."""
    try:
        plan = plan_brief(brief, crew, seed=seed)
    except BudgetExceeded as error:
        # How far over is said in pictures, which a model can leave out; money it cannot find.
        says = f"its first takes alone cost {error.needs_usd:.4f} USD, {error.left_usd:.4f} is there for them"
        return Fault(kind="malformed", says=f"{says}: plan fewer tasks, or fewer options of each")
    except BriefError as error:
        return Fault(kind="malformed", says=str(error))
    blocked = [finding for finding in plan.preflight if finding.state == "blocked"]
    if blocked:
        return Fault(kind="malformed", says=f"tasks.{blocked[0].task}: {blocked[0].why}")
    return plan


def _meanwhile(question: SaidQuestion) -> str:
    return f"(Planned meanwhile: {question.planned_meanwhile})" if question.planned_meanwhile else ""


def _hired(brief: Brief, crew: Crew) -> str:
    stills = [maker for maker in crew.makers if "still" in maker.makes]
    cheapest = min((maker.usd or 0.0 for maker in stills), default=0.0)
    lines = [
        f"- {maker.name} makes {', '.join(maker.makes)} at {maker.usd or 0.0:.4f} USD a take" for maker in crew.makers
    ]
    if cheapest:
        tasks_usd = brief.budget_usd - crew.direction_usd(brief.budget_usd)
        lines.append(f"- the budget pays for {int(tasks_usd / cheapest)} first takes of a still at most")
    words = frozenset.intersection(*(frozenset(maker.words) for maker in stills)) if stills else frozenset[str]()
    if words:
        lines.append(f"- its painters know these words alone: {' '.join(sorted(words))}")
    return "\n".join(lines)


def _unfit(sheet: CallSheet) -> Fault | None:
    """Find what a list allows and a brief does not: a name twice, and a prompt nobody can check."""
    for what, names in (
        ("entities", [one.name for one in sheet.entities]),
        ("departments", [one.name for one in sheet.departments]),
        ("tasks", [one.name for one in sheet.tasks]),
        ("shots", [one.name for one in sheet.shots]),
    ):
        twice = next((name for name, times in Counter(names).items() if times > 1), "")
        if twice:
            return Fault(kind="malformed", says=f"{what}: two are named {twice!r}; give each its own name")
    for task in sheet.tasks:
        if task.make == "still" and task.prompt and not read(task.prompt).subjects:
            says = f"tasks.{task.name}.prompt: no thing that can be seen is read in {task.prompt[:80]!r}"
            return Fault(kind="malformed", says=f"{says}: name what the picture shows, in plain English")
    return None


def _whole(brief: Brief, sheet: CallSheet) -> Brief:
    """Fill a brief with a call sheet; raises `ValidationError` where that makes no brief."""
    entities = {one.name: {"kind": one.kind, "is": one.looks_like} for one in sheet.entities}
    shots = {one.name: {"from": one.from_task, "seconds": one.seconds, "move": one.move} for one in sheet.shots}
    departments = {one.name: {"workers": one.workers} for one in sheet.departments}
    departments |= {one.department: {} for one in sheet.tasks if one.department not in departments}
    return replace(
        brief,
        title=brief.title or sheet.title,
        look=_look(brief.look, sheet.look),
        entities={**_nouns(Entity, entities), **brief.entities},
        departments={**_nouns(DepartmentBrief, departments), **brief.departments},
        tasks={**_nouns(TaskBrief, {one.name: _task(one) for one in sheet.tasks}), **brief.tasks},
        shots=brief.shots or _nouns(ShotBrief, shots),
    )


def _task(said: SaidTask) -> dict[str, object]:
    task: dict[str, object] = {"department": said.department, "make": said.make, "prompt": said.prompt}
    task |= {key: value for key in ("entity", "input", "layers") if (value := getattr(said, key))}
    return task | ({"vary": {"seed": said.options}} if said.options > 1 else {})


def _nouns(kind: type[T], plain: Mapping[str, Mapping[str, object]]) -> dict[str, T]:
    return {name: from_plain(kind, values) for name, values in plain.items()}


def _look(given: Look, said: SaidLook) -> Look:
    """Fill what the director left open of the look; a field that does not stand at its default was written."""
    fresh = Look()
    open_fields = [one.name for one in fields(said) if getattr(given, one.name) == getattr(fresh, one.name)]
    return replace(given, **{name: value for name in open_fields if (value := getattr(said, name))})
