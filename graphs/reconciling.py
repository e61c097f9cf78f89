"""What unknown calls cost, by the service's own meter or a person's word; what neither says stays unknown."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ..core.call import CallUnknown, ChargeReconciled, Doubt
from ..core.canonical import first_fault
from ..core.errors import LeaseLost, OutputError, UnknownName
from ..core.history import History
from ..core.money import to_micros, to_usd
from ..core.settings import Settings
from ..tools.journal import SqliteJournal
from .deciding import opened
from .doubts import left_open, open_doubts
from .driver import holder_name

_PREFIX: Final = "sha256:"
_SHOWN: Final = 12
"""Letters of a key that a person is shown, and may give back."""


class MeterLine(BaseModel):
    """One line of a service's meter: a request it had, and what it charged for it."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    key: str = Field(min_length=1)
    """The `Idempotency-Key` it came with."""
    usd: float = Field(ge=0, allow_inf_nan=False)
    """Nothing where it was not charged."""
    delivered: bool = True
    """Whether the whole answer went out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciliation:
    """What came of comparing."""

    reconciled: tuple[ChargeReconciled, ...]
    unknown: tuple[Doubt, ...]
    """What nobody found out."""
    differences: tuple[str, ...] = ()
    """Where meter and ledger say different things, one sentence each."""

    @property
    def unknown_usd(self) -> float:
        """What stays set aside for them."""
        return to_usd(sum(one.call.micros for one in self.unknown))


@dataclass(slots=True)
class _Findings:
    facts: list[ChargeReconciled] = field(default_factory=list)
    differences: list[str] = field(default_factory=list)


async def reconcile(
    folder: str | Path,
    *,
    by: str,
    meter: str | Path | None = None,
    is_complete: bool = False,
    charges: Mapping[str, float] | None = None,
    voids: Sequence[str] = (),
    settings: Settings | None = None,
) -> Reconciliation:
    """Settle or void calls that may have been charged, and list what stays unknown; beside whoever drives, too.

    Args:
        folder: of the production.
        by: the person's name.
        meter: the service's own, one JSON object a line: `key`, `usd`, `delivered`.
        is_complete: the meter holds all there was: what is not in it was not charged.
        charges: what calls cost, in dollars, by the name of the call: its task (`direction` for a question about the
            whole), its token, or the first letters of its key or of the service's.
        voids: names of calls that were not charged.
        settings: as in `produce`.

    Raises:
        UnknownName: no unknown call has that name, or more than one has.
        OutputError: there is no production, or the meter cannot be read.
        In all these cases nothing was found out.
    """
    lines = await asyncio.to_thread(read_meter, Path(meter)) if meter else None
    async with opened(folder, settings, mode="write") as (_, journal):
        await _close_left_open(journal)
        found = _Findings()
        for name, usd in (charges or {}).items():
            found.facts.append(_charged(_named(name, journal.history), to_micros(usd), by, "in a person's words"))
        for name in voids:
            found.facts.append(_charged(_named(name, journal.history), 0, by, "in a person's words"))
        if lines is not None:
            said = {(one.key, one.token) for one in found.facts}
            _compare(journal.history, lines, found, said=said, is_complete=is_complete)
        reconciled = [await _recorded(fact, journal) for fact in found.facts]
        return Reconciliation(
            reconciled=tuple(one for one in reconciled if one),
            unknown=tuple(open_doubts(journal.history)),
            differences=tuple(found.differences),
        )


def read_meter(path: Path) -> tuple[MeterLine, ...]:
    """Read a meter; raises `OutputError` that names the first line nobody can read."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise OutputError(str(path), f"cannot be read ({error.strerror})", "check the path") from error
    except UnicodeDecodeError:
        raise OutputError(str(path), "is not UTF-8 text", "save it as UTF-8") from None
    return tuple(
        _line(line, f"{path} line {number}") for number, line in enumerate(text.splitlines(), 1) if line.strip()
    )


def _line(line: str, place: str) -> MeterLine:
    try:
        return MeterLine.model_validate_json(line)
    except ValidationError as error:
        fix = 'write it like {"key": "sha256:...", "usd": 0.04, "delivered": true}'
        raise OutputError(place, ": ".join(first_fault(error)), fix) from None


