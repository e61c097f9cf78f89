"""A small plan to try words on."""

from dataclasses import replace

from ...core.plan import Department, Forecast, Plan, Shot, Task

_KEEP = Task(name="keep", department="sets", make="still", prompt="one large red castle at day")
_SEA = Task(name="sea_plate", department="sets", make="still", prompt="an empty sea at dusk in fog")


def a_plan(*tasks: Task, shots: int = 0) -> Plan:
    """Give a plan of some tasks, or of a keep and a sea; each of so many shots shows one of them.

    >>> [task.name for task in a_plan(shots=1).tasks]
    ['keep', 'sea_plate']
    """
    chosen = list(tasks or (_KEEP, _SEA))
    codes = [f"sq010_sh{10 * place:03d}" for place in range(1, shots + 1)]
    chosen[:shots] = [replace(task, shot=code) for task, code in zip(chosen, codes, strict=False)]
    return Plan(
        title="A rehearsal",
        brief_digest="",
        crew_digest="",
        seed=1,
        budget_usd=2.0,
        aspect="1:1",
        palette=(),
        departments=tuple(Department(name=name, workers=1, share=1.0) for name in {task.department for task in chosen}),
        tasks=tuple(chosen),
        shots=tuple(
            Shot(code=code, from_task=task.name, seconds=3.0, move="hold")
            for code, task in zip(codes, chosen, strict=False)
        ),
        deliver=(),
        preflight=(),
        forecast=Forecast(
            tasks=len(chosen), takes=0, usd=0, usd_worst=0, seconds=0, critical_path_seconds=0, basis="a rehearsal"
        ),
    )
