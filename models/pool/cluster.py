"""This process's connection to Ray: joining a cluster or starting one, noticing that it is gone, and leaving it.

A cluster by name (`[cluster] address` in the crew file, or the setting `ray_address`) needs on each of its nodes:
callsheet itself, installed with the extras its makers need (workers import it; nothing of it is shipped), the token
(`trust.py`), and room under `~/.cache/callsheet` for the weights (`freight.py`). No disk need be shared.
"""

import asyncio
import atexit
import logging
import os
import secrets
import socket
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final, Self, TypeVar, cast

import ray
import structlog
from ray._raylet import (  # type: ignore[attr-defined]  # its stub leaves them out
    AuthenticationTokenLoader,
    Config,
    get_authentication_mode,
)

from ...core.errors import CallsheetError, ClusterLost, CrewError
from ..ray_folder import RayFolder, short_place
from .freight import FREIGHT
from .trust import check_door, check_own, check_token, host_of, is_loopback

T = TypeVar("T")
log = structlog.get_logger()

_KNOCK_SECONDS = 10.0
_OBJECT_STORE_BYTES = 256 * 2**20
_WATCH_SECONDS = 1.0
_SILENT_KNOCKS = 5
"""A head that refused so many in a row is gone; Ray itself waits a minute and then ends the process."""
_START_TRIES: Final = 3
_VITAL: Final = frozenset({"raylet", "gcs_server"})
_STAY_SECONDS: Final = 30.0
"""So long a Ray of our own stays after its last user has left, for the next production of this process."""
_KILL_SECONDS: Final = 5.0
_MOST_ENDS: Final = 8
"""A Ray that ends leaves its log open in its driver, so a process in which it has ended so often keeps the next one."""

HEALTH_CHECKS = {
    "RAY_health_check_initial_delay_ms": "0",
    "RAY_health_check_period_ms": "1000",
    "RAY_health_check_timeout_ms": "1000",
    "RAY_health_check_failure_threshold": "3",
}
"""What a head of several nodes is started with: a dead node is noticed in 5 s, where Ray's own settings take 14 s."""


