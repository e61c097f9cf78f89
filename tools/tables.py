"""The journal's tables and the connection to them: SQLite in WAL mode, every commit on disk before it counts."""

import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

from pydantic import ValidationError
from sqlalchemy import (
    CheckConstraint,
    Column,
    Connection,
    Integer,
    MetaData,
    NullPool,
    Row,
    Table,
    Text,
    bindparam,
    create_engine,
    event,
    insert,
    inspect,
    select,
    update,
)
from sqlalchemy.exc import DBAPIError

from ..core.canonical import from_json
from ..core.errors import CallsheetError, DiskBroken, DiskFull, OutputError
from ..core.fact import AnyFact, Entry
from ..core.money import to_micros
from .assets import DISK_SAYS_NO, sync_folder
from .disks import network_kind

Mode = Literal["create", "write", "read"]
VERSION = 2
"""Of these tables. A journal of an older version is brought up to it, one of a newer version is refused."""
_BUSY_SECONDS = 30.0

_all = MetaData()


def _table(name: str, *parts: Column[str] | Column[int] | CheckConstraint, is_small: bool = False) -> Table:
    """Declare a table; a small one is kept in its key's order alone: one page fewer is written at each change."""
    return Table(name, _all, *parts, sqlite_strict=True, sqlite_with_rowid=not is_small)


def _text(name: str, *, key: bool = False) -> Column[str]:
    return Column(name, Text, primary_key=key, nullable=False)


def _whole(name: str, *, key: bool = False) -> Column[int]:
    return Column(name, Integer, primary_key=key, nullable=False, autoincrement=False)


meta = _table("meta", _text("name", key=True), _text("value"))
entry = _table("entry", _whole("seq", key=True), _text("at"), _text("event"), _text("task"), _text("body"))
call = _table(
    "call",
    _text("key", key=True),
    _text("task"),
    _text("department"),
    _text("maker"),
    _whole("micros"),
    _text("token"),
    _text("state"),
    CheckConstraint("micros >= 0"),
    CheckConstraint("state IN ('reserved', 'sent', 'settled', 'void')"),
)
purse = _table(
    "purse",
    _whole("id", key=True),
    _whole("budget"),
    _whole("settled"),
    _whole("reserved"),
    CheckConstraint("id = 1 AND settled >= 0 AND reserved >= 0"),
)
claim = _table(
    "claim",
    _text("key", key=True),
    _text("token", key=True),
    _text("task"),
    _text("department"),
    _text("day"),
    _whole("micros"),
    _text("state"),
    CheckConstraint("micros >= 0"),
    CheckConstraint("state IN ('open', 'unknown')"),
    is_small=True,
)
"""What each try at a call holds, until it is settled, void, or somebody found out what became of it."""
spent = _table("spent", _text("scope", key=True), _whole("micros"), is_small=True)
"""Settled and held, by department and by day."""
cap = _table("cap", _text("scope", key=True), _whole("micros"), is_small=True)
take = _table("take", _text("id", key=True), _text("task"), _text("digest"))
decision = _table(
    "decision", _text("task", key=True), _whole("round", key=True), _text("digest"), _text("action"), _text("by")
)
publish = _table("publish", _text("task", key=True), _whole("version", key=True), _text("take"), _text("digest"))
lease = _table("lease", _whole("epoch", key=True), _text("holder"))
gone = _table("gone", _whole("first", key=True), _whole("last"))
"""Runs of sequence numbers whose entries were superseded and removed; what else is missing was lost."""

_ENTRIES_BEHIND = (
    select(entry.c.seq, entry.c.at, entry.c.body).where(entry.c.seq > bindparam("after")).order_by(entry.c.seq)
)


