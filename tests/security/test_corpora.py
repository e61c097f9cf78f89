"""Hostile pictures, checkpoints, paths, names and YAML: refused or contained, never let through, never a crash."""

import os
import subprocess
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from callsheet.core.errors import CrewError, NotAPicture
from callsheet.evals.hostile import checkpoints
from callsheet.evals.hostile.doors import Doors, throw_files, throw_paths
from callsheet.evals.hostile.outcomes import Tally, corpora, payloads
from callsheet.models import checkpoint
from callsheet.models.checkpoint import check_folder
from callsheet.tools.pictures import read_picture


@pytest.fixture(autouse=True)
def as_people_run_it() -> Iterator[None]:
    """Let libraries warn, as they do outside tests, so that what stops a picture is us."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@pytest.fixture
def at(tmp_path: Path) -> Doors:
    return Doors(tmp_path)


def test_the_corpora_are_as_large_as_is_said() -> None:
    sizes = corpora()
    assert sizes["paths"] >= 400
    assert sum(sizes.values()) >= 600
    assert all(len(set(payloads(name))) == size for name, size in sizes.items())


def test_no_path_or_name_leads_anywhere_from_a_brief_a_crew_file_a_model_or_a_digest(at: Doors) -> None:
    tally = Tally()
    throw_paths(tally, at)
    assert tally.bad == []
    assert tally.of("refused") > 2800
    assert tally.by_kind()["YAML"] == {"refused": len(payloads("yaml"))}


def test_no_picture_file_or_checkpoint_gets_through_that_is_not_what_it_should_be(at: Doors) -> None:
    tally = Tally()
    throw_files(tally, at, damaged=200, seed=7)
    assert tally.bad == []
    table = tally.by_kind()
    for kind in ("picture bombs", "other files", "headers", "files that run", "configs"):
        assert set(table[kind]) == {"refused"}, kind
    assert set(table["pictures with more in them"]) == {"contained"}
    assert not at.canary.exists()


_IN_LITTLE_ROOM = """
import resource
from pathlib import Path
from callsheet.core.errors import CallsheetError
from callsheet.evals.hostile import checkpoints, pictures
from callsheet.models.weights_header import fault_of_header
from callsheet.tools.pictures import read_picture
bombs, headers, place = pictures.bombs(), checkpoints.headers(), Path("a.safetensors")
used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
resource.setrlimit(resource.RLIMIT_CPU, (20, 20))
for name, data in bombs.items():
    place.write_bytes(data)
    try:
        read_picture(place)
    except CallsheetError:
        continue
    raise SystemExit(name)
for name, data in headers.items():
    place.write_bytes(data)
    assert fault_of_header(place), name
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - used)
"""


@pytest.mark.slow
def test_a_bomb_takes_neither_memory_nor_time(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", _IN_LITTLE_ROOM],
        cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    assert int(done.stdout) < 200_000, "KiB more than before"


@pytest.mark.parametrize("kind", ["pipe", "folder", "device", "endless", "none", "nul"])
def test_what_is_no_file_is_refused_at_once(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    match kind:
        case "pipe":
            os.mkfifo(path)
        case "folder":
            path.mkdir()
        case "device":
            path = Path("/dev/null")
        case "endless":
            path.symlink_to("/dev/zero")
        case "nul":
            path = tmp_path / "a\0.png"
    with pytest.raises(NotAPicture):
        read_picture(path)


@pytest.mark.parametrize(
    "kind", ["a link to a folder", "a pipe", "a broken link", "a link to itself", "too many files"]
)
def test_a_checkpoint_of_links_and_pipes_is_refused(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, outside = tmp_path / "weights", tmp_path / "outside"
    for place in (folder, outside):
        place.mkdir()
    (folder / "model.safetensors").write_bytes(checkpoints.good())
    check_folder(folder, "maker 'm'")
    match kind:
        case "a link to a folder":
            (outside / "pytorch_model.bin").write_bytes(checkpoints.pickled(tmp_path / "canary"))
            (folder / "text_encoder").symlink_to(outside, target_is_directory=True)
        case "a pipe":
            os.mkfifo(folder / "vae.safetensors")
        case "a broken link":
            (folder / "vae.safetensors").symlink_to(tmp_path / "nowhere")
        case "a link to itself":
            (folder / "vae.safetensors").symlink_to(folder / "vae.safetensors")
        case "too many files":
            monkeypatch.setattr(checkpoint, "_MOST_FILES", 20)
            for number in range(20):
                (folder / str(number)).touch()
    with pytest.raises(CrewError):
        check_folder(folder, "maker 'm'")


def test_weights_that_a_hub_keeps_behind_links_are_taken(tmp_path: Path) -> None:
    folder, blobs = tmp_path / "snapshot", tmp_path / "blobs"
    for place in (folder, blobs):
        place.mkdir()
    (blobs / "0123abcd").write_bytes(checkpoints.good())
    (folder / "model.safetensors").symlink_to(blobs / "0123abcd")
    check_folder(folder, "maker 'm'")
    (blobs / "0123abcd").write_bytes(checkpoints.pickled(tmp_path / "canary"))
    with pytest.raises(CrewError, match="made to do harm"):
        check_folder(folder, "maker 'm'")
