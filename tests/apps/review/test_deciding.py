"""Decisions taken at the dailies page: bound to what was shown, recorded by the desk, refused readably."""

from pathlib import Path

import httpx
import pytest

from callsheet.core.task_record import TaskRecord
from callsheet.graphs import desk

from .conftest import ORIGIN, SETTINGS, bring_in, reviewed

FORM = {"origin": ORIGIN, "content-type": "application/x-www-form-urlencoded"}


async def record_of(folder: Path, task: str) -> TaskRecord:
    return (await desk.look(folder, SETTINGS)).history.tasks[task]


async def bound(folder: Path, task: str, action: str, **more: str) -> dict[str, str]:
    """What the page's own form carries now."""
    record = await record_of(folder, task)
    take = record.standing_take
    shown = {"take": take.id, "digest": take.digest} if take else {"take": "", "digest": ""}
    return {"action": action, **shown, "round": str(len(record.decisions)), **more}


async def send(client: httpx.AsyncClient, task: str, form: dict[str, str], **headers: str) -> httpx.Response:
    return await client.post(f"/task/{task}/decide", data=form, headers={**FORM, **headers})


@pytest.mark.parametrize("action", ["approve", "retake", "reject", "omit"])
async def test_a_decision_is_recorded_about_the_exact_picture_by_the_named_person(castle: Path, action: str) -> None:
    before = await bound(castle, "keep", action, note="so be it")
    async with reviewed(castle, by="ada") as client:
        answer = await send(client, "keep", before)
    assert (answer.status_code, answer.headers["location"]) == (303, "/task/keep")
    decision = (await record_of(castle, "keep")).decisions[-1]
    assert (decision.action, decision.by, decision.note) == (action, "ada", "so be it")
    assert decision.digest == before["digest"]


async def test_an_earlier_take_can_be_approved_instead_of_the_one_that_stands(asking: Path) -> None:
    first = (await record_of(asking, "keep")).takes[0]
    form = await bound(asking, "keep", "approve")
    assert form["take"] != first.id
    async with reviewed(asking) as client:
        assert (await send(client, "keep", {**form, "take": first.id})).status_code == 303
    assert (await record_of(asking, "keep")).decisions[-1].digest == first.digest


async def test_whoever_decides_second_hears_who_decided_what_and_when_and_nothing_is_recorded(asking: Path) -> None:
    form = await bound(asking, "keep", "approve", note="what I wrote")
    async with reviewed(asking, by="ada") as client:
        await desk.decide(asking, "keep", "reject", by="bob", note="too dark", settings=SETTINGS)
        answer = await send(client, "keep", form)
    assert answer.status_code == 409
    said = answer.text.replace("&#39;", "'")
    assert f"bob decided 'reject' about {form['take']} at 20" in said
    assert "UTC (too dark)" in said
    assert "Your approve was not recorded" in said
    assert 'value="what I wrote"' in said
    assert len((await record_of(asking, "keep")).decisions) == 1


@pytest.mark.parametrize("action", ["approve", "reject", "retake", "omit"])
async def test_a_decision_about_a_picture_that_no_longer_stands_is_refused(castle: Path, action: str) -> None:
    form = await bound(castle, "keep", action)
    async with reviewed(castle) as client:
        await bring_in(castle, "keep")
        answer = await send(client, "keep", form, accept="application/json")
    assert answer.status_code == 409
    assert answer.json()["kind"] == "stale"
    assert "you were shown keep/t01, and keep/t02 stands now" in answer.json()["says"]
    assert not (await record_of(castle, "keep")).decisions


async def test_the_refused_page_shows_what_stands_now_with_forms_bound_to_it(castle: Path) -> None:
    form = await bound(castle, "keep", "approve")
    async with reviewed(castle) as client:
        digest = await bring_in(castle, "keep")
        answer = await send(client, "keep", form)
        assert f'name="digest" value="sha256:{digest}"' in answer.text
        again = await send(client, "keep", await bound(castle, "keep", "approve"))
    assert again.status_code == 303


async def test_a_program_is_told_in_json_what_was_recorded_and_who_carries_it_out(castle: Path) -> None:
    async with reviewed(castle) as client:
        answer = await send(client, "keep", await bound(castle, "keep", "retake"), accept="application/json")
    assert answer.json()["kind"] == "done"
    assert "to be done again, by ada" in answer.json()["says"]


async def test_a_note_is_kept_and_decides_nothing(castle: Path) -> None:
    async with reviewed(castle) as client:
        assert (await send(client, "keep", {"action": "note", "note": " more ruin "})).status_code == 303
        assert "more ruin" in (await client.get("/task/keep")).text
        empty = await send(client, "keep", {"action": "note", "note": "  "}, accept="application/json")
    assert empty.status_code == 422
    standing = await desk.look(castle, SETTINGS)
    assert [(one.about, one.text, one.by) for one in standing.history.notes] == [("keep", "more ruin", "ada")]
    assert not standing.history.tasks["keep"].decisions


@pytest.mark.parametrize("kind", ["text/plain", "multipart/form-data; boundary=x", "application/json", ""])
async def test_a_form_of_another_kind_is_refused(castle: Path, kind: str) -> None:
    async with reviewed(castle) as client:
        headers = {"origin": ORIGIN, "content-type": kind}
        answer = await client.post("/task/keep/decide", content=b"action=omit", headers=headers)
    assert answer.status_code == 415
    assert not (await record_of(castle, "keep")).decisions


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"action": "approve"},
        {"action": "approve", "digest": "", "round": ""},
        {"action": "approve", "digest": "", "round": "-1"},
        {"action": "approve", "digest": "", "round": "²"},
        {"action": "greenlight", "digest": "", "round": "0"},
        {"action": "omit", "digest": "", "round": "0", "note": "x" * 4001},
    ],
)
async def test_a_form_that_does_not_say_what_was_shown_decides_nothing(castle: Path, form: dict[str, str]) -> None:
    async with reviewed(castle) as client:
        assert (await send(client, "keep", form)).status_code == 422
    assert not (await record_of(castle, "keep")).decisions


async def test_a_form_that_is_too_long_or_no_text_is_refused(castle: Path) -> None:
    async with reviewed(castle) as client:
        long = await client.post("/task/keep/decide", content=b"note=" + b"x" * 70_000, headers=FORM)
        crowded = await client.post("/task/keep/decide", content=b"&".join([b"a=1"] * 30), headers=FORM)
        binary = await client.post("/task/keep/decide", content=b"\xff\xfe", headers=FORM)
    assert (long.status_code, crowded.status_code, binary.status_code) == (413, 422, 422)


async def test_what_is_not_there_is_named_with_what_is(castle: Path) -> None:
    async with reviewed(castle) as client:
        assert "did you mean keep?" in (await client.get("/task/kep")).text
        answer = await send(client, "kep", await bound(castle, "keep", "omit"), accept="application/json")
        assert answer.status_code == 404
        unknown = {**await bound(castle, "keep", "approve"), "take": "keep/t09"}
        assert (await send(client, "keep", unknown)).status_code == 404


async def test_only_posts_decide(castle: Path) -> None:
    async with reviewed(castle) as client:
        for method in ("GET", "PUT", "DELETE", "PATCH"):
            answer = await client.request(method, "/task/keep/decide", headers={"origin": ORIGIN})
            assert answer.status_code == 405
