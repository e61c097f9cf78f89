"""A session: nothing is spent or decided without a yes, nothing twice, and nothing of it is lost when it is closed."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from PIL import Image

from callsheet.core.call import CallReserved
from callsheet.core.fact import DecisionTaken, OrderGiven, PlanChanged, TakeMade, TasksAdded
from callsheet.core.settings import Settings
from callsheet.core.wish import (
    About,
    Approve,
    Begin,
    Budget,
    Command,
    Compare,
    Consent,
    Deliver,
    Greenlight,
    Ingest,
    MoreLike,
    Omit,
    Options,
    Reject,
    Remark,
    Reroute,
    Retake,
    Revise,
    Status,
    Wish,
)
from callsheet.graphs.deciding import decide, look
from callsheet.graphs.session.session import Session
from callsheet.tools.fsck import check_production

TESTS = Path(__file__).parents[2]
SETTINGS = Settings(home="inprocess", crew=TESTS / "sessions" / "crew.toml", learn=False)
KEEP = About(says="the keep", tasks=("keep",))
COMP = About(says="the comp", tasks=("comp",))
PLATES = About(says="the plates", tasks=("plate__dusk", "plate__night"))
YES = Consent(yes=True)
_BINDING = (CallReserved, DecisionTaken, OrderGiven, PlanChanged, TasksAdded)


@asynccontextmanager
async def session(folder: Path, *wishes: Wish) -> AsyncIterator[Session]:
    """Hold a session in a folder; each wish is said when those before it are carried out."""
    async with Session(folder, by="Ada", settings=SETTINGS) as held:
        for wish in wishes:
            await held.wish(wish)
            await held.idle()
        yield held


def begun() -> tuple[Wish, ...]:
    return (Begin(brief=str(TESTS / "small_brief.yaml")),)


def made() -> tuple[Wish, ...]:
    return (*begun(), Greenlight(), YES)


def bound(held: Session) -> int:
    """Count what was spent, decided or ordered."""
    assert held.view
    return sum(isinstance(entry.fact, _BINDING) for entry in held.view.history.entries)


def prompts(held: Session, task: str) -> list[str]:
    assert held.view
    return [take.recipe.prompt for take in held.view.history.tasks[task].takes if take.recipe]


async def test_a_film_is_directed_from_its_first_word_to_its_package(tmp_path: Path) -> None:
    async with session(tmp_path / "film", *made()) as held:
        assert held.view
        assert {name for name, card in held.view.board().cards.items() if card.state == "accepted"} == {
            task.name for task in held.view.plan.tasks
        }
        reply = await held.wish(Revise(about=KEEP, text="at night"))
        assert reply.proposal
        assert {"keep", "comp", "grade"} == set(reply.proposal.tasks)
        await held.agree()
        await held.idle()
        assert "night" in prompts(held, "keep")[-1]
        assert len(held.view.history.tasks["comp"].takes) == 2
        await held.wish(Deliver())
        await held.agree()
        await held.idle()
    assert (tmp_path / "film" / "index.html").is_file()
    assert check_production(tmp_path / "film") == ()


async def test_a_package_before_the_greenlight_is_refused_because_running_to_it_would_spend(tmp_path: Path) -> None:
    async with session(tmp_path / "film", *begun()) as held:
        reply = await held.wish(Deliver())
        assert "say `go` first" in reply.text
        assert reply.proposal is None


async def test_a_take_from_before_a_change_is_not_the_nearest_to_what_is_asked_by_now(tmp_path: Path) -> None:
    async with session(tmp_path / "film", *made(), Revise(about=KEEP, text="at night"), YES) as held:
        reply = await held.wish(Compare(about=KEEP))
        assert "time=night: -, " in reply.text
        assert "keep/t01 is nearest" not in reply.text


DECIDING: Sequence[Wish] = (
    Greenlight(),
    Revise(about=KEEP, text="at night"),
    Revise(about=About(), text="everything colder"),
    Retake(about=KEEP),
    MoreLike(about=KEEP, take=1),
    Options(about=KEEP, count=2),
    Approve(about=KEEP),
    Reject(about=KEEP, text="too clean"),
    Omit(about=PLATES),
    Reroute(about=KEEP, maker="sketch-l"),
    Budget(usd=3.0),
    Remark(about=KEEP, text="I like the light"),
)


async def test_no_wish_spends_or_decides_before_a_yes(tmp_path: Path) -> None:
    async with session(tmp_path / "film", *made()) as held:
        before = bound(held)
        for wish in DECIDING:
            await held.wish(wish)
            await held.idle()
            assert bound(held) == before, wish
            assert (await held.wish(Consent(yes=False))).text == "dropped; nothing was done"
        assert bound(held) == before


@pytest.mark.parametrize("wish", DECIDING[1:], ids=lambda wish: wish.verb)
async def test_every_wish_is_carried_out_once_it_is_agreed_to(wish: Wish, tmp_path: Path) -> None:
    async with session(tmp_path / "film", *made()) as held:
        assert held.view
        before = len(held.view.history.entries)
        reply = await held.wish(wish)
        assert reply.proposal
        assert "not done" not in (await held.agree()).text
        await held.idle()
        await held.catch_up()
        assert len(held.view.history.entries) > before
        assert (await held.agree()).text == "nothing waits for a yes or no"
    assert check_production(tmp_path / "film") == ()


async def test_a_question_leaves_a_proposal_waiting_and_another_wish_drops_it(tmp_path: Path) -> None:
    async with session(tmp_path / "film", *made(), Retake(about=KEEP), Status()) as held:
        assert held.proposal
        assert "dropped" in (await held.wish(Retake(about=PLATES))).text
        assert held.proposal
        assert {"plate__dusk", "plate__night"} <= set(held.proposal.tasks)


async def test_a_session_that_is_opened_again_knows_what_was_said_and_what_waits(tmp_path: Path) -> None:
    async with session(tmp_path / "film", *made(), Retake(about=KEEP)):
        pass
    async with session(tmp_path / "film") as held:
        assert [turn.by for turn in held.turns] == ["Ada"] * 4
        assert held.proposal
        await held.agree()
        await held.idle()
        assert len(prompts(held, "keep")) == 2


async def test_what_was_agreed_to_before_a_crash_is_not_done_again_after_it(tmp_path: Path) -> None:
    """Between what was done and the note of it: another session has the same proposal, and agrees as well."""
    async with session(tmp_path / "film", *made(), Retake(about=KEEP)) as first:
        async with session(tmp_path / "film") as second:
            assert second.proposal == first.proposal
            await first.agree()
            await first.idle()
            assert "not done" in (await second.agree()).text
        assert len(prompts(first, "keep")) == 2


@pytest.mark.parametrize(
    ("wish", "refused"),
    [
        (Options(about=KEEP, count=2), "Ada added keep__s01 and keep__s02"),
        (Remark(about=KEEP, text="I like the light"), "Ada noted that already"),
        (Budget(usd=3.0), "the budget is 3.00 USD already"),
    ],
    ids=lambda value: value.verb if not isinstance(value, str) else "",
)
async def test_what_another_session_with_the_same_proposal_did_is_refused_here(
    wish: Wish, refused: str, tmp_path: Path
) -> None:
    async with session(tmp_path / "film", *made(), wish) as first:
        async with session(tmp_path / "film") as second:
            assert second.proposal == first.proposal
            await first.agree()
            await first.idle()
            once = bound(first)
            says = (await second.agree()).text
            assert "not done" in says
            assert refused in says
            await second.idle()
        assert first.view
        await first.view.refresh()
        assert bound(first) == once
        assert len(first.view.history.additions) <= 1
        assert len(first.view.history.notes) <= 1


async def test_a_budget_that_somebody_set_meanwhile_makes_another_stale(tmp_path: Path) -> None:
    async with session(tmp_path / "film", *begun(), Budget(usd=3.0)) as held:
        async with session(tmp_path / "film", Budget(usd=4.0), YES):
            pass
        reply = await held.agree()
        assert "not done" in reply.text
        assert "became 4.00 USD" in reply.text
        assert held.view
        assert held.view.bill.budget_usd == 4.0


async def test_two_lots_of_options_in_one_proposal_both_join(tmp_path: Path) -> None:
    both = (Options(about=KEEP, count=1), Options(about=KEEP, count=2))
    async with session(tmp_path / "film", *made()) as held:
        await held.wish(*both)
        assert "not done" not in (await held.agree()).text
        await held.idle()
        assert held.view
        await held.view.refresh()
        assert {"keep__s01", "keep__s02", "keep__s03"} <= {task.name for task in held.view.plan.tasks}


async def test_a_file_that_changed_since_it_was_shown_is_not_brought_in(tmp_path: Path) -> None:
    file = tmp_path / "mine.png"
    Image.new("RGB", (64, 64), "navy").save(file)
    async with session(tmp_path / "film", *made(), Ingest(about=KEEP, file=str(file))) as held:
        Image.new("RGB", (64, 64), "red").save(file)
        assert "became another picture" in (await held.agree()).text
        assert held.view
        assert all(take.origin != "ingested" for take in held.view.history.tasks["keep"].takes)


async def test_a_decision_of_somebody_else_makes_what_is_proposed_stale(tmp_path: Path) -> None:
    async with session(tmp_path / "film", *made(), Approve(about=KEEP)) as held:
        await decide(tmp_path / "film", "keep", "omit", by="Bob", settings=SETTINGS)
        reply = await held.agree()
        assert "not done" in reply.text
        assert "Bob" in reply.text
    history = (await look(tmp_path / "film")).history
    assert [one.by for one in history.tasks["keep"].decisions] == ["Bob"]


async def test_what_a_person_approved_is_held_when_what_it_is_made_from_changes(tmp_path: Path) -> None:
    async with session(tmp_path / "film", *made(), Approve(about=COMP), YES) as held:
        reply = await held.wish(Revise(about=KEEP, text="at night"))
        assert "you approved comp" in reply.text
        await held.agree()
        await held.idle()
        await held.catch_up()
        assert held.view
        assert held.view.step(held.view.plan.task("comp")) == "paused"


async def test_a_look_reaches_every_task_nobody_approved_and_says_which(tmp_path: Path) -> None:
    async with session(
        tmp_path / "film", *made(), Approve(about=About(tasks=("plate__night",), says="it")), YES
    ) as held:
        reply = await held.wish(Revise(about=About(), text="everything in fog"))
        assert reply.proposal
        assert "plate__night" not in reply.proposal.tasks
        assert "plate__dusk" in reply.proposal.tasks


async def test_an_order_about_work_that_is_done_is_refused_at_once_and_one_about_open_work_is_followed(
    tmp_path: Path,
) -> None:
    async with session(tmp_path / "film", *begun(), Command(kind="cancel", about=PLATES), YES) as held:
        await held.wish(Greenlight())
        await held.agree()
        await held.idle()
        assert held.view
        assert held.view.step(held.view.plan.task("plate__night")) == "unfinished"
        reply = await held.wish(Command(kind="pause", about=KEEP))
        assert reply.proposal is None
        assert "nothing of the keep is left to pause" in reply.text


async def test_more_options_of_a_still_count_on(tmp_path: Path) -> None:
    async with session(tmp_path / "film", *made(), Options(about=KEEP, count=2), YES) as held:
        await held.wish(Options(about=KEEP, count=1))
        await held.agree()
        await held.idle()
        assert held.view
        await held.view.refresh()
        assert {"keep__s01", "keep__s02", "keep__s03"} <= {task.name for task in held.view.plan.tasks}


async def test_a_budget_that_is_raised_keeps_what_is_made(tmp_path: Path) -> None:
    async with session(tmp_path / "film", *made(), Budget(usd=3.0), YES) as held:
        assert held.view
        await held.view.refresh()
        assert held.view.bill.budget_usd == 3.0
        made_takes = [e.fact.take.id for e in held.view.history.entries if isinstance(e.fact, TakeMade)]
        assert len(made_takes) == len(set(made_takes)) == 5


async def test_words_that_mean_nothing_do_nothing_and_say_what_one_could_say(tmp_path: Path) -> None:
    async with session(tmp_path / "film", *made()) as held:
        before = bound(held)
        for line in ("qwertz uiop", "???", "", "'; DROP TABLE entry; --", "\x00\u202e yes?", "approve the unicorn"):
            reply = await held.say(line)
            assert held.proposal is None, line
            assert reply.text
        assert bound(held) == before


async def test_what_happens_is_heard_while_the_talk_goes_on(tmp_path: Path) -> None:
    heard: list[str] = []

    async def listen(held: Session) -> None:
        async for one in held.news():
            heard.append(one.kind)

    async with session(tmp_path / "film", *begun()) as held:
        ear = asyncio.ensure_future(listen(held))
        await held.wish(Greenlight())
        await held.agree()
        assert (await held.wish(Status())).text
        await held.idle()
        await held.heard()
        ear.cancel()
    assert heard.count("accepted") == 5
    assert "run" in heard


async def test_a_greenlight_stands_at_once_even_where_the_director_leaves(tmp_path: Path) -> None:
    async with session(tmp_path / "film", *begun()) as held:
        await held.wish(Greenlight())
        await held.agree()
    assert (await look(tmp_path / "film")).history.is_greenlit


async def test_options_are_of_what_a_task_is_by_now_and_of_its_backdrop(tmp_path: Path) -> None:
    green = Revise(about=KEEP, text="the castle should be green")
    async with session(tmp_path / "film", *made(), green, YES, Options(about=KEEP, count=1), YES) as held:
        assert held.view
        await held.view.refresh()
        prompt = held.view.plan.task("keep__s01").prompt
        assert "green" in prompt
        assert "plain backdrop" in prompt
        more = Options(about=About(says="that one", tasks=("keep__s01",)), count=1)
        await held.wish(more)
        await held.agree()
        await held.idle()
        await held.view.refresh()
        assert held.view.plan.task("keep__s02")


@pytest.mark.parametrize("wish", [Budget(usd=2e7), Budget(usd=0.001), Options(about=KEEP, count=1_000_000)])
async def test_what_cannot_be_is_refused_before_it_is_proposed(wish: Wish, tmp_path: Path) -> None:
    async with session(tmp_path / "film", *made()) as held:
        reply = await held.wish(wish)
        assert reply.proposal is None
        assert reply.text


async def test_what_was_left_out_is_not_held_as_if_it_were_approved(tmp_path: Path) -> None:
    async with session(tmp_path / "film", *made(), Omit(about=COMP), YES) as held:
        reply = await held.wish(Revise(about=KEEP, text="at night"))
        assert "you approved" not in reply.text


async def test_what_is_held_is_named_and_goes_on_by_that_name(tmp_path: Path) -> None:
    async with session(tmp_path / "film", *made(), Approve(about=COMP), YES) as held:
        await held.wish(Revise(about=KEEP, text="at night"))
        await held.agree()
        await held.idle()
        assert held.view
        assert [order.what for order in held.view.history.orders] == ["comp"]
        await held.wish(Command(kind="resume", about=COMP))
        await held.agree()
        await held.idle()
        await held.view.refresh()
        assert held.view.history.tasks["comp"].accepted


async def test_two_changes_right_after_each_other_are_both_made_before_it_is_idle(tmp_path: Path) -> None:
    async with session(tmp_path / "film", *made()) as held:
        for text in ("at night", "in rain"):
            await held.wish(Revise(about=KEEP, text=text))
            await held.agree()
            await asyncio.sleep(0.1)
        await held.idle()
        assert held.view
        await held.view.refresh()
        assert "rain" in prompts(held, "keep")[-1]
        assert all(held.view.history.tasks[task.name].accepted for task in held.view.plan.tasks)


@pytest.mark.parametrize("text", ["longer", "5 seconds", "pan left", "use 3 workers"])
async def test_a_note_about_what_no_picture_shows_becomes_no_picture(text: str, tmp_path: Path) -> None:
    shot = About(says="shot 1", tasks=("comp", "grade"))
    async with session(tmp_path / "film", *begun()) as held:
        reply = await held.wish(Revise(about=shot, text=text))
        assert reply.proposal is None
        assert "in the brief" in reply.text
