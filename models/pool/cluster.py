"""This process's connection to Ray: joining a cluster or starting one, and leaving it."""

import atexit
import logging
import os
import secrets
import shutil
import socket
import tempfile
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import ray
from ray.exceptions import RayError

from ...core.errors import CrewError

_KNOCK_SECONDS = 10.0
_OBJECT_STORE_BYTES = 256 * 2**20


@dataclass(slots=True)
class Cluster:
    """This process's connection to Ray, shared by everybody who joined; the last to leave ends it."""

    _users: int = 0
    _is_ours: bool = False
    _home: Path | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def join(self, cores: int, address: str) -> Self:
        """Start Ray here, or connect to a cluster; blocking."""
        with self._lock:
            if self._users == 0 and not ray.is_initialized():
                try:
                    self._begin(cores, address)
                except (RayError, RuntimeError, ValueError, OSError) as error:
                    place, what = f"Ray at {address!r}" if address else "Ray", f"would not start: {error}"[:500]
                    fix = 'mend the setting `ray_address`, or set `home = "inprocess"`'
                    raise CrewError(place, what, fix) from error
            self._users += 1
        return self

    def leave(self) -> None:
        """Disconnect; blocking."""
        with self._lock:
            self._users = max(0, self._users - 1)
            if self._users == 0 and self._is_ours:
                self.end()

    def end(self) -> None:
        """Stop Ray and remove its files."""
        ray.shutdown()
        self._is_ours = False
        if self._home is not None:
            shutil.rmtree(self._home, ignore_errors=True)
            self._home = None

    def _begin(self, cores: int, address: str) -> None:
        logging.getLogger("ray").setLevel(logging.ERROR)
        # Ray prints the deaths of workers on standard output, whatever `log_to_driver` says; ours goes to programs.
        # We raise them as `WorkerLost`. Remove when Ray has a public switch for it.
        ray._private.worker._worker_logs_enabled = False
        quiet = {"log_to_driver": False, "configure_logging": False, "logging_level": logging.ERROR}
        if address:
            _knock(address)
            ray.init(address=address, namespace="callsheet", **quiet)
        else:
            os.environ.setdefault("RAY_AUTH_TOKEN", secrets.token_hex(32))
            # Ray's sockets live below this folder, and a socket's path may have 107 characters at most.
            short = "/tmp" if Path("/tmp").is_dir() else None  # noqa: S108 - mkdtemp makes it private
            self._home = Path(tempfile.mkdtemp(prefix="callsheet-ray-", dir=short))
            ray.init(
                num_cpus=cores,
                include_dashboard=False,
                object_store_memory=_OBJECT_STORE_BYTES,
                _temp_dir=str(self._home),
                **quiet,
            )
        self._is_ours = True


def _knock(address: str) -> None:
    """Fail at once where nobody listens; Ray itself would wait for minutes."""
    host, _, port = address.rpartition("//")[2].rpartition(":")
    if port.isdigit():
        socket.create_connection((host, int(port)), timeout=_KNOCK_SECONDS).close()


CLUSTER = Cluster()
atexit.register(CLUSTER.end)
