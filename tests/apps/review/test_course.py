"""Questions about the course of the whole production, among what waits for a person."""

from pathlib import Path

from callsheet.core.course import Correction, CourseAsked, Effect
from callsheet.graphs import desk
from callsheet.tools.clock import SystemClock
from callsheet.tools.journal import SqliteJournal

from .conftest import ORIGIN, SETTINGS, reviewed

POINT = "gate:post:6"
AS_IS = Effect(takes=4.0, usd=0.1, passes=1.0)
PROPOSED = Correction(
    kind="ease", department="post", tasks=("plate__new",), to="style:snow", as_is=AS_IS, expected=AS_IS
)


async def ask(folder: Path) -> None:
    journal = SqliteJournal.open(folder / ".callsheet" / "journal.db", clock=SystemClock(), mode="write")
    await journal.take_lease("test")
    await journal.record(CourseAsked(point=POINT, question="Ease it?", correction=PROPOSED, evidence=()))
    await journal.close()


async def test_a_question_about_the_course_waits_with_the_others_and_is_answered(castle: Path) -> None:
    await ask(castle)
    async with reviewed(castle) as client:
        inbox = (await client.get("/")).text.partition('id="inbox"')[2].partition("</section>")[0]
        assert "Ease it?" in inbox
        form = {"action": "approve", "digest": "", "round": "0"}
        answer = await client.post(f"/course/{POINT}/decide", data=form, headers={"origin": ORIGIN})
        assert (answer.status_code, answer.headers["location"]) == (303, "/")
        assert "Ease it?" not in (await client.get("/")).text
        again = await client.post(f"/course/{POINT}/decide", data=form, headers={"origin": ORIGIN})
        assert again.status_code == 409
        assert "ada already agreed" in again.text
    given = (await desk.look(castle, SETTINGS)).history.course_answers[POINT]
    assert (given.is_agreed, given.by) == (True, "ada")


async def test_the_address_for_the_course_decides_about_no_task(castle: Path) -> None:
    async with reviewed(castle) as client:
        form = {"action": "approve", "digest": "", "round": "0"}
        answer = await client.post("/course/keep/decide", data=form, headers={"origin": ORIGIN})
    assert answer.status_code == 404
    assert not (await desk.look(castle, SETTINGS)).history.tasks["keep"].decisions
