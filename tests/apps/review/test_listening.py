"""What listens, and to whom: the dailies page alone, to this machine alone."""

import ast
import re
import socket
from contextlib import closing
from pathlib import Path

from callsheet.apps.reviewing import listen

ROOT = Path(__file__).parents[3]
PRODUCT = ("agents", "apps", "core", "graphs", "models", "tools")
OPENS = {
    *("bind", "create_server", "start_server", "start_unix_server", "serve_forever", "Server", "HTTPServer"),
    *("ThreadingHTTPServer", "TCPServer", "run_app"),
}
"""Names by which a Python program comes to listen."""

SAID = re.compile(rf"\b({'|'.join(OPENS)})\b")

EXPECTED = {"apps/reviewing.py": {"bind", "Server"}, "models/chat/wire.py": {"bind"}}
"""The review; and what LangChain calls giving a model its options."""


def opened_in(path: Path) -> set[str]:
    """List the names in a source by which something would listen."""
    text = path.read_text("utf-8")
    if not SAID.search(text):
        return set()
    nodes = list(ast.walk(ast.parse(text)))
    return OPENS & {one.attr if isinstance(one, ast.Attribute) else getattr(one, "id", "") for one in nodes}


def test_nothing_of_ours_but_the_review_listens() -> None:
    sources = [path for top in PRODUCT for path in (ROOT / top).rglob("*.py")]
    found = {path.relative_to(ROOT).as_posix(): names for path in sources if (names := opened_in(path))}
    assert found == EXPECTED


def test_the_review_listens_to_this_machine_alone() -> None:
    with closing(listen(0)) as listener:
        host, port = listener.getsockname()
        assert host == "127.0.0.1"
        socket.create_connection((host, port), timeout=1).close()
        for address in {one[4][0] for one in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)}:
            if not str(address).startswith("127."):
                with closing(socket.socket()) as stranger:
                    stranger.settimeout(1)
                    assert stranger.connect_ex((str(address), port)) != 0
