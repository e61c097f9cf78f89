import json
from dataclasses import replace
from pathlib import Path

import pytest

from callsheet.core.canonical import digest_of_bytes, from_json
from callsheet.core.delivery import Manifest
from callsheet.core.errors import DiskFull
from callsheet.core.plan import Plan
from callsheet.core.take import Take
from callsheet.tools.delivery import animatic
from callsheet.tools.delivery.package import Package, write_package
from callsheet.tools.delivery.provenance import read_provenance

QUICK = ("contact_sheet", "timeline", "stills")


def deliver(production, folder: Path) -> Package:
    return write_package(
        folder,
        manifest=production.manifest,
        plan=production.plan,
        history=production.history,
        store=production.store,
        crew=production.crew,
        strips=production.strips,
    )


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def folder(production, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("castle")
    deliver(production.asked(*QUICK), folder)
    return folder


def read(folder: Path) -> Manifest:
    return from_json(Manifest, (folder / "manifest.json").read_bytes())


def test_the_folder_is_what_the_design_says(folder: Path) -> None:
    names = set(files(folder))
    assert {"index.html", "contact_sheet.png", "schedule.png", "timeline.otio", "manifest.json"} <= names
    assert {"stills/architecture/keep_day/v001.png", "stills/architecture/keep_day/v001.json"} <= names
    assert {"stills/architecture/gate_house/best.png", "takes/keep_day/t01.png"} <= names
    assert not any(name.startswith(".") for name in names)


def test_every_digest_in_the_manifest_is_that_of_the_file(folder: Path) -> None:
    manifest, found = read(folder), files(folder)
    named = {asset.path: asset.digest for asset in manifest.assets} | dict(manifest.files)
    assert named == {path: digest_of_bytes(data) for path, data in found.items() if path != "manifest.json"}


def test_the_manifest_keeps_the_digest_of_the_picture_as_it_was_approved(folder: Path, production) -> None:
    for asset in read(folder).assets:
        assert asset.asset_digest in production.store.kept
        assert asset.digest != asset.asset_digest


def test_the_same_history_gives_the_same_files(production, folder: Path) -> None:
    before = files(folder)
    deliver(production.asked(*QUICK), folder)
    assert files(folder) == before


def test_stills_say_that_a_machine_made_them_and_which(folder: Path) -> None:
    keep = read_provenance(folder / "stills/architecture/keep_day/v001.png")
    comp = read_provenance(folder / "stills/post/sh030_comp/v001.png")
    refused = read_provenance(folder / "takes/keep_day/t01.png")
    assert keep is not None
    assert comp is not None
    assert refused is not None
    assert (keep.source, keep.system) == ("trainedAlgorithmicMedia", "sketch-l")
    assert (comp.source, comp.system) == ("compositeWithTrainedAlgorithmicMedia", "sketch-s, sketch-l")


def test_prompts_are_not_published_in_the_pictures(folder: Path, production) -> None:
    for name, data in files(folder).items():
        if name.endswith(".png"):
            assert not any(task.prompt and task.prompt.encode() in data for task in production.plan.tasks)


def test_a_sidecar_tells_recipe_verdict_lineage_and_money(folder: Path) -> None:
    told = json.loads((folder / "stills/post/sh030_comp/v001.json").read_text())
    assert told["recipe"]["make"] == "composite"
    assert told["verdict"]["passed"] is True
    assert [row["take"] for row in told["lineage"]] == ["sea_plate/t01", "keep_day/t03", "edda/t02"]
    assert told["money"] == {"take_usd": 0.0001, "task_usd": 0.0001}
    assert told["file"]["digest"] == digest_of_bytes((folder / told["file"]["path"]).read_bytes())


def test_a_file_a_person_brought_in_is_delivered_as_it_is(production, tmp_path: Path) -> None:
    brought = _brought_in(production)
    deliver(brought.asked("stills"), tmp_path)
    path = tmp_path / "stills/environment/sea_dawn/v001.png"
    assert digest_of_bytes(path.read_bytes()) == brought.history.tasks["sea_dawn"].takes[0].digest
    assert read_provenance(path) is None


def _brought_in(production):
    """Turn one take into a file from a person."""
    entries = []
    for entry in production.history.entries:
        fact = entry.fact
        if fact.event == "take_made" and fact.task == "sea_dawn":
            take: Take = replace(fact.take, origin="ingested", recipe=None, usd=0.0, seconds=0.0, worker="")
            fact = replace(fact, key="", micros=0, take=take)
        entries.append(replace(entry, fact=fact))
    return replace(production, history=type(production.history).of(entries))


@pytest.mark.parametrize(
    ("asked", "there", "missing"),
    [
        ((), {"index.html", "schedule.png"}, {"contact_sheet.png", "timeline.otio", "animatic.mp4"}),
        (("contact_sheet",), {"contact_sheet.png"}, {"timeline.otio", "animatic.mp4"}),
    ],
)
def test_only_what_was_asked_for_is_delivered(production, tmp_path: Path, asked, there, missing) -> None:
    deliver(production.asked(*asked), tmp_path)
    names = set(files(tmp_path))
    assert there <= names
    assert not missing & names
    assert not any(name.startswith("stills/") for name in names)
    assert all((tmp_path / asset.path).exists() for asset in read(tmp_path).assets)


def test_a_missing_animatic_is_told_on_the_page_in_the_manifest_and_to_the_caller(
    production, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(animatic, "av", None)
    package = deliver(production.asked("animatic"), tmp_path)
    assert "pip install" in package.notes[0]
    assert read(tmp_path).notes == package.notes
    assert "The animatic was not made" in (tmp_path / "index.html").read_text()
    assert not (tmp_path / "animatic.mp4").exists()


def test_what_a_person_or_the_journal_keeps_in_the_folder_stays(production, tmp_path: Path) -> None:
    for name in (".callsheet/journal.db", "my notes.txt", "stills/mine.png"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"mine")
    for asked in (QUICK, ()):
        deliver(production.asked(*asked), tmp_path)
        kept = files(tmp_path)
        assert [kept[name] for name in (".callsheet/journal.db", "my notes.txt", "stills/mine.png")] == [b"mine"] * 3


def test_files_of_an_earlier_delivery_go_when_the_next_one_does_not_have_them(production, tmp_path: Path) -> None:
    deliver(production.asked(*QUICK), tmp_path)
    deliver(production.asked(), tmp_path)
    assert not (tmp_path / "contact_sheet.png").exists()
    assert not (tmp_path / "stills").exists()


def test_a_manifest_that_lists_strange_places_removes_nothing_there(production, tmp_path: Path) -> None:
    outside, hidden = tmp_path / "outside.txt", tmp_path / "out/.callsheet/journal.db"
    hidden.parent.mkdir(parents=True)
    for path in (outside, hidden):
        path.write_bytes(b"mine")
    strange = {"assets": [], "files": {"../outside.txt": "", str(outside): "", ".callsheet/journal.db": ""}}
    (tmp_path / "out/manifest.json").write_text(json.dumps(strange))
    deliver(production.asked(), tmp_path / "out")
    assert outside.exists()
    assert hidden.exists()


def test_a_writer_that_dies_leaves_no_manifest_over_half_a_delivery(
    production, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deliver(production.asked(*QUICK), tmp_path)
    whole, moved = files(tmp_path), []

    def replace_three_files(self: Path, target: Path) -> Path:
        moved.append(target)
        if len(moved) > 3:
            raise OSError(28, "No space left on device")
        return self.rename(target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", replace_three_files)
        with pytest.raises(DiskFull, match="No space left"):
            deliver(production.asked(*QUICK), tmp_path)
    assert not (tmp_path / "manifest.json").exists()
    deliver(production.asked(*QUICK), tmp_path)
    assert files(tmp_path) == whole


def test_a_plan_without_shots_says_so_instead_of_an_empty_cut(production, tmp_path: Path) -> None:
    plan: Plan = replace(production.plan, shots=(), deliver=("timeline", "animatic"))
    package = deliver(replace(production, plan=plan), tmp_path)
    assert len(package.notes) == 2


@pytest.mark.slow
def test_a_whole_delivery_with_its_animatic_is_the_same_twice(production, tmp_path: Path) -> None:
    for name in ("a", "b"):
        deliver(production, tmp_path / name)
    assert files(tmp_path / "a") == files(tmp_path / "b")
    assert (tmp_path / "a/animatic.mp4").stat().st_size > 10_000
