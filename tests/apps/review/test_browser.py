"""The dailies page in a real Chromium: keys, focus, news, conflicts, and what it does without scripts."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from callsheet.core.task_record import TaskRecord
from callsheet.evals.browsing import browser, chromium
from callsheet.graphs import desk

from .conftest import BRIEF, CREW, SETTINGS, bring_in, drive, served

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not chromium(), reason="no Chromium here: apt-get install chromium"),
]


expect.set_options(timeout=20_000)  # a busy machine draws late


@asynccontextmanager
async def page_of(folder: Path, path: str = "/", *, scripts: bool = True, width: int = 1280) -> AsyncIterator[Page]:
    """Open a review in a browser; nothing may go wrong in it but what a test asks for."""
    async with served(folder) as access, browser() as opened:
        context = await opened.new_context(java_script_enabled=scripts, viewport={"width": width, "height": 800})
        page = await context.new_page()
        page.set_default_timeout(20_000)
        faults: list[str] = []
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
        await page.goto(access.url)
        await expect(page.locator("#grid")).to_be_visible()
        assert "token" not in page.url
        if path != "/":
            await page.goto(f"http://127.0.0.1:{access.port}{path}")
        if scripts:
            await expect(page.locator("#keys")).to_be_visible()
        yield page
        assert [fault for fault in faults if "409" not in fault] == []


async def record_of(folder: Path, task: str) -> TaskRecord:
    return (await desk.look(folder, SETTINGS)).history.tasks[task]


async def test_a_director_approves_what_waits_by_keyboard_alone(asking: Path) -> None:
    async with page_of(asking) as page:
        await page.keyboard.press("i")
        await expect(page.locator("#ask-keep > a")).to_be_focused()
        await page.keyboard.press("a")
        await expect(page.locator("#said")).to_contain_text("approved, by ada")
        await expect(page.locator("#inbox-title")).to_have_text("Nothing waits for you")
        await expect(page.locator("#task-keep .state")).to_have_text("approved by ada")
        await expect(page.locator(":focus")).to_have_count(0)
    assert [one.action for one in (await record_of(asking, "keep")).decisions] == ["approve"]


async def test_a_rejection_takes_its_reason_from_the_keyboard_and_esc_takes_it_back(castle: Path) -> None:
    async with page_of(castle, "/task/keep") as page:
        await page.keyboard.press("r")
        await expect(page.locator("#ask-title")).to_have_text("Reject keep/t01")
        await page.keyboard.press("Escape")
        await expect(page.locator("#ask")).to_be_hidden()
        assert not (await record_of(castle, "keep")).decisions
        await page.keyboard.press("r")
        await page.keyboard.type("a tower too few, a roof too many")
        await page.keyboard.press("Enter")
        await expect(page.locator("#remarks")).to_contain_text("a tower too few, a roof too many")
    decision = (await record_of(castle, "keep")).decisions[0]
    assert (decision.action, decision.by, decision.note) == ("reject", "ada", "a tower too few, a roof too many")


@pytest.mark.parametrize(("key", "action"), [("t", "retake"), ("o", "omit")])
async def test_every_decision_has_a_key(castle: Path, key: str, action: str) -> None:
    async with page_of(castle, "/task/keep") as page:
        await page.keyboard.press(key)
        await page.keyboard.press("Enter")
        await expect(page.locator("#said")).to_contain_text("by ada")
    assert [one.action for one in (await record_of(castle, "keep")).decisions] == [action]


async def test_a_key_that_is_pressed_twice_decides_once(asking: Path) -> None:
    async with page_of(asking, "/task/keep") as page:
        await page.keyboard.press("a")
        await page.keyboard.press("a")
        await expect(page.locator("#remarks")).to_contain_text("ada approved")
    assert len((await record_of(asking, "keep")).decisions) == 1


async def test_a_note_by_key_decides_nothing_and_so_does_enter_in_the_field(castle: Path) -> None:
    async with page_of(castle, "/task/keep") as page:
        await page.keyboard.press("n")
        await page.keyboard.type("the gate is fine")
        await page.keyboard.press("Enter")
        await expect(page.locator("#remarks")).to_contain_text("the gate is fine")
        await page.locator("#note").fill("so is the roof")
        await page.locator("#note").press("Enter")
        await expect(page.locator("#remarks")).to_contain_text("so is the roof")
        await expect(page.locator("#note")).to_have_value("")
    assert not (await record_of(castle, "keep")).decisions


async def test_keys_go_through_the_pictures_and_the_one_you_are_on_is_visible(castle: Path) -> None:
    async with page_of(castle) as page:
        seen = []
        for key in ("j", "j", "k", "ArrowDown", "ArrowUp", "ArrowRight"):
            await page.keyboard.press(key)
            seen.append(await page.evaluate("document.activeElement.closest('.card').id"))
        assert seen[0] == "shot-sq010_sh010"
        assert seen[1] != seen[0] == seen[2]
        assert seen[3] != seen[0] == seen[4]
        focus = await page.evaluate("getComputedStyle(document.activeElement).outlineWidth")
        assert int(focus.removesuffix("px")) >= 2
        await page.keyboard.press("Enter")
        await expect(page.locator(".of-task #keys")).to_be_visible()
        await page.keyboard.press("Escape")
        await expect(page.locator("body:not(.of-task) #keys")).to_be_visible()
        await page.keyboard.press("?")
        await expect(page.locator("#help")).to_be_visible()


async def test_a_new_take_appears_live_beside_the_others_and_the_words_being_typed_stay(castle: Path) -> None:
    async with page_of(castle, "/task/keep") as page:
        await page.locator("#note").fill("not done typ")
        digest = await bring_in(castle, "keep")
        await expect(page.locator(f'#take-t02 img[src="/picture/{digest}"]')).to_be_visible()
        await expect(page.locator("#take-t01")).to_be_visible()
        await expect(page.locator("#note")).to_have_value("not done typ")
        await expect(page.locator("#note")).to_be_focused()
        await expect(page.locator("#decide .about")).to_contain_text("keep/t02")


async def test_the_grid_keeps_the_place_while_a_card_changes_under_it(castle: Path) -> None:
    async with page_of(castle) as page:
        await page.locator("#task-keep > a").focus()
        digest = await bring_in(castle, "keep")
        await expect(page.locator(f'#task-keep img[src="/thumb/{digest}"]')).to_be_visible()
        await expect(page.locator("#task-keep > a")).to_be_focused()


async def test_a_key_pressed_just_as_the_picture_changes_decides_nothing(castle: Path) -> None:
    async with page_of(castle) as page:
        await page.locator("#task-keep > a").focus()
        digest = await bring_in(castle, "keep")
        await expect(page.locator(f'#task-keep img[src="/thumb/{digest}"]')).to_be_visible()
        await page.keyboard.press("a")
        await expect(page.locator("#said")).to_contain_text("has just changed: look before you decide")
        assert not (await record_of(castle, "keep")).decisions
        await page.wait_for_timeout(1000)
        await page.keyboard.press("a")
        await expect(page.locator("#said")).to_contain_text("approved, by ada")
    assert (await record_of(castle, "keep")).decisions[0].digest == f"sha256:{digest}"


async def test_who_decides_about_a_picture_that_is_gone_hears_who_was_first(asking: Path) -> None:
    async with page_of(asking, "/task/keep") as page:
        await page.keyboard.press("r")
        await page.keyboard.type("what I wrote")
        await desk.decide(asking, "keep", "approve", by="bob", settings=SETTINGS)
        await expect(page.locator("#remarks")).to_contain_text("bob approved")
        await page.keyboard.press("Enter")
        await expect(page.locator("#said")).to_contain_text("Not recorded. keep: bob decided 'approve' about keep/t0")
        await page.keyboard.press("n")
        await expect(page.locator("#ask-note")).to_have_value("what I wrote")
        await page.keyboard.press("Escape")
    assert len((await record_of(asking, "keep")).decisions) == 1


async def test_without_scripts_buttons_decide_and_conflicts_are_pages(asking: Path) -> None:
    async with page_of(asking, scripts=False) as page:
        await desk.decide(asking, "keep", "retake", by="bob", settings=SETTINGS)
        await page.locator("#ask-keep button", has_text="Approve").click()
        await expect(page.locator("h1").first).to_have_text("Your approve was not recorded")
        await expect(page.locator(".refused")).to_contain_text("bob decided 'retake'")
        await page.locator("#note").fill("not that one either")
        await page.locator("#decide button", has_text="Leave out").click()
        await expect(page.locator("#remarks")).to_contain_text("not that one either")
    assert [one.by for one in (await record_of(asking, "keep")).decisions] == ["bob", "ada"]


async def test_a_script_in_a_prompt_is_text_and_runs_nowhere(tmp_path: Path) -> None:
    brief, folder = tmp_path / "brief.yaml", tmp_path / "castle"
    evil = "castle <script>document.title = 'owned'</script><img src=x onerror=document.title='owned'>"
    brief.write_text(BRIEF.read_text().replace("castle on a plain backdrop", evil))
    await drive(folder, brief, CREW)
    async with page_of(folder, "/task/keep") as page:
        await expect(page.locator("#about .prompt")).to_contain_text("<script>document.title = 'owned'</script>")
        await bring_in(folder, "keep")
        await expect(page.locator("#take-t02")).to_be_visible()
        assert "owned" not in await page.title()


async def test_the_animatic_plays(castle: Path) -> None:
    async with page_of(castle) as page:
        await page.locator("#film summary").click()
        plays = (
            "film => new Promise((is) => { film.ontimeupdate = () => film.currentTime > 0.1 && is(); film.play(); })"
        )
        await page.locator("video").evaluate(plays)
        assert await page.locator("video").evaluate("film => film.videoWidth") > 0


@pytest.mark.parametrize("path", ["/", "/task/keep"])
async def test_on_a_telephone_nothing_runs_out_of_the_page(asking: Path, path: str) -> None:
    async with page_of(asking, path, width=360) as page:
        wide = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0
