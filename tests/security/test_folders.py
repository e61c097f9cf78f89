"""Names that become folders, and lists of files to take away: nothing of either leads out of its place."""

import asyncio
import json
from pathlib import Path

import pytest
from langchain_core.runnables import RunnableConfig

from callsheet.apps.running import _slug
from callsheet.core.errors import SetupError
from callsheet.core.settings import Settings
from callsheet.evals.hostile.outcomes import payloads
from callsheet.graphs import desk
from callsheet.graphs.session.graph import _seat
from callsheet.tools.delivery.package import _listed

TESTS = Path(__file__).parents[1]
PATHS = payloads("paths")


def test_an_earlier_manifest_names_nothing_outside_its_folder_or_hidden_in_it(tmp_path: Path) -> None:
    manifest = tmp_path / "manifest.json"
    for path in PATHS:
        manifest.write_text(json.dumps({"assets": [{"path": path}], "files": {path: "sha256:0"}}))
        for named in _listed(manifest):
            assert (tmp_path / named).resolve().is_relative_to(tmp_path)
            assert not any(part.startswith(".") for part in named.parts)
    for odd in (b"", b"\xff", b"[]", b"null", b'{"assets": 1}', b'{"assets": [1]}', b"[" * 100_000):
        manifest.write_bytes(odd)
        assert _listed(manifest) == set()


@pytest.mark.slow
def test_a_manifest_somebody_rewrote_takes_nothing_away_but_what_lies_in_the_delivery(tmp_path: Path) -> None:
    folder, mine = tmp_path / "film", tmp_path / "outside" / "secret.png"
    settings = Settings(home="inprocess", learn=False)

    def drive() -> None:
        brief, crew = TESTS / "small_brief.yaml", TESTS / "fake_crew.toml"
        asyncio.run(desk.produce(brief, out=folder, crew=crew, seed=7, settings=settings))

    drive()
    mine.parent.mkdir()
    mine.write_bytes(b"mine")
    journal = (folder / ".callsheet" / "journal.db").stat().st_size
    said = json.loads((folder / "manifest.json").read_text())
    said["files"] = dict.fromkeys(
        [*PATHS, "../outside/secret.png", str(mine), ".callsheet/journal.db", "stills"], "sha256:0"
    )
    (folder / "manifest.json").write_text(json.dumps(said))
    next(folder.glob("stills/**/*.png")).unlink()
    drive()
    assert mine.read_bytes() == b"mine"
    assert (folder / ".callsheet" / "journal.db").stat().st_size >= journal
    assert desk.check_production(folder) == ()


def test_a_thread_names_a_folder_below_out_or_none() -> None:
    for path in PATHS:
        config: RunnableConfig = {"configurable": {"thread_id": path}}
        try:
            chair, _ = _seat(config)
        except SetupError:
            continue
        assert chair.folder.parent == Path("out")
        assert chair.folder.name == path


def test_a_sentence_names_its_folder_by_plain_letters() -> None:
    for path in PATHS:
        name = _slug(path)
        assert 0 < len(name) <= 40
        assert set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789_")
