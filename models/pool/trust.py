"""Whether a cluster may be driven: whoever reaches an open one runs code on it, so only this machine's may be open."""

import ipaddress
import subprocess
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from ...core.errors import CrewError

DEFAULT_TOKEN = Path("~/.ray/auth_token")
"""Where Ray itself looks when neither variable is set."""

_FIX = (
    "write one secret into a file on every node and here, and set RAY_AUTH_MODE=token and RAY_AUTH_TOKEN_PATH to that "
    "file before `ray start` there and before callsheet here"
)
_PROBE_SECONDS = 20.0
_PROBE = """
import sys
from ray._raylet import GcsClient
GcsClient(address=sys.argv[1]).internal_kv_get(b"callsheet", b"callsheet", timeout=10)
"""


def host_of(address: str) -> str:
    """Give the host of `host:6379` or `ray://host:10001`.

    >>> host_of("ray://head.studio:10001")
    'head.studio'
    """
    return address.rpartition("//")[2].rpartition(":")[0]


def is_loopback(address: str) -> bool:
    """Say whether an address can only be this machine.

    >>> is_loopback("127.0.0.1:6379"), is_loopback("10.0.0.7:6379")
    (True, False)
    """
    host = host_of(address)
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def check_token(address: str, environment: Mapping[str, str], default: Path = DEFAULT_TOKEN) -> None:
    """Refuse a cluster elsewhere that would be driven without a token; raises `CrewError` with what to set."""
    place, mode = f"Ray at {address!r}", environment.get("RAY_AUTH_MODE", "")
    if is_loopback(address):
        return
    if mode.lower() != "token":
        raise CrewError(place, f"is not on this machine, and RAY_AUTH_MODE is {mode!r}, not 'token'", _FIX)
    path = Path(environment.get("RAY_AUTH_TOKEN_PATH", "")).expanduser()
    if not environment.get("RAY_AUTH_TOKEN") and not path.is_file() and not default.expanduser().is_file():
        named = f"no file at RAY_AUTH_TOKEN_PATH={str(path)!r}" if path.name else "no RAY_AUTH_TOKEN_PATH"
        raise CrewError(place, f"is not on this machine, and there is no token for it: {named}", _FIX)


def check_own(environment: Mapping[str, str]) -> None:
    """Refuse to start a cluster here where somebody wants it open: Ray listens on the network, not on loopback alone.

    >>> check_own({"RAY_AUTH_MODE": "token"})
    """
    mode = environment.get("RAY_AUTH_MODE", "token")
    if mode.lower() != "token":
        what = f"would let everybody in who reaches this machine: RAY_AUTH_MODE is {mode!r}, not 'token'"
        raise CrewError("Ray", what, 'unset it, or set `home = "inprocess"`')


def check_door(address: str, environment: Mapping[str, str]) -> None:
    """Refuse a cluster elsewhere that lets a stranger in, or not us; asks it twice, from processes of their own.

    Ray itself would try a wrong token for half a minute. Of `ray://` addresses only our own side is checked: that
    port answers to a client's library alone.

    Raises:
        CrewError: it answered without a token, or not with ours.
    """
    if is_loopback(address) or address.startswith("ray://"):
        return
    stranger = {name: value for name, value in environment.items() if not name.startswith("RAY_AUTH")}
    with ThreadPoolExecutor(2) as both:
        asked = both.map(partial(_ask, address), (stranger | {"RAY_AUTH_MODE": "disabled"}, environment))
        without, ours = asked
    if without == "":
        what = "answers without a token: everybody who reaches it can run code there"
        raise CrewError(f"Ray at {address!r}", what, _FIX)
    if "InvalidAuthToken" in ours:
        named = " or ".join(name for name in ("RAY_AUTH_TOKEN", "RAY_AUTH_TOKEN_PATH") if environment.get(name))
        raise CrewError(f"Ray at {address!r}", f"refuses the token of {named or DEFAULT_TOKEN}", _FIX)


def _ask(address: str, environment: Mapping[str, str]) -> str:
    """Read a key nobody wrote; give what was complained of, empty where nothing was."""
    command = [sys.executable, "-c", _PROBE, address]
    try:
        asked = subprocess.run(
            command, env=dict(environment), capture_output=True, text=True, timeout=_PROBE_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return "no answer"
    return asked.stderr or "failed" if asked.returncode else ""
