"""The director agent, offline: a brief becomes a plan by grammar and rules. Pure and deterministic."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import get_args

from ..core.brief import Brief, Delegation, DepartmentBrief, Quality, TaskBrief
from ..core.canonical import digest_of
from ..core.crew import Crew
from ..core.errors import BriefError
from ..core.plan import Department, Gate, Plan, RequirementKind, Shot, Task
from ..core.track_record import TrackRecord
from .forecast import forecast
from .planning.checklist import checklist
from .planning.envelopes import Need, allot, need_of, refuse_early, shares_of
from .planning.invention import fill
from .planning.matrix import Cell, cells_in, expand, written_out
from .planning.odds import Odds
from .planning.wiring import check_names, inputs_of, near, resolve
from .planning.wording import Worded, takes_any_words, word
from .preflight import demoted, panel_of, preflight
from .reading import read

_KINDS: tuple[str, ...] = get_args(RequirementKind)
_MOST_DEADLINE_SECONDS = 3650 * 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class _Draft:
    """A brief, filled, with its cells and who needs whom."""

    brief: Brief
    cells: Mapping[str, Cell]
    inputs: Mapping[str, tuple[str, ...]]
    bar: Quality
    worked_on: frozenset[str]
    """Tasks whose pictures others are made from; a still only looks at its entity's reference."""


def plan_brief(
    brief: Brief,
    crew: Crew,
    *,
    seed: int = 0,
    budget_usd: float | None = None,
    track_record: TrackRecord | None = None,
) -> Plan:
    """Plan a brief for a crew: tasks with requirements, gates and envelopes, preflight and forecast.

    The same brief, crew, seed, budget and track record give the same plan.

    Args:
        brief: what the director wants; what it leaves out is planned and listed in `assumptions`.
        crew: who is hired.
        seed: the production's.
        budget_usd: replaces the brief's.
        track_record: what the studio has seen of the crew at the brief's floors; None plans from the crew file alone.

    Raises:
        BriefError: the brief contradicts itself or names what is not there; says where, and names like it.
        BudgetExceeded: the budget does not cover one take of every task.
    """
    budget = _budget(brief.budget_usd if budget_usd is None else budget_usd)
    deadline = _deadline_seconds(brief)
    _check_preferred(brief, crew)
    _check_delegated(brief.bar(), brief.delegate)
    draft, assumptions = _draft(brief, crew, budget)
    worded = _worded(draft, crew)
    wanted, departments = _wanted(draft, worded, crew, budget - crew.direction_usd(budget))
    panel = panel_of(crew)
    tasks = tuple(replace(task, requirements=demoted(task.requirements, panel)) for task in wanted)
    odds = Odds(seed=seed, record=track_record)
    expected = forecast(tasks, crew, departments, odds)
    return Plan(
        title=draft.brief.title,
        brief_digest=digest_of(brief),
        crew_digest=crew.identity(),
        seed=seed,
        budget_usd=budget,
        aspect=draft.brief.look.aspect,
        palette=draft.brief.look.palette,
        departments=departments,
        tasks=tasks,
        shots=_shots(draft),
        deliver=brief.deliver,
        preflight=preflight(wanted, crew),
        forecast=expected,
        gate_says=_gate_says(draft.bar),
        odds_say=_odds_say(odds, crew),
        track_record=track_record,
        unknown_words=tuple(dict.fromkeys(word for task in tasks for word in task.unknown_words)),
        assumptions=(*assumptions, *_assumptions(draft, worded, crew)),
        deadline_seconds=deadline,
    )


def floors_of(brief: Brief, crew: Crew) -> tuple[float, ...]:
    """List the floors of a brief's tasks: what a track record for its plan must be told at."""
    floors = {task.gate for task in brief.tasks.values() if task.gate}
    return tuple(sorted(floors | {_calibrated(brief.bar(), crew).gate}))


def _odds_say(odds: Odds, crew: Crew) -> str:
    stand_on = f"stand on {odds.says(crew.makers)}"
    if odds.record is None:
        return f"{stand_on}; learning from the studio's history is off"
    if odds.record.fault:
        return f"{stand_on}; the studio's history is left out: {odds.record.fault}"
    return stand_on if odds.record.takes else f"{stand_on}; the studio has not seen this crew at work yet"


def _calibrated(bar: Quality, crew: Crew) -> Quality:
    certificate = bar.certificate
    if certificate is None:
        return bar
    if certificate.critics != crew.critics_identity():
        fix = "calibrate on a production of this crew, or use that crew"
        raise BriefError("quality.certificate", "was made with other critics than this crew's", fix)
    return bar if certificate.floor is None else replace(bar, gate=certificate.floor)


