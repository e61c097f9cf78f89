from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image, ImageDraw

from callsheet.core.errors import MissingExtra
from callsheet.core.plan import Shot
from callsheet.tools.delivery import animatic
from callsheet.tools.delivery.animatic import Scene, frame_size, scenes, write_animatic
from callsheet.tools.delivery.dossier import open_dossiers
from callsheet.tools.delivery.moves import fill, plate, see, split_layers, view

SIZE = (128, 128)


@pytest.fixture
def still(tmp_path: Path) -> Path:
    path = tmp_path / "still.png"
    Image.radial_gradient("L").convert("RGB").resize((64, 64)).save(path)
    return path


def shot(move: str, seconds: float = 0.25) -> Shot:
    return Shot(code="sq010_sh010", from_task="keep", seconds=seconds, move=move)


def frames(path: Path) -> list[np.ndarray]:
    with av.open(str(path)) as film:
        return [frame.to_ndarray(format="rgb24") for frame in film.decode(video=0)]


def test_the_film_is_h264_that_every_player_knows_and_starts_while_it_loads(tmp_path: Path, still: Path) -> None:
    path = tmp_path / "a.mp4"
    write_animatic(path, [Scene(shot=shot("slow push in"), picture=still)], aspect="16:9", title="Castle")
    with av.open(str(path)) as film:
        stream = film.streams.video[0]
        assert (stream.codec_context.name, stream.codec_context.pix_fmt) == ("h264", "yuv420p")
        assert (stream.width, stream.height, stream.average_rate) == (512, 288 + 32, 24)
    data = path.read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")
    assert len(frames(path)) == 6


def test_the_same_cut_gives_the_same_bytes(tmp_path: Path, still: Path) -> None:
    cut = [Scene(shot=shot("pan left"), picture=still), Scene(shot=shot("slow pull out"), picture=still)]
    for name in ("a.mp4", "b.mp4"):
        write_animatic(tmp_path / name, cut, aspect="1:1", title="Castle")
    assert (tmp_path / "a.mp4").read_bytes() == (tmp_path / "b.mp4").read_bytes()


def test_a_hold_holds_and_a_push_moves(tmp_path: Path, still: Path) -> None:
    def change(move: str) -> float:
        path = tmp_path / "a.mp4"
        write_animatic(path, [Scene(shot=shot(move), picture=still)], aspect="1:1", title="Castle")
        shown = frames(path)
        first, last = (picture[:512].astype(float) for picture in (shown[0], shown[-1]))
        return float(np.abs(first - last).mean())

    assert change("hold") < 1.0 < change("slow push in")


def test_a_parallax_of_a_plain_still_pushes_in_and_says_so(tmp_path: Path, still: Path) -> None:
    notes = write_animatic(tmp_path / "a.mp4", [Scene(shot=shot("parallax"), picture=still)], aspect="1:1", title="")
    assert notes == (
        "shot sq010_sh010 is a push in instead of a parallax: "
        "its picture is no composite with something before its ground",
    )


def test_a_shot_without_a_picture_is_a_slate_and_says_so(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    notes = write_animatic(path, [Scene(shot=shot("slow push in"), picture=None)], aspect="1:1", title="")
    assert notes == ("shot sq010_sh010 has no picture: keep was not made",)
    assert len(frames(path)) == 6


def test_without_pyav_it_says_what_to_install(tmp_path: Path, still: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(animatic, "av", None)
    with pytest.raises(MissingExtra, match=r"callsheet\[video\]"):
        write_animatic(tmp_path / "a.mp4", [Scene(shot=shot("hold"), picture=still)], aspect="1:1", title="")


def test_a_shot_of_a_graded_composite_finds_the_composite_and_its_ground(production) -> None:
    dossiers = open_dossiers(production.plan, production.history, production.manifest)
    found = {scene.shot.code: scene for scene in scenes(production.plan, dossiers, Path("out"))}
    assert found["sq010_sh030"].composite == Path("out/stills/post/sh030_comp/v001.png")
    assert found["sq010_sh030"].ground == Path("out/stills/environment/sea_plate/v001.png")
    assert found["sq010_sh010"].composite is None


@pytest.mark.parametrize("move", ["slow push in", "slow pull out", "pan left", "pan right"])
def test_a_move_is_smooth_to_a_fraction_of_a_pixel(move: str) -> None:
    picture = Image.new("L", (64, 64))
    ImageDraw.Draw(picture).rectangle([34, 34, 45, 45], fill=255)
    still, places = plate(picture, SIZE), []
    for number in range(49):
        seen = np.asarray(see(still, view(move, number / 48), SIZE), dtype=float)
        places.append((seen.sum(axis=0) * np.arange(SIZE[0])).sum() / seen.sum())
    steps = np.diff(places)
    assert np.sign(steps).std() == 0, "it never goes back"
    assert np.abs(np.diff(steps)).max() < 0.06, "pixels per frame, frame to frame"


def test_a_move_never_looks_beyond_the_picture() -> None:
    still = plate(Image.new("L", (64, 64), 200), SIZE)
    for move in ("hold", "slow push in", "slow pull out", "pan left", "pan right"):
        for moment in (0.0, 0.5, 1.0):
            assert np.asarray(see(still, view(move, moment), SIZE)).min() == 200


def test_a_plate_cuts_evenly_what_its_frame_has_no_room_for() -> None:
    wide = Image.new("L", (100, 50))
    ImageDraw.Draw(wide).rectangle([25, 0, 74, 49], fill=255)
    assert np.asarray(plate(wide, SIZE))[:, 4:-4].min() > 200


def test_what_stands_before_the_ground_is_taken_off_it() -> None:
    ground = Image.new("RGB", (64, 64), (40, 60, 90))
    composite = ground.copy()
    ImageDraw.Draw(composite).rectangle([20, 20, 40, 40], fill=(200, 30, 30))
    layers = split_layers(composite, composite, ground)
    assert layers is not None
    assert np.asarray(layers.mask)[30, 30] == 255
    assert np.abs(np.asarray(layers.ground).astype(int) - np.asarray(ground)).max() <= 1


def test_a_composite_that_changed_nothing_has_no_layers() -> None:
    ground = Image.new("RGB", (64, 64), (40, 60, 90))
    assert split_layers(ground, ground, ground) is None


def test_filling_keeps_what_is_known() -> None:
    pixels = np.random.default_rng(1).uniform(0, 255, (7, 9, 3)).astype(np.float32)
    known = np.zeros((7, 9), dtype=bool)
    known[2:4, 3:6] = True
    filled = fill(pixels, known)
    assert np.array_equal(filled[known], pixels[known])
    assert filled.min() >= pixels[known].min() - 1e-3
    assert filled.max() <= pixels[known].max() + 1e-3


def test_odd_aspects_give_even_sides() -> None:
    assert frame_size("2.39:1") == (512, 214)
    assert frame_size("9:16") == (512, 910)


def test_rates_come_from_the_shots(tmp_path: Path, still: Path) -> None:
    path = tmp_path / "a.mp4"
    write_animatic(path, [Scene(shot=replace(shot("hold"), fps=12), picture=still)], aspect="1:1", title="")
    with av.open(str(path)) as film:
        assert film.streams.video[0].average_rate == 12
