"""What every command does at the door: settings, log, errors as sentences, exit codes."""

import functools
import json
import os
import sys
from collections.abc import Callable
from typing import ParamSpec

import typer

P = ParamSpec("P")

OK, ERROR, UNFINISHED, WAITING, INTERRUPTED = 0, 1, 3, 4, 130


def at_the_door(command: Callable[P, int]) -> Callable[P, None]:
    """Turn a command that returns its exit code into one that never shows a traceback for a user's mistake."""

    @functools.wraps(command)
    def enter(*args: P.args, **kwargs: P.kwargs) -> None:
        # Not before a command is run, so that `--help` comes at once.
        from ..core.crash import arm
        from ..core.errors import SetupError, WorldError
        from ..core.log import set_up_log
        from ..core.secret import secrets_in
        from ..core.settings import read_settings
        from ..graphs.collecting import collected_seldom
        from ..tools.arenas import keep_memory_together
        from ..tools.clock import step_wall_clock

        keep_memory_together()
        try:
            set_up_log(read_settings().log_level, secrets=secrets_in(os.environ))
            if spec := os.environ.get("CALLSHEET_CRASH_AT"):
                arm(spec)
            if step := os.environ.get("CALLSHEET_CLOCK_STEP_SECONDS"):
                step_wall_clock(float(step))
            with collected_seldom():  # what a command loads is a million objects, and no garbage
                code = command(*args, **kwargs)
        except (SetupError, WorldError, BaseExceptionGroup) as raised:
            error = _first(raised)
            if not isinstance(error, SetupError | WorldError):
                raise
            complain(str(error), as_json=bool(kwargs.get("as_json")), kind=type(error).__name__)
            code = ERROR
        except KeyboardInterrupt:
            message = "interrupted; nothing that was paid for is lost: the same command goes on from here"
            complain(message, as_json=bool(kwargs.get("as_json")), kind="Interrupted")
            code = INTERRUPTED
        raise typer.Exit(code)

    # Typer reads the parameters from the signature that `wraps` keeps; the return is ours.
    enter.__annotations__ = {**command.__annotations__, "return": None}
    return enter


def complain(message: str, *, as_json: bool, kind: str) -> None:
    """Say what went wrong on stderr, and for programs also as an object on stdout; no secret is repeated."""
    from ..core.secret import blotted, secrets_in, visible

    message = visible(blotted(message, secrets_in(os.environ)))
    print(f"callsheet: {message}", file=sys.stderr)
    if as_json:
        say({"event": "error", "kind": kind, "message": message})


def say(row: object) -> None:
    """Print one JSON object on its own line, at once."""
    print(json.dumps(row, ensure_ascii=False, default=str), flush=True)


def _first(error: BaseException) -> BaseException:
    """Give what went wrong first where several things did at once."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error