def _check_delegated(bar: Quality, policy: Delegation | None) -> None:
    """Refuse to accept by a score that no certificate stands behind."""
    if policy is None or policy.accept_above is None:
        return
    floor = bar.certificate.floor if bar.certificate else None
    if floor is None:
        fix = "calibrate first (`callsheet calibrate`), or leave it out"
        raise BriefError("delegate.accept_above", "stands on no certified gate", fix)
    if policy.accept_above < floor:
        what = f"{policy.accept_above:g} is below the certified floor of {floor:.3g}, and nothing is promised there"
        raise BriefError("delegate.accept_above", what, f"give {floor:.3g} or more")


def _gate_says(bar: Quality) -> str:
    asks = f"every must-have needs {bar.gate:.3g}"
    if bar.worth_usd is not None:
        asks = f"{asks}, a passed take is worth {bar.worth_usd:g} USD"
    return f"{asks}; {bar.certificate.says}" if bar.certificate else f"{asks}; not calibrated on anybody's decisions"


def _budget(usd: float) -> float:
    if not 0 < usd < float("inf"):
        raise BriefError("budget_usd", f"{usd} is no budget", "give an amount above 0")
    return usd


def _deadline_seconds(brief: Brief) -> float | None:
    if brief.deadline is None:
        return None
    found = re.fullmatch(r"(\d+(?:\.\d+)?) ?(s|m|min|h|d)", brief.deadline.strip())
    if not found:
        raise BriefError("deadline", f"{brief.deadline!r} is no span of time", "write it like 90s, 30min, 2h or 1d")
    if float(found[1]) <= 0:
        raise BriefError("deadline", f"{brief.deadline!r} leaves no time", "write it like 90s, 30min, 2h or 1d")
    seconds = float(found[1]) * {"s": 1, "m": 60, "min": 60, "h": 3600, "d": 86400}[found[2]]
    if seconds > _MOST_DEADLINE_SECONDS:
        raise BriefError("deadline", f"{brief.deadline!r} is more than ten years", "leave it out, or name a nearer one")
    return seconds


def _check_preferred(brief: Brief, crew: Crew) -> None:
    hired = [maker.name for maker in crew.makers]
    for team, department in brief.departments.items():
        for name in department.prefers:
            if name not in hired:
                what = f"the crew has no maker named {name!r}"
                raise BriefError(f"departments.{team}.prefers", what, near(name, hired))


def _draft(brief: Brief, crew: Crew, budget: float) -> tuple[_Draft, tuple[str, ...]]:
    bar = _calibrated(brief.bar(), crew)
    for kind in bar.must or ():
        if kind not in _KINDS:
            raise BriefError("quality.must", f"no kind of requirement is called {kind!r}", near(kind, _KINDS))
    cells_in(brief)
    filled = fill(brief)
    whole = filled.brief
    check_names(whole)
    # Before any cell exists, so that a huge matrix over a small budget is refused at once.
    firsts = Counter({name: cells_in(replace(whole, tasks={name: task})) for name, task in whole.tasks.items()})
    firsts -= Counter(written_out(whole))
    refuse_early(sum(need_of("", whole.tasks[n].make, 0, crew).least * count for n, count in firsts.items()), budget)
    cells = expand(whole)
    inputs = inputs_of(whole, cells)
    worked_on = frozenset(one for name, ones in inputs.items() if cells[name].task.make != "still" for one in ones)
    return _Draft(brief=whole, cells=cells, inputs=inputs, bar=bar, worked_on=worked_on), filled.assumptions


def _worded(draft: _Draft, crew: Crew) -> dict[str, Worded]:
    keyed = {
        name
        for cell, inputs in draft.inputs.items()
        if draft.cells[cell].task.make == "composite"
        for name in inputs[1:]
    }
    worded: dict[str, Worded] = {}
    # Cells that differ in their seed alone share their words.
    alike: dict[tuple[str, tuple[str, ...], bool], Worded] = {}
    for name, cell in draft.cells.items():
        if cell.task.make == "still":
            key = (cell.of, tuple(cell.axes.values()), name in keyed)
            if key not in alike:
                alike[key] = word(cell, draft.brief, crew, foreground=name in keyed)
                _refuse_contradiction(cell, alike[key])
            worded[name] = alike[key]
    return worded


def _refuse_contradiction(cell: Cell, worded: Worded) -> None:
    forbidden = {atom.subject for atom in worded.reading.of("absence") if not atom.value}
    forbidden |= set(read(cell.task.negative).subjects)
    both = [subject for subject in worded.reading.subjects if subject in forbidden]
    if both:
        what = f"asks for {both[0]!r} and forbids it"
        raise BriefError(f"tasks.{cell.of}.prompt", what, "take one of the two out of the prompt or the negative")


def _rounds(task: TaskBrief, bar: Quality) -> int:
    if task.rounds is not None:
        return task.rounds
    # The same inputs give the same composite, grade, crop or upscale: a revision would change nothing.
    return bar.rounds if task.make == "still" else 0


def _delegated_rounds(task: TaskBrief, brief: Brief) -> int:
    """Give the rounds a task may get beyond its own: they must be paid for as well."""
    return brief.delegate.retake_up_to if brief.delegate and task.make == "still" else 0


