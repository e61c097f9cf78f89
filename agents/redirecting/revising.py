"""A note about tasks becomes a change of the plan: their words in the brief are edited and planned again. Pure."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from ...core.brief import Brief, Entity, TaskBrief
from ...core.change import Change
from ...core.crew import Crew
from ...core.errors import BriefError, UnknownName
from ...core.names import names_to_offer
from ...core.plan import Plan, Task
from ..language.nouns import article
from ..looks.composing import composed
from ..planning.invention import fill
from ..planning.matrix import Cell, expand
from ..planning.wording import BACKDROP, asked_of, takes_any_words
from ..reading import read
from .asks import Ask, Count, Quality, Swap, Unlike
from .notes import asks_of
from .page import Page, Place
from .planning_again import change_of, listed, planned_again
from .scene import Scene
from .sites import Site, sites_of
from .stale import downstream
from .wording import carried_out, worked_in

_LONGEST_PROMPT = 4000
_OF_THE_CAST = (Quality, Count, Swap, Unlike)
"""What may be said of an entity wherever it is seen; where it stands and in which light is its shot's."""


def revised(
    plan: Plan, brief: Brief, crew: Crew, *, tasks: Sequence[str], text: str, approved: Collection[str] = ()
) -> Change:
    """Turn a note about tasks into the change it asks for.

    Only stills have words of their own; of a composite, grade, crop or upscale the notices say what it is made from.
    The same note a second time changes nothing.

    Args:
        plan: as it is, with what joined it and what was changed before.
        brief: as it is from the last change on.
        crew: who is hired.
        tasks: tasks of the plan the note is about.
        text: the note.
        approved: tasks a person approved; the notices say which of them are opened again.

    Raises:
        UnknownName: the plan has no such task.
        BriefError: the note contradicts itself or the brief, or nothing would be left to show.
    """
    named = _named(tasks, plan)
    whole, notices = _filled(brief), list(_of_post(named, plan))
    stills = [name for name in named if plan.task(name).make == "still"]
    desk = _Desk(plan=plan, brief=whole, crew=crew, text=text)
    changed, edited = list[str](), whole
    said = defaultdict[str, list[str]](list)
    # Sites depend on what the note speaks of, which depends on the words it finds: those of the first still say it.
    asks = [ask for name in stills[:1] for ask in asks_of(text, desk.scene(name, desk.words(name)))]
    for site in sites_of(stills, asks, plan, whole, crew) if stills else ():
        page = desk.reworded(site)
        is_same = (page.prompt, page.negative) == (desk.base(site), site.task.negative)
        for notice in page.notices or (["It asks for that already."] if is_same else []):
            said[notice] += site.of
        if not is_same:
            entry = replace(site.task, prompt=page.prompt, negative=page.negative)
            edited = replace(edited, tasks={**edited.tasks, site.name: desk.fitting(site, entry)})
            changed += site.of
    notices += [f"{listed(names)}: {notice}" for notice, names in said.items()]
    edited, about_cast = _with_cast(edited, desk, stills)
    notices += about_cast
    if edited == whole:
        return Change(brief=brief, tasks=(), notices=tuple(dict.fromkeys(notices)))
    again = planned_again(edited, plan, crew)
    return change_of(plan, edited, again, changed, notices=notices, approved=approved)


def _named(tasks: Sequence[str], plan: Plan) -> tuple[str, ...]:
    known = {task.name: task for task in plan.tasks}
    for name in tasks:
        if name not in known:
            raise UnknownName("task", name, names_to_offer(name, list(known)))
    return tuple(name for name in known if name in set(tasks))


def _filled(brief: Brief) -> Brief:
    """Write out what the brief left open: what was assumed once stays as it is."""
    whole = fill(brief).brief
    return replace(whole, look=composed(whole.look))


def _of_post(named: Sequence[str], plan: Plan) -> list[str]:
    """Say of work on other pictures where a note about it belongs, unless those are part of the note."""
    stills = [name for name in named if plan.task(name).make == "still"]
    follows = set(downstream(stills, plan))
    said = []
    for name in named:
        task = plan.task(name)
        if task.make != "still" and name not in follows:
            said.append(
                f"{name} has no words of its own: {article(task.make)} is made from {listed(task.inputs)}; "
                "say it of those, or of the look."
            )
    return said