async def _close_left_open(journal: SqliteJournal) -> None:
    """Take what a driver that is gone left open for unknown; one that lives will hear how its calls end."""
    if not any(isinstance(fact, CallUnknown) for fact in left_open(journal.history)):
        return
    try:
        await journal.take_lease(holder_name())
    except LeaseLost:
        return
    await journal.record(*left_open(journal.history))


async def _recorded(fact: ChargeReconciled, journal: SqliteJournal) -> ChargeReconciled | None:
    """Record one by itself; None where somebody else found out first."""
    written = await journal.record(fact)
    return fact if any(entry.fact == fact for entry in written) else None


def _compare(
    history: History, lines: Iterable[MeterLine], found: _Findings, *, said: set[tuple[str, str]], is_complete: bool
) -> None:
    """Go through the meter key by key: what is paid for takes its line first, then each doubt, oldest first."""
    known = {call.key: call.service_key for call in history.calls.values() if call.service_key}
    charged, free, foreign = defaultdict[str, list[int]](list), defaultdict[str, int](int), 0
    ours = {*known.values(), *(one.call.service_key for one in history.doubts.values())}
    for line in lines:
        key = known.get(line.key, line.key)
        if key not in ours:
            foreign += 1
        elif micros := to_micros(line.usd):
            charged[key].append(micros)
        else:
            free[key] += 1
    for key in sorted(ours - {""}):  # language models take no key: no meter tells their questions apart
        due = charged[key]
        _take_paid(history, key, due, found, is_complete=is_complete)
        for doubt in open_doubts(history):
            if doubt.call.service_key != key or (doubt.call.key, doubt.call.token) in said:
                continue
            if due:
                found.facts.append(_charged(doubt, due.pop(0), "meter", "the service's meter has its charge"))
            elif is_complete or free[key]:
                free[key] = max(0, free[key] - 1)
                found.facts.append(_charged(doubt, 0, "meter", "the service's meter has no charge for it"))
        if due:
            more = f"{len(due)} more of {to_usd(sum(due)):.4f} USD in all"
            found.differences.append(f"the meter charges work {_short(key)} {more}, and no call here is left for it")
    if foreign:
        found.differences.append(f"{foreign} lines of the meter are about no call of this production")


def _take_paid(history: History, key: str, due: list[int], found: _Findings, *, is_complete: bool) -> None:
    """Take from the meter's charges what the ledger has paid for the same work."""
    paid = [one.micros for one in history.calls.values() if one.state == "settled" and one.service_key == key]
    paid += [
        one.reconciled.micros + one.reconciled.uncovered_micros
        for one in history.doubts.values()
        if one.call.service_key == key and one.reconciled and one.reconciled.micros
    ]
    for micros in paid:
        if micros in due:
            due.remove(micros)
        elif due:
            says = f"the ledger has {to_usd(micros):.4f} USD for work {_short(key)}, the meter {to_usd(due.pop(0)):.4f}"
            found.differences.append(says)
        elif is_complete:
            says = f"the ledger has {to_usd(micros):.4f} USD for work {_short(key)}, the meter nothing"
            found.differences.append(says)


def _charged(doubt: Doubt, micros: int, by: str, why: str) -> ChargeReconciled:
    call = doubt.call
    return ChargeReconciled(
        key=call.key,
        task=call.task,
        token=call.token,
        micros=min(micros, call.micros),
        uncovered_micros=max(0, micros - call.micros),
        by=by,
        why=why,
    )


def _named(name: str, history: History) -> Doubt:
    """Find the one unknown call a word means."""
    doubts = open_doubts(history)
    found = [one for one in doubts if name in (one.about, one.call.token)]
    found = found or [one for one in doubts if _begins(one, name)]
    if len(found) != 1:
        known = [f"{one.about} ({one.call.token})" for one in (found or doubts)]
        raise UnknownName("single unknown call" if found else "unknown call", name, known)
    return found[0]


def _begins(doubt: Doubt, name: str) -> bool:
    keys = (doubt.call.key, doubt.call.service_key)
    return bool(name) and any(key.removeprefix(_PREFIX).startswith(name.removeprefix(_PREFIX)) for key in keys)


def _short(key: str) -> str:
    return key.removeprefix(_PREFIX)[:_SHOWN]