@dataclass(slots=True)
class Cluster:
    """This process's connection to Ray, shared by everybody who joined.

    The last to leave ends the connection to another's cluster, which rents no machines for us from then on. A Ray of
    our own stays a little, and then ends too: the next production neither waits for a start nor pays for an end.
    """

    address: str = ""
    """Its head's, while connected."""
    is_elsewhere: bool = False
    """Whether it was there before us: its nodes may be other machines, which have none of our files."""
    _users: int = 0
    _is_ours: bool = False
    _ends: int = 0
    _closing: threading.Timer | None = None
    _folder: RayFolder | None = None
    _token: str = ""
    """The one we made up for a cluster of our own."""
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _pending: set[asyncio.Future[Any]] = field(default_factory=set)
    _lost: ClusterLost | None = None
    _watch: "_Watch | None" = None
    _kills: list[threading.Thread] = field(default_factory=list)

    def join(self, cores: int, address: str) -> Self:
        """Start Ray here, or connect to a cluster; blocking.

        Raises:
            CrewError: nobody is there, or it may not be driven.
        """
        with self._lock:
            if self._users == 0:
                self._stay()
                if self._is_ours and not self._is_fit(address):
                    self.end()
                if not ray.is_initialized():
                    self._begin_or_end(cores, address)
            self._users += 1
        return self

    def leave(self) -> None:
        """Let go of it; blocking."""
        with self._lock:
            self._users = max(0, self._users - 1)
            if self._users or not self._is_ours:
                return
            if self.is_elsewhere or self._lost:
                self.end()
            elif self._ends < _MOST_ENDS:
                self._closing = threading.Timer(_STAY_SECONDS, self._close)
                self._closing.daemon = True
                self._closing.start()

    def end(self) -> None:
        """Stop Ray and remove its files."""
        self._stay()
        if self._watch is not None:
            self._watch.stop()
        FREIGHT.forget()
        until = time.monotonic() + (0 if self._lost else _KILL_SECONDS)
        for kill in self._kills:  # one that came after the end would have Ray start anew
            kill.join(max(0.0, until - time.monotonic()))
        ray.shutdown(wait_for_processes=True)  # what still runs would write into a folder that is being removed
        self._watch, self._lost, self.address, self.is_elsewhere, self._kills = None, None, "", False, []
        self._ends += self._is_ours
        self._is_ours = False
        if self._token and os.environ.get("RAY_AUTH_TOKEN") == self._token:
            del os.environ["RAY_AUTH_TOKEN"]
            AuthenticationTokenLoader.instance().reset_cache()  # or the next cluster would be shown this one's
        self._token = ""
        if self._folder is not None:
            self._folder.remove()
            self._folder = None

    def check(self) -> None:
        """Raise `ClusterLost` where nobody is there any more."""
        if self._lost:
            raise ClusterLost(*self._lost.args)

    async def answer(self, reference: Any) -> object:
        """Wait for an actor's answer, or for the end of the whole cluster.

        Raises:
            ClusterLost: nobody will answer any more.
            RayError: as Ray raises it.
        """
        self.check()
        told = asyncio.get_running_loop().create_future()
        reference.future().add_done_callback(partial(_pass_on, told))
        return await self._outcome(told)

    async def aside(self, work: Callable[[], T]) -> T:
        """Do something of Ray's that blocks, on a thread nobody waits for: without a head it may never return.

        Raises:
            ClusterLost: it will not return any more.
        """
        self.check()
        told = asyncio.get_running_loop().create_future()
        done = Future[T]()
        done.add_done_callback(partial(_pass_on, told))
        threading.Thread(target=_do, args=(work, done), name="callsheet-ray", daemon=True).start()
        return cast("T", await self._outcome(told))

    def kill(self, actor: Any) -> None:
        """Have an actor's process ended, on a thread nobody waits for: without a head Ray would hold us up for long."""
        if ray.is_initialized() and not self._lost:
            kill = threading.Thread(target=_kill, args=(actor,), name="callsheet-ray-kill", daemon=True)
            kill.start()
            self._kills = [kill, *(one for one in self._kills if one.is_alive())]

    async def _outcome(self, told: asyncio.Future[object]) -> object:
        self._pending.add(told)
        try:
            self.check()  # it may have been lost before we stood among those who are told
            return await told
        finally:
            self._pending.discard(told)

    def _close(self) -> None:
        with self._lock:
            if self._users == 0 and self._closing is threading.current_thread():
                self.end()

    def _stay(self) -> None:
        if self._closing is not None:
            self._closing.cancel()
            self._closing = None

    def _is_fit(self, address: str) -> bool:
        """Say whether the Ray of our own that stayed will do: no worker claims its cores, so how many is all one."""
        if self._lost or address:
            return False
        try:
            _knock(self.address, _WATCH_SECONDS)
        except OSError:
            return False
        return True

    def _begin_or_end(self, cores: int, address: str) -> None:
        """Begin, again where a starved machine did not bring it up in time; where that fails nothing is left of it."""
        for tries_left in reversed(range(1 if address else _START_TRIES)):
            try:
                return self._begin(cores, address)
            except CallsheetError:
                self.end()
                raise
            except Exception as error:  # a node that does not come up in time is told by a bare one
                self.end()
                if tries_left and "timed out" in str(error):
                    log.warning("ray_start_timed_out", tries_left=tries_left)
                    continue
                raise _not_begun(address, error) from error
        return None

    def _begin(self, cores: int, address: str) -> None:
        logging.getLogger("ray").setLevel(logging.ERROR)
        # Ray prints the deaths of workers on standard output, whatever `log_to_driver` says; ours goes to programs.
        # We raise them as `WorkerLost`. Remove when Ray has a public switch for it.
        ray._private.worker._worker_logs_enabled = False
        quiet = {"log_to_driver": False, "configure_logging": False, "logging_level": logging.ERROR}
        if address:
            check_token(address, os.environ)
            _knock(address, _KNOCK_SECONDS)
            check_door(address, os.environ)
            ray.init(address=address, namespace="callsheet", **quiet)
            self._check_reach(address)
        else:
            check_own(os.environ)
            _demand_token()
            if not os.environ.get("RAY_AUTH_TOKEN"):
                os.environ["RAY_AUTH_TOKEN"] = self._token = secrets.token_hex(32)
            self._folder = RayFolder.make(short_place())
            ray.init(
                num_cpus=cores,
                include_dashboard=False,
                object_store_memory=_OBJECT_STORE_BYTES,
                _temp_dir=str(self._folder.for_ray),
                **quiet,
            )
        self._is_ours, self.is_elsewhere = True, bool(address)
        self.address = address or f"127.0.0.1:{ray.get_runtime_context().gcs_address.rpartition(':')[2]}"
        self._watch = _Watch(self.address, self._lose)
        self._watch.start()

    def _check_reach(self, address: str) -> None:
        """Leave a cluster that is reached by the loopback and open to the network; raises `CrewError`."""
        head = str(ray.get_runtime_context().gcs_address)
        if not is_loopback(address) or address.startswith("ray://") or is_loopback(head):
            return
        try:
            check_token(head, os.environ)
            check_door(head, os.environ)
        except CrewError:
            ray.shutdown()
            raise

    def _lose(self, why: str) -> None:
        """Tell everybody who waits that nobody will answer."""
        self._lost = ClusterLost(self.address, why)
        for pending in list(self._pending):
            with suppress(RuntimeError):  # its loop is closed
                pending.get_loop().call_soon_threadsafe(_tell, pending, ClusterLost(*self._lost.args))


