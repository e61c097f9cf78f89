"""Steering: from what a production showed so far to what its director agent would correct. Pure.

A point is looked at once. What is seen at one is told by the tasks in the order of the plan, not of the answers: the
first six of a department are the same six whoever was quicker.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from ..core.brief import Delegation
from ..core.course import Correction, Evidence
from ..core.plan import Task
from ..core.track_record import Tally, TrackRecord
from .forecast import chance_to_pass
from .planning.odds import Odds, kinds_asked, rated_kind
from .remedies import (
    LEAST,
    First,
    Situation,
    Team,
    as_wish,
    chance_to_end_well,
    eased,
    moved,
    prolonged,
    said_anew,
    shortened,
    with_rounds,
    worded,
)
from .reviser import chance_after

SHARES: Final = (25, 50, 75)
"""Per cent of tasks, money and time at which the whole production is looked at."""
ALPHA: Final = 0.002
"""How likely a department that goes as forecast may look as if it did not, at one look; shared among departments."""
_MOST: Final = 400
"""Takes that are weighed at one look."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """What is to be done at a point."""

    corrections: tuple[tuple[str, Correction], ...] = ()
    """Each after the policy that allows it."""
    question: Correction | None = None
    """The one thing the director is asked."""
    evidence: tuple[Evidence, ...] = ()


def in_order(tasks: Sequence[Task]) -> dict[str, tuple[str, ...]]:
    """List each department's tasks in the order in which they are looked at: those that wait for nobody first.

    >>> late = Task(name="late", department="d", make="still", inputs=("early",))
    >>> in_order([late, Task(name="early", department="d", make="still")])
    {'d': ('early', 'late')}
    """
    by_name, depth = {task.name: task for task in tasks}, dict[str, int]()
    for task in tasks:
        waiting = [task.name]
        while waiting:
            name = waiting[-1]
            if missing := [one for one in by_name[name].inputs if one not in depth]:
                waiting += missing
            else:
                depth[waiting.pop()] = 1 + max((depth[one] for one in by_name[name].inputs), default=-1)
    found: dict[str, list[str]] = {}
    for task in sorted(tasks, key=lambda one: depth[one.name]):
        found.setdefault(task.department, []).append(task.name)
    return {name: tuple(names) for name, names in found.items()}


def looks(count: int) -> Iterator[int]:
    """Give after how many takes of a department it is looked at, as far as there are so many.

    >>> list(looks(25))
    [6, 12, 24]
    """
    size = LEAST
    while size <= count:
        yield size
        size *= 2


def shares(done: float) -> Iterator[int]:
    """Give which of the set shares are reached.

    >>> list(shares(0.6))
    [25, 50]
    """
    return (share for share in SHARES if 100 * done >= share)


def surprise(chances: Sequence[float], passed: int) -> float:
    """Give how likely so few or fewer pass when each does by its own chance: a Poisson binomial, exactly.

    >>> round(surprise([0.5, 0.5], 0), 2), surprise([0.9, 0.2], 2)
    (0.25, 1.0)
    """
    likely = [1.0]  # (k + 1,): of k takes, how likely each count of passes is
    for chance in chances:
        fails = [one * (1 - chance) for one in likely]
        passes = [one * chance for one in likely]
        likely = [one + other for one, other in zip((*fails, 0.0), (0.0, *passes), strict=True)]
    return min(1.0, sum(likely[: passed + 1])) if passed < len(chances) else 1.0


def learnt(odds: Odds, firsts: Sequence[First]) -> Odds:
    """Add first takes of stills to what is known of makers, by the rules of the studio's history."""
    record = odds.record or TrackRecord()
    counts = {(one.maker, one.kind, one.floor): (one.seen, one.passed) for one in record.tallies}
    for first in firsts:
        for kind, is_passed in _by_kind(first):
            key = (first.maker, kind, first.task.gate.floor)
            seen, passed = counts.get(key, (0, 0))
            counts[key] = (seen + 1, passed + is_passed)
    tallies = tuple(
        Tally(maker=maker, kind=kind, floor=floor, seen=seen, passed=passed)
        for (maker, kind, floor), (seen, passed) in counts.items()
    )
    return Odds(seed=odds.seed, record=replace(record, tallies=tallies))


def steer(teams: Sequence[Team], now: Situation) -> Course:
    """Say what to correct, what to ask and on what evidence.

    What a policy allows is done; of the rest the one thing is asked that would save most on a passed task. A department
    that goes as forecast is left alone, whatever else would be cheaper.

    Args:
        teams: what each department shows.
        now: what it is judged by.
    """
    evidence, proposed = list[Evidence](), list[Correction]()
    odds = learnt(now.odds, [first for team in teams for first in team.firsts])
    for team in teams:
        seen, remedy = _examined(team, now, odds, ALPHA / now.departments)
        evidence += seen
        proposed += [one for one in remedy if one.theme not in now.settled]
    return chosen(proposed, now.policy, evidence)


