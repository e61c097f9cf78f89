"""Pictures that are no pictures: bombs, other formats, damaged and double-natured files."""

import random
import struct
import warnings
import zlib
from collections.abc import Iterator, Mapping
from io import BytesIO
from typing import Final

from PIL import Image

_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
_ROWS: Final = (b"\0" + b"\x40" * 48) * 16
"""The pixels of 16 x 16 in RGB."""

_BOMB: Final = zlib.compress(b"\0" * 100_000_000, 9)
"""100 MB in 100 KB."""


def chunk(kind: bytes, data: bytes) -> bytes:
    """Write a chunk of a PNG."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int = 16, height: int = 16, *chunks: bytes, rows: bytes = _ROWS, after: bytes = b"") -> bytes:
    """Write an RGB PNG that claims a size, whatever its pixels are."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"".join((_SIGNATURE, head, *chunks, chunk(b"IDAT", zlib.compress(rows)), after, chunk(b"IEND", b"")))


def bombs() -> Mapping[str, bytes]:
    """Give pictures that would fill memory, or waste it, in 100 KB and less each."""
    texts = b"".join(chunk(b"zTXt", b"k%d\0\0" % one + zlib.compress(b"x" * 1_000_000)) for one in range(80))
    return {
        "50,000 x 50,000": png(50_000, 50_000, rows=b""),
        "10,000 x 10,000": png(10_000, 10_000, rows=b""),
        "2,000,000,000 x 1": png(2_000_000_000, 1, rows=b""),
        "2,147,483,647 square": png(2**31 - 1, 2**31 - 1, rows=b""),
        "40,000 x 16": png(40_000, 16, rows=b"\0" * 16 * 120_001),
        "0 x 0": png(0, 0, rows=b""),
        "zTXt": png(16, 16, chunk(b"zTXt", b"a\0\0" + _BOMB)),
        "iTXt": png(16, 16, chunk(b"iTXt", b"a\0\1\0\0\0" + _BOMB)),
        "iCCP": png(16, 16, chunk(b"iCCP", b"a\0\0" + _BOMB)),
        "zTXt after the pixels": png(after=chunk(b"zTXt", b"a\0\0" + _BOMB)),
        "80 texts of 1 MB": png(16, 16, texts),
        "cut in the middle": png()[:45],
        "a chunk of 2 GB": _SIGNATURE + struct.pack(">I", 2**31 - 1) + b"IHDR",
        "an EXIF that is none": png(16, 16, chunk(b"eXIf", b"XX*\0" + b"\xff" * 40)),
    }


def strangers() -> Iterator[tuple[str, bytes]]:
    """Give a file of every other kind: what Pillow can write, what plays, what unpacks, what runs."""
    Image.init()
    for form in sorted(set(Image.SAVE) - {"PNG", "JPEG", "WEBP", "MPO"}):
        for mode in ("RGB", "L", "1"):
            buffer = BytesIO()
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                try:
                    Image.new(mode, (32, 32)).save(buffer, form)
                except (OSError, KeyError, ValueError, RuntimeError):
                    continue
            yield form, buffer.getvalue()
            break
    yield from _STUBS.items()


_STUBS: Final = {
    "svg": b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
    "html": b"<!doctype html><script>alert(1)</script>",
    "eps with a program": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n{} loop\n",
    "psd": b"8BPS\0\1" + b"\0" * 40,
    "fits": b"SIMPLE  =                    T" + b" " * 2850,
    "gd": b"\xff\xfe\0\x10\0\x10" + b"\0" * 60,
    "exr": b"v/1\x01\x02\0\0\0",
    "mp4": b"\0\0\0\x20ftypisom\0\0\2\0isomiso2avc1mp41",
    "webm": b"\x1aE\xdf\xa3" + b"\0" * 40,
    "avi": b"RIFF\x24\0\0\0AVI LIST",
    "playlist": b"#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1:1/x.ts\nfile:///etc/passwd\n",
    "concat": b"ffconcat version 1.0\nfile /etc/passwd\n",
    "zip": b"PK\x03\x04" + b"\0" * 26 + b"../../evil.py",
    "tar": b"../../evil".ljust(257, b"\0") + b"ustar\0",
    "gzip": b"\x1f\x8b\x08\0" + b"\0" * 6 + _BOMB[:1000],
    "7z": b"7z\xbc\xaf\x27\x1c" + b"\0" * 30,
    "rar": b"Rar!\x1a\x07\x01\0",
    "elf": b"\x7fELF\x02\x01\x01" + b"\0" * 60,
    "script": b"#!/bin/sh\ntouch /tmp/callsheet_injected\n",
    "pickle": b"cos\nsystem\n(S'touch /tmp/callsheet_injected'\ntR.",
    "sqlite": b"SQLite format 3\0" + b"\0" * 84,
    "empty": b"",
    "one byte": b"\x89",
    "signature alone": _SIGNATURE,
    "text": b"not a picture",
}


