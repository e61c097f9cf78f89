"""Remedies for a department that does worse than forecast: each with what it is expected to bring. Pure.

What a remedy brings is computed from the odds the router goes by, with this production's own takes added.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from ..core.brief import Delegation, Look
from ..core.course import Correction, Effect
from ..core.crew import Crew, MakerSpec
from ..core.money import to_micros
from ..core.plan import Requirement, Task
from ..core.take import Verdict
from .forecast import Rungs, chance_to_pass, rungs_of
from .planning.envelopes import makers_for
from .planning.odds import Odds
from .planning.rewording import reworded
from .planning.wording import unknown_words
from .reviser import FLAT_ROUNDS, TRIES_PER_RUNG, chance_after
from .router import first_choice

LEAST: Final = 6
"""First takes of a department before it is looked at; then whenever they are twice as many."""
_HARDLY: Final = 0.2
"""Share of takes that show a thing, below which it is hardly ever shown."""
_REWORDED: Final = 4
"""Reworded takes before anything is concluded from them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class First:
    """A task's first take, judged."""

    task: Task
    maker: str
    verdict: Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Last:
    """The take of a task's last round of its own, judged."""

    task: Task
    maker: str
    failures: int
    """Takes of the same maker that had failed before it."""
    is_passed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """One department as a point shows it."""

    name: str
    prefers: tuple[str, ...] = ()
    firsts: tuple[First, ...] = ()
    """In the order of the plan."""
    ended: tuple[tuple[Task, bool], ...] = ()
    """Tasks that ended, each with whether its gate was passed; in the order of the plan."""
    lasts: tuple[Last, ...] = ()
    """Of those that used up their rounds."""
    reworded: tuple[bool, ...] = ()
    """Takes that were made in other words after one had failed: whether each passed."""
    waiting: tuple[Task, ...] = ()
    """Tasks that nobody has begun: they alone may be changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What a point is judged by."""

    crew: Crew
    odds: Odds
    """As the router goes by."""
    policy: Delegation
    departments: int = 1
    """Of the production: the more there are, the rarer must be what counts as more than chance."""
    look: Look = field(default_factory=Look)
    settled: frozenset[tuple[str, str, str]] = frozenset()
    """Themes that were corrected or asked about before."""


def moved(team: Team, maker: str, now: Situation, odds: Odds) -> Correction | None:
    """Propose the maker whose passed takes are expected to save most on what is left of a maker's tasks.

    Args:
        team: the department.
        maker: who does worse than forecast.
        now: its odds say whom the router would ask.
        odds: with this production's takes added.
    """
    left = [task for task in team.waiting if _first_maker(task, team, now) == maker and not task.maker]
    rivals = dict.fromkeys(one.name for task in left for one in makers_for(task.make, now.crew) if one.name != maker)
    offers = list[tuple[float, str, list[Task]]]()
    for rival in rivals:
        gains = {task.name: _saved(task, now.crew.maker(maker), now.crew.maker(rival), odds) for task in left}
        if better := [task for task in left if gains[task.name] > 0]:
            offers.append((sum(gains[task.name] for task in better), rival, better))
    if not offers:
        return None
    _, rival, tasks = max(offers, key=lambda one: one[:2])
    return Correction(
        kind="reroute",
        department=team.name,
        tasks=_named(tasks),
        to=rival,
        instead=maker,
        as_is=_effect([replace(task, maker=maker) for task in tasks], team, now.crew, odds),
        expected=_effect([replace(task, maker=rival) for task in tasks], team, now.crew, odds),
    )


def worded(team: Team, maker: str, now: Situation, odds: Odds) -> Correction | None:
    """Propose other words from the start where relations are asked for and saying places was seen to help."""
    if len(team.reworded) < _REWORDED or not now.crew.maker(maker).rewords:
        return None
    helps = (1 + sum(team.reworded)) / (2 + len(team.reworded))
    tasks = [
        task
        for task in team.waiting
        if _first_maker(task, team, now) == maker
        and said_anew(task)
        and chance_to_pass(task, now.crew.maker(maker), odds) < helps
    ]
    if not tasks:
        return None
    return Correction(
        kind="reword",
        department=team.name,
        tasks=_named(tasks),
        as_is=_effect(tasks, team, now.crew, odds),
        expected=_effect(tasks, team, now.crew, odds, least_chance=helps),
    )


def eased(team: Team, maker: str, now: Situation, odds: Odds) -> Correction | None:
    """Propose that what the look alone asks for be a wish, where hardly any take shows it."""
    own = [first for first in team.firsts if first.maker == maker]
    for asked in dict.fromkeys(
        one.id for first in own for one in first.task.requirements if _is_of_look(one, now.look)
    ):
        wanted = [first for first in own if _has_must(first.task, asked)]
        shown = sum(asked not in {one.requirement for one in first.verdict.findings} for first in wanted)
        tasks = [task for task in team.waiting if _has_must(task, asked) and _first_maker(task, team, now) == maker]
        if tasks and len(wanted) >= LEAST and shown < _HARDLY * len(wanted):
            return Correction(
                kind="ease",
                department=team.name,
                tasks=_named(tasks),
                to=asked,
                as_is=_effect(tasks, team, now.crew, odds),
                expected=_effect([as_wish(task, asked) for task in tasks], team, now.crew, odds),
            )
    return None