class _Watch(threading.Thread):
    """Knocks at the head's door and looks after the node we started; says once that nobody is there any more."""

    def __init__(self, address: str, lost: Callable[[str], None]) -> None:
        super().__init__(name="callsheet-cluster-watch", daemon=True)
        self._address, self._lost, self._stopped = address, lost, threading.Event()

    def run(self) -> None:
        """Watch until stopped or lost."""
        silent = 0
        while not self._stopped.wait(_WATCH_SECONDS):
            try:
                _knock(self._address, _WATCH_SECONDS)
                silent = 0
            except OSError:
                silent += 1
            why = f"its head has not answered for {_SILENT_KNOCKS * _WATCH_SECONDS:.0f} s"
            if silent < _SILENT_KNOCKS:
                why = _ended_here()
            if why and not self._stopped.is_set():
                return self._lost(why)
        return None

    def stop(self) -> None:
        """Watch no longer."""
        self._stopped.set()


def _not_begun(address: str, error: Exception) -> CrewError:
    place, what = f"Ray at {address!r}" if address else "Ray", f"would not start: {error}"[:500]
    fix = 'mend [cluster] in the crew file or the setting `ray_address`, or set `home = "inprocess"`'
    return CrewError(place, what, fix)


def _ended_here() -> str:
    """Say which process of a node of our own has ended that none of its workers can do without, if any."""
    # Ray tells its driver only by letting it wait. Remove when it raises where the only node is gone.
    node = ray._private.worker._global_node
    ended = {kind for kind, _ in node.dead_processes()} if node else set()
    vital = sorted(ended & _VITAL)
    return f"its process {vital[0]} has ended" if vital else ""


def _demand_token() -> None:
    """Have Ray ask for a token, also where it was imported, and so read its environment, before we were."""
    os.environ["RAY_AUTH_MODE"] = "token"
    if not get_authentication_mode():
        # Ray has no public way to change it later. Remove when token mode is its default.
        Config.initialize('{"AUTH_MODE": "token"}')


def _do(work: Callable[[], T], done: Future[T]) -> None:
    try:
        done.set_result(work())
    except Exception as error:  # noqa: BLE001 - it is raised where it is waited for
        done.set_exception(error)


def _kill(actor: Any) -> None:
    try:
        ray.kill(actor)
    except Exception as error:  # noqa: BLE001 - the process that would be ended is gone, or its cluster is
        log.info("actor_not_killed", why=str(error)[:200])


def _pass_on(told: asyncio.Future[object], done: Future[object]) -> None:
    """Bring an outcome to who waits for it in a loop; it may be gone by now, or the loop be closed."""
    with suppress(RuntimeError):
        told.get_loop().call_soon_threadsafe(_tell, told, done.exception() or done)


def _tell(told: asyncio.Future[object], outcome: BaseException | Future[object]) -> None:
    if told.done():
        return
    if isinstance(outcome, BaseException):
        told.set_exception(outcome)
    else:
        told.set_result(outcome.result())


def _knock(address: str, seconds: float) -> None:
    """Fail at once where nobody listens; Ray itself would wait for minutes."""
    port = address.rpartition(":")[2]
    if port.isdigit():
        socket.create_connection((host_of(address), int(port)), timeout=seconds).close()


CLUSTER = Cluster()
atexit.register(CLUSTER.end)
