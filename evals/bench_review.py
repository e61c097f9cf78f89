"""How fast the dailies page is, in a real browser: first paint with 200 shots, and a new take's way onto the screen.

The production is made by shipped fakes that draw at 512 px, with a still and a grade for each shot; the review is the
real command in its own process, as is the browser. A page is opened afresh each time, without a cache. A live update
is a picture brought in by this process: from the moment the journal has it until the browser has decoded the new
picture and painted it, on a grid that shows everything.

`python -m callsheet.evals.bench_review --json [--quick]`
"""

import asyncio
import json
import os
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from io import BytesIO
from pathlib import Path
from statistics import median
from typing import Final

from PIL import Image
from playwright.async_api import Browser, Page

from ..core.brief import Brief, DepartmentBrief, ShotBrief, TaskBrief
from ..core.canonical import digest_of_bytes
from ..core.errors import Bug
from ..core.fact import TakeMade
from ..core.settings import Settings
from ..graphs import desk
from .browsing import browser
from .reporting import parse_bench_arguments, report, tell

_SIDE_PX: Final = 512
_CREW: Final = f"""
schema = "crew/1"
name = "fake"
makers = [
  {{ name = "small", kind = "fake", makes = ["still"], usd = 0.002, width = {_SIDE_PX}, height = {_SIDE_PX} }},
  {{ name = "post", kind = "post", makes = ["grade"], usd = 0.0005 }},
]
critics = [
  {{ name = "eye", kind = "fake", checks = ["existence", "count", "attribute", "relation", "position", "style"] }},
  {{ name = "technical", kind = "technical", checks = ["technical"] }},
]
"""
_SETTINGS: Final = Settings(home="inprocess", learn=False, log_level="error")
_PAINTED: Final = """() => new Promise((told) => new PerformanceObserver((seen, watcher) => {
  const first = seen.getEntriesByName("first-contentful-paint")[0];
  if (first) { watcher.disconnect(); told(first.startTime); }
}).observe({ type: "paint", buffered: true }))"""
_SHOWN: Final = """() => Promise.all([...document.images]
  .filter((one) => { const at = one.getBoundingClientRect(); return at.top < innerHeight && at.bottom > 0; })
  .map((one) => one.decode())).then(() => performance.now())"""
_ARRIVES: Final = """(digest) => new Promise((told) => {
  const look = () => {
    const found = document.querySelector(`img[src="/thumb/${digest}"]`);
    if (!found) return requestAnimationFrame(look);
    return found.decode().then(() => requestAnimationFrame(() => told(Date.now())));
  };
  look();
})"""


def brief_of(shots: int) -> Brief:
    """Ask for so many shots, each of a still and its grade."""
    names = [f"sh{10 * number:04d}" for number in range(1, shots + 1)]
    stills = {f"{name}_plate": TaskBrief(department="sets", prompt="one large red castle") for name in names}
    grades = {
        f"{name}_grade": TaskBrief(department="post", make="grade", input=f"{name}_plate", shot=name) for name in names
    }
    return Brief(
        title=f"{shots} shots",
        budget_usd=50.0,
        departments={"sets": DepartmentBrief(workers=4), "post": DepartmentBrief(workers=4)},
        tasks={**stills, **grades},
        shots={name: ShotBrief(from_=f"{name}_grade", seconds=2) for name in names},
        deliver=("timeline",),
    )


async def measure(shots: int, opens: int, updates: int, seed: int) -> dict[str, object]:
    """Make a production, review it, and give the figures."""
    with tempfile.TemporaryDirectory() as scratch:
        folder, crew = Path(scratch) / "production", Path(scratch) / "crew.toml"
        crew.write_text(_CREW)
        await desk.produce(brief_of(shots), out=folder, crew=crew, seed=seed, settings=_SETTINGS)
        tell(f"made {shots} shots")
        async with _reviewed(folder) as url, browser() as opened:
            paints = [await _open(opened, url) for _ in range(opens)]
            tell(f"first paint {median(first for first, _ in paints):.3f} s")
            waits = await _live(opened, url, folder, updates)
    return {
        "shots": shots,
        "tasks": 2 * shots,
        "first_paint_seconds": round(median(first for first, _ in paints), 3),
        "first_paint_worst_seconds": round(max(first for first, _ in paints), 3),
        "pictures_seconds": round(median(shown for _, shown in paints), 3),
        "opens": opens,
        "update_seconds": round(median(waits), 3),
        "update_worst_seconds": round(max(waits), 3),
        "updates": updates,
    }


@asynccontextmanager
async def _reviewed(folder: Path) -> AsyncIterator[str]:
    """Run the command for as long as the block lasts; give the address it prints."""
    command = [sys.executable, "-m", "callsheet.apps", "review", str(folder), "--no-open", "--json"]
    environment = {**os.environ, "CALLSHEET_HOME": "inprocess"}
    door = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE, env=environment)
    try:
        assert door.stdout
        yield str(json.loads(await door.stdout.readline())["url"])
    finally:
        door.terminate()
        await door.wait()


async def _open(opened: Browser, url: str) -> tuple[float, float]:
    """Open the grid afresh; give the seconds to its first paint, and until every picture in view is there."""
    page = await _enter(opened, url)
    await page.goto(url.partition("?")[0], wait_until="commit")
    first: float = await page.evaluate(_PAINTED)
    await page.wait_for_load_state("domcontentloaded")
    shown: float = await page.evaluate(_SHOWN)
    await page.context.close()
    return first / 1000, shown / 1000


async def _enter(opened: Browser, url: str) -> Page:
    """Get the cookie, and leave the page that gives it."""
    context = await opened.new_context(viewport={"width": 1440, "height": 900})
    page = await context.new_page()
    await page.goto(url)
    await page.wait_for_selector("#grid")
    await page.goto("about:blank")
    return page


async def _live(opened: Browser, url: str, folder: Path, updates: int) -> list[float]:
    """Bring pictures in, one after another; give the seconds until each is on the screen."""
    page = await _enter(opened, url)
    await page.goto(url.partition("?")[0])
    await page.wait_for_selector("#keys:not([hidden])")
    waits = []
    for number in range(updates):
        file = folder.parent / f"brought_{number}.png"
        file.write_bytes(data := _picture(number))
        digest = digest_of_bytes(data)
        arrival = asyncio.ensure_future(page.evaluate(_ARRIVES, digest.removeprefix("sha256:")))
        await desk.ingest(folder, file, f"sh{10 * (number + 1):04d}_grade", settings=_SETTINGS)
        waits.append(await arrival / 1000 - await _made_at(folder, digest))
    await page.context.close()
    return waits


async def _made_at(folder: Path, digest: str) -> float:
    """Give the moment the journal wrote down for a take."""
    for entry in reversed((await desk.look(folder, _SETTINGS)).history.entries):
        if isinstance(entry.fact, TakeMade) and entry.fact.take.digest == digest:
            return datetime.fromisoformat(entry.at).timestamp()
    raise Bug(f"the journal has no take {digest}")


def _picture(number: int) -> bytes:
    buffer = BytesIO()
    Image.effect_noise((_SIDE_PX, _SIDE_PX), 20 + number).convert("RGB").save(buffer, "PNG")
    return buffer.getvalue()


def main() -> None:
    """Measure and report."""
    arguments = parse_bench_arguments(__doc__ or "")
    shots, opens, updates = (40, 2, 4) if arguments.quick else (200, 7, 20)
    report("review", asyncio.run(measure(shots, opens, updates, arguments.seed)))


if __name__ == "__main__":
    main()
