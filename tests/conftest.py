"""Nothing in the tests reaches beyond this machine, or learns from what was made on it before."""

import ipaddress
import logging
import socket
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
import structlog

from .launcher import Launcher


def pytest_itemcollected(item: pytest.Item) -> None:
    """Refuse a test that `make test` would never run: it looks for those that run alone in one folder only."""
    if item.get_closest_marker("alone") and "models" not in item.path.parts:
        raise pytest.UsageError(f"{item.nodeid} runs alone, so it belongs in tests/models")


@pytest.fixture(autouse=True)
def stay_on_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail any connection that is not to this machine."""
    connect = socket.socket.connect
    own = {one[4][0] for one in socket.getaddrinfo(socket.gethostname(), None)}

    def guarded(self: socket.socket, address: object) -> None:
        if isinstance(address, tuple) and self.family in (socket.AF_INET, socket.AF_INET6):
            host = str(address[0])
            if host != "localhost" and host not in own and not ipaddress.ip_address(host).is_loopback:
                pytest.fail(f"a test tried to reach {host}")
        connect(self, address)  # type: ignore[arg-type]

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture(autouse=True)
def own_history(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give every test a studio without a past."""
    path = tmp_path_factory.getbasetemp() / f"history-{uuid4().hex}.sqlite"
    monkeypatch.setenv("CALLSHEET_HISTORY", str(path))
    return path


@pytest.fixture(autouse=True)
def fresh_log() -> Iterator[None]:
    """Undo what a door set up, so that no test logs to another test's stream."""
    yield
    structlog.reset_defaults()


@pytest.fixture(scope="session")
def launcher() -> Iterator[Launcher]:
    """Run command lines without loading everything for each."""
    found = Launcher()
    yield found
    found.close()


@pytest.fixture(scope="session")
def s3_server() -> Iterator[str]:
    """Serve S3 on this machine; give its address."""
    from moto.server import ThreadedMotoServer  # it takes seconds to load, and few tests need it

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()
