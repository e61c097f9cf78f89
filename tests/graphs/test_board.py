"""Where every task stands, and who waits for whom: the same read entry by entry as read at once."""

import socket
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from callsheet.core.call import CallReserved, CallVoided
from callsheet.core.decision import Order
from callsheet.core.fact import (
    Entry,
    Fact,
    LeaseTaken,
    OrderGiven,
    QuestionAsked,
    TakeMade,
    TakePublished,
    TaskUnfinished,
)
from callsheet.core.history import History
from callsheet.core.plan import Department, Gate, Task
from callsheet.core.progress import Lineup
from callsheet.core.take import Recipe, Take
from callsheet.graphs.board import Board
from callsheet.graphs.driver import driver_of, holder_name
from callsheet.graphs.waits import waits_of

AT = "2026-01-01T00:00:00.000Z"


def task(name: str, *inputs: str, department: str = "lab") -> Task:
    return Task(name=name, department=department, make="still", inputs=inputs, gate=Gate(rounds=3), envelope_usd=1.0)


TASKS = {
    one.name: one
    for one in (task("keep"), task("edda"), task("comp", "keep", "edda", department="post"), task("grade", "comp"))
}
TEAMS = (Department(name="lab", workers=2, share=0.5), Department(name="post", workers=1, share=0.5))


def recipe(seed: int = 1) -> Recipe:
    return Recipe(
        maker="sketch-l",
        kind="fake",
        make="still",
        source="",
        revision="",
        weights_digest="",
        prompt="",
        negative="",
        seed=seed,
        width=8,
        height=8,
        steps=1,
        guidance=1.0,
    )


def asked(name: str, token: str) -> CallReserved:
    return CallReserved(
        key=token, task=name, department="lab", maker="sketch-l", micros=1, token=token, recipe=recipe()
    )


def made(name: str, token: str, number: int = 1) -> TakeMade:
    take = Take(
        id=f"{name}/t{number:02d}",
        task=name,
        number=number,
        recipe=recipe(number),
        digest=f"sha256:{name}{number}",
        width=8,
        height=8,
        usd=0.0,
        seconds=2.0,
        worker="sketch-l/1",
    )
    return TakeMade(task=name, key=token, token=token, micros=1, take=take)


def published(name: str, *inputs: str) -> TakePublished:
    return TakePublished(
        task=name, take=f"{name}/t01", digest=f"sha256:{name}1", version=1, accepted_by="gate", inputs=inputs
    )


class Told:
    """A board that is told facts."""

    def __init__(self, *facts: Fact) -> None:
        self.history = History()
        self.board = Board(TASKS, TEAMS, self.history, lambda _: 10.0)
        self.tell(*facts)

    def tell(self, *facts: Fact) -> None:
        for fact in facts:
            self.history.add(Entry(seq=len(self.history.entries) + 1, at=AT, fact=fact))
        self.board.refresh()

    @property
    def states(self) -> dict[str, str | None]:
        return {name: card.state for name, card in self.board.cards.items()}

    def says(self, lineups: Sequence[Lineup] = (), in_line: frozenset[str] | None = None) -> list[str]:
        return [one.says for one in waits_of(self.board, lineups, in_line)]


EDDA = (asked("edda", "a"), made("edda", "a"), published("edda"))


def test_a_task_goes_from_ready_over_making_and_looking_to_accepted() -> None:
    told, seen = Told(), []
    for fact in EDDA:
        seen.append(told.states["edda"])
        told.tell(fact)
    assert [*seen, told.states["edda"]] == ["ready", "making", "looking", "accepted"]


