"""Keys go where they are meant to and nowhere else: not into logs, journal, state, sidecars, transcripts or pages."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner

from callsheet.apps.cli import app
from callsheet.apps.review.app import Review, review_app
from callsheet.apps.review.guard import Access
from callsheet.core.settings import Settings
from callsheet.evals import wire
from callsheet.graphs import desk

pytestmark = pytest.mark.slow

KEY = "canary-of-the-provider-5e1f"
CANARIES = {
    "OPENAI_API_KEY": KEY,
    "STUDIO_KEY": KEY,
    "ANTHROPIC_API_KEY": "canary-of-another-provider-77aa",
    "AWS_ACCESS_KEY_ID": "canary-of-the-bucket-0c3d",
    "AWS_SECRET_ACCESS_KEY": "canary-of-the-bucket-secret-9b1e",
    "RAY_AUTH_TOKEN": "canary-of-the-cluster-4f2a",
    "HF_TOKEN": "canary-of-the-hub-61d0",
}
BRIEF = """
schema: brief/1
title: Far Castle
budget_usd: 5.00
departments: {architecture: {workers: 2}, post: {workers: 2}}
tasks:
  keep: {department: architecture, make: still, prompt: one large red castle}
  tower: {department: architecture, make: still, prompt: a tower by a gateway}
  duel: {department: architecture, make: still, prompt: a knight in blood}
  grade: {department: post, make: grade, input: keep, shot: sq010_sh010}
shots: {sq010_sh010: {from: grade, seconds: 1}}
deliver: [contact_sheet, stills]
"""
CREW = """
schema = "crew/1"
name = "far"

[[makers]]
name = "gpt-image"
kind = "openai"
source = "wire-image"
makes = ["still"]
usd = 0.04
replicas_max = 2
width = 96
height = 64
settings = {{ base_url = "{url}/v1", sizes = "96x64", deadline_seconds = 5 }}

[[makers]]
name = "post"
kind = "post"
makes = ["grade"]
usd = 0.0005

[[critics]]
name = "eye"
kind = "fake"
checks = ["count", "attribute", "relation", "position", "time", "weather", "shot", "absence", "style"]

[[chats]]
name = "openai:wire-vl"
base_url = "{url}/v1"
key_env = "STUDIO_KEY"
usd_per_million_in = 0.1
usd_per_million_out = 0.4
tokens_out = 2000
sees = true

[agents]
critic = "openai:wire-vl"
notes = "openai:wire-vl"
session = "openai:wire-vl"
share = 0.5
"""
SCRIPT = """
go
yes
qwertz uiop asdf
the keep is too dark
yes
show me the duel
bye
"""


def echoing(request: wire.Request) -> wire.Reply:
    """Say the key back wherever an answer has room for words."""
    if "images" in request.path:
        if b"blood" in request.body:
            return wire.Refused(status=400, kind="invalid_request_error", message=f"Bearer {KEY} may not draw {KEY}")
        if b"gateway" in request.body:
            return wire.Mistyped(body=f"<html>{KEY} {KEY}</html>".encode())
        return wire.Good(revised_prompt=f"a castle, signed {KEY}")
    asked = json.loads(request.body)["messages"][0]["content"]
    if "You look at one picture" in asked:
        replies = (f"yes {KEY}", "yes", f"no, for {KEY}")
        return wire.Good(text=replies[request.number % 3])
    if request.number % 3 == 0:
        return wire.Refused(status=403, kind="permission_error", message=f"Incorrect API key provided: {KEY}")
    unclear = {"wishes": [], "unclear": [{"text": KEY, "why": f"it says {KEY}"}]}
    return wire.Good(text=json.dumps(unclear))


@pytest.fixture
def studio(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[wire.WireServer]:
    monkeypatch.setattr("callsheet.evals.wire.server.KEY", KEY)
    for name, value in CANARIES.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("CALLSHEET_HISTORY", str(tmp_path / "home" / "history.sqlite"))
    monkeypatch.setenv("CALLSHEET_HOME", "inprocess")
    monkeypatch.setenv("CALLSHEET_LOG_LEVEL", "debug")
    (tmp_path / "home").mkdir()
    with wire.openai_server(echoing) as server:
        (tmp_path / "crew.toml").write_text(CREW.format(url=server.base_url))
        (tmp_path / "brief.yaml").write_text(BRIEF)
        (tmp_path / "script.txt").write_text(SCRIPT)
        monkeypatch.setenv("CALLSHEET_CREW", str(tmp_path / "crew.toml"))
        yield server


def told(*arguments: object) -> str:
    result = CliRunner().invoke(app, [str(one) for one in arguments])
    assert result.exit_code in (0, 1, 3, 4), result.output
    return result.output + result.stderr


async def pages(folder: Path) -> str:
    """Read every page of the review, and some errors."""
    access, settings = Access(port=8321, token="its-token"), Settings(home="inprocess", learn=False)
    async with desk.look_on(folder, settings) as onlooker:
        review = review_app(Review(onlooker=onlooker, access=access, by="ada", settings=settings))
        transport = httpx.ASGITransport(app=review, raise_app_exceptions=False)
        cookies = {access.cookie: access.token}
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8321", cookies=cookies) as client:
            names = [task.name for task in onlooker.standing.plan.tasks]
            asked = [
                "/",
                "/?show=unfinished",
                *(f"/task/{name}" for name in names),
                "/task/none",
                "/picture/x",
                "/none",
            ]
            return "".join([(await client.get(path)).text for path in asked])


def holding(folder: Path, canary: str) -> list[str]:
    """Name every file in which a canary is written, also where it is packed or written in another way."""
    forms = [canary.encode(), canary.encode("utf-16-le"), canary.encode().hex().encode()]
    files = [one for one in folder.rglob("*") if one.is_file()]
    return [one.name for one in files if any(form in one.read_bytes() for form in forms)]


async def test_a_whole_production_and_its_session_keep_every_key_to_themselves(
    studio: wire.WireServer, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    out, crew = tmp_path / "film", tmp_path / "crew.toml"

    def work() -> list[str]:
        return [
            told("direct", out, tmp_path / "brief.yaml", "--script", tmp_path / "script.txt", "--by", "ada"),
            told("run", tmp_path / "brief.yaml", "--out", out, "--crew", crew, "--yes", "--json"),
            *(told("show", out, task) for task in ("keep", "tower", "duel")),
            *(told(command, out, "--json") for command in ("status", "takes", "fsck")),
            told("doctor", "--crew", crew),
        ]

    said = await asyncio.to_thread(work)
    said += [await pages(out), *capfd.readouterr()]
    assert {one.headers.get("authorization") for one in studio.requests} == {f"Bearer {KEY}"}
    assert {one.path.rpartition("/")[2] for one in studio.requests} >= {"generations", "completions"}
    whole = "".join(said)
    assert "[secret]" in whole, "nobody was told anything of what the server said back"
    assert (out / "transcript.md").is_file()
    for name, canary in CANARIES.items():
        assert canary not in whole, name
        assert holding(tmp_path, canary) == [], name
    (tmp_path / "planted.db").write_bytes(b"x" + KEY.encode() + b"x")
    assert holding(tmp_path, KEY) == ["planted.db"]
