"""One cycle: a production begun, hit as its ordeal says, checked after every blow, and brought to its end."""

import shutil
import signal
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, assert_never

from . import oracle
from .blows import CrashAt, Damage, FillDisk, Instant, Kill, KillPart, Ordeal, Start, Stop
from .damage import kill_part, spoil
from .hands import Running, Told, begin
from .meter import read_meter
from .oracle import Books, Violation
from .production import Scene
from .provider import provider_at_work
from .small_disk import filled, small_disk
from .witness import Evidence, evidence_of

Plant = Callable[[], None]

_USEFUL: Final = frozenset(
    {"call_reserved", "take_scored", "take_judged", "move_chosen", "take_published", "money_moved", "delivery_written"}
)
"""What a run that goes on does first of use; that it voids lost calls is not."""

_UNSETTLED: Final = frozenset({"maker", "unknown", "world"})
"""What ends a task and is no end yet: a person has it done again, or the next run does."""

_END_SECONDS: Final = 120.0
"""How long a run may take on a quick machine, whatever hits it."""

_SLOWER: Final = {"inprocess": 1.0, "ray": 4.0}
"""How much longer the same takes in each home."""

_MOST_RUNS: Final = 8
_PATIENCE_SECONDS: Final = 6.0
_FULL_SECONDS: Final = 1.2
_DECIDED: Final = "plate"
"""The task whose decision is interrupted."""


@dataclass(slots=True, kw_only=True)
class Outcome:
    """What came of one cycle."""

    seed: str
    kind: str
    is_finished: bool = False
    """Whether the command came to its end with everything made that the money allows."""
    violations: list[Violation] = field(default_factory=list)
    kills: int = 0
    blows: int = 0
    """Blows that fell while the production was at work."""
    points: list[str] = field(default_factory=list)
    """Named points at which it was killed."""
    reissued: int = 0
    in_flight: int = 0
    """Calls open when a driver was replaced."""
    unknown: int = 0
    """Calls that the journal lists as perhaps charged."""
    charged_in_vain: int = 0
    """Of those, how many the provider did charge."""
    accepted: int = 0
    sold: int = 0
    decisions: int = 0
    seconds: float = 0.0
    resumes: list[float] = field(default_factory=list)
    """Seconds from the start of a forked run that went on, to its first useful entry."""
    fresh_resumes: list[float] = field(default_factory=list)
    """The same from the start of an interpreter."""


