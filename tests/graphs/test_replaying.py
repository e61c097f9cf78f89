"""A take made again from its record: the same, near or different, and why."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from callsheet.apps.cli import app
from callsheet.core.crew import MakerSpec
from callsheet.core.errors import NothingToDo, UnknownName
from callsheet.core.settings import Settings
from callsheet.core.take import Made, Recipe, Take
from callsheet.graphs import desk, replaying
from callsheet.graphs.replaying import likely_causes, replay
from callsheet.models.fake import FakeMaker
from callsheet.tools.assets import AssetStore

CREW = Path(__file__).parents[1] / "fake_crew.toml"
SETTINGS = Settings(home="inprocess", learn=False, crew=CREW)


def take_of(folder: Path, task: str = "keep") -> Take:
    take = asyncio.run(desk.look(folder, SETTINGS)).history.tasks[task].standing_take
    assert take
    return take


class Brighter:
    """The fake maker a version later: every level is so much higher, and it may forget its seed."""

    levels, is_unsteady = 2, False

    def __init__(self, spec: MakerSpec) -> None:
        self._maker, self._calls = FakeMaker(spec), 0

    def make(self, recipe: Recipe, ingredients: Mapping[str, bytes]) -> Made:
        made = self._maker.make(recipe, ingredients)
        self._calls += 1
        by = self.levels + (self._calls if self.is_unsteady else 0)
        levels = np.asarray(Image.open(BytesIO(made.data)).convert("RGB"), np.int16) + by
        file = BytesIO()
        Image.fromarray(levels.clip(0, 255).astype(np.uint8)).save(file, "PNG")
        return replace(made, data=file.getvalue(), software=made.software | {"fake": "2"})


@pytest.mark.parametrize("task", ["keep", "comp", "grade"])
def test_a_take_made_again_as_it_was_has_the_same_bytes(castle: Path, task: str) -> None:
    told = asyncio.run(replay(castle, task, settings=SETTINGS))
    assert told.drift
    assert (told.drift.kind, told.made_digest, told.causes) == ("same", told.digest, ())


def test_a_lost_picture_is_mended_by_its_replay(castle: Path) -> None:
    take, store = take_of(castle), AssetStore(castle / ".callsheet" / "assets")
    store.path_of(take.digest).unlink()
    assert desk.check_production(castle)
    assert asyncio.run(replay(castle, "keep", settings=SETTINGS)).is_mended
    assert desk.check_production(castle) == ()


@pytest.mark.parametrize(("levels", "kind"), [(1, "near"), (90, "different")])
def test_another_version_of_a_library_drifts_and_is_named(
    castle: Path, monkeypatch: pytest.MonkeyPatch, levels: int, kind: str
) -> None:
    monkeypatch.setattr(Brighter, "levels", levels)
    monkeypatch.setattr(replaying, "build_maker", Brighter)
    told = asyncio.run(replay(castle, "keep", settings=SETTINGS))
    assert told.drift
    assert told.drift.kind == kind
    assert told.drift.largest_levels <= levels
    assert told.causes == ("library: fake 1 then, 2 now",)


def test_a_maker_that_does_not_keep_to_its_seed_is_named_first(castle: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Brighter, "is_unsteady", True)
    monkeypatch.setattr(replaying, "build_maker", Brighter)
    told = asyncio.run(replay(castle, "keep", settings=SETTINGS))
    assert told.causes[0].startswith("seed: small does not keep to it")


def recipe_of(folder: Path) -> Recipe:
    recipe = take_of(folder).recipe
    assert recipe
    return recipe


def test_weights_model_device_and_library_are_told_apart(castle: Path) -> None:
    spec = MakerSpec(name="small", kind="fake", makes=("still",), usd=0.002, revision="r2", weights_digest="sha256:new")
    then = {"torch": "2.9.0", "cuda": "12.8", "pillow": "12.3.0"}
    now = {"torch": "2.10.0", "cuda": "13.0", "pillow": "12.3.0"}
    assert likely_causes(recipe_of(castle), spec, then, now) == (
        "weights: none then, sha256:new now",
        "model: fake then, fake r2 now",
        "device: cuda 12.8 then, 13.0 now",
        "library: torch 2.9.0 then, 2.10.0 now",
    )


def test_a_hosted_model_is_never_asked_for_a_replay(castle: Path, tmp_path: Path) -> None:
    crew = tmp_path / "hosted.toml"
    crew.write_text(
        CREW.read_text().replace('kind = "fake"\nmakes = ["still"]', 'kind = "fake"\ndevice = "api"\nmakes = ["still"]')
    )
    told = asyncio.run(replay(castle, "keep", crew=crew, settings=SETTINGS))
    assert (told.made_digest, told.drift) == ("", None)
    assert told.causes[0].startswith("hosted model: small is changed by its owner without notice")


def test_what_a_person_brought_in_cannot_be_made_again(castle: Path, tmp_path: Path) -> None:
    picture = tmp_path / "mine.png"
    Image.new("RGB", (64, 64), "red").save(picture)
    take = asyncio.run(desk.ingest(castle, picture, "keep", settings=SETTINGS))
    with pytest.raises(NothingToDo, match="brought in"):
        asyncio.run(replay(castle, "keep", take.id, settings=SETTINGS))


def test_a_maker_that_left_the_crew_is_named(castle: Path, tmp_path: Path) -> None:
    crew = tmp_path / "crew.toml"
    crew.write_text(CREW.read_text().replace('"small"', '"tiny"'))
    with pytest.raises(UnknownName, match="no maker named 'small'"):
        asyncio.run(replay(castle, "keep", crew=crew, settings=SETTINGS))


def test_a_replay_changes_nothing_of_the_production(castle: Path) -> None:
    before = asyncio.run(desk.look(castle, SETTINGS))
    asyncio.run(replay(castle, "keep", settings=SETTINGS))
    after = asyncio.run(desk.look(castle, SETTINGS))
    assert (after.history, after.bill) == (before.history, before.bill)


def test_the_commands_exit_codes_say_how_it_came_out(castle: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    order = ["replay", str(castle), "keep", "--take", "1", "--crew", str(CREW)]
    done = CliRunner().invoke(app, order)
    assert (done.exit_code, done.stdout) == (0, "keep/t01: the same bytes\n")
    monkeypatch.setattr(replaying, "build_maker", Brighter)
    done = CliRunner().invoke(app, [*order, "--json"])
    assert done.exit_code == 3
    assert '"event": "replayed"' in done.stdout
    assert '"kind": "near"' in done.stdout


def test_fsck_sets_a_damaged_file_aside_and_says_where(castle: Path) -> None:
    take, store = take_of(castle), AssetStore(castle / ".callsheet" / "assets")
    store.path_of(take.digest).write_bytes(b"damaged")
    looked = CliRunner().invoke(app, ["fsck", str(castle), "--look-only"])
    assert (looked.exit_code, store.path_of(take.digest).exists()) == (1, True)
    done = CliRunner().invoke(app, ["fsck", str(castle)])
    assert (done.exit_code, store.path_of(take.digest).exists()) == (1, False)
    assert "quarantine" in done.stdout
    assert "callsheet replay DIR keep --take" in done.stdout