@dataclass(frozen=True, slots=True, kw_only=True)
class _Desk:
    """A note beside the plan and the brief it is about."""

    plan: Plan
    brief: Brief
    crew: Crew
    text: str

    def words(self, name: str) -> str:
        """Give what the brief asks of a planned still, the look left out."""
        cell = expand(self.brief).get(name)
        return asked_of(cell, self.brief) if cell else self.plan.task(name).prompt

    def base(self, site: Site) -> str:
        """Give the words of a site that a note is worked into: its entity's too, where they stand nowhere else."""
        bare = Cell(name=site.name, of=site.name, task=replace(site.task, vary={}))
        return asked_of(bare, self.brief)

    def scene(self, name: str, words: str) -> Scene:
        """Give what the note can speak of in one picture."""
        task = self.plan.task(name)
        elsewhere = {noun: noun for one in self.brief.tasks.values() for noun in read(one.prompt).subjects}
        names = {**elsewhere, **names_for(task, self.brief)}
        return Scene(reading=read(words), shown=read(task.prompt), names=names)

    def reworded(self, site: Site) -> Page:
        """Work the note into the words of a site."""
        words = self.base(site)
        scene = self.scene(site.of[0], words)
        place = Place(
            scene=scene, takes_any_words=takes_any_words(self.crew), is_layer=_is_layer(site.of[0], self.plan)
        )
        return worked_in(Page(prompt=words, negative=site.task.negative), self.text, place)

    def fitting(self, site: Site, entry: TaskBrief) -> TaskBrief:
        """Refuse words beyond what a brief holds; an entity whose thing is swapped away is not this shot's any more."""
        if len(entry.prompt) > _LONGEST_PROMPT:
            what = f"the prompt would be {len(entry.prompt)} letters long"
            raise BriefError(f"tasks.{site.name}.prompt", what, f"keep it under {_LONGEST_PROMPT}: reword the task")
        if entry.entity is None:
            return entry
        theirs = read(self.brief.entities[entry.entity].is_).subjects[:1]
        was, is_now = read(self.base(site)).subjects, read(entry.prompt).subjects
        return replace(entry, entity=None) if theirs and theirs[0] in was and theirs[0] not in is_now else entry


def _is_layer(name: str, plan: Plan) -> bool:
    laid = {one for task in plan.tasks if task.make == "composite" for one in task.inputs[1:]}
    return name in laid and BACKDROP in plan.task(name).prompt


def names_for(task: Task, brief: Brief) -> dict[str, str]:
    """Say what the entities' names mean in one picture; another of the same kind than its own is not in it."""
    found: dict[str, str] = {}
    own = _noun(brief.entities[task.entity]) if task.entity else ""
    for key, entity in sorted(brief.entities.items(), key=lambda one: one[0] == task.entity):
        noun = _noun(entity)
        meant = key.replace("_", " ") if noun == own and key != task.entity else noun
        for called in (key, key.replace("_", " "), *(part for part in key.split("_") if len(part) > 3)):
            if noun and called != noun:
                found[called] = meant
    return found


def _noun(entity: Entity) -> str:
    return next(iter(read(entity.is_).subjects), "")


# -- the cast


def _with_cast(brief: Brief, desk: _Desk, stills: Sequence[str]) -> tuple[Brief, list[str]]:
    """Change what an entity is where the note is about every still of it; else say which stay as they are."""
    notices: list[str] = []
    for key, entity in desk.brief.entities.items():
        seen = [task.name for task in desk.plan.tasks if task.make == "still" and task.entity == key]
        about = [name for name in seen if name in stills]
        asks = _of_entity(entity, desk, about)
        if not about or not asks:
            continue
        if len(about) < len(seen):
            rest = [name for name in seen if name not in about]
            notices.append(f"{key} stays {entity.is_!r}, as in {listed(rest)}.")
            continue
        is_ = _described(entity, asks, desk)
        if is_ != entity.is_:
            brief = replace(brief, entities={**brief.entities, key: replace(entity, is_=is_)})
            notices.append(f"{key} is {is_!r} from now on; it was {entity.is_!r}.")
    return brief, notices


def _of_entity(entity: Entity, desk: _Desk, about: Sequence[str]) -> tuple[Ask, ...]:
    noun = _noun(entity)
    if not about or not noun:
        return ()
    scene = desk.scene(about[0], desk.words(about[0]))
    first = next(iter(scene.subjects), "")
    asks = [one for one in asks_of(desk.text, scene) if isinstance(one, _OF_THE_CAST)]
    return tuple(one for one in asks if _is_about(one, noun, first) and _fits(one, entity.is_))


def _is_about(ask: Ask, noun: str, first: str) -> bool:
    match ask:
        case Quality() | Unlike() | Count():
            return (ask.subject or first) == noun
        case Swap():
            return ask.old == noun
        case _:
            return False


def _fits(ask: Ask, description: str) -> bool:
    """Whether a description speaks of such a thing: how large or how many are a shot's, unless it says so itself."""
    reading = read(description)
    match ask:
        case Quality(aspect="size"):
            return any(one.other == "size" for one in reading.of("attribute"))
        case Count():
            return bool(reading.of("count"))
        case Unlike():
            return any(one.value == ask.word for one in reading.of("attribute"))
        case _:
            return True


def _described(entity: Entity, asks: Sequence[Ask], desk: _Desk) -> str:
    reading = read(entity.is_)
    place = Place(scene=Scene(reading=reading, shown=reading), takes_any_words=takes_any_words(desk.crew))
    return carried_out(Page(prompt=entity.is_.strip().rstrip(".")), asks, place).prompt
