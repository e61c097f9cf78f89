"""Answers to what a director asks: read off the journal, in sentences. Pure but for looking into the store."""

from collections.abc import Iterator, Sequence

from ...core.decision import Escalate, Repair, Rewrite
from ...core.plan import Task
from ...core.take import Score, Take
from ...core.task_record import TaskRecord
from ...core.wish import About
from ..approvals import Question, inbox
from ..changing import Price, price_of
from ..driver import is_driven
from ..standing import ENDED
from ..waits import in_words, waits_of
from .view import View

MOST_LINES = 12
"""Tasks that are told one by one."""


def status(view: View, about: About) -> str:
    """Say where the work stands: by department, or task by task where few are meant."""
    if about.says and len(about.tasks) <= MOST_LINES:
        return "\n".join(f"{task.name}: {_state(view, task)}" for task in view.tasks(about.tasks))
    board, named = view.board(), set(about.tasks)
    lines = [
        f"{team.department}: {team.accepted} of {team.tasks} accepted"
        + "".join(
            f", {count} {word}"
            for count, word in (
                (team.unfinished, "unfinished"),
                (team.live, "in the works"),
                (team.for_you, "waiting for you"),
                (team.paused, "paused"),
                (team.ready + team.blocked, "to come"),
            )
            if count
        )
        for team in board.teams()
        if not about.says or any(t.department == team.department for t in view.plan.tasks if t.name in named)
    ]
    lines += [wait.says for wait in waits_of(board, is_greenlit=view.history.is_greenlit)]
    is_open = any(view.step(task) not in ENDED for task in view.plan.tasks)
    if view.history.is_greenlit and is_open and not is_driven(view.history):
        lines.append("nobody is at work on it: say `go`, and the crew goes on")
    lines += [_course_question(view, one) for one in inbox(view.history) if one.point]
    bill = view.bill
    lines.append(f"{bill.settled_usd:.4f} of {bill.budget_usd:.2f} USD spent")
    return "\n".join(lines)


def _course_question(view: View, asked: Question) -> str:
    answer = f"`callsheet approve {view.folder.root} {asked.point}`, or reject"
    return f"the crew asks: {asked.question} (answer with {answer})"


def _state(view: View, task: Task) -> str:
    record, step = view.history.tasks[task.name], view.step(task)
    takes = f"{len(record.takes)} take{'' if len(record.takes) == 1 else 's'}"
    match step:
        case "accepted" if stands := record.accepted:
            return f"accepted, {stands.take} as v{stands.version:03d} by {stands.accepted_by}"
        case "unfinished" if record.unfinished:
            return f"unfinished after {takes}: {record.unfinished.why}"
        case "waiting" if record.question:
            return f"waits for you: {record.question.question}"
        case "paused" if record.paused:
            return f"paused by {record.paused.by}"
        case "blocked":
            return f"waits for {in_words(_missing(view, task))}"
        case _:
            return f"in the works, {takes} so far" if record.takes else "to come"


def _missing(view: View, task: Task) -> list[str]:
    return [name for name in task.inputs if not view.history.tasks[name].accepted] or list(task.inputs)


def why(view: View, about: About) -> str:
    """Explain tasks: what stands or fails, requirement by requirement, and why it went the way it did."""
    tasks = view.tasks(about.tasks)
    lines = [line for task in tasks[:MOST_LINES] for line in _reasons(view, task)]
    if len(tasks) > MOST_LINES:
        lines.append(f"and {len(tasks) - MOST_LINES} more")
    return "\n".join(lines)


def _reasons(view: View, task: Task) -> Iterator[str]:
    record = view.history.tasks[task.name]
    yield f"{task.name}: {_state(view, task)}"
    for take in record.takes[-4:]:
        yield f"  {_take_line(record, take)}"
        if isinstance(move := record.moves.get(take.id), (Escalate, Repair, Rewrite)):
            yield f"    then {move.kind}: {move.why}"
    if record.routes:
        last = record.routes[max(record.routes)]
        yield f"  made by {last.maker}: {last.why}"


