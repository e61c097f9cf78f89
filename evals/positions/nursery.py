"""Plays the small production in children that it breaks: one case a line on stdin, one answer a line on stdout.

It has loaded everything, and started no thread, when it forks. `LD_PRELOAD` must name `failing_disk.build`'s library.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Final

from ...core.crash import arm
from ...graphs import desk
from ...graphs.studio import HOMES
from ...models.catalog import CRITICS, MAKERS
from . import failing_disk, play

_HUNG_SECONDS: Final = 300.0
"""Far beyond what a run takes on a machine that is busy with other things."""
_AWAY_SECONDS: Final = 1.0
_ROOM: Final = "64m"


def main() -> None:
    """Answer cases until there are no more."""
    for registry, name in ((HOMES, "inprocess"), (MAKERS, "fake"), (MAKERS, "post"), (CRITICS, "fake")):
        registry.get(name)  # loaded once here, and not in every child
    for line in sys.stdin:
        case = json.loads(line)
        place = Path(case["place"])
        play.prepare(place)
        if case.get("size_kib"):
            _mount(place / "disk", f"{case['size_kib']}k")
        try:
            answer = _answer(case, place)
        finally:
            if case.get("size_kib"):
                subprocess.run(["/bin/umount", "--lazy", str(place / "disk")], check=True)
            shutil.rmtree(place, ignore_errors=True)
        print(json.dumps(answer), flush=True)


def _answer(case: dict[str, object], place: Path) -> dict[str, object]:
    """Break a production as often as the case says, then let it end, and say what was not as promised."""
    violations, hits, has_retake = [], 0, bool(case["has_retake"])
    attempts = case["attempts"]
    assert isinstance(attempts, list)
    for attempt in attempts:
        code = _in_child(partial(_broken, str(attempt), place, has_retake=has_retake))
        hits += code != play.ENDED
        if code not in (play.ENDED, play.CLEAN, -signal.SIGKILL):
            violations.append(f"ended with {code}: {_said(place)}")
    if case.get("size_kib"):
        _mount(place / "disk", _ROOM, "remount,")
    _in_child(lambda: _end(place, has_retake=has_retake))
    result = place / "result"
    if not result.exists():
        return {"violations": [*violations, f"it did not end: {_said(place)}"], "hits": hits}
    found = json.loads(result.read_text())
    return {**found, "violations": violations + found["violations"], "hits": hits}


def _broken(attempt: str, place: Path, *, has_retake: bool) -> int:
    """Arm `full:17`, `broken:17`, `killed:17`, a named point with its occurrence, or nothing, and play.

    `returns:17` is `full:17` with room again after a second: once a run has begun it must then come to its end.
    """
    name, _, count = attempt.partition(":")
    if name == "returns":
        failing_disk.arm(place / "disk", "full", int(count))
        threading.Timer(_AWAY_SECONDS, failing_disk.disarm).start()
        code = play.perform(place, has_retake=has_retake, settings=play.PATIENT)
        is_begun = (place / "told").exists() and (place / "told").stat().st_size > 0
        return play.OTHER if code != play.ENDED and is_begun else code
    if name in failing_disk.FAULTS:
        failing_disk.arm(place / "disk", failing_disk.FAULTS[name], int(count))
    elif name:
        arm(attempt)
    return play.perform(place, has_retake=has_retake)


def _end(place: Path, *, has_retake: bool) -> int:
    violations = list(play.lost(place))
    failing_disk.arm(place / "disk")
    began = time.perf_counter()
    code = play.perform(place, has_retake=has_retake)
    seconds = time.perf_counter() - began
    calls, writes = failing_disk.seen()
    if code != play.ENDED:
        violations.append(f"the run after it ended with {code}: {_said(place)}")
    else:
        violations += [f"{one.where}: {one.what}" for one in desk.check_production(place / "disk" / "film")]
    (place / "result").write_text(
        json.dumps(
            {
                "violations": violations,
                "ending": asdict(play.ending_of(place)) if code == play.ENDED else None,
                "calls": calls,
                "writes": writes,
                "seconds": seconds,
            }
        )
    )
    return code


def _said(place: Path) -> str:
    return (place / "said").read_text()[-600:] if (place / "said").exists() else ""


def _in_child(work: Callable[[], int]) -> int:
    child = os.fork()
    if not child:
        code = play.UNFORESEEN
        try:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # answers are the parent's
            code = work()
        except BaseException:  # noqa: BLE001 - a child must never go on as its parent
            traceback.print_exc()
        finally:
            os._exit(code)
    give_up = time.monotonic() + _HUNG_SECONDS
    while time.monotonic() < give_up:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.01)
    os.kill(child, signal.SIGABRT)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _mount(disk: Path, size: str, how: str = "") -> None:
    subprocess.run(["/bin/mount", "-t", "tmpfs", "-o", f"{how}size={size}", "none", str(disk)], check=True)


if __name__ == "__main__":
    main()