def curious() -> Mapping[str, bytes]:
    """Give pictures that are pictures, and something else besides: they are taken, and the rest does nothing."""
    frames = [Image.new("RGB", (16, 16), colour) for colour in ("red", "green", "blue")] * 20
    moving = {}
    for form in ("PNG", "WEBP"):
        buffer = BytesIO()
        frames[0].save(buffer, form, save_all=True, append_images=frames[1:])
        moving[f"60 frames of {form}"] = buffer.getvalue()
    loop = b"MM\0*\0\0\0\x08\0\1\x87\x69\0\4\0\0\0\1\0\0\0\x08\0\0\0\0"
    return {
        **moving,
        "with a page behind it": png() + b"<html><script>alert(1)</script></html>",
        "with an archive behind it": png() + b"PK\x03\x04evil",
        "with a script in its text": png(16, 16, chunk(b"tEXt", b"Comment\0<script>alert(1)</script>")),
        "with 100 MB more pixels than it says": png(rows=_ROWS + b"\0" * 100_000_000),
        "with an EXIF that leads to itself": png(16, 16, chunk(b"eXIf", loop)),
    }


def damaged(count: int, seed: int) -> Iterator[bytes]:
    """Give pictures with bytes changed, lost and put in, half of them with their checksums mended."""
    rng, whole = random.Random(seed), list(_whole())
    for _ in range(count):
        data = bytearray(rng.choice(whole))
        for _ in range(rng.choice((1, 1, 2, 4, 16))):
            place = rng.randrange(len(data))
            match rng.randrange(4):
                case 0 | 1:
                    data[place] = rng.randrange(256)
                case 2:
                    del data[place : place + rng.randrange(1, 9)]
                case _:
                    data[place:place] = rng.randbytes(rng.randrange(1, 9))
            data = data or bytearray(b"x")
        yield _mended(bytes(data)) if rng.random() < 0.5 else bytes(data)


def _whole() -> Iterator[bytes]:
    exif = Image.Exif()
    exif[0x0112], exif[0x010E], exif[0x8769] = 6, "a castle", {0x9286: b"x" * 30}
    for form in ("PNG", "JPEG", "WEBP"):
        buffer = BytesIO()
        Image.effect_noise((40, 30), 60).convert("RGB").save(buffer, form, exif=exif, icc_profile=b"x" * 99)
        yield buffer.getvalue()
    for mode, form in (
        ("P", "PNG"),
        ("I;16", "PNG"),
        ("1", "PNG"),
        ("RGBA", "PNG"),
        ("CMYK", "JPEG"),
        ("RGBA", "WEBP"),
    ):
        buffer = BytesIO()
        Image.new(mode, (20, 20)).save(buffer, form)
        yield buffer.getvalue()


def _mended(data: bytes) -> bytes:
    if not data.startswith(_SIGNATURE):
        return data
    out, place = [_SIGNATURE], 8
    while place + 12 <= len(data):
        size = struct.unpack(">I", data[place : place + 4])[0]
        if place + 12 + size > len(data):
            break
        out.append(chunk(data[place + 4 : place + 8], data[place + 8 : place + 8 + size]))
        place += 12 + size
    return b"".join((*out, data[place:]))