def _take_line(record: TaskRecord, take: Take) -> str:
    verdict = record.verdicts.get(take.id)
    if verdict is None:
        return f"{take.id}: not looked at yet"
    if verdict.passed:
        return f"{take.id}: passes, {verdict.right:.2f}"
    return f"{take.id}: {verdict.right:.2f}, {'; '.join(one.says for one in verdict.findings)}"


def takes(view: View, about: About, numbers: Sequence[int]) -> str:
    """List takes with what QC said and where their pictures lie."""
    lines: list[str] = []
    for task in view.tasks(about.tasks)[:MOST_LINES]:
        record = view.history.tasks[task.name]
        shown = chosen(record, numbers, alone=len(about.tasks) == 1)
        if not shown:
            lines.append(f"{task.name}: no take yet" if not record.takes else f"{task.name}: no such take")
        for take in shown:
            lines += [_take_line(record, take), f"  {view.picture_of(take)}"]
    if (more := len(about.tasks) - MOST_LINES) > 0:
        lines.append(f"and {more} more tasks")
    return "\n".join(lines)


def chosen(record: TaskRecord, numbers: Sequence[int], *, alone: bool) -> list[Take]:
    """Give the takes somebody means: those named, else all of one task, else the one that stands."""
    if numbers:
        return [take for take in record.takes if take.number in numbers]
    if alone:
        return list(record.takes)
    return [record.standing_take] if record.standing_take else []


def compare(view: View, about: About, numbers: Sequence[int]) -> str:
    """Hold takes side by side, requirement by requirement."""
    found = [
        (task, take)
        for task in view.tasks(about.tasks)
        for take in chosen(view.history.tasks[task.name], numbers, alone=len(about.tasks) == 1)
    ][-6:]
    if len(found) < 2:
        return "there is nothing to compare yet: " + takes(view, about, numbers)
    rows: dict[str, dict[str, float]] = {}
    for task, take in found:
        for score in _scores(view, task, take):
            if _is_technical(score.requirement) and score.value > task.gate.floor:
                continue
            rows.setdefault(score.requirement, {})[take.id] = score.value
    ids = [take.id for _, take in found]
    lines = ["requirement: " + ", ".join(ids)]
    for name, values in rows.items():
        lines.append(f"{name}: " + ", ".join(f"{values[one]:.2f}" if one in values else "-" for one in ids))
    if len(about.tasks) == 1:
        record = view.history.tasks[found[0][0].name]
        unasked = {one: sum(one not in by for name, by in rows.items() if not _is_technical(name)) for one in ids}
        # A take from before a change was never held against what is asked by now.
        best = max((take for _, take in found), key=lambda take: (-unasked[take.id], *_right(record, take)))
        lines.append(f"by the critics {best.id} is nearest to what was asked")
    lines += [f"{take.id}: {view.picture_of(take)}" for _, take in found]
    return "\n".join(lines)


def _is_technical(requirement: str) -> bool:
    return requirement.startswith("technical:")


def _right(record: TaskRecord, take: Take) -> tuple[bool, float, float]:
    verdict = record.verdicts.get(take.id)
    return (verdict.passed, verdict.right, verdict.close) if verdict else (False, 0.0, 0.0)


def _scores(view: View, task: Task, take: Take) -> list[Score]:
    asked = {one.id for one in task.requirements}
    found = [opinions for (digest, _), opinions in view.history.scores.items() if digest == take.digest]
    return [one for one in (found[-1] if found else ()) if isinstance(one, Score) and one.requirement in asked]