@dataclass(slots=True, kw_only=True)
class Cycle:
    """One production going through its ordeal."""

    ordeal: Ordeal
    scene: Scene
    calm: Mapping[str, str] | None = None
    """What an undisturbed run accepts."""
    plant: Plant | None = None
    pace: float = 1.0
    """How much longer than a quick machine this one takes: kills by the clock come that much later."""
    outcome: Outcome = field(init=False)
    _before: Evidence = field(default_factory=Evidence)
    _told: list[Told] = field(default_factory=list)
    _runs: int = 0
    _alive: list[Running] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.outcome = Outcome(seed=self.ordeal.seed, kind=self.ordeal.kind)

    def go(self) -> None:
        """Go through all of it."""
        try:
            for start in self.ordeal.starts:
                self._strike(start)
                self._check(f"after {start.blow}", was_hit=True)
            self._finish()
            self._check("in the end")
            self._check_end()
        finally:
            for run in self._alive:
                run.kill()
        self._sum_up()

    def _strike(self, start: Start) -> None:
        match start.blow:
            case Kill(at=at):
                run = self._begin(start)
                if not run.wait(self._patience, _reached(run, at, self.pace)):
                    self._killed(run)
            case KillPart(part=part, at=at):
                run = self._begin(start)
                if not run.wait(self._patience, _reached(run, at, self.pace)):
                    self.outcome.blows += kill_part(run.pid, part, at.seconds)
                self._ended(run)
            case CrashAt(point="after_decision", nth=nth):
                self._finish()
                self._crash_at("after_decision", nth, self.scene.retake_command(_DECIDED), start)
            case CrashAt(point=point, nth=nth):
                self._crash_at(point, nth, self.scene.run_command(), start)
            case Stop():
                self._stop(start, start.blow)
            case FillDisk(at=at, left_bytes=left):
                run = self._begin(start)
                if not run.wait(self._patience, _reached(run, at, self.pace)):
                    self.outcome.blows += 1
                    with filled(self.scene.folder.parent, left_bytes=left):
                        run.wait(_FULL_SECONDS)
                self._ended(run)
            case Damage():
                self._damage(start, start.blow)
            case other:
                assert_never(other)

    def _crash_at(self, point: str, nth: int, command: Sequence[str], start: Start) -> None:
        run = self._begin(start, command, crash_at=f"{point}:{nth}")
        self._ended(run)
        if run.code == -signal.SIGKILL:
            self.outcome.kills += 1
            self.outcome.blows += 1
            self.outcome.points.append(point)

    def _stop(self, start: Start, blow: Stop) -> None:
        first = self._begin(start)
        if first.wait(self._patience, _reached(first, blow.at, self.pace)):
            self._ended(first)
            return
        first.signal(signal.SIGSTOP)
        self.outcome.blows += 1
        if blow.then == "taken_over":
            self.scene.journal.with_suffix(".lease").unlink(missing_ok=True)
        other = self._begin(start)
        other.wait(_PATIENCE_SECONDS, lambda: blow.then == "taken_over" and len(other.told) >= 3)
        if blow.then == "killed":
            self._killed(first)
        else:
            first.signal(signal.SIGCONT)
            self._ended(first)
        self._ended(other)

    def _damage(self, start: Start, blow: Damage) -> None:
        pictures = sorted({str(row.part("take").get("digest")) for row in self._before.of("take_made")})
        if not pictures:
            return
        name = pictures[int(blow.which * len(pictures))].removeprefix("sha256:")
        path = self.scene.assets / "sha256" / name[:2] / name[2:4] / name
        sound = path.read_bytes()
        spoil(path, blow)
        self.outcome.blows += 1
        if not any(name in one.what for one in oracle.check_by_fsck(self.scene.folder)):
            self._note([Violation(invariant="I10", what=f"nobody found that {name[:12]} is {blow.how}")])
        self._ended(self._begin(start))
        path.write_bytes(sound)

    def _finish(self) -> None:
        """Run the command until it is done, answering as a person would; nothing hits it any more."""
        self.outcome.is_finished, says = False, ""
        for _ in range(_MOST_RUNS):
            run = self._begin()
            self._ended(run)
            stuck = evidence_of(self.scene.journal).unfinished
            if run.code == 0 or (run.code == 3 and not stuck.keys() & _UNSETTLED):
                self.outcome.is_finished = True
                return
            before, says = says, run.errors.strip()[-300:]
            if run.code == 1 and says == before:  # it will say so for ever
                break
            for task in (*stuck.get("maker", ()), *stuck.get("unknown", ())):
                self._ended(self._begin(command=self.scene.retake_command(task)))
                self.outcome.decisions += 1
        self._note([Violation(invariant="I8", what=f"not finished when nothing hit it any more; it said {says!r}")])

    def _begin(self, start: Start | None = None, command: Sequence[str] = (), *, crash_at: str = "") -> Running:
        self._runs += 1
        step = start.clock_step_seconds if start else 0.0
        run = begin(
            command or self.scene.run_command(),
            self.scene.environment(self.ordeal.home, crash_at=crash_at, clock_step_seconds=step),
            self.scene.root / f"run{self._runs:02d}.out",
            is_fresh=self.ordeal.is_fresh or (start is not None and start.is_fresh),
            plant=self.plant,
        )
        self._alive.append(run)
        return run

    @property
    def _patience(self) -> float:
        return _END_SECONDS * self.pace * _SLOWER[self.ordeal.home]

    def _killed(self, run: Running) -> None:
        run.kill()
        self.outcome.kills += 1
        self.outcome.blows += 1
        self._heard(run)

    def _ended(self, run: Running) -> None:
        """Wait until a run is over; one that does not end by itself breaks a promise."""
        if not run.wait(self._patience):
            self._note([Violation(invariant="I8", what=f"a run did not end within {self._patience:.0f} s")])
            run.kill()
        if run.code == 70 or "Traceback" in run.errors:
            self._note([Violation(invariant="I10", what=f"a run broke: {run.errors.strip()[-600:]}")])
        self._heard(run)

    def _heard(self, run: Running) -> None:
        self._told += run.told
        if not self._before.rows:
            return
        useful = (at for one, at in zip(run.told, run.heard_at, strict=True) if one.event in _USEFUL)
        if (first := next(useful, None)) is not None:
            (self.outcome.fresh_resumes if run.is_fresh else self.outcome.resumes).append(first - run.began)

    def _check(self, when: str, *, was_hit: bool = False) -> None:
        now, books = evidence_of(self.scene.journal), Books.of(read_meter(self.scene.meter))
        found = [*oracle.check_kept(self._before, now), *oracle.check_acknowledged(self._told, now)]
        found += [*oracle.check_all(now, books), *oracle.check_store(now, self.scene.assets)]
        if now.rows:
            found += oracle.check_by_fsck(self.scene.folder, was_hit=was_hit)
        self._note(found, when)
        self._before = now

    def _check_end(self) -> None:
        now = self._before
        if self.outcome.is_finished:
            self._note(oracle.check_ends(now), "in the end")
        # What may have been charged holds money back, so that a tight budget buys less than undisturbed.
        is_short = self.ordeal.is_tight and oracle.unknowns(now).total() > 0
        if self.calm is not None and not is_short and not any(now.of("decision_taken")):
            self._note(oracle.check_same_end(now, self.calm), "in the end")

    def _note(self, found: Iterable[Violation], when: str = "") -> None:
        known = {(one.invariant, one.what.partition(" (")[0]) for one in self.outcome.violations}
        for one in found:
            if (one.invariant, one.what) not in known:
                what = f"{one.what} ({when})" if when else one.what
                self.outcome.violations.append(Violation(invariant=one.invariant, what=what))

    def _sum_up(self) -> None:
        now, books = self._before, Books.of(read_meter(self.scene.meter))
        self.outcome.in_flight, self.outcome.reissued = oracle.reissued_after(now)
        self.outcome.unknown = oracle.unknowns(now).total()
        self.outcome.sold = sum(books.sold.values())
        self.outcome.charged_in_vain = self.outcome.sold - len(
            {row.text("key") for row in now.of("take_made")} & now.stills
        )
        self.outcome.accepted = len(oracle.accepted(now))


