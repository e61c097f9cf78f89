import zlib
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, PngImagePlugin

from callsheet.core.errors import Bug
from callsheet.tools.delivery.provenance import Provenance, read_provenance, with_provenance

MADE = Provenance(source="trainedAlgorithmicMedia", system='sketch-s "quick" & <small>', version="sha256:ab")


def png(**notes: str) -> bytes:
    info = PngImagePlugin.PngInfo()
    for name, text in notes.items():
        info.add_text(name, text)
    buffer = BytesIO()
    Image.effect_noise((16, 16), 60).convert("RGB").save(buffer, format="PNG", pnginfo=info)
    return buffer.getvalue()


def test_what_was_written_is_read_back(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(with_provenance(png(), MADE))
    assert read_provenance(path) == MADE


def test_the_packet_is_well_formed_xmp_that_other_programs_read() -> None:
    with Image.open(BytesIO(with_provenance(png(), MADE))) as picture:
        said = picture.getxmp()["xmpmeta"]["RDF"]["Description"]
    assert said["DigitalSourceType"] == "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
    assert said["AISystemUsed"] == MADE.system
    assert said["AISystemVersionUsed"] == MADE.version


def test_pixels_and_other_notes_stay_as_they_are() -> None:
    before = png(prompt="from another program")
    after = with_provenance(before, MADE)
    with Image.open(BytesIO(before)) as old, Image.open(BytesIO(after)) as new:
        new.load()
        assert np.array_equal(np.asarray(old), np.asarray(new))
        assert new.info["prompt"] == "from another program"


def test_an_earlier_packet_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(
        with_provenance(
            with_provenance(png(), Provenance(source="trainedAlgorithmicMedia", system="old", version="1")), MADE
        )
    )
    assert read_provenance(path) == MADE
    assert path.read_bytes().count(b"XML:com.adobe.xmp") == 1


def test_every_chunk_keeps_a_right_checksum() -> None:
    data, place = with_provenance(png(), MADE), 8
    while place < len(data):
        length = int.from_bytes(data[place : place + 4])
        body, said = data[place + 4 : place + 8 + length], data[place + 8 + length : place + 12 + length]
        assert zlib.crc32(body) == int.from_bytes(said)
        place += 12 + length


def test_a_picture_without_a_statement_makes_none(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(png())
    assert read_provenance(path) is None


def test_only_png_pictures_carry_it() -> None:
    with pytest.raises(Bug):
        with_provenance(b"\xff\xd8\xff", MADE)