def _money(draft: _Draft, crew: Crew, budget: float) -> tuple[dict[str, float], tuple[Department, ...]]:
    needs: dict[str, Need] = {}
    for name, cell in draft.cells.items():
        rounds = _rounds(cell.task, draft.bar) + _delegated_rounds(cell.task, draft.brief)
        needs[name] = need_of(cell.task.department, cell.task.make, rounds, crew)
    wants = dict.fromkeys((*draft.brief.departments, *(need.department for need in needs.values())), 0)
    for need in needs.values():
        wants[need.department] += need.most
    teams = {name: draft.brief.departments.get(name, DepartmentBrief()) for name in wants}
    shares = shares_of(wants, {name: team.share for name, team in teams.items()})
    envelopes = dict(zip(needs, allot(tuple(needs.values()), shares, budget), strict=True))
    departments = tuple(
        Department(name=name, workers=team.workers, share=round(shares[name], 6), prefers=team.prefers)
        for name, team in teams.items()
    )
    return envelopes, departments


def _wanted(
    draft: _Draft, worded: Mapping[str, Worded], crew: Crew, budget: float
) -> tuple[tuple[Task, ...], tuple[Department, ...]]:
    """Give the tasks as they are asked for, whether or not anybody on the crew can check that, and who does them."""
    envelopes, departments = _money(draft, crew, budget)
    wanted = (
        _task(draft, cell, worded.get(name), crew=crew, envelope_usd=envelopes[name])
        for name, cell in draft.cells.items()
    )
    return tuple(wanted), departments


def _task(draft: _Draft, cell: Cell, worded: Worded | None, *, crew: Crew, envelope_usd: float) -> Task:
    brief, bar, inputs = cell.task, draft.bar, draft.inputs[cell.name]
    gate = Gate(
        floor=brief.gate or bar.gate,
        rounds=_rounds(brief, bar),
        when_spent=bar.when_spent,
        worth_usd=bar.worth_usd,
    )
    return Task(
        name=cell.name,
        department=brief.department,
        make=brief.make,
        prompt=worded.prompt if worded else "",
        negative=", ".join(one for one in (brief.negative, worded.denied if worded else "") if one),
        entity=brief.entity,
        shot=brief.shot,
        inputs=inputs,
        settings=_settings(brief, draft.brief),
        requirements=checklist(
            cell,
            worded,
            inputs,
            look=draft.brief.look,
            crew=crew,
            musts=bar.must,
            is_final=cell.name not in draft.worked_on,
        ),
        gate=gate,
        envelope_usd=envelope_usd,
        unknown_words=worded.reading.unknown if worded else (),
    )


def _settings(task: TaskBrief, brief: Brief) -> dict[str, str]:
    match task.make:
        case "grade":
            return {"palette": ",".join(brief.look.palette), "strength": "0.35", "grain": f"{brief.look.grain:g}"}
        case "crop":
            return {"box": ",".join(f"{edge:g}" for edge in task.box or (0.1, 0.1, 0.9, 0.9))}
        case "upscale":
            return {"scale": str(task.scale or 4)}
        case "still" | "composite":
            return {}


def _shots(draft: _Draft) -> tuple[Shot, ...]:
    return tuple(
        Shot(
            code=code,
            from_task=resolve(shot.from_, f"shots.{code}.from", draft.cells, draft.brief),
            seconds=shot.seconds,
            move=shot.move,
            fps=draft.brief.look.fps,
        )
        for code, shot in draft.brief.shots.items()
    )


def _assumptions(draft: _Draft, worded: Mapping[str, Worded], crew: Crew) -> list[str]:
    unused = _unused(draft, crew)
    said = [f"The look's {name} is kept in the brief, and nobody on this crew uses it yet." for name in unused]
    keyed = [name for name, one in worded.items() if one.keyed]
    if keyed:
        said.append(
            f"{_listed(keyed)}: laid over other pictures, so made on a plain backdrop, "
            "without the look's time and weather."
        )
    replaced = dict.fromkeys(pair for one in worded.values() for pair in one.said_as)
    said += [f"{old!r} is said as {new!r} to this crew." for old, new in replaced]
    for name, inputs in draft.inputs.items():
        cell = draft.cells[name]
        if cell.task.make == "still":
            continue
        references = [*cell.task.layers, cell.task.input] if cell.task.input else list(cell.task.layers)
        said += [
            f"{name} uses {found}, the variation nearest to the look."
            for reference, found in zip(references, inputs, strict=True)
            if reference != found
        ]
    return said


def _unused(draft: _Draft, crew: Crew) -> list[str]:
    look = draft.brief.look
    lighting = ["lighting"] if look.lighting and not takes_any_words(crew) else []
    return [*(["lens"] if look.lens else []), *lighting]


def _listed(names: list[str]) -> str:
    return ", ".join(names) if len(names) <= 6 else f"{', '.join(names[:5])} and {len(names) - 5} more"
