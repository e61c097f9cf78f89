"""The command line: `callsheet COMMAND`. Thin: every command calls the desk and prints.

Exit codes: 0 delivered, 1 error, 2 usage, 3 delivered but some tasks unfinished, 4 waiting for a human or paused by
one, 130 interrupted.
"""

import getpass
from pathlib import Path
from typing import Annotated

import typer

from .door import at_the_door

app = typer.Typer(
    name="callsheet",
    help="You direct; the crew delivers.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

BriefArg = Annotated[str, typer.Argument(help="a YAML, JSON, Markdown or text file, or one sentence in quotes")]
DirArg = Annotated[Path, typer.Argument(metavar="DIR", help="the folder of a production")]
TaskArg = Annotated[str, typer.Argument(metavar="TASK", help="a task's name")]
WhatArg = Annotated[
    str, typer.Argument(metavar="[WHAT]", help="a task, a shot or a department; none is the whole production")
]
CrewOption = Annotated[Path | None, typer.Option(help="crew file; without one, the embedded sketch crew")]
SeedOption = Annotated[int, typer.Option(help="the production's seed; same brief, crew and seed, same pictures")]
BudgetOption = Annotated[float | None, typer.Option(help="US dollars; overrides the brief's budget_usd")]
JsonOption = Annotated[bool, typer.Option("--json", help="one JSON object per line on stdout")]
CertificateOption = Annotated[
    Path | None, typer.Option(help="a gate `calibrate` wrote; its floor replaces the brief's")
]
ByOption = Annotated[str, typer.Option(help="who decides")]
NoteOption = Annotated[str, typer.Option(help="why, in your words; kept with the decision")]


def _me() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user need not have a name
        return "director"


@app.command()
@at_the_door
def run(
    brief: BriefArg,
    out: Annotated[Path | None, typer.Option(help="folder of the production; default out/<name of the brief>")] = None,
    seed: SeedOption = 0,
    budget: BudgetOption = None,
    crew: CrewOption = None,
    certificate: CertificateOption = None,
    yes: Annotated[bool, typer.Option("--yes", help="greenlight the plan without asking")] = False,
    as_json: JsonOption = False,
) -> int:
    """Run or resume a production, to its delivery."""
    from .running import run_production

    return run_production(
        brief, out=out, seed=seed, budget=budget, crew=crew, certificate=certificate, yes=yes, as_json=as_json
    )


@app.command()
@at_the_door
def plan(
    brief: BriefArg,
    seed: SeedOption = 0,
    budget: BudgetOption = None,
    crew: CrewOption = None,
    certificate: CertificateOption = None,
    as_json: JsonOption = False,
) -> int:
    """Show the plan, its preflight and forecast; nothing is spent."""
    from .looking import show_plan

    return show_plan(brief, seed=seed, budget=budget, crew=crew, certificate=certificate, as_json=as_json)


@app.command()
@at_the_door
def status(folder: DirArg, as_json: JsonOption = False) -> int:
    """Say where a production stands: departments, money, what waits for you."""
    from .looking import show_status

    return show_status(folder, as_json=as_json)


@app.command()
@at_the_door
def summary(folder: DirArg, as_json: JsonOption = False) -> int:
    """Say what became of a production while nobody looked: done, waiting, spent, gone wrong and dealt with."""
    from .summary import show_summary

    return show_summary(folder, as_json=as_json)


@app.command()
@at_the_door
def takes(
    folder: DirArg,
    task: Annotated[str | None, typer.Argument(help="one task only")] = None,
    as_json: JsonOption = False,
) -> int:
    """List takes with score, price and what QC said."""
    from .looking import show_takes

    return show_takes(folder, task, as_json=as_json)


@app.command()
@at_the_door
def show(
    folder: DirArg,
    task: TaskArg,
    take: Annotated[
        str | None, typer.Option(help="which take, as `2` or `keep/t02`; default the one that stands")
    ] = None,
    as_json: JsonOption = False,
) -> int:
    """Show one take: its picture's file, recipe, scores and verdict."""
    from .looking import show_take

    return show_take(folder, task, take, as_json=as_json)


@app.command()
@at_the_door
def approve(
    folder: DirArg,
    task: TaskArg,
    take: Annotated[str | None, typer.Option(help="which take; default the one it stands or waits on")] = None,
    by: ByOption = "",
    note: NoteOption = "",
    as_json: JsonOption = False,
) -> int:
    """Approve a take, whatever its gate said; the next run publishes it."""
    from .deciding import decide

    return decide(folder, task, "approve", by=by or _me(), take=take, note=note, as_json=as_json)


@app.command()
@at_the_door
def reject(
    folder: DirArg,
    task: TaskArg,
    omit: Annotated[bool, typer.Option("--omit", help="leave the task out instead of having it redone")] = False,
    by: ByOption = "",
    note: NoteOption = "",
    as_json: JsonOption = False,
) -> int:
    """Reject a task's takes; the next run makes new ones, or leaves it out with --omit."""
    from .deciding import decide

    return decide(folder, task, "omit" if omit else "reject", by=by or _me(), take=None, note=note, as_json=as_json)


@app.command()
@at_the_door
def retake(folder: DirArg, task: TaskArg, by: ByOption = "", note: NoteOption = "", as_json: JsonOption = False) -> int:
    """Have a task done again, with its rounds and money afresh; what depends on it follows."""
    from .deciding import decide

    return decide(folder, task, "retake", by=by or _me(), take=None, note=note, as_json=as_json)


@app.command()
@at_the_door
def pause(
    folder: DirArg, what: WhatArg = "", by: ByOption = "", note: NoteOption = "", as_json: JsonOption = False
) -> int:
    """Have nothing new made for a task, a shot, a department or the whole production; what runs ends."""
    from .ordering import give_order

    return give_order(folder, "pause", what, by=by or _me(), note=note, as_json=as_json)


@app.command()
@at_the_door
def resume(
    folder: DirArg, what: WhatArg = "", by: ByOption = "", note: NoteOption = "", as_json: JsonOption = False
) -> int:
    """Go on with what is paused and, where it is named, with what was cancelled."""
    from .ordering import give_order

    return give_order(folder, "resume", what, by=by or _me(), note=note, as_json=as_json)


@app.command()
@at_the_door
def stop(
    folder: Annotated[
        Path | None, typer.Argument(metavar="[DIR]", help="a production; none is every one of this machine")
    ] = None,
    lift: Annotated[bool, typer.Option("--lift", help="have spending go on")] = False,
    by: ByOption = "",
    note: NoteOption = "",
    as_json: JsonOption = False,
) -> int:
    """Stop all spending at once: nothing that costs begins; what is out ends and is paid for."""
    from .stopping import stop as stop_spending

    return stop_spending(folder, is_lifted=lift, by=by or _me(), note=note, as_json=as_json)


@app.command()
@at_the_door
def cancel(
    folder: DirArg,
    what: WhatArg = "",
    rest: Annotated[bool, typer.Option("--rest", help="cancel all that is not done, in place of WHAT")] = False,
    by: ByOption = "",
    note: NoteOption = "",
    as_json: JsonOption = False,
) -> int:
    """End a task, a shot or a department, or all the rest, with the best takes there are."""
    from .ordering import give_order

    if bool(what) == rest:
        raise typer.BadParameter("give a task, a shot or a department, or --rest for all that is not done")
    return give_order(folder, "cancel", what, by=by or _me(), note=note, as_json=as_json)


@app.command()
@at_the_door
def prioritise(
    folder: DirArg,
    what: Annotated[str, typer.Argument(metavar="WHAT", help="a task, a shot or a department")],
    by: ByOption = "",
    note: NoteOption = "",
    as_json: JsonOption = False,
) -> int:
    """Have a task, a shot or a department, and all it is made from, done before everything else."""
    from .ordering import give_order

    return give_order(folder, "prioritise", what, by=by or _me(), note=note, as_json=as_json)


@app.command()
@at_the_door
def add(
    folder: DirArg,
    like: Annotated[str, typer.Option(help="the still it varies: a task of the brief, or one of its variations")],
    vary: Annotated[list[str], typer.Option(help="what differs, as `time=dawn,dusk` or `seed=3`; may be repeated")],
    crew: CrewOption = None,
    by: ByOption = "",
    note: NoteOption = "",
    as_json: JsonOption = False,
) -> int:
    """Have variations of a still join the plan, inside its budget; a run that is under way makes them."""
    from .ordering import add_tasks

    return add_tasks(folder, like=like, vary=vary, by=by or _me(), crew=crew, note=note, as_json=as_json)


@app.command()
@at_the_door
def ingest(
    folder: DirArg,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="a PNG, JPEG or WebP picture")],
    task: Annotated[str, typer.Option("--as", help="the task it is a take of")],
    as_json: JsonOption = False,
) -> int:
    """Bring a human-made file in as a take; the next run judges and publishes it like any other."""
    from .deciding import ingest_file

    return ingest_file(folder, file, task, as_json=as_json)


