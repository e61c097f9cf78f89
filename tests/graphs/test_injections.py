"""Texts that order the software about: planned, brought in, or named, they bring nothing about."""

import asyncio
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageOps
from PIL.PngImagePlugin import PngInfo
from typer.testing import CliRunner

from callsheet.agents.briefs import parse_brief
from callsheet.agents.director import plan_brief
from callsheet.agents.llm.fault import Fault
from callsheet.agents.llm.session import read_session
from callsheet.apps.cli import app
from callsheet.core.brief import Brief
from callsheet.core.chat import Answer
from callsheet.core.crew import Crew
from callsheet.core.errors import BriefError
from callsheet.core.fact import TakeMade
from callsheet.core.plan import Plan
from callsheet.core.settings import Settings
from callsheet.core.wish import Approve, Begin, Budget
from callsheet.graphs import desk
from callsheet.models.catalog import load_crew

HERE = Path(__file__).parents[1]
BRIEF, CREW = HERE / "small_brief.yaml", HERE / "fake_crew.toml"
SETTINGS = Settings(home="inprocess", learn=False)
CORPUS = [json.loads(line) for line in (HERE / "injections" / "corpus.jsonl").read_text("utf-8").splitlines()]
ACTS = (
    "open",
    "socket.",
    "subprocess.",
    "os.system",
    "os.exec",
    "os.remove",
    "os.rename",
    "urllib.",
    "shutil.",
    "http.",
)
"""What touches files, other programs or the network, as the interpreter's audit events name it."""
MADE_BY_CODE = Path("/tmp/callsheet_injected")
_seen: list[str] | None = None


def of(*where: str) -> list[object]:
    return [pytest.param(one["text"], one["wants"], id=one["id"]) for one in CORPUS if one["where"] in where]


def texts_of(where: str) -> list[str]:
    return [one["text"] for one in CORPUS if one["where"] == where]


def _watch(event: str, arguments: tuple[object, ...]) -> None:
    if _seen is not None and event.startswith(ACTS):
        _seen.append(f"{event} {arguments[:1]!r}")


sys.addaudithook(_watch)


@contextmanager
def acts() -> Iterator[list[str]]:
    """Note down every file, program and address that is touched meanwhile."""
    global _seen  # noqa: PLW0603 - an audit hook cannot be taken off again
    _seen = noted = []
    try:
        yield noted
    finally:
        _seen = None


def ran_code() -> bool:
    return MADE_BY_CODE.exists()


@cache
def house() -> Crew:
    return load_crew(None)


def planned(text: str) -> Plan:
    return plan_brief(parse_brief(text, "sentence"), house())


def test_the_corpus_keeps_its_form() -> None:
    assert len(CORPUS) >= 100
    assert len({one["id"] for one in CORPUS}) == len(CORPUS)
    assert all(set(one) == {"id", "where", "text", "wants"} for one in CORPUS)
    assert {one["where"] for one in CORPUS} == {"brief", "note", "metadata", "picture", "task_name", "llm_answer"}


# -- briefs


@pytest.mark.parametrize(("text", "wants"), of("brief"))
def test_planning_a_brief_that_gives_orders_touches_no_file_program_or_address(text: str, wants: str) -> None:
    planned("A red castle at dusk. No dragons.")  # what is imported on first use is imported now
    with acts() as noted:
        plan = planned(text)
    assert noted == [], wants
    assert not ran_code()
    assert plan.tasks


@pytest.mark.parametrize(("text", "wants"), of("brief"))
def test_a_brief_that_gives_orders_leaves_budget_gates_and_rounds_as_they_are(text: str, wants: str) -> None:
    plan, usual = planned(text), Brief(title="any")
    assert plan.budget_usd == usual.budget_usd, wants
    assert sum(task.envelope_usd for task in plan.tasks) <= plan.budget_usd
    assert {task.gate.floor for task in plan.tasks} == {usual.bar().gate}
    assert max(task.gate.rounds for task in plan.tasks) <= usual.bar().rounds
    assert len(plan.tasks) <= 100
    assert all(any(one.must for one in task.requirements) for task in plan.tasks if task.make == "still")


def test_a_brief_that_gives_orders_waits_for_a_person_like_any_other(tmp_path: Path) -> None:
    for number, text in enumerate(texts_of("brief")[::14]):
        folder = tmp_path / str(number)
        asyncio.run(desk.produce(text, out=folder, crew=CREW, greenlight=False, settings=SETTINGS))
        standing = asyncio.run(_standing(folder))
        assert not standing.history.is_greenlit
        assert standing.bill.settled_usd == standing.bill.reserved_usd == standing.bill.calls == 0
        assert not any(record.takes or record.decisions for record in standing.history.tasks.values())


async def _standing(folder: Path) -> desk.Standing:
    async with desk.look_on(folder, SETTINGS) as onlooker:
        return onlooker.standing