def connect(path: Path | None, *, mode: Mode, budget_usd: float = 0.0) -> Connection:
    """Open a journal's database, making it where the mode allows.

    One of an older version is left as it is: its entries can be read, and `bring_up_to_date` mends the rest.

    Args:
        path: the file; None keeps it in memory, private to this connection.
        mode: `create` makes what is missing, `write` wants it there, `read` never writes.
        budget_usd: what a new journal may spend before a plan says otherwise.

    Raises:
        OutputError: the file is missing, is no journal, is one of a newer version, or its folder cannot be used.
        DiskFull: no room to make it.
        DiskBroken: its name cannot be made durable.
    """
    _check_place(path, mode)
    begin = "BEGIN" if mode == "read" else "BEGIN IMMEDIATE"  # a read that turns into a write fails at once
    engine = create_engine("sqlite://", creator=lambda: _raw(path, mode), poolclass=NullPool)
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql(begin))
    try:
        connection = engine.connect()
    except DBAPIError as error:
        raise named_fault(error, path) from error
    try:
        with connection.begin():
            _check_schema(connection, path, mode=mode, budget_usd=budget_usd)
    except DBAPIError as error:
        connection.close()
        raise named_fault(error, path) from error
    except OutputError:
        connection.close()
        raise
    if path and mode == "create":
        try:
            sync_folder(path.parent)
        except OSError as error:
            connection.close()
            raise DiskBroken(str(path.parent), error.strerror or str(error)) from error
    return connection


def read_entries(connection: Connection, *, after: int, path: Path | None) -> tuple[Entry, ...]:
    """Read the entries behind a place in the journal, in order; raises `OutputError` for one that cannot be read."""
    rows = connection.execute(_ENTRIES_BEHIND, {"after": after})
    return tuple(_entry_of(seq, at, body, path) for seq, at, body in rows)


def version_of(connection: Connection) -> int:
    """Give the version of a journal's tables; 0 for what is no journal."""
    if not inspect(connection).has_table("meta"):
        return 0
    found = connection.execute(select(meta.c.value).where(meta.c.name == "schema")).scalar() or ""
    kind, _, number = found.partition("/")
    return int(number) if kind == "journal" and number.isdecimal() else 0


def set_version(connection: Connection) -> None:
    """Write down that the tables are of this version now."""
    connection.execute(update(meta).where(meta.c.name == "schema").values(value=f"journal/{VERSION}"))


def gone_from(connection: Connection) -> frozenset[int]:
    """List the numbers of the entries that were superseded and removed."""
    return frozenset(seq for row in rows_of(connection, gone) for seq in range(row.first, row.last + 1))


def rows_of(connection: Connection, table: Table) -> Sequence[Row[Any]]:
    """Read a whole table; a journal of an older version may lack it, and then has nothing in it."""
    return connection.execute(select(table)).all() if inspect(connection).has_table(table.name) else ()


def empty(connection: Connection) -> None:
    """Make every table anew but those nothing else could tell: the entries, what is gone of them, and `meta`."""
    told = [meta, entry, gone]
    _all.drop_all(connection, [one for one in _all.sorted_tables if one not in told])
    _all.create_all(connection)
    budget = opening_budget(connection)
    connection.execute(insert(purse).values(id=1, budget=budget, settled=0, reserved=0))


def opening_budget(connection: Connection) -> int:
    """Give the micro-dollars the journal could spend before any plan."""
    return int(connection.execute(select(meta.c.value).where(meta.c.name == "opening_budget")).scalar_one())


def named_fault(error: DBAPIError, path: Path | None) -> CallsheetError:
    """Say in our words what SQLite could not do."""
    place, says = str(path or "the journal in memory"), str(error.orig)
    match (getattr(error.orig, "sqlite_errorcode", None) or 0) & 0xFF:
        case sqlite3.SQLITE_FULL | sqlite3.SQLITE_READONLY:
            return DiskFull(place, says)
        case sqlite3.SQLITE_IOERR:  # also of an fsync, after which nobody knows what is on the disk
            return DiskBroken(place, says)
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return OutputError(place, "another process has kept it busy too long", "stop that process and try again")
        case sqlite3.SQLITE_NOTADB | sqlite3.SQLITE_CORRUPT:
            return OutputError(place, f"is damaged ({says})", "restore it from a backup, or start in another folder")
        case sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_PERM | sqlite3.SQLITE_AUTH:
            return OutputError(place, f"cannot be opened ({says})", "make it readable and writable")
    return OutputError(place, f"SQLite said: {says}", "run `callsheet fsck`")


