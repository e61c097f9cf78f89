from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from callsheet.core.errors import NotAPicture
from callsheet.tools import pictures
from callsheet.tools.pictures import as_png, open_picture, read_picture, thumbnail


def saved(path: Path, picture: Image.Image, **options: object) -> Path:
    picture.save(path, **options)
    return path


def pixels(data: bytes) -> np.ndarray:
    return np.asarray(Image.open(BytesIO(data)))


def test_a_plain_png_comes_in_byte_for_byte(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.png", Image.new("RGB", (5, 4), "red"))
    assert read_picture(path) == path.read_bytes()


@pytest.mark.parametrize("kind", ["jpeg", "webp"])
def test_other_formats_become_png(tmp_path: Path, kind: str) -> None:
    data = read_picture(saved(tmp_path / "a", Image.new("RGB", (5, 4), "red"), format=kind))
    assert data.startswith(b"\x89PNG")
    assert pixels(data).shape == (4, 5, 3)


def test_transparent_parts_become_white(tmp_path: Path) -> None:
    data = read_picture(saved(tmp_path / "a.png", Image.new("RGBA", (2, 2), (255, 0, 0, 0))))
    assert pixels(data).min() == 255


def test_a_picture_on_its_side_is_turned_upright(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    data = read_picture(saved(tmp_path / "a.jpg", Image.new("RGB", (6, 3)), exif=exif))
    assert pixels(data).shape == (6, 3, 3)


def test_sixteen_bits_are_scaled_down_not_clipped(tmp_path: Path) -> None:
    deep = Image.fromarray(np.full((2, 2), 32_768, dtype=np.uint16))
    assert set(pixels(read_picture(saved(tmp_path / "a.png", deep))).flat) == {128}


@pytest.mark.parametrize("text", [b"", b"not a picture", b"GIF89a" + b"\0" * 40, b"%PDF-1.7", b"<svg/>"])
def test_anything_else_is_refused_by_name(tmp_path: Path, text: bytes) -> None:
    path = tmp_path / "thing"
    path.write_bytes(text)
    with pytest.raises(NotAPicture, match="thing"):
        read_picture(path)


def test_a_damaged_picture_is_refused(tmp_path: Path) -> None:
    whole = saved(tmp_path / "a.png", Image.effect_noise((64, 64), 50)).read_bytes()
    with pytest.raises(NotAPicture, match="damaged"):
        open_picture(whole[: len(whole) // 2], "a.png")


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotAPicture, match="cannot be read"):
        read_picture(tmp_path / "gone.png")


def test_too_many_pixels_are_refused_before_they_are_decoded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "MAX_PIXELS", 15)
    with pytest.raises(NotAPicture, match="4 x 4"):
        read_picture(saved(tmp_path / "a.png", Image.new("RGB", (4, 4))))


def test_the_same_picture_gives_the_same_bytes_whatever_was_written_into_it() -> None:
    plain, noted = Image.new("RGB", (4, 4), "red"), Image.new("RGB", (4, 4), "red")
    noted.info["comment"] = "hello"
    assert as_png(plain) == as_png(noted)


def test_a_thumbnail_fits_its_box_and_keeps_its_aspect() -> None:
    assert thumbnail(Image.new("RGB", (64, 32)), 160, 160).size == (160, 80)