def _reached(run: Running, at: Instant, pace: float) -> Callable[[], bool]:
    """Say, whenever asked, whether an instant of a run has come."""
    since: list[float] = []
    seconds = at.seconds if at.entries else at.seconds * pace

    def has_come() -> bool:
        if not since and len(run.told) >= at.entries:
            since.append(time.monotonic() if at.entries else run.began)
        return bool(since) and time.monotonic() - since[0] >= seconds

    return has_come


def play(
    ordeal: Ordeal,
    root: Path,
    *,
    calm: Mapping[str, str] | None = None,
    pace: float = 1.0,
    plant: Plant | None = None,
) -> Outcome:
    """Play one cycle in a folder of its own, which is left as it ended.

    Args:
        ordeal: what happens.
        root: is made.
        calm: the digest that each task ends with where nothing happens; None compares nothing.
        pace: how much longer than a quick machine this one takes.
        plant: makes every run err on purpose.
    """
    root.mkdir(parents=True)
    began = time.monotonic()
    with ExitStack() as stack:
        folder = stack.enter_context(small_disk(root / "disk")) if ordeal.needs_small_disk else root
        scene = Scene(root=root, folder=folder / "production")
        address = provider_at_work(scene.meter, seed=ordeal.seed, mood=ordeal.mood, honours_keys=ordeal.honours_keys)
        scene.write(ordeal, stack.enter_context(address), pace=pace)
        cycle = Cycle(ordeal=ordeal, scene=scene, calm=calm, plant=plant, pace=pace)
        cycle.go()
        if ordeal.needs_small_disk and cycle.outcome.violations and scene.folder.exists():
            shutil.copytree(scene.folder, root / "production")
    cycle.outcome.seconds = time.monotonic() - began
    return cycle.outcome