def production_of(path: Path | None) -> str:
    """Name the production a journal belongs to, for a person: its folder."""
    if path is None:
        return "the journal in memory"
    return str(path.parent.parent if path.parent.name == ".callsheet" else path.parent)


def is_broken(error: DBAPIError) -> bool:
    """Say whether the disk failed in a way after which nothing more may be trusted to it."""
    return (getattr(error.orig, "sqlite_errorcode", None) or 0) & 0xFF in (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CORRUPT)


def _check_place(path: Path | None, mode: Mode) -> None:
    if path is None:
        return
    if mode != "read" and (kind := network_kind(path)):
        fix = "name a folder on a disk of this machine with --out; the setting `assets` may point to shared storage"
        raise OutputError(str(path.parent), f"lies on a network file system ({kind}), which cannot hold a journal", fix)
    if mode != "create":
        if not path.is_file():
            raise OutputError(str(path), "there is no production here", "give the folder of one, or run a brief first")
        return
    if path.is_file() and not path.stat().st_size and any((path.parent / "assets").glob("*/*/*/*")):
        what = "is empty or was cut short, and pictures of its production lie beside it"
        raise OutputError(str(path), what, "restore it from a backup, or start in another folder")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        if error.errno in DISK_SAYS_NO:
            raise DiskFull(str(path.parent), error.strerror or str(error)) from error
        raise OutputError(str(path.parent), f"cannot be made ({error.strerror})", "choose another folder") from error


def _raw(path: Path | None, mode: Mode) -> sqlite3.Connection:
    options = {"create": "rwc", "write": "rw", "read": "ro"}
    name = f"{path.absolute().as_uri()}?mode={options[mode]}" if path else ":memory:"
    # isolation_level=None: SQLAlchemy's events say when a transaction begins, Python's driver never does.
    raw = sqlite3.connect(
        name, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False, uri=path is not None
    )
    raw.execute("PRAGMA foreign_keys = ON")
    if mode != "read":
        raw.execute("PRAGMA journal_mode = WAL")
        raw.execute("PRAGMA synchronous = FULL")
        raw.execute("PRAGMA cache_size = -4096")  # KiB: keys are digests, so a large index is read all over
    return raw


def _check_schema(connection: Connection, path: Path | None, *, mode: Mode, budget_usd: float) -> None:
    names = inspect(connection).get_table_names()
    if mode == "create" and not names:
        budget = to_micros(budget_usd)
        _all.create_all(connection)
        connection.execute(
            insert(meta),
            [{"name": "schema", "value": f"journal/{VERSION}"}, {"name": "opening_budget", "value": str(budget)}],
        )
        connection.execute(insert(purse).values(id=1, budget=budget, settled=0, reserved=0))
        return
    if not names:
        raise OutputError(
            str(path), "is empty or was cut short", "restore it from a backup, or start in another folder"
        )
    found = version_of(connection)
    if found > VERSION:
        fix = "open it with that Callsheet: an older one would not keep its promises"
        what = f"holds journal/{found}, written by a newer Callsheet; this one reads up to journal/{VERSION}"
        raise OutputError(str(path), what, fix)
    if not found:
        raise OutputError(str(path), "is a database, and no journal", "give another folder")


def _entry_of(seq: int, at: str, body: str, path: Path | None) -> Entry:
    try:
        return Entry(seq=seq, at=at, fact=from_json(AnyFact, body))
    except ValidationError as error:
        raise OutputError(str(path), f"entry {seq} cannot be read", "run `callsheet fsck`") from error
