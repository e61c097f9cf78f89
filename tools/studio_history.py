"""What a studio remembers of its makers: one SQLite file for all its productions.

It holds scores, not verdicts, so that a track record can be told at any floor. Productions write to it once each, at
their end, so it does without write-ahead logging: in SQLite before 3.51.3 that can damage a database several
connections write to (https://sqlite.org/wal.html#walresetbug).
"""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import (
    REAL,
    Column,
    Connection,
    MetaData,
    NullPool,
    Table,
    Text,
    case,
    create_engine,
    event,
    func,
    inspect,
    select,
    text,
)
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.exc import DBAPIError

from ..core.errors import OutputError
from ..core.track_record import Missed, Paced, Seen, Tally, TrackRecord

VERSION = 3
"""Version 1 did not know how long takes lasted, version 2 not what forecasts missed by; their tables are kept, what
they lack is added."""
_BUSY_SECONDS = 10.0
_MOST_MISSED = 20
"""Productions whose forecasts are told: of the newest, for machines and software change."""

_all = MetaData()
_seen = Table(
    "seen",
    _all,
    *(Column(name, Text, primary_key=True, nullable=False) for name in ("critics", "maker", "kind", "work")),
    Column("score", REAL, nullable=False),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)
_pace = Table(
    "pace",
    _all,
    *(Column(name, Text, primary_key=True, nullable=False) for name in ("maker", "production")),
    *(Column(name, REAL, nullable=False) for name in ("takes", "seconds", "squares")),
    Column("load_seconds", REAL),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)
"""Sums over one production's takes of a maker; a production that goes on replaces its own."""
_miss = Table(
    "miss",
    _all,
    *(Column(name, Text, primary_key=True, nullable=False) for name in ("crew", "production")),
    *(Column(name, REAL, nullable=False) for name in ("start_seconds", "stretch", "noise")),
    sqlite_strict=True,
)
"""Has row ids, unlike the others: they say which is the newest."""
_ADD = insert(_seen).on_conflict_do_nothing()
_TIMED = insert(_pace)
_SET_PACE = _TIMED.on_conflict_do_update(
    index_elements=[_pace.c.maker, _pace.c.production],
    set_={
        **{name: getattr(_TIMED.excluded, name) for name in ("takes", "seconds", "squares")},
        # A process that found all done loaded nobody; what an earlier one timed stands.
        "load_seconds": func.coalesce(_TIMED.excluded.load_seconds, _pace.c.load_seconds),
    },
)
_PLAYED = insert(_miss)
_SET_MISS = _PLAYED.on_conflict_do_update(
    index_elements=[_miss.c.crew, _miss.c.production],
    set_={name: getattr(_PLAYED.excluded, name) for name in ("start_seconds", "stretch", "noise")},
)


