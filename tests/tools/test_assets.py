"""The store's promises, and what becomes of them on a damaged or full disk."""

import fcntl
import os
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from callsheet.core.canonical import digest_of_bytes
from callsheet.core.errors import AssetDamaged, AssetMissing, DiskFull, OutputError
from callsheet.evals.conformance import check_store
from callsheet.tools.assets import AssetStore, MemoryStore, is_digest


@pytest.fixture
def store(tmp_path: Path) -> AssetStore:
    return AssetStore(tmp_path / "assets")


def all_files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


async def test_the_folder_store_keeps_every_promise(store: AssetStore) -> None:
    await check_store(lambda: store)


async def test_the_memory_store_keeps_every_promise() -> None:
    await check_store(MemoryStore)


def test_an_asset_lies_under_its_own_digest(store: AssetStore) -> None:
    digest = store.put(b"picture")
    name = digest.removeprefix("sha256:")
    assert store.path_of(digest) == store.root / "sha256" / name[:2] / name[2:4] / name
    assert store.has(digest)
    assert list(store.digests()) == [digest]


def test_nothing_else_is_left_behind(store: AssetStore) -> None:
    digest = store.put(b"picture")
    store.put(b"picture")
    assert all_files(store.root) == [store.path_of(digest)]


def test_32_writers_of_the_same_bytes_leave_one_whole_file(store: AssetStore) -> None:
    data = os.urandom(1 << 20)
    with ThreadPoolExecutor(32) as pool:
        digests = set(pool.map(lambda _: store.put(data), range(64)))
    assert digests == {digest_of_bytes(data)}
    assert all_files(store.root) == [store.path_of(digests.pop())]


@pytest.mark.parametrize("where", [0, 7, -1])
def test_one_flipped_bit_is_found_on_reading(store: AssetStore, where: int) -> None:
    digest = store.put(b"a picture")
    data = bytearray(b"a picture")
    data[where] ^= 1
    store.path_of(digest).write_bytes(data)
    with pytest.raises(AssetDamaged):
        store.get(digest)


def test_a_truncated_asset_is_found_on_reading(store: AssetStore) -> None:
    digest = store.put(b"a picture")
    os.truncate(store.path_of(digest), 3)
    with pytest.raises(AssetDamaged):
        store.get(digest)


def test_putting_the_bytes_again_mends_a_damaged_asset(store: AssetStore) -> None:
    digest = store.put(b"a picture")
    store.path_of(digest).write_bytes(b"another picture")
    store.put(b"a picture")
    assert store.get(digest) == b"a picture"


@settings(max_examples=50)
@given(
    text=st.text(max_size=80) | st.text("0123456789abcdefAF/.\\%\n", min_size=60, max_size=68).map("sha256:".__add__)
)
@example(text="sha256:" + "0" * 64)
@example(text="sha256:" + "0" * 64 + "\n")
def test_only_64_hex_digits_ever_become_a_path(text: str) -> None:
    store = AssetStore(Path("/nowhere"))
    if is_digest(text):
        assert store.path_of(text).name == text[7:]
        return
    assert not store.has(text)
    with pytest.raises(AssetMissing):
        store.path_of(text)


def test_a_folder_that_is_a_file_is_refused_with_its_name(tmp_path: Path) -> None:
    (tmp_path / "assets").write_text("not a folder")
    with pytest.raises(OutputError, match="assets"):
        AssetStore(tmp_path / "assets").put(b"picture")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=256k", "none", str(disk)], capture_output=True, text=True, check=False
    )
    if mounted.returncode:
        pytest.skip(f"a small disk cannot be mounted here: {mounted.stderr.strip()}")
    yield disk
    subprocess.run(["umount", "--lazy", str(disk)], check=True)


def test_a_full_disk_is_named_leaves_nothing_partial_and_can_be_freed(small_disk: Path) -> None:
    store, ballast = AssetStore(small_disk / "assets"), small_disk / "ballast"
    kept = store.put(b"kept")
    ballast.write_bytes(bytes(100 * 1024))
    picture = os.urandom(200 * 1024)
    with pytest.raises(DiskFull, match="No space left on device"):
        store.put(picture)
    assert all_files(store.root) == [store.path_of(kept)]
    assert not store.has(digest_of_bytes(picture))
    ballast.unlink()
    assert store.get(store.put(picture)) == picture


def test_a_read_only_disk_is_named(small_disk: Path) -> None:
    store = AssetStore(small_disk / "assets")
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    with pytest.raises(DiskFull, match="Read-only"):
        store.put(b"picture")


def test_what_a_killed_writer_left_is_swept_and_what_is_kept_stays(store: AssetStore) -> None:
    kept = store.put(b"kept")
    drafts = [store.root / "incoming" / f"{name * 64}.{'0' * 32}" for name in "ab"]
    for draft in drafts:
        draft.write_bytes(b"half a pict")
    (store.root / "incoming" / "a note of mine").write_text("not a draft")
    assert store.sweep() == 2
    assert sorted(one.name for one in all_files(store.root)) == sorted([kept.removeprefix("sha256:"), "a note of mine"])


def test_nothing_is_swept_while_anybody_writes(store: AssetStore) -> None:
    store.put(b"kept")
    draft = store.root / "incoming" / f"{'a' * 64}.{'0' * 32}"
    draft.write_bytes(b"half a pict")
    writing = os.open(store.root / "incoming", os.O_RDONLY)
    fcntl.flock(writing, fcntl.LOCK_SH)
    assert store.sweep() == 0
    os.close(writing)
    assert store.sweep() == 1


def test_a_sound_asset_is_never_set_aside(store: AssetStore) -> None:
    digest = store.put(b"picture")
    assert store.set_aside(digest) is None
    assert store.set_aside("sha256:" + "0" * 64) is None
    assert store.get(digest) == b"picture"
