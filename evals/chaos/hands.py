"""Processes that run `callsheet`: begun, watched by what they print, stopped and killed.

Most are forked from this one, which has loaded the third parties' libraries and the crafts and has one thread: all that
`callsheet run` then still imports, opens and writes is its own. Some start an interpreter, as a person's shell would.
"""

import json
import os
import runpy
import secrets
import signal
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict

_LOOKS_EVERY_SECONDS: Final = 0.01

_OWN_TO_A_PROCESS: Final = (("callsheet.graphs.call", "_PROCESS"), ("callsheet.graphs.thinking", "_PROCESS"))
"""What names a process, so that no two tries at some work have one name."""


class Told(BaseModel):
    """A journal entry, as a run told of it on its standard output."""

    model_config = ConfigDict(frozen=True, extra="allow")

    event: str
    seq: int
    task: str = ""


@dataclass(slots=True, kw_only=True)
class Running:
    """One process at work on a production."""

    pid: int
    out: Path
    began: float
    is_fresh: bool
    told: list[Told] = field(default_factory=list)
    """The entries it told of so far."""
    heard_at: list[float] = field(default_factory=list)
    """When each of them was heard, on the monotonic clock."""
    code: int | None = None
    """How it ended: its exit code, or minus the signal; None while it runs."""
    _read: int = 0

    def listen(self) -> None:
        """Read what it printed since the last time."""
        with self.out.open("rb") as file:
            file.seek(self._read)
            whole, newline, _ = file.read().rpartition(b"\n")
        self._read += len(whole) + len(newline)
        now = time.monotonic()
        for line in whole.splitlines():
            said = _said(line)
            if said is not None:
                self.told.append(said)
                self.heard_at.append(now)

    def has_ended(self) -> bool:
        """Say whether it is over, and note how."""
        if self.code is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.code = os.waitstatus_to_exitcode(status)
        return self.code is not None

    def wait(self, seconds: float, until: Callable[[], bool] = lambda: False) -> bool:
        """Watch it until it ends, something is so, or the time is up; say whether it ended."""
        give_up = time.monotonic() + seconds
        while not self.has_ended() and time.monotonic() < give_up and not until():
            time.sleep(_LOOKS_EVERY_SECONDS)
            self.listen()
        self.listen()
        return self.code is not None

    def signal(self, kind: signal.Signals) -> None:
        """Send it a signal, unless it is over."""
        if not self.has_ended():
            os.kill(self.pid, kind)

    def kill(self) -> None:
        """SIGKILL, and wait until it is gone; harmless where it is over."""
        with suppress(ProcessLookupError):
            self.signal(signal.SIGKILL)
        while not self.has_ended():
            time.sleep(_LOOKS_EVERY_SECONDS)
        self.listen()

    @property
    def errors(self) -> str:
        """What it said on standard error."""
        return self.out.with_suffix(".err").read_text(errors="replace")


def begin(
    arguments: Sequence[str],
    environment: Mapping[str, str],
    out: Path,
    *,
    is_fresh: bool = False,
    plant: Callable[[], None] | None = None,
) -> Running:
    """Begin `callsheet` with arguments, its standard output and error in files.

    Args:
        arguments: of the command line.
        environment: what is set beyond this process's own.
        out: the file its standard output goes to; its standard error goes beside it.
        is_fresh: start an interpreter for it.
        plant: done in the forked process before anything else; makes it err on purpose, so that tests see the
            checks fail.
    """
    began = time.monotonic()
    out.touch()
    child = os.fork()
    if not child:
        _become(arguments, environment, out, plant=plant, is_fresh=is_fresh)
    return Running(pid=child, out=out, began=began, is_fresh=is_fresh)


def _become(
    arguments: Sequence[str],
    environment: Mapping[str, str],
    out: Path,
    *,
    plant: Callable[[], None] | None,
    is_fresh: bool,
) -> None:
    """Turn this forked process into a run; never returns."""
    code = 70
    try:
        os.environ.update(environment)
        for number, path in ((1, out), (2, out.with_suffix(".err"))):
            os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644), number)
        if is_fresh:
            os.execv(sys.executable, [sys.executable, "-Pm", "callsheet.apps", *arguments])  # noqa: S606 - no shell
        sys.argv = ["callsheet", *arguments]
        _be_another_process()
        if plant:
            plant()
        runpy.run_module("callsheet.apps", run_name="__main__")
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    except BaseException:  # noqa: BLE001 - a forked process must not go on as its parent
        sys.excepthook(*sys.exc_info())
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _be_another_process() -> None:
    """Draw again what modules drew for their process when they were loaded: two runs must never have the same."""
    for module, name in _OWN_TO_A_PROCESS:
        if name not in vars(sys.modules[module]):
            raise AssertionError(f"{module} no longer has {name}: see what it keeps for its process")
        setattr(sys.modules[module], name, secrets.token_hex(8))


def _said(line: bytes) -> Told | None:
    """Read one line of a run; None for what is no journal entry, such as its progress."""
    row = json.loads(line)
    return Told.model_validate(row) if isinstance(row, dict) and "seq" in row else None
