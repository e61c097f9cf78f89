"""Pictures by digest, and nothing else of the disk or the store."""

from io import BytesIO
from pathlib import Path
from urllib.parse import quote

import pytest
from PIL import Image

from callsheet.graphs import desk

from .conftest import SETTINGS, answer_to, opened, reviewed

TRAVERSALS = [
    f"{lead}{up * deep}{target}"
    for lead in ("", "/", "sha256:", "ab" * 32, "file:///", "\\\\server\\share\\")
    for up in ("../", "..\\", "%2e%2e/", "%2e%2e%2f", "%252e%252e%252f", "..%c0%af", "....//", "..;/", "\x00../")
    for deep in (1, 6)
    for target in ("etc/passwd", "journal.db", ".callsheet/journal.db", "review.js")
]
NO_DIGESTS = [
    "",
    "a" * 63,
    "a" * 65,
    "A" * 64,
    "g" * 64,
    "a" * 63 + "\n",
    "a" * 64 + ".png",
    "\uff41" * 64,
    "sha256:" + "a" * 64,
]


@pytest.mark.parametrize("place", ["picture", "thumb", "static"])
async def test_no_name_leads_out_of_the_pictures(castle: Path, place: str) -> None:
    async with opened(castle) as app:
        for name in [*TRAVERSALS, *NO_DIGESTS]:
            for asked_for in (name, quote(name, safe=""), quote(quote(name, safe=""), safe="")):
                status, body = await answer_to(app, f"/{place}/{asked_for}")
                assert status == 404, (asked_for, status)
                assert not any(secret in body for secret in (b"root:", b"SQLite", b"use strict"))


async def test_a_takes_picture_comes_as_png_byte_for_byte_whatever_is_asked_for(castle: Path) -> None:
    standing = await desk.look(castle, SETTINGS)
    take = standing.history.tasks["keep"].takes[0]
    async with reviewed(castle) as client:
        for accept in ("text/html", "image/svg+xml", "*/*"):
            answer = await client.get(f"/picture/{take.digest[7:]}", headers={"accept": accept})
            assert answer.headers["content-type"] == "image/png"
            assert answer.content == standing.store.get(take.digest)
        small = await client.get(f"/thumb/{take.digest[7:]}")
        assert small.headers["content-type"] == "image/png"
        assert small.content.startswith(b"\x89PNG")


async def test_plan_and_brief_are_in_the_store_and_no_pictures(castle: Path) -> None:
    standing = await desk.look(castle, SETTINGS)
    planned = standing.history.planned
    assert planned
    async with reviewed(castle) as client:
        for digest in (planned.plan_digest, planned.brief_digest, planned.crew_digest):
            assert (await client.get(f"/picture/{digest[7:]}")).status_code == 404
            assert (await client.get(f"/thumb/{digest[7:]}")).status_code == 404


def damage(path: str) -> None:
    Path(path).write_bytes(b"\x89PNG, but another")


async def test_a_damaged_picture_is_never_shown_as_good(castle: Path) -> None:
    standing = await desk.look(castle, SETTINGS)
    take = standing.history.tasks["keep"].takes[0]
    damage(standing.picture_at(take))
    async with reviewed(castle) as client:
        for place in ("picture", "thumb"):
            answer = await client.get(f"/{place}/{take.digest[7:]}")
            assert answer.status_code == 503
            assert answer.headers["content-type"].startswith("text/html")


async def test_a_large_picture_is_small_on_the_grid(castle: Path) -> None:
    file = castle.parent / "large.png"
    Image.effect_noise((900, 600), 80).convert("RGB").save(file)
    take = await desk.ingest(castle, file, "keep", settings=SETTINGS)
    async with reviewed(castle) as client:
        await client.get("/")
        small = await client.get(f"/thumb/{take.digest[7:]}")
        with Image.open(BytesIO(small.content)) as shown:
            assert shown.size == (320, 213)


async def test_the_animatic_is_served_in_ranges_and_only_where_one_was_delivered(castle: Path) -> None:
    async with reviewed(castle) as client:
        part = await client.get("/animatic.mp4", headers={"range": "bytes=0-99"})
        assert (part.status_code, len(part.content)) == (206, 100)
        assert part.headers["content-type"] == "video/mp4"
        assert "/animatic.mp4" in (await client.get("/")).text
        (castle / "animatic.mp4").unlink()
        assert (await client.get("/animatic.mp4")).status_code == 404
        assert "/animatic.mp4" not in (await client.get("/")).text