@dataclass(frozen=True, slots=True)
class StudioHistory:
    """A studio's history at a path, opened for each use and made by the first that adds to it.

    Any number of processes may use it at once. Every method raises `OutputError` when the file is no history, is
    damaged, or is kept busy too long; a file that is not there is an empty history.
    """

    path: Path

    def add(
        self,
        seen: Sequence[Seen],
        *,
        critics: str,
        paces: Sequence[Paced] = (),
        missed: Missed | None = None,
        crew: str = "",
        production: str = "",
    ) -> None:
        """Remember what was seen; what is remembered already stays as it is.

        Args:
            seen: of first takes.
            critics: identity of those who looked.
            paces: how long the takes of one production lasted, by identity of the maker.
            missed: what its forecast left out; None tells nothing new of it.
            crew: names who worked in it, and where.
            production: names it; its paces and its miss that were told before are replaced.
        """
        if not seen and not paces and not missed:
            return
        rows = [
            {
                "critics": _short(critics),
                "maker": _short(one.maker),
                "kind": one.kind,
                "work": _short(one.work),
                "score": one.score,
            }
            for one in seen
        ]
        with self._opened("rwc") as connection:
            if rows:
                connection.execute(_ADD, rows)
            if paces:
                connection.execute(_SET_PACE, [_pace_row(one, production) for one in paces])
            if missed:
                connection.execute(_SET_MISS, [_miss_row(missed, crew, production)])

    def track_record(
        self, makers: Mapping[str, str], *, critics: str, floors: Sequence[float], crew: str = ""
    ) -> TrackRecord:
        """Tell what was seen of makers.

        Args:
            makers: identities, by name in the crew.
            critics: identity of the crew's; what others saw does not count.
            floors: the scores at which a take passes, one tally each.
            crew: names who is to work, and where: what forecasts of others missed by does not count.
        """
        if not self._is_there():
            return TrackRecord()
        of_crew = (_seen.c.critics == _short(critics)) & _seen.c.maker.in_([_short(one) for one in makers.values()])
        counts = (func.sum(case((_seen.c.score >= floor, 1), else_=0)) for floor in floors)
        with self._opened("rw") as connection:
            takes = connection.execute(select(func.count(_seen.c.work.distinct())).where(of_crew)).scalar_one()
            found = connection.execute(
                select(_seen.c.maker, _seen.c.kind, func.count(), *counts)
                .where(of_crew)
                .group_by(_seen.c.maker, _seen.c.kind)
                .order_by(_seen.c.maker, _seen.c.kind)
            )
            rows: list[Sequence[str | int]] = [tuple(row) for row in found]
            paces = [one for name, identity in makers.items() for one in _paces(connection, name, _short(identity))]
            missed = _newest_missed(connection, _short(crew))
        tallies = [one for name, identity in makers.items() for one in _tallies(name, _short(identity), rows, floors)]
        return TrackRecord(takes=int(takes), tallies=tuple(tallies), paces=tuple(paces), missed=missed)

    def takes(self) -> int:
        """Count all takes it remembers."""
        if not self._is_there():
            return 0
        with self._opened("rw") as connection:
            return int(connection.execute(select(func.count(_seen.c.work.distinct()))).scalar_one())

    def _is_there(self) -> bool:
        try:
            return self._home().stat().st_size > 0
        except FileNotFoundError:
            return False
        except OSError as error:
            raise self._fault(error.strerror or "it cannot be looked at") from error

    def _home(self) -> Path:
        try:
            return self.path.expanduser()
        except RuntimeError as error:
            raise self._fault("you have no home folder here") from error

    @contextmanager
    def _opened(self, mode: str) -> Iterator[Connection]:
        """Open the file for one transaction, with our words for what SQLite or the disk refuses."""
        home = self._home()
        begin = "BEGIN IMMEDIATE" if mode == "rwc" else "BEGIN"
        engine = create_engine("sqlite://", creator=lambda: _raw(home, mode), poolclass=NullPool)
        event.listen(engine, "begin", lambda connection: connection.exec_driver_sql(begin))
        try:
            if mode == "rwc":
                home.parent.mkdir(parents=True, exist_ok=True)
            with engine.begin() as connection:
                self._check_schema(connection)
                yield connection
        except DBAPIError as error:
            raise self._fault(str(error.orig)) from error
        except OSError as error:
            raise self._fault(error.strerror or "its folder cannot be made") from error

    def _check_schema(self, connection: Connection) -> None:
        version = connection.exec_driver_sql("PRAGMA user_version").scalar_one()
        if version == VERSION:
            return
        if version not in range(VERSION) or (version == 0 and inspect(connection).get_table_names()):
            raise self._fault(f"it is no history, or not one of version {VERSION}")
        _all.create_all(connection)
        connection.exec_driver_sql(f"PRAGMA user_version = {VERSION}")

    def _fault(self, says: str) -> OutputError:
        fix = "mend it or move it away, name another as CALLSHEET_HISTORY, or set CALLSHEET_LEARN=false"
        return OutputError(str(self.path), f"cannot be used ({says})", fix)


def _raw(path: Path, mode: str) -> sqlite3.Connection:
    # isolation_level=None: SQLAlchemy's events say when a transaction begins, Python's driver never does.
    name = f"{path.absolute().as_uri()}?mode={mode}"
    return sqlite3.connect(name, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False, uri=True)


def _tallies(name: str, maker: str, rows: Sequence[Sequence[str | int]], floors: Sequence[float]) -> Iterator[Tally]:
    """Tell the rows (maker, kind, takes, and those that pass each floor) of one maker."""
    for who, kind, seen, *passed in rows:
        if who == maker:
            for floor, count in zip(floors, passed, strict=True):
                yield Tally(maker=name, kind=str(kind), floor=floor, seen=int(seen), passed=int(count))


def _paces(connection: Connection, name: str, maker: str) -> Iterator[Paced]:
    """Tell how long one maker took, over all productions."""
    sums = (func.sum(_pace.c.takes), func.sum(_pace.c.seconds), func.sum(_pace.c.squares))
    query = select(*sums, func.avg(_pace.c.load_seconds)).where(_pace.c.maker == maker)
    takes, seconds, squares, load = connection.execute(query).one()
    if takes:
        yield Paced(maker=name, takes=int(takes), seconds=seconds / takes, squares=squares / takes, load_seconds=load)


def _newest_missed(connection: Connection, crew: str) -> tuple[Missed, ...]:
    columns = (_miss.c.start_seconds, _miss.c.stretch, _miss.c.noise)
    newest = select(*columns).where(_miss.c.crew == crew).order_by(text("rowid DESC")).limit(_MOST_MISSED)
    rows = [tuple(row) for row in connection.execute(newest)]
    return tuple(Missed(start_seconds=start, stretch=stretch, noise=noise) for start, stretch, noise in reversed(rows))


def _miss_row(one: Missed, crew: str, production: str) -> dict[str, str | float]:
    whose = {"crew": _short(crew), "production": _short(production)}
    return {**whose, "start_seconds": one.start_seconds, "stretch": one.stretch, "noise": one.noise}


def _pace_row(one: Paced, production: str) -> dict[str, str | float | None]:
    sums = {"takes": float(one.takes), "seconds": one.seconds * one.takes, "squares": one.squares * one.takes}
    whose = {"maker": _short(one.maker), "production": _short(production)}
    return {**whose, **sums, "load_seconds": one.load_seconds}


def _short(digest: str) -> str:
    """Give the first 128 bits of a digest: enough to tell works apart, and a row stays small."""
    return digest.removeprefix("sha256:")[:32]
