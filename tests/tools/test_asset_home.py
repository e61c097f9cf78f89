"""Where a production keeps its assets is chosen once, and every door finds them."""

import sys
from pathlib import Path

import pytest

from callsheet.core.errors import MissingExtra, OutputError, UnknownName
from callsheet.core.settings import SettingsWrong
from callsheet.evals.conformance import check_store
from callsheet.tools.asset_home import folder_at, open_assets, recorded_in, settle_assets
from callsheet.tools.assets import AssetStore


@pytest.fixture
def inner(tmp_path: Path) -> Path:
    (tmp_path / ".callsheet").mkdir()
    return tmp_path / ".callsheet"


@pytest.fixture
def mount(tmp_path: Path) -> str:
    return (tmp_path / "mnt" / "a studio's assets").as_uri()


async def test_a_shared_mount_keeps_every_promise_of_a_store(mount: str) -> None:
    await check_store(lambda: folder_at(mount))


def test_without_a_setting_assets_lie_in_the_production_s_own_folder(inner: Path) -> None:
    assert settle_assets(inner, "", is_new=True) == AssetStore(inner / "assets")
    assert recorded_in(inner) == ""
    assert open_assets(inner) == AssetStore(inner / "assets")


def test_the_choice_is_found_again_without_the_setting(inner: Path, mount: str, tmp_path: Path) -> None:
    digest = settle_assets(inner, mount, is_new=True).put(b"picture")
    assert open_assets(inner).get(digest) == b"picture"
    assert settle_assets(inner, "", is_new=False).get(digest) == b"picture"
    assert settle_assets(inner, mount, is_new=False).get(digest) == b"picture"
    assert Path(open_assets(inner).address_of(digest)).is_relative_to(tmp_path / "mnt")


def test_a_production_does_not_move_by_a_changed_setting(inner: Path, mount: str) -> None:
    settle_assets(inner, mount, is_new=True)
    with pytest.raises(OutputError, match=f"keeps its assets at {mount}, and the setting `assets` says file:///other"):
        settle_assets(inner, "file:///other", is_new=False)
    assert recorded_in(inner) == mount


def test_a_production_in_its_own_folder_does_not_move_either(inner: Path, mount: str) -> None:
    with pytest.raises(OutputError, match="keeps its assets at its own folder"):
        settle_assets(inner, mount, is_new=False)


def test_the_choice_is_free_until_a_plan_is_kept(inner: Path, mount: str) -> None:
    settle_assets(inner, "file:///mistaken", is_new=True)
    settle_assets(inner, mount, is_new=True)
    assert recorded_in(inner) == mount
    settle_assets(inner, "", is_new=True)
    assert recorded_in(inner) == ""


@pytest.mark.parametrize("address", ["file://host/mnt/assets", "file:relative", "file:///mnt/assets?x=1"])
def test_a_shared_mount_is_an_absolute_path(inner: Path, address: str) -> None:
    with pytest.raises(SettingsWrong, match="no absolute path"):
        settle_assets(inner, address, is_new=True)
    assert recorded_in(inner) == ""


def test_an_unknown_scheme_is_answered_with_the_known_ones(inner: Path) -> None:
    with pytest.raises(UnknownName, match="no asset store named 'ftp'; known: file, s3"):
        settle_assets(inner, "ftp://studio/assets", is_new=True)


def test_a_bucket_without_its_library_says_what_to_install(inner: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "obstore", None)
    monkeypatch.delitem(sys.modules, "callsheet.tools.bucket", raising=False)
    with pytest.raises(MissingExtra, match=r"callsheet\[s3\]"):
        settle_assets(inner, "s3://studio/assets", is_new=True)
