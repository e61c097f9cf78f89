"""The proof that assets and delivery are what the journal says, and every way it must be able to fail."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from callsheet.core.canonical import digest_of_bytes
from callsheet.tools.assets import AssetStore
from callsheet.tools.fsck import Trouble, check_production

from .conftest import BRIEF, PLAN, blob, change, picture


def lose_a_picture(folder: Path) -> None:
    blob(folder, picture(2)).unlink()


def lose_the_plan(folder: Path) -> None:
    blob(folder, PLAN).unlink()


def lose_the_brief(folder: Path) -> None:
    blob(folder, BRIEF).unlink()


def put_something_else_in_the_plans_place(folder: Path) -> None:
    other = AssetStore(folder / ".callsheet" / "assets").put(b"no plan")
    change(folder, "UPDATE entry SET body = replace(body, ?, ?) WHERE seq = 2", digest_of_bytes(PLAN), other)


def flip_a_byte(folder: Path) -> None:
    data = bytearray(picture(1))
    data[3] ^= 1
    blob(folder, picture(1)).write_bytes(data)


def flip_a_byte_of_what_nothing_refers_to(folder: Path) -> None:
    blob(folder, b"the crew").write_bytes(b"the crow")


def replace_a_delivered_file(folder: Path) -> None:
    (folder / "stills" / "v001.png").write_bytes(b"something else")


def lose_a_delivered_file(folder: Path) -> None:
    (folder / "stills" / "v001.png").unlink()


def delete_the_manifest(folder: Path) -> None:
    (folder / "manifest.json").unlink()


def replace_the_page(folder: Path) -> None:
    (folder / "index.html").write_text("mine")


def edit_the_manifest(folder: Path) -> None:
    path = folder / "manifest.json"
    told = json.loads(path.read_text())
    path.write_text(json.dumps(told | {"seed": 8}))


def point_the_manifest_elsewhere(folder: Path) -> None:
    path = folder / "manifest.json"
    path.write_text(path.read_text().replace("stills/v001.png", "../../etc/hostname"))


def deliver_what_nobody_made(folder: Path) -> None:
    path = folder / "manifest.json"
    path.write_text(path.read_text().replace(digest_of_bytes(picture(1)), digest_of_bytes(b"unknown")))


PLANTED: dict[Callable[[Path], None], str] = {
    lose_a_picture: "is missing",
    lose_the_plan: "is missing",
    lose_the_brief: "is missing",
    put_something_else_in_the_plans_place: "is no plan",
    flip_a_byte: "is damaged",
    flip_a_byte_of_what_nothing_refers_to: "is damaged",
    replace_a_delivered_file: "not the one in the manifest",
    lose_a_delivered_file: "cannot be read",
    delete_the_manifest: "manifest of the delivery is missing",
    replace_the_page: "not the one in the manifest",
    edit_the_manifest: "not the one the journal says",
    point_the_manifest_elsewhere: "points out of the delivery",
    deliver_what_nobody_made: "which no take has",
}


@pytest.mark.parametrize(("plant", "says"), PLANTED.items(), ids=[plant.__name__ for plant in PLANTED])
def test_planted_trouble_is_found(folder: Path, plant: Callable[[Path], None], says: str) -> None:
    plant(folder)
    assert any(says in trouble.what for trouble in check_production(folder)), check_production(folder)


def test_a_lost_picture_says_where_and_how_to_mend_it(folder: Path) -> None:
    lose_a_picture(folder)
    digest = digest_of_bytes(picture(2))
    assert check_production(folder) == (
        Trouble(
            what=f"asset {digest} is missing",
            where="task2/t01",
            mend=(
                f"restore {digest} from a backup, have `callsheet replay DIR task2 --take 1` make it again, "
                "or retake task2/t01"
            ),
            digest=digest,
        ),
    )


def test_a_damaged_picture_is_set_aside_and_its_place_is_free_for_a_sound_one(folder: Path) -> None:
    flip_a_byte(folder)
    damaged = blob(folder, picture(1)).read_bytes()
    (found,) = check_production(folder, sets_aside=True)
    assert found.what.endswith("is damaged")
    assert found.digest == digest_of_bytes(picture(1))
    assert Path(found.set_aside).read_bytes() == damaged
    assert not blob(folder, picture(1)).exists()
    (again,) = check_production(folder, sets_aside=True)
    assert (again.what, again.set_aside) == (f"asset {found.digest} is missing", "")
    AssetStore(folder / ".callsheet" / "assets").put(picture(1))
    assert check_production(folder) == ()


def test_only_looking_moves_nothing(folder: Path) -> None:
    flip_a_byte(folder)
    before = blob(folder, picture(1)).read_bytes()
    (found,) = check_production(folder)
    assert found.set_aside == ""
    assert blob(folder, picture(1)).read_bytes() == before