def chosen(proposed: Sequence[Correction], policy: Delegation, evidence: Sequence[Evidence]) -> Course:
    """Part what a policy allows from the one thing that is asked."""
    allowed = [(name, one) for one in proposed if (name := policy_for(one, policy))]
    rest = [one for one in proposed if not policy_for(one, policy)]
    question = None if policy.ask == "never" else max(rest, key=lambda one: (_gain(one), one.theme), default=None)
    return Course(corrections=tuple(allowed), question=question, evidence=tuple(evidence))


def policy_for(correction: Correction, policy: Delegation) -> str:
    """Name the policy that allows a correction; empty where the director must be asked."""
    match correction.kind:
        case "reroute":
            return "policy:reroute" if policy.reroute else ""
        case "reword":
            return "policy:reword" if policy.reword else ""
        case "ease":
            return "policy:look" if policy.look else ""
        case "money":
            return "policy:move_money" if policy.move_money else ""
        case "rounds":
            return ""


def corrected(task: Task, correction: Correction, why: str) -> Task:
    """Give a task as it is after a correction.

    >>> from ..core.course import Effect
    >>> same = Effect(takes=1, usd=1, passes=1)
    >>> move = Correction(kind="reroute", department="d", tasks=("t",), to="b", as_is=same, expected=same)
    >>> corrected(Task(name="t", department="d", make="still"), move, "cheaper").maker
    'b'
    """
    match correction.kind:
        case "reroute":
            return replace(task, maker=correction.to, maker_why=why)
        case "reword":
            return replace(task, prompt=said_anew(task) or task.prompt)
        case "ease":
            return as_wish(task, correction.to)
        case "rounds":
            return with_rounds(task, correction.rounds)
        case "money":
            return task


def _examined(team: Team, now: Situation, odds: Odds, alpha: float) -> tuple[list[Evidence], list[Correction]]:
    """Look at one department: what surprises in it is answered with the first remedy that there is."""
    evidence = list[Evidence]()
    for maker in dict.fromkeys(first.maker for first in team.firsts):
        evidence.append(seen := _firsts_of(team, maker, now))
        if _is_surprising(seen, alpha):
            found = (remedy(team, maker, now, odds) for remedy in (eased, worded, moved))
            if one := next((one for one in found if one), None):
                return evidence, [one]
    rounds = ((team.lasts, _lasts_of, shortened), (team.ended, _ended_of, prolonged))
    for told, counted, remedy in rounds:
        if told:
            evidence.append(seen := counted(team, now))
            # Where rounds are delegated, each task gets those that it needs.
            if _is_surprising(seen, alpha) and not now.policy.retake_up_to and (one := remedy(team, now, odds)):
                return evidence, [one]
    return evidence, []


def _is_surprising(seen: Evidence, alpha: float) -> bool:
    return seen.seen >= LEAST and seen.chance < alpha


def _firsts_of(team: Team, maker: str, now: Situation) -> Evidence:
    own = [first for first in team.firsts if first.maker == maker][:_MOST]
    chances = [chance_to_pass(one.task, now.crew.maker(maker), now.odds) for one in own]
    return _counted(team, f"first takes of {maker} in {team.name}", chances, [one.verdict.passed for one in own])


def _ended_of(team: Team, now: Situation) -> Evidence:
    ended = team.ended[:_MOST]
    chances = [chance_to_end_well(task, team, now.crew, now.odds) for task, _ in ended]
    return _counted(team, f"ended tasks of {team.name}", chances, [is_passed for _, is_passed in ended])


def _lasts_of(team: Team, now: Situation) -> Evidence:
    lasts = team.lasts[:_MOST]
    chances = [
        chance_after(chance_to_pass(one.task, now.crew.maker(one.maker), now.odds), one.failures) for one in lasts
    ]
    return _counted(team, f"takes of the last round in {team.name}", chances, [one.is_passed for one in lasts])


def _counted(team: Team, what: str, chances: Sequence[float], passed: Sequence[bool]) -> Evidence:
    return Evidence(
        department=team.name,
        what=what,
        seen=len(passed),
        passed=sum(passed),
        forecast=round(sum(chances), 4),
        chance=round(surprise(chances, sum(passed)), 9),
    )


def _by_kind(first: First) -> Iterator[tuple[str, bool]]:
    """Say of each kind of must-have whether a take had it; kinds that somebody could not check are left out."""
    if first.task.make != "still":
        return
    failed = {one.requirement for one in first.verdict.findings}
    unscored = set(first.verdict.unchecked)
    for kind in kinds_asked(first.task):
        ids = {one.id for one in first.task.requirements if one.must and rated_kind(one) == kind}
        if not ids & unscored:
            yield kind, not ids & failed


def _gain(correction: Correction) -> float:
    """Say how much less a passed task costs."""
    now, then = correction.as_is, correction.expected
    return now.usd / max(now.passes, 1e-6) - then.usd / max(then.passes, 1e-6)
