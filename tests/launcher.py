"""Runs of the command line, each forked from one process that has loaded what they all would load."""

import importlib
import json
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from callsheet.evals.chaos.hands import begin
from callsheet.evals.chaos.many import load_libraries

PATIENCE_SECONDS = 300.0


class Launcher:
    """The process they are forked from; what a run prints is in files."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-P", __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def run(self, arguments: Sequence[str], environment: Mapping[str, str], out: Path) -> int:
        """Run `callsheet` with arguments; give its exit code, or minus the signal that ended it."""
        assert self._process.stdin
        assert self._process.stdout
        job = {"arguments": list(arguments), "environment": dict(environment), "out": str(out)}
        self._process.stdin.write(f"{json.dumps(job)}\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())

    def close(self) -> None:
        """End it."""
        with self._process as process:
            if process.stdin:
                process.stdin.close()


def main() -> None:
    """Do one job for each line, and tell how it ended."""
    load_libraries()
    importlib.import_module("callsheet.graphs.session.session")
    for line in sys.stdin:
        job = json.loads(line)
        running = begin(job["arguments"], job["environment"], Path(job["out"]))
        give_up = time.monotonic() + PATIENCE_SECONDS
        while not running.has_ended() and time.monotonic() < give_up:
            time.sleep(0.01)
        print(running.code if running.has_ended() else "it hangs", flush=True)
        running.signal(signal.SIGKILL)


if __name__ == "__main__":
    main()