def prolonged(team: Team, now: Situation, odds: Odds) -> Correction | None:
    """Propose one more round each for tasks whose money pays it."""
    longer = [with_rounds(task, 1) for task in team.waiting if task.make == "still"]
    longer = [task for task in longer if _is_payable(task, now.crew)]
    if not longer:
        return None
    return Correction(
        kind="rounds",
        department=team.name,
        tasks=_named(longer),
        rounds=1,
        as_is=_effect([with_rounds(task, -1) for task in longer], team, now.crew, odds),
        expected=_effect(longer, team, now.crew, odds),
    )


def shortened(team: Team, now: Situation, odds: Odds) -> Correction | None:
    """Propose one round less each, where the last one hardly ever passes."""
    tasks = [task for task in team.waiting if task.make == "still" and task.gate.rounds]
    if not tasks:
        return None
    return Correction(
        kind="rounds",
        department=team.name,
        tasks=_named(tasks),
        rounds=-1,
        as_is=_effect(tasks, team, now.crew, odds),
        expected=_effect([with_rounds(task, -1) for task in tasks], team, now.crew, odds),
    )


def said_anew(task: Task) -> str:
    """Give a task's prompt with the places of its relations said; empty where no rule applies."""
    return reworded(task.prompt, [one for one in task.requirements if one.kind == "relation" and one.must])


def as_wish(task: Task, asked: str) -> Task:
    """Give a task that wishes for what it asked for."""
    return replace(
        task, requirements=tuple(replace(one, must=one.must and one.id != asked) for one in task.requirements)
    )


def with_rounds(task: Task, more: int) -> Task:
    """Give a task with more rounds, or fewer."""
    return replace(task, gate=replace(task.gate, rounds=task.gate.rounds + more))


def chance_to_end_well(task: Task, team: Team, crew: Crew, odds: Odds) -> float:
    """Give the chance that a task passes its gate with one of the takes it may get."""
    return _climbed(rungs_of(task, crew, team.prefers, odds), task.gate.rounds).passes


def _effect(tasks: Sequence[Task], team: Team, crew: Crew, odds: Odds, *, least_chance: float = 0.0) -> Effect:
    cast = list[Effect]()
    for task in tasks:
        rungs = rungs_of(task, crew, team.prefers, odds)
        cast.append(_climbed([(maker, max(chance, least_chance)) for maker, chance in rungs], task.gate.rounds))
    return Effect(
        takes=round(sum(one.takes for one in cast), 4),
        usd=round(sum(one.usd for one in cast), 6),
        passes=round(sum(one.passes for one in cast), 4),
    )


def _climbed(rungs: Rungs | Sequence[tuple[MakerSpec, float]], rounds: int) -> Effect:
    """Go up the ladder as a production's outlook does: what a maker missed it tends to miss again."""
    takes, usd, needed = 0.0, 0.0, 1.0
    for attempt in range(rounds + 1 if rungs else 0):
        rung = min(attempt // TRIES_PER_RUNG, len(rungs) - 1)
        if attempt - (len(rungs) - 1) * TRIES_PER_RUNG > FLAT_ROUNDS:
            break
        maker, chance = rungs[rung]
        takes, usd = takes + needed, usd + needed * (maker.usd or 0.0)
        needed *= 1 - chance_after(chance, attempt - rung * TRIES_PER_RUNG)
    return Effect(takes=takes, usd=usd, passes=1 - needed)


def _saved(task: Task, maker: MakerSpec, rival: MakerSpec, odds: Odds) -> float:
    """Say how much cheaper a passed take of a rival is; nothing where it could not do the task as well, or be paid."""
    is_able = task.make in rival.makes and (task.start is None or rival.repairs)
    keeps_likeness = not task.inputs or rival.references or not maker.references
    is_payable = to_micros(rival.usd or 0.0) <= to_micros(task.envelope_usd)
    if not (is_able and keeps_likeness and is_payable) or _unknown(task, rival) > _unknown(task, maker):
        return 0.0
    prices = odds.prices(task, [maker, rival])
    return prices[maker.name].expected - prices[rival.name].expected if prices else 0.0


def _unknown(task: Task, maker: MakerSpec) -> int:
    return len(unknown_words(task.prompt, frozenset(maker.words)))


def _first_maker(task: Task, team: Team, now: Situation) -> str:
    able = makers_for(task.make, now.crew)
    return first_choice(task, able, team.prefers, now.odds)[0].name if able else ""


def _is_payable(task: Task, crew: Crew) -> bool:
    dearest = max((to_micros(maker.usd or 0.0) for maker in makers_for(task.make, crew)), default=0)
    return (task.gate.rounds + 1) * dearest <= to_micros(task.envelope_usd)


def _is_of_look(asked: Requirement, look: Look) -> bool:
    told: Mapping[str, str | None] = {"time": look.time, "weather": look.weather, "shot": look.shot_size}
    return asked.must and asked.value != "" and told.get(asked.kind) == asked.value


def _has_must(task: Task, asked: str) -> bool:
    return any(one.id == asked and one.must for one in task.requirements)


def _named(tasks: Sequence[Task]) -> tuple[str, ...]:
    return tuple(task.name for task in tasks)
