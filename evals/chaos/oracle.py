"""The promises, each as a question to the journal's rows, the provider's meter, the files and what the runs had said.

The letters are those of the invariants: I1 nothing acknowledged is lost, I2 bounded rework, I3 an exact ledger, I4 a
hard budget, I5 one decision, I6 no word of a stale process, I7 the store, I8 an end, I9 the same end, I10 no silent
damage.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from ...tools.fsck import check_production
from .hands import Told
from .meter import Line
from .witness import ENDS, Evidence, Row


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """One promise that was not kept."""

    invariant: str
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Books:
    """What the provider did for each work, by the name the work has there."""

    asked: Mapping[str, int]
    sold: Mapping[str, int]
    micros: int

    @classmethod
    def of(cls, meter: Iterable[Line]) -> "Books":
        """Add a meter up."""
        lines = list(meter)
        sold = [line for line in lines if line.what == "sold"]
        return cls(
            asked=Counter(line.key for line in lines if line.what == "asked"),
            sold=Counter(line.key for line in sold),
            micros=sum(line.micros for line in sold),
        )


def check_kept(before: Evidence, now: Evidence) -> Iterator[Violation]:
    """I1: what the journal said once, it says for good."""
    for old, new in zip(before.rows, now.rows, strict=False):
        if old != new:
            yield Violation(invariant="I1", what=f"entry {old.seq} was {old.event} and is {new.event}")
            return
    if len(now.rows) < len(before.rows):
        yield Violation(invariant="I1", what=f"the journal had {len(before.rows)} entries and has {len(now.rows)}")


def check_acknowledged(told: Sequence[Told], now: Evidence) -> Iterator[Violation]:
    """I1: what a run said had happened is in the journal, in the place it said."""
    rows = {row.seq: row for row in now.rows}
    for one in told:
        row = rows.get(one.seq)
        if row is None:
            yield Violation(invariant="I1", what=f"entry {one.seq}, {one.event} of {one.task!r}, was told and is lost")
        elif (row.event, row.text("task")) != (one.event, one.task):
            yield Violation(invariant="I1", what=f"entry {one.seq} was told as {one.event} and is {row.event}")


def check_rework(now: Evidence, books: Books) -> Iterator[Violation]:
    """I2: what is paid for is not asked for again, and nothing is asked for that the journal did not announce."""
    settled: set[str] = set()
    sent: Counter[str] = Counter()
    for row in now.rows:
        match row.event:
            case "take_made":
                settled.add(row.text("key"))
            case "call_reserved" if row.text("key") in settled:
                yield Violation(invariant="I2", what=f"{row.text('task')}: paid for, and reserved again at {row.seq}")
            case "call_sent":
                sent[now.asked_as.get(row.text("key"), "")] += 1
    for key, times in books.sold.items():
        if times > sent[key]:
            yield Violation(invariant="I2", what=f"{key[:19]} was sold {times} times and announced {sent[key]} times")
    for key in books.asked.keys() - sent.keys():
        yield Violation(
            invariant="I2", what=f"{key[:19]} was asked of the provider, and the journal knows no such call"
        )


def unknowns(now: Evidence) -> Counter[str]:
    """Count, by the provider's name of the work, the calls of which the journal says that they may have been charged.

    One that somebody found out to have cost nothing is none of them any more.
    """
    found: Counter[str] = Counter()
    for row in now.of("call_voided", "call_unknown"):
        if row.event == "call_unknown" or "may have charged" in row.text("why"):
            found[now.asked_as.get(row.text("key"), "")] += 1
    for row in now.of("charge_reconciled"):
        if not row.whole("micros"):
            found[now.asked_as.get(row.text("key"), "")] -= 1
    for key in now.open_calls:
        found[now.asked_as[key]] += 1
    return found


def check_charges(now: Evidence, books: Books) -> Iterator[Violation]:
    """I3: what the provider sold is settled once, or listed as unknown; what is settled was sold."""
    settled: Counter[str] = Counter()
    for row in now.of("take_made"):
        if row.text("key"):
            settled[row.text("key")] += 1
    for key, times in settled.items():
        if times > 1:
            yield Violation(invariant="I3", what=f"call {key[:19]} was settled {times} times")
    listed, by_name = unknowns(now), Counter[str]()
    for key in settled:
        by_name[now.asked_as.get(key, "")] += 1
    for name, times in books.sold.items():
        if times > by_name[name] + listed[name]:
            what = f"{name[:19]} was sold {times} times, settled {by_name[name]} and unknown {listed[name]} times"
            yield Violation(invariant="I3", what=what)
    for key in settled.keys() & now.stills:
        if not books.sold.get(now.asked_as[key]):
            yield Violation(invariant="I3", what=f"call {key[:19]} was settled and never sold")
    for row in now.of("take_published"):
        if not any(made.part("take").get("id") == row.text("take") for made in now.of("take_made")):
            yield Violation(invariant="I3", what=f"{row.text('task')} publishes {row.text('take')}, which nobody made")


def check_budget(now: Evidence) -> Iterator[Violation]:
    """I4: entry by entry, settled and reserved never exceed the budget."""
    budget, settled, reserved, doubtful = 0, 0, dict[str, int](), dict[tuple[str, str], int]()
    for row in now.rows:
        key = row.text("key")
        match row.event:
            case "production_planned":
                value = row.body.get("budget_usd")
                budget = round(1_000_000 * value) if isinstance(value, int | float) else 0
            case "call_reserved":
                reserved[key] = row.whole("micros")
            case "call_voided":
                reserved.pop(key, None)
            case "call_unknown":
                doubtful[key, row.text("token")] = reserved.pop(key, 0)
            case "charge_reconciled":
                doubtful.pop((key, row.text("token")), None)
                settled += row.whole("micros")
            case "take_made" if key:
                if row.whole("micros") > reserved.pop(key, 0):
                    yield Violation(invariant="I4", what=f"entry {row.seq} settles more than was reserved")
                settled += row.whole("micros")
        held = sum(reserved.values()) + sum(doubtful.values())
        if settled + held > budget:
            what = f"at entry {row.seq}, {settled} settled and {held} held exceed {budget} micros"
            yield Violation(invariant="I4", what=what)


def check_decisions(now: Evidence) -> Iterator[Violation]:
    """I5: one decision about each task and round."""
    taken = Counter((row.text("task"), row.part("decision").get("round")) for row in now.of("decision_taken"))
    for (task, place), times in taken.items():
        if times > 1:
            yield Violation(invariant="I5", what=f"{task} was decided {times} times in round {place}")


def check_tokens(now: Evidence) -> Iterator[Violation]:
    """I6: a take is settled by the try that its call belongs to, and by the process that drives."""
    owner: dict[str, str] = {}
    epoch_of: dict[str, int] = {}
    epoch = 0
    for row in now.rows:
        token = row.text("token")
        match row.event:
            case "lease_taken":
                epoch = row.whole("epoch")
            case "call_reserved":
                owner[row.text("key")] = token
                if epoch_of.setdefault(token, epoch) != epoch:
                    yield Violation(invariant="I6", what=f"entry {row.seq} has a token of an earlier driver")
            case "take_made" if row.text("key"):
                if owner.get(row.text("key")) != token:
                    yield Violation(invariant="I6", what=f"entry {row.seq} settles under another try's token")
                elif epoch_of[token] != epoch:
                    yield Violation(invariant="I6", what=f"entry {row.seq} was settled by a driver of the past")


def check_store(now: Evidence, assets: Path) -> Iterator[Violation]:
    """I7: every picture that the journal names lies in the store and hashes to its name."""
    named = {str(row.part("take").get("digest", "")): row.seq for row in now.of("take_made")}
    named |= {row.text("digest"): row.seq for row in now.of("take_published")}
    for digest, seq in named.items():
        name = digest.removeprefix("sha256:")
        path = assets / "sha256" / name[:2] / name[2:4] / name
        if not path.is_file():
            yield Violation(invariant="I7", what=f"entry {seq} names {digest[:19]}, which is not in the store")
        elif sha256(path.read_bytes()).hexdigest() != name:
            yield Violation(invariant="I7", what=f"entry {seq} names {digest[:19]}, whose file holds something else")


def check_ends(now: Evidence) -> Iterator[Violation]:
    """I10: every call that was sent ends in the journal in one way or another, with the reason where it failed."""
    for row in now.open_calls.values():
        yield Violation(invariant="I10", what=f"call of {row.text('task')} at entry {row.seq} has no end")
    for row in now.of("call_voided", "call_unknown", "task_unfinished", "result_dropped"):
        if not row.text("why"):
            yield Violation(invariant="I10", what=f"entry {row.seq}, {row.event}, gives no reason")


def check_same_end(now: Evidence, calm: Mapping[str, str]) -> Iterator[Violation]:
    """I9: what is accepted is what an undisturbed run accepts."""
    for task, digest in calm.items():
        found = accepted(now).get(task, "nothing")
        if found != digest:
            yield Violation(invariant="I9", what=f"{task} ends with {found[:19]}, undisturbed with {digest[:19]}")


def accepted(now: Evidence) -> Mapping[str, str]:
    """Give the digest that stands for each task that has one."""
    return {row.text("task"): row.text("digest") for row in now.of("take_published")}


def check_by_fsck(folder: Path, *, was_hit: bool = False) -> Iterator[Violation]:
    """Ask the product's own proof as well.

    Args:
        folder: of the production.
        was_hit: whether its run was just cut off: one that was moving a package into place leaves no manifest.
    """
    for trouble in check_production(folder):
        if was_hit and trouble.what == "the manifest of the delivery is missing":
            continue
        yield Violation(invariant="fsck", what=f"{trouble.where}: {trouble.what}")


def check_all(now: Evidence, books: Books) -> Iterator[Violation]:
    """Ask all that must hold at every moment, whatever just happened."""
    yield from check_rework(now, books)
    yield from check_charges(now, books)
    yield from check_budget(now)
    yield from check_decisions(now)
    yield from check_tokens(now)


def reissued_after(now: Evidence) -> tuple[int, int]:
    """Give how many calls were open when a driver was replaced, and how many of those were made again."""
    in_flight = again = 0
    open_: dict[str, Row] = {}
    lost: set[str] = set()
    for row in now.rows:
        key = row.text("key")
        match row.event:
            case "lease_taken":
                in_flight += len(open_)
                lost |= open_.keys()
            case "call_reserved":
                again += key in lost
                lost.discard(key)
                open_[key] = row
            case event if event in ENDS:
                open_.pop(key, None)
    return in_flight, again
