"""One change of the look for the whole production: which tasks it reaches, which not, and why not. Pure."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from ...core.brief import Brief, Look
from ...core.change import Change
from ...core.crew import Crew
from ...core.errors import BriefError
from ...core.plan import Plan, Task
from ..language.atoms import Atom, Reading
from ..looks.composing import composed
from ..looks.edit import FIELDS, LookEdit, edited, in_words, look_differences
from ..looks.spoken import spoken, spoken_parts, weather_of
from ..planning import contradictions as excluding
from ..planning.invention import fill
from ..planning.matrix import expand
from ..planning.phrasing import ground_of, requirements_of
from ..planning.wording import BACKDROP, takes_any_words
from ..reading import read
from .planning_again import change_of, listed, planned_again
from .sites import joined

_ALONE = ("time", "palette", "shot_size", "angle", "grain", "aspect")
"""Fields of which a picture has one; of two lenses said together one is a focus."""
_MOST_NAMED = 40
_IN_WORDS = ("time", "weather", "shot_size", "angle", "lighting")
"""Fields that are said in the prompts of stills."""


def relooked(plan: Plan, brief: Brief, crew: Crew, look: str | LookEdit, *, approved: Collection[str] = ()) -> Change:
    """Change the look once, for every task that depends on it and that no person has approved.

    The notices say what becomes different about the look, which tasks that reaches, and why the others are as they
    were. The same note a second time changes nothing.

    Args:
        plan: as it is, with what joined it and what was changed before.
        brief: as it is from the last change on.
        crew: who is hired.
        look: a note, `everything colder`, or the fields themselves.
        approved: tasks a person approved: they are left as they are.

    Raises:
        BriefError: the note asks for two things of which a look has one.
    """
    whole = _written_out(plan, brief, crew)
    before = whole.look
    edit, notices = _asked(look, before) if isinstance(look, str) else (look, list[str]())
    edit, more = _possible(edit, before, plan, crew)
    after = edited(before, edit)
    if after == before:
        return Change(brief=brief, tasks=(), notices=(*notices, *more))
    changed = replace(whole, look=after)
    old, new = planned_again(whole, plan, crew), planned_again(changed, plan, crew)
    touched = [task.name for task in plan.tasks if old.tasks[task.name] != new.tasks[task.name]]
    free = [name for name in touched if name not in approved]
    told = [*notices, *more, *_says(before, after), *_reach(plan, touched, free, edit)]
    return change_of(plan, _without_spare(changed, brief, free), new, free, notices=told, approved=approved)


def _written_out(plan: Plan, brief: Brief, crew: Crew) -> Brief:
    """Write out what the brief left open, and the tasks that joined the plan, so that the look reaches them."""
    whole = fill(brief).brief
    whole = replace(whole, look=composed(whole.look))
    cells = expand(whole)
    late = {task.name: joined(task, whole, crew) for task in plan.tasks if task.name not in cells}
    return replace(whole, tasks={**whole.tasks, **late})


def _without_spare(changed: Brief, brief: Brief, names: Sequence[str]) -> Brief:
    """Leave out again what joined later and stays as it is."""
    own = fill(brief).brief.tasks
    kept = {name: task for name, task in changed.tasks.items() if name in own or name in names}
    return replace(changed, tasks=kept)


def _asked(note: str, look: Look) -> tuple[LookEdit, list[str]]:
    found = spoken(note, look)
    _refuse_two(spoken_parts(note, look))
    if found.left:
        said = f"{found.left!r} says nothing of the look and changes nothing here: say it of the tasks it is about."
        return found.edit, [said]
    return found.edit, []


def _refuse_two(parts: Sequence[LookEdit]) -> None:
    said = [[name for name in FIELDS if getattr(part, name) is not None] for part in parts]
    # A named look says many fields, and a word beside it changes one of them: that is no contradiction.
    single = [(part, names[0]) for part, names in zip(parts, said, strict=True) if len(names) == 1]
    for name in _ALONE:
        values = list(dict.fromkeys(getattr(part, name) for part, one in single if one == name))
        if len(values) > 1:
            first, second = in_words(values[0]), in_words(values[1])
            what = f"asks for the {name.replace('_', ' ')} to be {first!r} and {second!r}"
            raise BriefError("the note", what, "say one of the two")
    weathers = dict.fromkeys(weather_of(part.weather) for part, one in single if one == "weather" and part.weather)
    atoms = tuple(Atom(kind="weather", value=value) for value in weathers)
    if found := excluding.contradictions(requirements_of(Reading(atoms=atoms, unknown=()))):
        raise BriefError("the note", excluding.in_words(*found[0]), "say one of the two")


def _possible(edit: LookEdit, look: Look, plan: Plan, crew: Crew) -> tuple[LookEdit, list[str]]:
    """Take out what a plan that runs cannot change, and say what this crew cannot tell apart."""
    notices = []
    if edit.aspect is not None and edit.aspect != plan.aspect:
        notices.append(
            f"The frame stays {plan.aspect}: pictures are made in it already; {edit.aspect} takes a new plan."
        )
    edit = replace(edit, aspect=None)
    is_thinner = edit.weather and look.weather and weather_of(edit.weather) == weather_of(look.weather)
    if is_thinner and edit.weather != look.weather and not takes_any_words(crew):
        notices.append(f"This crew knows no {edit.weather}: less of it is asked for as clear weather.")
        edit = replace(edit, weather="clear")
    if edit.lens not in (None, look.lens):
        notices.append("The lens is kept in the brief; nobody on this crew uses it yet.")
    if edit.lighting not in (None, look.lighting) and not takes_any_words(crew):
        notices.append("The light is kept in the brief; this crew has no words for it.")
    return edit, notices


def _says(before: Look, after: Look) -> list[str]:
    return [
        f"The look's {name} was {old}; it is {new} from now on." if old else f"The look's {name} is {new} from now on."
        for name, old, new in look_differences(before, after)
    ]


# -- who is reached


def _reach(plan: Plan, touched: Sequence[str], free: Sequence[str], edit: LookEdit) -> list[str]:
    said = [
        f"Reaches {len(free)} of {len(plan.tasks)} tasks: {listed(free, _MOST_NAMED)}." if free else "Reaches no task."
    ]
    kept = [name for name in touched if name not in free]
    if kept:
        said.append(f"Left as they are, for a person approved them: {listed(kept, _MOST_NAMED)}.")
    why = defaultdict[str, list[str]](list)
    for task in plan.tasks:
        if task.name not in touched:
            why[_why_not(task, edit)].append(task.name)
    return [*said, *(f"Not touched, for {reason}: {listed(names, _MOST_NAMED)}." for reason, names in why.items())]


def _why_not(task: Task, edit: LookEdit) -> str:
    if task.make == "grade":
        return "a grade takes the look's palette and grain and nothing else"
    if task.make != "still":
        return "they are made from other pictures and change with them"
    asked = [name for name in _IN_WORDS if getattr(edit, name) is not None]
    if not asked:
        return "a palette, grain or lens is no word of a prompt: it is the grades' to show"
    if BACKDROP in task.prompt or ground_of(read(task.prompt)) == "backdrop":
        return "they are laid over other pictures and made on a plain backdrop"
    return f"their prompts say their own {_and(name.replace('_', ' ') for name in asked if name != 'lighting')}"


def _and(names: Iterable[str]) -> str:
    return " or ".join(names) or "light"
