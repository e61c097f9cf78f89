"""What a Ray of ours wrote is removed when it ends, and after a kill by who starts the next one."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from callsheet.models.ray_folder import PREFIX, RayFolder, sweep

OWNER = """
import sys
from pathlib import Path
from callsheet.models.ray_folder import RayFolder
folder = RayFolder.make(Path(sys.argv[1]))
folder.for_ray.mkdir()
(folder.for_ray / "log").write_text("said")
print(folder.path, flush=True)
sys.stdin.read()
"""


@contextmanager
def owner(place: Path) -> Iterator[tuple["subprocess.Popen[str]", Path]]:
    """Have another process own a folder in a place."""
    command = [sys.executable, "-c", OWNER, str(place)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin
    assert process.stdout
    try:
        yield process, Path(process.stdout.readline().strip())
    finally:
        process.kill()
        process.wait()
        process.stdin.close()
        process.stdout.close()


def open_descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def test_a_folder_is_swept_once_its_owner_was_killed_and_not_before_even_while_that_is_paused(tmp_path: Path) -> None:
    with owner(tmp_path) as (process, path):
        assert (path / "r" / "log").exists()
        assert sweep(tmp_path) == 0
        process.send_signal(signal.SIGSTOP)
        assert sweep(tmp_path) == 0
        process.kill()
        process.wait()
        assert sweep(tmp_path) == 1
        assert not path.exists()
        assert sweep(tmp_path) == 0


def test_who_makes_a_folder_sweeps_and_leaves_nothing_behind(tmp_path: Path) -> None:
    dead = tmp_path / f"{PREFIX}dead"
    (dead / "r" / "session").mkdir(parents=True)
    descriptors = open_descriptors()
    folder = RayFolder.make(tmp_path)
    assert not dead.exists()
    assert folder.path.stat().st_mode & 0o777 == 0o700
    folder.remove()
    assert not list(tmp_path.iterdir())
    assert open_descriptors() == descriptors


def test_nothing_else_is_swept(tmp_path: Path) -> None:
    others = tmp_path / "others"
    others.mkdir()
    (tmp_path / f"{PREFIX}link").symlink_to(others)
    (tmp_path / f"{PREFIX}file").write_text("kept")
    (tmp_path / "callsheet").mkdir()
    assert sweep(tmp_path) == 0
    assert len(list(tmp_path.iterdir())) == 4
