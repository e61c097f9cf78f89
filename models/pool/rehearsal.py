"""Several real Ray nodes on one machine, each with a folder of its own: to rehearse what happens on a cluster.

    with Rehearsal() as cluster:
        head = cluster.add("head", cpus=0)
        cluster.add("left", cpus=2)
        cluster.kill("left")

The nodes live in a process of their own (`python -m callsheet.models.pool.rehearsal`), which takes commands as lines of
JSON and takes every node with it when it ends.
"""

import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from ray.cluster_utils import Cluster as RayNodes

from ...core.errors import WorkerLost
from .cluster import HEALTH_CHECKS

_MIB = 2**20
_TIDYING_TRIES, _TIDYING_SECONDS = 4, 0.3


class Rehearsal:
    """A handle on the process that holds the nodes.

    Args:
        is_open: whether the cluster lets everybody in, as Ray does unless told otherwise.
    """

    def __init__(self, *, is_open: bool = False) -> None:
        self._mode = "disabled" if is_open else "token"
        # Ray's sockets live below this folder, and a socket's path may have 107 characters at most.
        self.home = Path(tempfile.mkdtemp(prefix="cs-", dir="/tmp"))
        (self.home / "ray").mkdir()
        self.token_file = self.home / "token"
        self.token_file.write_text(secrets.token_hex(32))
        self.address = ""

    @property
    def environment(self) -> dict[str, str]:
        """What a driver needs in its environment to be let in."""
        return {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN_PATH": str(self.token_file)}

    def __enter__(self) -> Self:
        inherited = {name: value for name, value in os.environ.items() if name != "RAY_AUTH_TOKEN"}
        self._host = subprocess.Popen(
            [sys.executable, "-m", "callsheet.models.pool.rehearsal"],
            env=inherited
            | HEALTH_CHECKS
            | self.environment
            | {"RAY_AUTH_MODE": self._mode, "RAY_TMPDIR": str(self.home)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            text=True,
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.killpg(self._host.pid, signal.SIGKILL)
        self._host.communicate()
        # The nodes end a moment after their parent, and write until then.
        for _ in range(_TIDYING_TRIES):
            shutil.rmtree(self.home, ignore_errors=True)
            time.sleep(_TIDYING_SECONDS)

    def add(self, name: str, *, cpus: float = 1, gpus: float = 0) -> Path:
        """Start a node, the first as the head; give the folder that only this node keeps weights in."""
        folder = self.home / name
        self.address = self._ask("add", name, cpus, gpus, str(folder))
        return folder

    def kill(self, name: str) -> None:
        """End a node as a power cut would: all its processes, at once."""
        self._ask("kill", name)

    def _ask(self, *command: object) -> str:
        asks, answers = _pipes(self._host)
        print(json.dumps(command), file=asks, flush=True)
        answer = answers.readline()
        if not answer:
            raise WorkerLost("rehearsal", f"the nodes' process ended with {self._host.wait()}")
        return str(json.loads(answer))


def _pipes(process: "subprocess.Popen[str]") -> tuple[IO[str], IO[str]]:
    assert process.stdin is not None
    assert process.stdout is not None
    return process.stdin, process.stdout


class _Host:
    """What runs in the nodes' process."""

    def __init__(self) -> None:
        self._nodes: dict[str, Any] = {}
        self._cluster = RayNodes()

    def add(self, name: str, cpus: float, gpus: float, folder: str) -> str:
        """Start a node; give the head's address."""
        self._nodes[name] = self._cluster.add_node(
            num_cpus=cpus,
            num_gpus=gpus,
            include_dashboard=False,
            object_store_memory=100 * _MIB,
            env_vars={"CALLSHEET_CACHE": folder},
        )
        return str(self._cluster.address)

    def kill(self, name: str) -> str:
        """End a node without a farewell."""
        node = self._nodes.pop(name)
        while node.any_processes_alive():
            with suppress(ProcessLookupError):  # one that ended by itself meanwhile
                node.kill_all_processes(check_alive=False, allow_graceful=False, wait=True)
        return name


def main() -> None:
    """Do as told until nobody tells any more."""
    host = _Host()
    for line in sys.stdin:
        what, *arguments = json.loads(line)
        print(json.dumps(host.add(*arguments) if what == "add" else host.kill(*arguments)), flush=True)


if __name__ == "__main__":
    main()
