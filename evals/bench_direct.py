"""How long a director waits: for an answer about a thousand tasks, and from a note to the first new take.

`python -m callsheet.evals.bench_direct [--json] [--quick]`: `answer_s` is the slowest of the questions, offline;
`note_to_take_s` the median over notes on the house models, their workers warm, from the yes to the durable take.
"""

import asyncio
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Final

from ..core.brief import Brief, DepartmentBrief, TaskBrief
from ..core.canonical import to_json
from ..core.fact import TakeMade
from ..core.log import set_up_log
from ..core.settings import Settings
from ..core.wish import About, Begin, Consent, Greenlight, Revise
from ..graphs.session.session import Session
from .bench_sessions import SESSIONS
from .reporting import parse_bench_arguments, report, tell

_QUESTIONS: Final = (
    "where are we?", "what did it cost so far?", "why did the keep fail?", "show me the plan", "show me the keep",
    "compare take 1 and 2 of the keep", "how long will it take?", "what did environment cost?",
)  # fmt: skip
_NOTES: Final = ("at night", "in fog", "at dawn", "in rain")


def main() -> None:
    """Measure both and report."""
    arguments = parse_bench_arguments(__doc__ or "")
    set_up_log("warning")
    answers = asyncio.run(_answers(100 if arguments.quick else 1_000))
    for question, seconds in answers.items():
        tell(f"{seconds:.3f} s: {question}")
    waits = asyncio.run(_notes(_NOTES[:1] if arguments.quick else _NOTES))
    tell(f"from a note to a take: {', '.join(f'{one:.2f} s' for one in waits)}")
    figures = {"answer_s": round(max(answers.values()), 4), "answer_median_s": round(median(answers.values()), 4)}
    report("direct", {**figures, "note_to_take_s": round(median(waits), 3)})


async def _answers(count: int) -> dict[str, float]:
    """Ask about a production of so many tasks that was made; each answer counts from the line to the reply."""
    brief = Brief(
        title="Many",
        budget_usd=100.0,
        departments={"environment": DepartmentBrief(workers=16)},
        tasks={
            "keep": TaskBrief(department="environment", prompt="one large red castle at dusk"),
            "plate": TaskBrief(department="environment", prompt="an empty snow field", vary={"seed": count - 1}),
        },
        deliver=(),
    )
    settings = Settings(home="inprocess", crew=SESSIONS / "crew.toml", learn=False)
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "brief.json"
        path.write_text(to_json(brief))
        async with Session(Path(scratch) / "film", by="bench", settings=settings) as session:
            await session.wish(Begin(brief=str(path)))
            await session.wish(Greenlight())
            await session.wish(Consent(yes=True))
            await session.idle()
            return {question: await _timed(session, question) for question in _QUESTIONS}


async def _timed(session: Session, question: str) -> float:
    began = time.perf_counter()
    await session.say(question)
    return time.perf_counter() - began


async def _notes(notes: tuple[str, ...]) -> list[float]:
    """Change a still of the house models again and again, the crew staying hired."""
    waits: list[float] = []
    with tempfile.TemporaryDirectory() as scratch:
        async with Session(Path(scratch) / "film", by="bench", settings=Settings(learn=False)) as session:
            await session.wish(Begin(brief="one large red castle on rock at day in clear weather"))
            await session.wish(Greenlight())
            await session.wish(Consent(yes=True))
            await session.idle()
            view = session.view
            assert view
            for note in notes:
                await session.wish(Revise(about=About(says="the opening", tasks=("opening",)), text=note))
                seen = len(view.history.entries)
                began = time.perf_counter()
                await session.agree()
                while not any(isinstance(entry.fact, TakeMade) for entry in view.history.entries[seen:]):
                    await asyncio.sleep(0.02)
                    await view.journal.refresh()
                waits.append(time.perf_counter() - began)
                await session.idle()
    return waits


if __name__ == "__main__":
    main()
