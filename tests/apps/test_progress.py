"""Live progress: readable at 80 columns from 4 departments to 40, plain lines without a terminal, rows for programs."""

import io

import pytest
from rich.console import Console

from callsheet.apps.progress import LiveProgress, ProgressRows, crew_in_words, drawn, time_in_words
from callsheet.core.fact import Entry, Fact, LeaseTaken, TakePublished
from callsheet.core.money import Bill
from callsheet.core.progress import Lineup, Progress, TeamProgress, TimeLeft, Wait

BILL = Bill(budget_usd=1000.0, settled_usd=123.4567, reserved_usd=12.5, unknown_usd=0.0, calls=9)


def team(number: int, *, tasks: int = 10_000, live: int = 500, for_you: int = 0) -> TeamProgress:
    return TeamProgress(
        department=f"department_of_great_name_{number:02d}",
        workers=5,
        tasks=tasks,
        accepted=tasks // 3,
        unfinished=2,
        live=live,
        ready=1000,
        blocked=2000,
        for_you=for_you,
        paused=0,
        takes=20_000,
        refused=10_000,
    )


def progress(teams: int = 4, *, at: float = 10.0, left: TimeLeft | None = None) -> Progress:
    return Progress(
        at="2026-01-01T00:00:00+00:00",
        elapsed_seconds=at,
        teams=tuple(team(number, live=number, for_you=1) for number in range(teams)),
        lineups=(Lineup(maker="sketch-l", up=4, busy=3, loading=1, waiting=6),),
        bill=BILL,
        left=left,
        waits=(Wait(kind="task", tasks=1, whom="edda", says="sh030_comp waits for edda (take 3 being made)"),),
    )


def text_of(shown: Progress, *, width: int = 80) -> str:
    console = Console(width=width, file=io.StringIO())
    with console.capture() as captured:
        console.print(drawn(shown, "edda/t02 refused: " + "three towers " * 9))
    return captured.get()


@pytest.mark.parametrize("teams", [1, 4, 40])
def test_it_fits_a_terminal_of_80_columns_and_24_rows(teams: int) -> None:
    lines = text_of(progress(teams)).splitlines()
    assert max(map(len, lines)) <= 80
    assert len(lines) <= 24
    assert any("10000" in line and "20000" in line for line in lines)


def test_of_many_departments_the_busiest_have_rows_and_the_others_are_counted_together() -> None:
    shown = text_of(progress(40))
    assert "33 more" in shown
    assert "department_of_g" in shown
    assert f"{40 * (10_000 // 3 + 2)}/400000" in shown


def test_it_says_who_waits_for_whom_who_works_and_what_is_spent() -> None:
    shown = " ".join(text_of(progress()).split())
    assert "sh030_comp waits for edda (take 3 being made)" in shown
    assert "3 of 4 workers busy: sketch-l 3 of 4 (1 loading, 6 in line)" in shown
    assert "123.4567 USD spent, 12.5000 reserved, 864.0433 of 1000.00 left" in shown


@pytest.mark.parametrize(
    ("left", "said"),
    [
        (None, "10 s gone, time left not known yet"),
        (TimeLeft(seconds=40), "10 s gone, about 40 s left at this pace"),
        (
            TimeLeft(seconds=720, low=600, high=900, basis="forecast"),
            "10 s gone, about 12 min left (forecast: 10 min to 15 min)",
        ),
    ],
)
def test_time_left_says_how_it_is_known(left: TimeLeft | None, said: str) -> None:
    assert time_in_words(progress(left=left)) == said


def test_a_crew_that_still_comes_up_is_said_to() -> None:
    lineup = Lineup(maker="sketch-l", up=0, busy=0, loading=2, waiting=12)
    assert crew_in_words([lineup]) == "no worker is up yet: sketch-l (2 loading, 12 in line)"


def entry(fact: Fact) -> Entry:
    return Entry(seq=1, at="2026-01-01T00:00:00+00:00", fact=fact)


ACCEPTED = entry(TakePublished(task="keep", take="keep/t01", digest="sha256:0", version=1, accepted_by="gate"))


def test_the_picture_comes_up_with_the_first_progress_and_after_a_stop_again() -> None:
    screen = io.StringIO()
    live = LiveProgress(Console(file=screen, force_terminal=True, width=100))
    live.hear(entry(LeaseTaken(epoch=2, holder="process 7")))
    for _ in range(2):
        live.show(progress())
        live.stop()
        assert "department" in screen.getvalue()
        screen.seek(0)
        screen.truncate()


def test_without_a_terminal_there_is_a_line_for_what_happened_and_nothing_else() -> None:
    screen = io.StringIO()
    live = LiveProgress(Console(file=screen, width=80))
    live.show(progress())
    live.hear(entry(LeaseTaken(epoch=2, holder="process 7")))
    live.hear(ACCEPTED)
    live.stop()
    assert screen.getvalue() == "keep/t01 accepted as v001 by gate\n"


def test_programs_hear_every_five_seconds_when_something_changed_and_at_the_end() -> None:
    said: list[object] = []
    rows = ProgressRows(said.append)
    for shown in (progress(at=0), progress(5, at=4), progress(5, at=6), progress(5, at=60), progress(6, at=61)):
        rows.show(shown)
    assert [row["elapsed_seconds"] for row in said if isinstance(row, dict)] == [0, 6, 61]
    rows.show(progress(7, at=62))
    rows.stop()
    rows.stop()
    assert [row["elapsed_seconds"] for row in said if isinstance(row, dict)] == [0, 6, 61, 62]
    assert all(row["event"] == "progress" for row in said if isinstance(row, dict))
