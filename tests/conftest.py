"""Nothing in the tests reaches beyond this machine."""

import ipaddress
import socket
from collections.abc import Iterator

import pytest
import structlog


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
def fresh_log() -> Iterator[None]:
    """Undo what a door set up, so that no test logs to another test's stream."""
    yield
    structlog.reset_defaults()