@app.command()
@at_the_door
def calibrate(
    folders: Annotated[list[Path], typer.Argument(metavar="DIR...", help="productions you decided about")],
    promise: Annotated[float, typer.Option(help="share of the takes the gate passes that you would approve")] = 0.9,
    confidence: Annotated[float, typer.Option(help="probability that the promise holds")] = 0.9,
    crew: CrewOption = None,
    out: Annotated[Path | None, typer.Option(help="write the certificate here, for `run --certificate`")] = None,
    as_json: JsonOption = False,
) -> int:
    """Find the gate that keeps a promise, from your approvals and rejections, or say that there is none."""
    from .calibrating import show_calibration

    return show_calibration(folders, promise=promise, confidence=confidence, crew=crew, out=out, as_json=as_json)


@app.command()
@at_the_door
def direct(
    folder: DirArg,
    brief: Annotated[str | None, typer.Argument(help="of a new production: a file, or one sentence in quotes")] = None,
    script: Annotated[
        Path | None, typer.Option(help="a file with one line of the director's per line; - reads them from stdin")
    ] = None,
    by: ByOption = "",
    seed: SeedOption = 0,
    crew: CrewOption = None,
    as_json: JsonOption = False,
) -> int:
    """Talk with the crew: plan, change, greenlight, watch, decide, deliver, in your own words."""
    from .directing import direct as hold

    return hold(folder, script=script, brief=brief, by=by or _me(), seed=seed, crew=crew, as_json=as_json)


