"""Names to classes, imported on first use. Third parties add names through the entry-point group of the registry."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from importlib.metadata import entry_points

from .errors import MissingExtra, UnknownName


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """Where a class lives and what must be installed for it."""

    path: str
    """`module:Class`, absolute."""
    extra: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Registry:
    """A table of names; nothing heavy is imported before its name is asked for."""

    what: str
    """What the names stand for, for messages: `maker kind`."""
    group: str
    """Entry-point group through which other distributions add names."""
    homes: Mapping[str, Home] = field(default_factory=dict)

    def names(self) -> tuple[str, ...]:
        """List every known name, built-in first."""
        return tuple(dict.fromkeys([*self.homes, *(point.name for point in entry_points(group=self.group))]))

    def knows(self, name: object) -> bool:
        """Say whether there is such a name; for a built-in one, without reading what every distribution adds."""
        return name in self.homes or name in self.names()

    def check(self, name: str) -> None:
        """Refuse a name nobody knows, without importing anything; raises `UnknownName`."""
        if not self.knows(name):
            raise UnknownName(self.what, name, self.names())

    def get(self, name: str) -> object:
        """Import and give the class behind a name.

        Raises:
            UnknownName: nobody registered it.
            MissingExtra: its dependency is not installed.
        """
        self.check(name)
        if name not in self.homes:
            return next(point for point in entry_points(group=self.group) if point.name == name).load()
        home = self.homes[name]
        module, _, attribute = home.path.partition(":")
        try:
            return getattr(import_module(module), attribute)
        except ModuleNotFoundError as error:
            if home.extra and not (error.name or "").startswith("callsheet"):
                raise MissingExtra(f"{self.what} {name!r}", home.extra) from error
            raise
