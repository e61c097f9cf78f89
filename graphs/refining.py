"""`refine`: the task graph alone, as a node for anybody's LangGraph. No brief, plan or folder needed."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NotRequired, TypedDict, get_args

from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph

from ..agents.planning.phrasing import requirements_of
from ..agents.planning.standards import technical
from ..agents.reading import read
from ..core.canonical import digest_of, to_plain
from ..core.crew import Crew, CriticSpec, MakerSpec
from ..core.errors import UnknownName
from ..core.fact import Greenlit, ProductionPlanned
from ..core.plan import Gate, Requirement, RequirementKind, Task
from ..core.ports import Critic, Maker, Store
from ..models.catalog import load_crew
from ..models.hosting import Panel, Seat, build_maker, build_panel
from ..models.inprocess import InProcessWorkers
from ..tools.assets import AssetStore, MemoryStore
from ..tools.clock import SystemClock
from ..tools.journal import SqliteJournal
from .stage import Stage
from .task import task_graph


class RefineState(TypedDict):
    """What goes in and what comes out; no pixels, only where they are."""

    prompt: str
    seed: NotRequired[int]
    passed: NotRequired[bool]
    digest: NotRequired[str]
    picture: NotRequired[str]
    """Path of the picture's file; empty when `refine` was given no folder."""
    takes: NotRequired[int]
    usd: NotRequired[float]
    verdict: NotRequired[dict[str, object]]
    why: NotRequired[str]
    """Why it stopped, when the best take does not pass."""


RefineGraph = CompiledStateGraph[RefineState, None, RefineState, RefineState]


def refine(
    maker: Maker | str,
    critics: Sequence[Critic] | None = None,
    requirements: Sequence[Requirement] | None = None,
    *,
    rounds: int = 3,
    floor: float = 0.6,
    budget_usd: float = 1.0,
    usd: float = 0.0,
    folder: Path | None = None,
) -> RefineGraph:
    """Compile make → inspect → move for one maker, to be used as a graph or as a node of another.

    Invoke it with `{"prompt": ..., "seed": ...}`. The same prompt and seed give the same take and are paid once.

    Args:
        maker: a maker of the embedded crew by name, or any `Maker`.
        critics: who looks; None is the embedded crew's panel.
        requirements: what a take must show; None reads them from each prompt.
        rounds: revisions after the first take.
        floor: the score in (0, 1) each must-have needs.
        budget_usd: hard cap over all invocations of this graph.
        usd: the price of a take of a `Maker` of your own; one of the embedded crew has its price already.
        folder: where pictures are kept; None keeps them in memory, `picture` is then empty.

    Raises:
        UnknownName: the embedded crew has no such maker.
    """
    bench = _Bench(
        crew=_crew(maker, usd),
        store=AssetStore(folder) if folder else MemoryStore(),
        maker=build_maker(_spec(maker)) if isinstance(maker, str) else maker,
        critics=critics,
        requirements=requirements,
        gate=Gate(floor=floor, rounds=rounds),
        budget_usd=budget_usd,
    )
    graph = StateGraph(RefineState)
    graph.add_node("refine", bench.refine)
    graph.add_edge(START, "refine")
    graph.add_edge("refine", END)
    return graph.compile()


def _spec(name: str) -> MakerSpec:
    makers = {maker.name: maker for maker in load_crew(None, cores=1).makers}
    if name not in makers:
        raise UnknownName("maker", name, tuple(makers))
    return makers[name]


def _crew(maker: Maker | str, usd: float) -> Crew:
    if isinstance(maker, str):
        return Crew(name="refine", makers=(_spec(maker),), critics=load_crew(None).critics, cores=1)
    spec = MakerSpec(name=type(maker).__name__.lower(), kind="given", makes=("still",), usd=usd)
    return Crew(name="refine", makers=(spec,), critics=(CriticSpec(name="given", kind="given", checks=()),), cores=1)


def _panel_of(critics: Sequence[Critic]) -> Panel:
    """Seat critics that are asked everything and say themselves what is beyond them."""
    kinds = get_args(RequirementKind)
    return Panel(seats=tuple(Seat(name=type(one).__name__, checks=kinds, critic=one) for one in critics))


@dataclass(slots=True, kw_only=True)
class _Bench:
    """One maker, its critics and a private journal, kept between invocations."""

    crew: Crew
    store: Store
    maker: Maker
    critics: Sequence[Critic] | None
    requirements: Sequence[Requirement] | None
    gate: Gate
    budget_usd: float
    _stage: Stage | None = None
    _opening: asyncio.Lock = field(default_factory=asyncio.Lock)
    _tasks: dict[str, Task] = field(default_factory=dict)
    _turns: dict[str, asyncio.Lock] = field(default_factory=lambda: defaultdict(asyncio.Lock))

    async def refine(self, state: RefineState) -> RefineState:
        """Run one prompt to an accepted take, or to the best within rounds and budget."""
        async with self._opening:
            stage = await self._open()
        task = self._task(state["prompt"], state.get("seed", 0))
        self._tasks[task.name] = task
        async with self._turns[task.name]:
            await task_graph(stage).ainvoke({"task": task.name}, {"recursion_limit": 20 + 8 * (self.gate.rounds + 1)})
        record = stage.journal.history.tasks[task.name]
        best = record.standing_take
        return {
            **state,
            "passed": record.accepted is not None,
            "digest": best.digest if best else "",
            "picture": str(self.store.path_of(best.digest)) if best and isinstance(self.store, AssetStore) else "",
            "takes": len(record.takes),
            "usd": sum(take.usd for take in record.takes),
            "verdict": to_plain(record.verdicts[best.id]) if best and best.id in record.verdicts else {},  # type: ignore[typeddict-item]
            "why": record.unfinished.why if record.unfinished else "",
        }

    def _task(self, prompt: str, seed: int) -> Task:
        if self.requirements is None:
            requirements = (*requirements_of(read(prompt)), *technical())
        else:
            requirements = tuple(self.requirements)
        return Task(
            name="r" + digest_of((prompt, str(seed)))[7:19],
            department="refine",
            make="still",
            prompt=prompt,
            requirements=requirements,
            gate=self.gate,
            envelope_usd=self.budget_usd,
        )

    async def _open(self) -> Stage:
        if self._stage:
            return self._stage
        if self.critics is None:
            panel = await asyncio.to_thread(build_panel, self.crew.critics)
        else:
            panel = _panel_of(self.critics)
        workers = InProcessWorkers(self.crew, makers={self.crew.makers[0].name: self.maker}, panel=panel)
        journal = SqliteJournal.open(None, clock=SystemClock())
        crew_digest = digest_of(self.crew)
        planned = ProductionPlanned(
            title="refine",
            brief_digest="",
            plan_digest="",
            crew_digest=crew_digest,
            seed=0,
            budget_usd=self.budget_usd,
            tasks=0,
        )
        await journal.record(planned, Greenlit(plan_digest="", by="refine"))
        self._stage = Stage(
            production="refine",
            seed=0,
            tasks=self._tasks,
            crew=self.crew,
            journal=journal,
            store=self.store,
            workers=workers,
        )
        return self._stage