@app.command()
@at_the_door
def review(
    folder: DirArg,
    port: Annotated[int, typer.Option(min=0, max=65535, help="on this machine's loopback; 0 takes a free one")] = 0,
    no_open: Annotated[bool, typer.Option("--no-open", help="print the address and open no browser")] = False,
    by: ByOption = "",
    as_json: JsonOption = False,
) -> int:
    """Look at the dailies in a browser and decide by keyboard, while it runs or afterwards."""
    from .reviewing import review_production

    return review_production(folder, port=port, is_opened=not no_open, by=by or _me(), as_json=as_json)


@app.command()
@at_the_door
def fsck(
    folder: DirArg,
    looks_only: Annotated[bool, typer.Option("--look-only", help="leave damaged files where they are")] = False,
    as_json: JsonOption = False,
) -> int:
    """Prove journal, ledger and assets consistent; damaged files are set aside, named with what to do."""
    from .checking import show_fsck

    return show_fsck(folder, looks_only=looks_only, as_json=as_json)


@app.command()
@at_the_door
def replay(
    folder: DirArg,
    task: TaskArg,
    take: Annotated[str | None, typer.Option(help="which take, as `2` or `keep/t02`; default the standing one")] = None,
    crew: CrewOption = None,
    as_json: JsonOption = False,
) -> int:
    """Make a take again from its record; say whether it came out the same, near or different, and why."""
    from .replaying import show_replay

    return show_replay(folder, task, take, crew=crew, as_json=as_json)


@app.command()
@at_the_door
def reconcile(
    folder: DirArg,
    meter: Annotated[
        Path | None, typer.Option(help="the service's own: one JSON object a line, with `key`, `usd` and `delivered`")
    ] = None,
    complete: Annotated[
        bool, typer.Option("--complete", help="the meter holds all there was: what is not in it was not charged")
    ] = False,
    charge: Annotated[list[str] | None, typer.Option(help="what a call cost, as `CALL=USD`; may be repeated")] = None,
    void: Annotated[list[str] | None, typer.Option(help="a call that was not charged; may be repeated")] = None,
    by: ByOption = "",
    as_json: JsonOption = False,
) -> int:
    """Say what calls cost that a service may have charged, and list those nobody knows about."""
    from .reconciling import reconcile as find_out

    return find_out(
        folder,
        meter=meter,
        is_complete=complete,
        charges=charge or [],
        voids=void or [],
        by=by or _me(),
        as_json=as_json,
    )


@app.command()
@at_the_door
def doctor(crew: CrewOption = None, as_json: JsonOption = False) -> int:
    """Say what works here, what is degraded, what is blocked, and the fix for each."""
    from .doctor import examine

    return examine(crew, as_json=as_json)


def main() -> None:
    """Run the command line."""
    app()
