"""The word to stop: from when it is given nothing that costs is reserved; what is out already is paid for and kept."""

from pathlib import Path

from ..core.decision import Order
from ..core.errors import NothingToDo, OutputError
from ..core.fact import OrderGiven
from ..core.limits import SpendingHalted
from ..core.settings import Settings, read_settings
from .deciding import Standing, opened
from .ordering import tasks_meant

_MOST_SAID = 500
"""Characters told of who stopped all spending."""


async def stop(folder: str | Path, *, by: str, note: str = "", settings: Settings | None = None) -> SpendingHalted:
    """Stop all spending of a production at once, and have its work wait; resuming the whole of it lifts both.

    Args:
        folder: of the production.
        by: the person's name.
        note: why, in the person's words.
        settings: as in `produce`.

    Raises:
        OutputError: the folder holds no production.
    """
    async with opened(folder, settings, mode="write") as (standing, journal):
        halted = SpendingHalted(by=by, note=note)
        await journal.record(halted, *_pause(standing, halted))
        return halted


def _pause(standing: Standing, halted: SpendingHalted) -> list[OrderGiven]:
    try:
        tasks = tasks_meant(standing, "pause", "")
    except NothingToDo:
        return []
    return [OrderGiven(order=Order(kind="pause", what="", tasks=tasks, by=halted.by, note=halted.note))]


def stop_all(*, by: str, note: str = "", settings: Settings | None = None) -> Path:
    """Stop all spending of every production of this machine at once, and give the file that says so.

    Raises:
        OutputError: it cannot be written.
    """
    place = (settings or read_settings()).stop_place
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(f"stopped by {by}{f': {note}' if note else ''}\n", encoding="utf-8")
    except OSError as error:
        fix = "make it writable, or name another place in the setting `stop_file`"
        raise OutputError(str(place), f"cannot be written ({error.strerror}), so nothing was stopped", fix) from error
    return place


def stopped_all(settings: Settings | None = None) -> str:
    """Say, as `callsheet stop` wrote it down, who stopped all spending of this machine; empty where nobody did."""
    place = (settings or read_settings()).stop_place
    try:
        with place.open(encoding="utf-8", errors="replace") as told:
            return told.readline(_MOST_SAID).strip() or f"stopped by {place}"
    except (FileNotFoundError, NotADirectoryError):
        return ""
    except OSError as error:  # it is there, and that alone stops
        return f"stopped by {place} ({error.strerror})"


def allow_all(settings: Settings | None = None) -> Path:
    """Have spending go on where `stop_all` stopped it; raises `NothingToDo` where it did not, and `OutputError`."""
    place = (settings or read_settings()).stop_place
    try:
        place.unlink()
    except FileNotFoundError:
        raise NothingToDo("spending is not stopped on this machine", f"there is no {place}") from None
    except OSError as error:
        raise OutputError(str(place), f"cannot be removed ({error.strerror})", "remove it by hand") from error
    return place
