"""The command that finds out what unknown calls cost."""

import asyncio
from collections.abc import Sequence
from math import isfinite
from pathlib import Path

from ..core.call import ChargeReconciled, Doubt
from ..core.canonical import to_plain
from ..core.errors import BriefError
from ..core.money import to_usd
from ..core.thought import DIRECTION
from ..graphs.desk import Reconciliation
from ..graphs.desk import reconcile as reconciled
from .door import OK, WAITING, say
from .tables import people


def reconcile(
    folder: Path,
    *,
    meter: Path | None,
    is_complete: bool,
    charges: Sequence[str],
    voids: Sequence[str],
    by: str,
    as_json: bool,
) -> int:
    """Settle and void what can be, and list what stays unknown; exit 4 while anything does."""
    asked = reconciled(
        folder, by=by, meter=meter, is_complete=is_complete, charges=_amounts(charges), voids=tuple(voids)
    )
    came = asyncio.run(asked)
    if as_json:
        _say_all(came)
    else:
        _tell(came, folder)
    return WAITING if came.unknown else OK


def _amounts(said: Sequence[str]) -> dict[str, float]:
    """Read `keep=0.04` as what a call cost."""
    amounts: dict[str, float] = {}
    for one in said:
        name, _, usd = (part.strip() for part in one.rpartition("="))
        try:
            amounts[name] = float(usd)
        except ValueError:
            amounts[name] = -1.0
        if not name or not isfinite(amounts[name]) or amounts[name] < 0:
            raise BriefError("--charge", f"{one!r} names no call and amount", "write it like `keep=0.04`")
    return amounts


def _say_all(came: Reconciliation) -> None:
    for fact in came.reconciled:
        say(to_plain(fact))
    for doubt in came.unknown:
        say({"event": "charge_unknown", **_row(doubt)})
    for difference in came.differences:
        say({"event": "meter_differs", "says": difference})
    charged = [one for one in came.reconciled if one.micros]
    say(
        {
            "event": "reconcile_ended",
            "settled": len(charged),
            "settled_usd": to_usd(sum(one.micros for one in charged)),
            "voided": len(came.reconciled) - len(charged),
            "unknown": len(came.unknown),
            "unknown_usd": came.unknown_usd,
            "differences": len(came.differences),
        }
    )


def _row(doubt: Doubt) -> dict[str, object]:
    call = doubt.call
    return {
        "task": doubt.about,
        "maker": call.maker,
        "usd": to_usd(call.micros),
        "key": call.service_key,
        "call": call.token,
        "since": doubt.at,
        "why": doubt.why,
    }


def _tell(came: Reconciliation, folder: Path) -> None:
    console = people()
    for fact in came.reconciled:
        console.print(_in_words(fact), soft_wrap=True)
    for difference in came.differences:
        console.print(difference, soft_wrap=True)
    for doubt in came.unknown:
        call = doubt.call
        says = f"unknown: {doubt.about}, {to_usd(call.micros):.4f} USD of {call.maker} (call {call.token}): {doubt.why}"
        console.print(says, soft_wrap=True)
    if came.unknown:
        fix = f"`callsheet reconcile {folder} --meter FILE`, `--charge CALL=USD` or `--void CALL`"
        console.print(f"{came.unknown_usd:.4f} USD stay set aside for {len(came.unknown)} unknown calls: {fix}")
    else:
        console.print("no charge is unknown: the next run makes again what nobody was charged for")


def _in_words(fact: ChargeReconciled) -> str:
    about = fact.task or DIRECTION
    if not fact.micros:
        return f"{about}: not charged; {fact.why} ({fact.by})"
    more = f", and {to_usd(fact.uncovered_micros):.4f} more than was reserved" if fact.uncovered_micros else ""
    return f"{about}: {to_usd(fact.micros):.4f} USD charged{more}; {fact.why} ({fact.by})"