def costs(view: View, about: About) -> str:
    """Say what was spent, on what, and what an accepted picture cost."""
    named = view.tasks(about.tasks) if about.says else list(view.plan.tasks)
    by_team: dict[str, float] = {}
    for task in named:
        spent = sum(take.usd for take in view.history.tasks[task.name].takes)
        by_team[task.department] = by_team.get(task.department, 0.0) + spent
    total, bill = sum(by_team.values()), view.bill
    takes_made = sum(len(view.history.tasks[task.name].takes) for task in named)
    accepted = sum(view.history.tasks[task.name].accepted is not None for task in named)
    each = f", {total / accepted:.4f} for each of {accepted} accepted" if accepted else ""
    lines = [f"{about.says or 'all of it'}: {total:.4f} USD for {takes_made} takes{each}"]
    if not about.says:
        lines += [f"  {team}: {usd:.4f} USD" for team, usd in by_team.items()]
    elif len(named) <= MOST_LINES and len(named) > 1:
        for task in named:
            record = view.history.tasks[task.name]
            lines.append(f"  {task.name}: {sum(one.usd for one in record.takes):.4f} USD, {len(record.takes)} takes")
    lines.append(f"budget {bill.budget_usd:.2f} USD, {bill.left_usd:.4f} left")
    return "\n".join(lines)


def to_come(view: View, about: About) -> str:
    """Say what is still to come will take: time and money of the whole, by playing it through."""
    found, bill = view.outlook(), view.bill
    span = found.seconds
    whole = (
        f"the whole plan: {found.usd.middle:.4f} USD ({found.usd.low:.4f} to {found.usd.high:.4f}), "
        f"{span.middle:.0f} s ({span.low:.0f} to {span.high:.0f}) with {found.workers} workers; "
        f"{bill.settled_usd:.4f} of {bill.budget_usd:.2f} USD are spent"
    )
    meant = view.tasks(about.tasks) if about.says else list(view.plan.tasks)
    left = [task for task in meant if view.step(task) not in ("accepted", "unfinished")]
    if not left:
        return f"{about.says or 'everything'} is made; {whole}"
    return f"still to come of {about.says or 'all'}: {price_in_words(price_of(left, view.plan, view.crew))}\n{whole}"


def price_in_words(price: Price) -> str:
    """Say what a round of some tasks will take."""
    many = "1 task" if len(price.tasks) == 1 else f"{len(price.tasks)} tasks"
    return f"{many}, about {price.usd:.4f} USD (at most {price.most_usd:.4f}), {price.seconds:.0f} worker seconds"


def plan(view: View, about: About) -> str:
    """Tell the plan: who makes what, and in which shots it is seen."""
    if about.says and len(about.tasks) <= MOST_LINES:
        return "\n".join(line for task in view.tasks(about.tasks) for line in _asked(task))
    teams = {one.name: [t.name for t in view.plan.tasks if t.department == one.name] for one in view.plan.departments}
    lines = [f"{view.plan.title}: {len(view.plan.tasks)} tasks, {len(view.plan.shots)} shots"]
    lines += [f"{team}: {in_words(names) if names else 'nothing'}" for team, names in teams.items()]
    shots = view.plan.shots[:MOST_LINES]
    lines += [f"{shot.code}: {shot.from_task}, {shot.seconds:g} s, {shot.move}" for shot in shots]
    return "\n".join([*lines, *view.plan.assumptions])


def _asked(task: Task) -> Iterator[str]:
    yield f"{task.name} ({task.make}, {task.department}): {task.prompt or 'from ' + ', '.join(task.inputs)}"
    musts = ", ".join(one.asks or one.id for one in task.requirements if one.must and one.kind != "technical")
    if musts:
        yield f"  must show: {musts}"


HELP = """\
Say what you want in your own words, or like this:
  where are we / what did the dragons cost / how long will it take / why did shot 3 fail
  show the keep / compare take 1 and 2 of the keep
  redo the keep, darker, at night / less fog on the plates / make everything colder
  two more options for the keep / more like take 2 / once more
  approve the keep / take 2 it is / no good / leave it out
  give it to sketch-l / raise the budget to 3 dollars
  pause environment / resume / cancel shot 3 / do the keep first
  use my_keep.png as the keep / go / deliver / bye
Whatever spends or decides is shown first and waits for your yes."""
