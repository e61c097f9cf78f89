"""Weights on a node: found by digest, hashed before they are used, taken in once."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from callsheet.core.crew import MakerSpec
from callsheet.core.errors import DiskFull, MakerFailed
from callsheet.models.checkpoint import digest_of_folder
from callsheet.models.pool.freight import Parcel, WeightsAbsent, unpack, with_folder, without_folder


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CALLSHEET_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def spec(tmp_path: Path) -> MakerSpec:
    folder = tmp_path / "checkpoint"
    (folder / "unet").mkdir(parents=True)
    (folder / "unet" / "model.safetensors").write_bytes(b"weights")
    digest = digest_of_folder(folder)
    made = MakerSpec(name="one", kind="fake", makes=("still",), folder=str(folder), weights_digest=digest)
    return without_folder(made)


def parcel_of(spec: MakerSpec) -> Parcel:
    """Send an empty checkpoint under the digest of another: pieces need Ray, which the cluster's own test has."""
    return Parcel(digest=spec.weights_digest, files=())


def keep(cache: Path, spec: MakerSpec, weights: bytes) -> Path:
    folder = cache / "weights" / spec.weights_digest.removeprefix("sha256:")
    (folder / "unet").mkdir(parents=True)
    (folder / "unet" / "model.safetensors").write_bytes(weights)
    return folder


def test_a_spec_that_leaves_for_another_machine_names_no_folder_and_is_the_same_maker(spec: MakerSpec) -> None:
    assert spec.folder == ""
    assert with_folder(MakerSpec(name="hub", kind="fake", makes=("still",), source="studio/model")).folder == ""


def test_a_node_without_the_weights_says_which(spec: MakerSpec) -> None:
    with pytest.raises(WeightsAbsent, match=spec.weights_digest):
        with_folder(spec)


def test_a_node_with_the_weights_loads_from_its_own_folder(spec: MakerSpec, cache: Path) -> None:
    folder = keep(cache, spec, b"weights")
    assert with_folder(spec).folder == str(folder)


def test_a_damaged_copy_is_never_loaded_and_makes_room_for_a_good_one(spec: MakerSpec, cache: Path) -> None:
    folder = keep(cache, spec, b"other weights")
    with pytest.raises(WeightsAbsent):
        with_folder(spec)
    assert not folder.exists()


def test_what_arrives_damaged_is_not_kept(spec: MakerSpec, cache: Path) -> None:
    with pytest.raises(MakerFailed, match="arrived damaged") as caught:
        unpack(parcel_of(spec))
    assert caught.value.retryable
    assert [path.suffix for path in (cache / "weights").iterdir()] == [".lock"]


def test_workers_of_one_node_share_what_one_of_them_takes_in(cache: Path) -> None:
    nothing = Parcel(digest=digest_of_folder(cache), files=())
    with ThreadPoolExecutor(8) as pool:
        homes = set(pool.map(unpack, [nothing] * 8))
    assert len(homes) == 1
    assert {path.name.partition(".")[0] for path in (cache / "weights").iterdir()} == {homes.pop().name}


def test_a_node_without_room_is_named(spec: MakerSpec, cache: Path) -> None:
    cache.write_text("a file where the folder should be")
    with pytest.raises(DiskFull, match="cache"):
        unpack(parcel_of(spec))
