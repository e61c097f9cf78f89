from pathlib import Path

import opentimelineio as otio
import pytest

from callsheet.tools.delivery.dossier import open_dossiers
from callsheet.tools.delivery.timeline import timeline


@pytest.fixture
def cut(production, tmp_path: Path) -> otio.schema.Timeline:
    dossiers = open_dossiers(production.plan, production.history, production.manifest)
    path = tmp_path / "timeline.otio"
    otio.adapters.write_to_file(timeline(production.plan, production.history, dossiers), str(path))
    return otio.adapters.read_from_file(str(path))


def clips(cut: otio.schema.Timeline) -> dict[str, otio.schema.Clip]:
    return {clip.name: clip for clip in cut.find_clips()}


def test_there_is_a_clip_per_shot_in_order_and_the_cut_is_as_long_as_the_shots(cut, production) -> None:
    assert list(clips(cut)) == [shot.code for shot in production.plan.shots]
    assert cut.duration() == otio.opentime.RationalTime(24 + 12 + 24 + 12, 24)


def test_frames_count_from_1001_and_every_reference_says_what_it_has(cut) -> None:
    for clip in cut.find_clips():
        assert clip.source_range.start_time.value == 1001
        for reference in clip.media_references().values():
            assert reference.available_range == clip.source_range


def test_every_take_is_a_named_reference_and_the_chosen_one_is_active(cut) -> None:
    clip = clips(cut)["sq010_sh020"]
    assert set(clip.media_references()) == {"t01", "t02"}
    assert clip.active_media_reference_key == "t01"
    assert clip.media_reference.target_url == "stills/architecture/gate_house/best.png"
    assert clip.media_reference.metadata["callsheet"]["status"] == "best"
    assert clip.media_references()["t02"].metadata["callsheet"]["findings"]


def test_an_accepted_take_carries_digest_scores_and_version(cut) -> None:
    facts = clips(cut)["sq010_sh010"].media_reference.metadata["callsheet"]
    assert facts["status"] == "accepted"
    assert facts["version"] == 1
    assert facts["asset_digest"].startswith("sha256:")
    assert facts["scores"] == {"time:=dusk": 0.9}


def test_a_note_is_a_marker_on_its_shot(cut) -> None:
    (marker,) = clips(cut)["sq010_sh030"].markers
    assert marker.comment == "Colder, please: it is the last night of winter."
    assert marker.metadata["callsheet"]["by"] == "Ada"


def test_a_shot_without_a_take_has_a_missing_reference(cut) -> None:
    assert clips(cut)["sq010_sh040"].media_reference.is_missing_reference


def test_editing_programs_get_an_edit_list_of_it(cut) -> None:
    text = otio.adapters.write_to_string(cut, "cmx_3600")
    assert text.count("FROM CLIP NAME") == 4
    assert "00:00:02:12 00:00:03:00" in text
