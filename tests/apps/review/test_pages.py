"""What the dailies page shows."""

import re
from pathlib import Path

import pytest

from callsheet.graphs import desk

from .conftest import BRIEF, CREW, SETTINGS, bring_in, drive, reviewed


async def test_the_grid_has_every_task_once_with_picture_state_and_score(castle: Path) -> None:
    async with reviewed(castle) as client:
        text = (await client.get("/")).text
    cards = re.findall(r'<article class="card" id="([^"]+)" data-state="([^"]+)" data-task="([^"]+)"', text)
    assert sorted(task for _, _, task in cards) == ["comp", "grade", "keep", "plate__dusk", "plate__night"]
    assert {state for _, state, _ in cards} == {"accepted"}
    assert cards[0][0] == "shot-sq010_sh010"
    assert len(re.findall(r'<span class="score passed"', text)) == 5
    assert len(re.findall(r'<img src="/thumb/[0-9a-f]{64}"', text)) == 5


async def test_money_time_left_and_departments_are_at_the_top(castle: Path) -> None:
    async with reviewed(castle) as client:
        top = (await client.get("/")).text.partition("</header>")[0]
    assert "USD left of 1.00" in top
    assert "left, all is made" in top
    for name in ("architecture", "environment", "post"):
        assert f"<b>{name}</b>" in top


async def test_what_waits_comes_first_with_its_question_and_buttons(asking: Path) -> None:
    question = (await desk.look(asking, SETTINGS)).history.tasks["keep"].question
    assert question
    async with reviewed(asking) as client:
        text = (await client.get("/")).text
    inbox = text.partition('<section id="inbox"')[2].partition("</section>")[0]
    assert text.index('id="inbox"') < text.index('id="grid"')
    assert question.question[:40] in inbox.replace("&#39;", "'")
    assert re.findall(r'name="action" value="(\w+)"', inbox) == ["approve", "retake", "reject", "omit"]
    assert f'value="{question.digest}"' in inbox


async def test_a_tasks_page_shows_takes_side_by_side_with_scores_findings_recipe_and_money(asking: Path) -> None:
    record = (await desk.look(asking, SETTINGS)).history.tasks["keep"]
    async with reviewed(asking) as client:
        text = (await client.get("/task/keep")).text.replace("&#39;", "'")
    for take in record.takes:
        assert take.recipe
        assert f"/picture/{take.digest[7:]}" in text
        assert f"<dd>{take.recipe.seed}</dd>" in text
        assert f"{take.usd:.4f} USD" in text
        assert record.verdicts[take.id].findings[0].says in text
    assert "one large red castle" in text
    assert "<meter" in text
    assert re.search(r'class="take standing" id="take-t02"', text)


async def test_whatever_a_brief_or_a_person_says_is_shown_as_text(tmp_path: Path) -> None:
    evil = "<script>alert(1)</script> castle <img src=x onerror=alert(2)>"
    brief, folder = tmp_path / "brief.yaml", tmp_path / "castle"
    brief.write_text(BRIEF.read_text().replace("one large red castle", f"one large red {evil}"))
    brief.write_text(brief.read_text().replace("title: Small Castle", f'title: "{evil}"'))
    await drive(folder, brief, CREW)
    await desk.note(folder, "keep", evil, by="<b>ada</b>", settings=SETTINGS)
    async with reviewed(folder, by='"><script>') as client:
        for path in ("/", "/task/keep", "/task/<script>"):
            text = (await client.get(path)).text
            assert re.findall(r"<script\b[^>]*>", text) == ['<script src="/static/review.js" defer>']
            assert "<img src=x" not in text
            assert "style=" not in text
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in (await client.get("/task/keep")).text


@pytest.mark.parametrize("show", ["all", "waiting", "open", "accepted", "unfinished", "<script>"])
async def test_the_grid_can_be_narrowed_down_without_scripts(castle: Path, show: str) -> None:
    async with reviewed(castle) as client:
        text = (await client.get("/", params={"show": show})).text
    assert f'data-show="{show if show.isalpha() else "all"}"' in text


async def test_the_worst_come_first_when_asked(asking: Path) -> None:
    async with reviewed(asking) as client:
        text = (await client.get("/", params={"sort": "score"})).text
    for section in text.split("<section>")[1:]:
        scores = [float(one) for one in re.findall(r'class="score[^>]*>([\d.]+)<', section)]
        assert scores == sorted(scores)


async def test_a_task_that_is_done_again_shows_its_earlier_picture_as_such(castle: Path) -> None:
    await desk.decide(castle, "keep", "retake", by="ada", settings=SETTINGS)
    async with reviewed(castle) as client:
        text = (await client.get("/")).text
        assert re.search(r'class="card past" id="task-keep" data-state="ready" data-task="keep" data-take=""', text)
        page = (await client.get("/task/keep")).text
    assert 'value="approve"' in page.partition('id="takes"')[2].partition('id="decide"')[0]
    assert 'value="approve"' not in page.partition('id="decide"')[2]


async def test_a_page_is_as_new_as_the_journal(castle: Path) -> None:
    async with reviewed(castle) as client:
        await client.get("/")
        digest = await bring_in(castle, "plate__dusk")
        assert digest in (await client.get("/")).text
        assert digest in (await client.get("/task/plate__dusk")).text
        assert (await client.get(f"/picture/{digest}")).status_code == 200


async def test_tasks_that_join_the_plan_join_the_grid(castle: Path) -> None:
    async with reviewed(castle) as client:
        await client.get("/")
        await desk.add(castle, like="keep", vary={"time": ["dawn"]}, by="ada", crew=CREW, settings=SETTINGS)
        added = (await desk.look(castle, SETTINGS)).history.additions[-1].tasks[0]
        assert f'id="task-{added}"' in (await client.get("/")).text
        assert (await client.get(f"/task/{added}")).status_code == 200