def test_read_entry_by_entry_it_is_the_same_as_read_at_once() -> None:
    facts: list[Fact] = [
        *EDDA,
        asked("keep", "b"),
        CallVoided(key="b", task="keep", token="b", why="lost"),
        asked("keep", "c"),
        made("keep", "c"),
        published("keep"),
        OrderGiven(order=Order(kind="pause", what="comp", tasks=("comp",), by="Ada")),
        LeaseTaken(epoch=2, holder="x"),
    ]
    slowly = Told()
    for fact in facts:
        slowly.tell(fact)
    assert slowly.states == Told(*facts).states
    assert slowly.board.teams() == Told(*facts).board.teams()


def test_every_task_is_counted_once() -> None:
    told = Told(*EDDA, asked("keep", "b"))
    lab, post = told.board.teams()
    assert (lab.tasks, lab.accepted, lab.live, lab.blocked, lab.takes) == (3, 1, 1, 1, 1)
    assert (post.tasks, post.blocked) == (1, 1)


def test_the_longest_chain_is_said_to_wait_for_the_take_that_is_being_made() -> None:
    told = Told(*EDDA, asked("keep", "b"))
    assert told.says() == ["comp and grade wait for keep (take 1 asked of sketch-l)"]
    assert told.says(in_line=frozenset()) == ["comp and grade wait for keep (take 1 being made)"]
    line = Lineup(maker="sketch-l", up=2, busy=2, loading=0, waiting=1)
    assert told.says([line], frozenset("b")) == [
        "comp and grade wait for keep (take 1 in line)",
        "1 take waits for a worker: 1 for sketch-l (2 of 2 busy)",
    ]


def test_what_waits_for_a_person_comes_first() -> None:
    question = QuestionAsked(task="keep", take="keep/t01", digest="sha256:keep1", round=0, question="Is this a keep?")
    told = Told(*EDDA, asked("keep", "b"), made("keep", "b"), question)
    assert told.says() == [
        "keep waits for you: Is this a keep?",
        "comp and grade wait for keep (it waits for you)",
    ]


def test_a_pause_is_told_with_who_ordered_it() -> None:
    told = Told(*EDDA, OrderGiven(order=Order(kind="pause", what="keep", tasks=("keep",), by="Ada", note="helmet")))
    assert told.says()[:2] == ["paused by Ada: keep (helmet)", "comp and grade wait for keep (paused by Ada)"]


def test_who_lacks_a_picture_that_will_not_come_is_told() -> None:
    told = Told(*EDDA, TaskUnfinished(task="keep", why="nobody can", cause="maker"))
    assert told.states["comp"] == told.states["grade"] == "stuck"
    assert told.says() == ["comp cannot be made: keep is unfinished and has no picture"]


def test_only_what_ends_after_it_was_put_up_sets_the_pace() -> None:
    history = History.of(Entry(seq=number, at=AT, fact=fact) for number, fact in enumerate(EDDA, 1))
    board = Board(TASKS, TEAMS, history, lambda _: 10.0)
    assert (board.sums.ended_seconds, board.sums.open_seconds) == (0.0, 30.0)
    for fact in (asked("keep", "b"), made("keep", "b"), published("keep")):
        history.add(Entry(seq=len(history.entries) + 1, at=AT, fact=fact))
    board.refresh()
    assert (board.sums.ended_seconds, board.sums.open_seconds, board.sums.making_seconds) == (10.0, 20.0, 2.0)


@pytest.mark.parametrize(
    ("holder", "is_alive"),
    [
        (holder_name(), True),
        (f"process 4194303 on {socket.gethostname()}", False),
        ("process 1 on a-machine-far-away", None),
    ],
    ids=("lives", "gone", "elsewhere"),
)
def test_whoever_drives_is_known_to_live_or_to_be_gone_or_cannot_be_asked(holder: str, is_alive: bool | None) -> None:
    lease = Entry(seq=1, at=AT, fact=LeaseTaken(epoch=1, holder=holder))
    driver = driver_of(History.of([lease]), datetime(2026, 1, 1, 0, 1, tzinfo=UTC))
    assert driver is not None
    assert (driver.is_alive, driver.silent_seconds) == (is_alive, 60.0)
