"""Who looks at the clock on the wall: a short list, each with what for."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PRODUCT = ("agents", "apps", "core", "graphs", "models", "tools")
MAY_LOOK = {
    "tools/clock.py": "it is the clock",
    "tools/journal.py": "the time beside an entry, and the day of a daily cap",
    "graphs/renting.py": "what rented machines cost by now",
    "graphs/thinking.py": "whether a question of a process that died is given up, and its charge unknown",
    "models/chat/faults.py": "how long a service asks to be left alone, where it names a date",
    **dict.fromkeys(("graphs/driver.py", "graphs/onlooking.py", "graphs/watching.py"), "telling people"),
    **dict.fromkeys(("apps/looking.py", "apps/summary.py", "apps/review/heading.py"), "telling people"),
}
LOOKS = re.compile(r"(^|\.)(now|utcnow|today|time\.time|time\.time_ns|time\.localtime|time\.gmtime)$")


def looks(text: str) -> bool:
    """Say whether a source asks what time it is."""
    calls = [one for one in ast.walk(ast.parse(text)) if isinstance(one, ast.Call)]
    return any(LOOKS.search(ast.unparse(one.func)) for one in calls if isinstance(one.func, ast.Attribute))


def test_only_who_is_listed_looks_at_the_clock_on_the_wall() -> None:
    found = set[str]()
    for path in (path for top in PRODUCT for path in (ROOT / top).rglob("*.py")):
        text = path.read_text("utf-8")
        if re.search(r"\b(now|utcnow|today|time|time_ns|localtime|gmtime)\(", text) and looks(text):
            found.add(path.relative_to(ROOT).as_posix())
    assert found == set(MAY_LOOK)


@pytest.mark.parametrize("text", ["datetime.now(UTC)", "self._clock.now()", "time.time()", "dt.date.today()"])
def test_a_look_is_seen(text: str) -> None:
    assert looks(text)


@pytest.mark.parametrize("text", ["time.monotonic()", "loop.time()", "asyncio.get_running_loop().time()", "now()"])
def test_what_only_goes_forward_is_no_look(text: str) -> None:
    assert not looks(text)
