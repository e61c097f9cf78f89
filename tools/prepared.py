"""Statements put together once and run straight on SQLite's driver: a journal runs thousands of them a second."""

import sqlite3
from collections.abc import Iterable, Mapping
from typing import cast

from sqlalchemy import ClauseElement, Connection
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import DBAPIError

Values = Mapping[str, str | int]


class Prepared:
    """A statement of SQLAlchemy's, without what SQLAlchemy does for every run of it (ten times SQLite's own work).

    Only for columns of plain text and whole numbers, inside a transaction that the connection has begun.
    """

    def __init__(self, statement: ClauseElement) -> None:
        compiled = statement.compile(dialect=sqlite.dialect())
        self._sql = str(compiled)
        self._names: tuple[str, ...] = tuple(getattr(compiled, "positiontup", None) or ())
        self._fixed = dict(compiled.params)

    def run(self, connection: Connection, values: Values) -> sqlite3.Cursor:
        """Run it; raises SQLAlchemy's `DBAPIError` of the fitting kind."""
        row = self._row(values)
        try:
            return _driver(connection).execute(self._sql, row)
        except sqlite3.Error as error:
            raise self._fault(row, error) from error

    def run_each(self, connection: Connection, rows: Iterable[Values]) -> None:
        """Run it once for each row."""
        listed = [self._row(one) for one in rows]
        try:
            _driver(connection).executemany(self._sql, listed)
        except sqlite3.Error as error:
            raise self._fault(listed[0], error) from error

    def _row(self, values: Values) -> list[str | int]:
        return [values[name] if name in values else self._fixed[name] for name in self._names]

    def _fault(self, row: list[str | int], error: sqlite3.Error) -> BaseException:
        return DBAPIError.instance(self._sql, tuple(row), error, sqlite3.Error)


def run_plain(connection: Connection, command: str) -> None:
    """Run a command without values, such as a savepoint."""
    try:
        _driver(connection).execute(command)
    except sqlite3.Error as error:
        raise DBAPIError.instance(command, (), error, sqlite3.Error) from error


def _driver(connection: Connection) -> sqlite3.Connection:
    return cast("sqlite3.Connection", connection.connection.driver_connection)