@pytest.mark.parametrize(("text", "wants"), of("task_name"))
def test_a_name_that_is_no_name_is_refused_before_anything_is_planned(text: str, wants: str) -> None:
    brief = json.dumps({"title": "T", "tasks": {text: {"department": "d", "prompt": "a castle"}}})
    with acts() as noted, pytest.raises(BriefError):
        parse_brief(brief, "json")
    assert noted == [], wants


# -- pictures that are brought in


def with_chunks(texts: list[str], picture: Image.Image) -> bytes:
    """Write texts into a PNG, in every kind of text chunk and under the names other programs look for."""
    chunks = PngInfo()
    for number, text in enumerate(texts):
        name = ("parameters", "Comment", "Description", "prompt", "workflow")[number % 5]
        chunks.add_itxt(name, text)
        chunks.add_itxt("XML:com.adobe.xmp", text)
        chunks.add_text(f"{name}{number}", text.encode("latin-1", "replace").decode("latin-1"), zip=bool(number % 2))
    buffer = BytesIO()
    picture.save(buffer, "PNG", pnginfo=chunks)
    return buffer.getvalue()


def with_exif(texts: list[str], form: str) -> bytes:
    exif = Image.Exif()
    for tag, text in zip((0x010E, 0x013B, 0x8298, 0x9C9C, 0x9286), texts, strict=False):
        exif[tag] = text.encode("utf-16-le") if tag == 0x9C9C else text
    buffer = BytesIO()
    Image.new("RGB", (64, 64), "teal").save(buffer, form, exif=exif)
    return buffer.getvalue()


def drawn(texts: list[str]) -> bytes:
    picture = Image.new("RGB", (256, 256), "white")
    for number, text in enumerate(texts):
        ImageDraw.Draw(picture).text((4, 4 + 22 * number), text.encode("ascii", "replace").decode(), fill="black")
    buffer = BytesIO()
    picture.save(buffer, "PNG")
    return buffer.getvalue()


FILES = {
    "chunks.png": with_chunks(texts_of("metadata"), Image.new("RGB", (64, 64), "teal")),
    "exif.png": with_exif(texts_of("metadata")[::4], "PNG"),
    "exif.jpg": with_exif(texts_of("metadata")[1::4], "JPEG"),
    "words.png": drawn(texts_of("picture")),
}


def put(folder: Path, name: str) -> Path:
    file = folder / name
    file.write_bytes(FILES[name])
    return file


def pages_of(folder: Path) -> dict[Path, str]:
    kinds = ("html", "json", "otio", "md", "csv")
    return {path: path.read_text("utf-8") for kind in kinds for path in folder.rglob(f"*.{kind}")}


@pytest.mark.parametrize("name", FILES)
async def test_a_picture_that_gives_orders_is_one_more_take_and_nothing_else(castle: Path, name: str) -> None:
    file = put(castle.parent, name)
    before = await _standing(castle)
    known = len(before.history.entries)
    with acts() as noted:
        take = await desk.ingest(castle, file, "keep", settings=SETTINGS)
    after = await _standing(castle)
    assert [entry.fact for entry in after.history.entries[known:]] == [
        TakeMade(task="keep", key="", token="", micros=0, take=take)
    ]
    assert after.plan == before.plan
    assert after.bill == before.bill
    assert (take.origin, take.usd, take.recipe) == ("ingested", 0.0, None)
    assert not [one for one in noted if "/etc/" in one or one.startswith(("socket.connect", "subprocess", "os.system"))]
    assert not ran_code()


def test_what_is_written_in_a_picture_reaches_no_log_and_no_page(castle: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CALLSHEET_HOME", "inprocess")
    still = next(castle.glob("stills/architecture/keep/*.png"))
    file = castle.parent / "mine.png"
    file.write_bytes(with_chunks(texts_of("metadata"), ImageOps.mirror(Image.open(still).convert("RGB"))))
    runs = (
        ("ingest", castle, file, "--as", "keep"),
        ("run", BRIEF, "--out", castle, "--crew", CREW, "--seed", "7", "--yes", "--json"),
        ("show", castle, "keep"),
    )
    results = [CliRunner().invoke(app, [str(one) for one in run]) for run in runs]
    assert [result.exit_code for result in results] == [0, 0, 0], [result.output for result in results]
    said = "".join(result.output for result in results)
    pages = pages_of(castle)
    assert "take_judged" in said
    assert any(path.suffix == ".html" for path in pages)
    for text in texts_of("metadata"):
        assert text not in said
        assert [path.name for path, page in pages.items() if text in page] == []


# -- what a language model answers


@pytest.mark.parametrize(("text", "wants"), of("llm_answer"))
def test_an_answer_that_gives_orders_is_no_wish_of_the_director(text: str, wants: str) -> None:
    plan = planned("A red castle at dusk. No dragons.")
    with acts() as noted:
        found = read_session(Answer(text=text, tokens_in=1, tokens_out=1), "how is it going?", plan)
    assert noted == [], wants
    wishes = () if isinstance(found, Fault) else found
    assert not [one for one in wishes if isinstance(one, Approve | Begin | Budget)]
