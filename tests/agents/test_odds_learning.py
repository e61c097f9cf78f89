"""The router learns: what the studio has seen moves the odds, doubt is tried out, and certainty is not."""

import random
from collections import Counter
from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callsheet.agents.director import floors_of, plan_brief
from callsheet.agents.forecast import forecast
from callsheet.agents.planning.odds import LEAST, SPARE, Odds
from callsheet.agents.router import first_choice, route
from callsheet.core.brief import Brief, Quality, TaskBrief
from callsheet.core.crew import Crew, CriticSpec, MakerSpec
from callsheet.core.plan import Department, Gate, Requirement, Task
from callsheet.core.track_record import Tally, TrackRecord

CASTLE = Requirement(id="existence:castle", kind="existence", subject="castle", value="")
DUSK = Requirement(id="time=dusk", kind="time", subject="", value="dusk")
FLOOR = Gate().floor


def maker(name: str, usd: float, strength: int, **passes: float) -> MakerSpec:
    return MakerSpec(name=name, kind="fake", makes=("still",), usd=usd, strength=strength, passes=passes)


RATED = (maker("small", 0.002, 1, existence=0.16), maker("large", 0.006, 2, existence=0.58))
UNRATED = (maker("small", 0.002, 1), maker("large", 0.006, 2))


def still(number: int = 0, *requirements: Requirement) -> Task:
    return Task(
        name=f"t{number}", department="d", make="still", requirements=requirements or (CASTLE,), envelope_usd=1.0
    )


def record(takes: int = 100, kind: str = "existence", floor: float = FLOOR, **seen: tuple[int, int]) -> TrackRecord:
    tallies = [Tally(maker=name, kind=kind, floor=floor, passed=k, seen=n) for name, (k, n) in seen.items()]
    return TrackRecord(takes=takes, tallies=tuple(tallies))


def share_of(name: str, odds: Odds, makers: Sequence[MakerSpec], tasks: int = 400) -> float:
    chosen = Counter(first_choice(still(number), makers, (), odds)[0].name for number in range(tasks))
    return chosen[name] / tasks


@pytest.mark.parametrize("prices", [(0.002, 0.006), (0.0, 0.0)], ids=["priced", "free"])
def test_without_a_record_the_crew_files_rates_are_taken_at_their_word(prices: tuple[float, float]) -> None:
    makers = [maker("small", prices[0], 1, existence=0.5), maker("large", prices[1], 2, existence=0.6)]
    assert share_of("small", Odds(seed=7), makers) == 1.0
    assert Odds().chance(still(), makers[1]) == pytest.approx(0.6)


@given(st.integers(0, 500), st.integers(0, 500))
def test_the_chance_lies_between_the_crew_files_rate_and_what_was_seen(passed: int, failed: int) -> None:
    odds = Odds(record=record(large=(passed, passed + failed)))
    seen = passed / (passed + failed) if passed + failed else 0.58
    low, high = sorted((0.58, seen))
    chance = odds.chance(still(), RATED[1])
    assert chance is not None
    assert low - 1e-9 <= chance <= high + 1e-9


def test_what_was_seen_at_another_floor_does_not_count() -> None:
    odds = Odds(record=record(large=(0, 1000), floor=0.8))
    assert odds.chance(still(), RATED[1]) == pytest.approx(0.58)


def test_a_kind_one_maker_has_no_rate_for_tells_nobody_apart() -> None:
    makers = [RATED[0], maker("large", 0.006, 2, existence=0.58, time=0.1)]
    prices = Odds().prices(still(0, CASTLE, DUSK), makers)
    assert prices["large"].expected == pytest.approx(0.006 / 0.58)


def test_the_same_seed_and_record_give_the_same_choice_and_another_seed_other_ones() -> None:
    def choices(seed: int) -> list[str]:
        odds = Odds(seed=seed, record=record())
        return [first_choice(still(number), RATED, (), odds)[0].name for number in range(100)]

    assert choices(7) == choices(7) != choices(8)


def test_a_task_keeps_its_maker_from_take_to_take() -> None:
    odds, crew = Odds(seed=7, record=record()), Crew(name="c", makers=RATED, critics=())
    for number in range(40):
        chosen = {
            one.maker.name
            for attempt in (1, 2, 3)
            if (one := route(still(number), crew, attempt=attempt, seed=7, inputs=(), moves=(), odds=odds))
        }
        assert len(chosen) == 1


def test_trying_out_fades_as_evidence_grows() -> None:
    evidence = [record(small=(16 * n, 100 * n), large=(58 * n, 100 * n)) for n in (0, 1, 10, 100)]
    tried = [share_of("small", Odds(seed=7, record=one), RATED) for one in evidence]
    assert tried[0] > tried[1] > tried[2] >= tried[3]
    assert tried[3] < 0.01


def test_evidence_against_the_crew_file_turns_the_choice() -> None:
    odds = Odds(seed=7, record=record(small=(140, 200)))
    assert share_of("small", odds, RATED) > 0.95


def test_a_choice_says_what_it_stands_on_and_that_it_was_tried_out() -> None:
    odds, crew = Odds(seed=7, record=record(412)), Crew(name="c", makers=RATED, critics=())
    told = set()
    for number in range(200):
        found = route(still(number), crew, attempt=1, seed=7, inputs=(), moves=(), odds=odds)
        assert found is not None
        told.add((found.maker.name, found.why, found.turned_down[0].why))
    stands = "412 takes of this studio and the crew file's rates"
    assert told == {
        (
            "large",
            f"least expected price of a passed take (0.0103 USD; {stands})",
            "a passed take is expected to cost 0.0125 USD, against 0.0103",
        ),
        (
            "small",
            "tried out: a passed take is expected to cost 0.0125 USD, against 0.0103 of large, "
            f"and that is not certain ({stands})",
            "dearer (0.0060 against 0.0020 USD); kept for escalation",
        ),
    }


def test_a_maker_without_rates_is_known_once_it_was_seen_often_enough_at_every_kind_asked() -> None:
    def known(seen: int, *asked: Requirement) -> bool:
        odds = Odds(record=record(small=(5, LEAST), large=(15, seen)))
        return bool(odds.prices(still(0, *asked), UNRATED))

    assert not known(LEAST - 1)
    assert known(LEAST)
    assert not known(LEAST, CASTLE, DUSK)


def test_a_maker_nobody_knows_is_tried_out_rarely_and_says_so() -> None:
    odds = Odds(seed=7, record=TrackRecord())
    share = share_of("large", odds, UNRATED, tasks=2000)
    assert 0 < share * (0.006 - 0.002) <= SPARE * 0.002
    whys = {first_choice(still(number), UNRATED, (), odds)[1] for number in range(200)}
    assert whys == {
        "cheapest that makes a still",
        "tried out: this studio does not know yet how often its takes pass (small is usual)",
    }


def test_nobody_is_tried_out_where_it_would_not_be_remembered() -> None:
    for unread in (None, TrackRecord(fault="the file is damaged")):
        assert share_of("large", Odds(seed=7, record=unread), UNRATED) == 0
        assert share_of("small", Odds(seed=7, record=unread), RATED) == 0


def test_a_paid_maker_is_never_tried_out_in_place_of_a_free_one() -> None:
    free = [maker("own", 0.0, 1), maker("rented", 0.5, 2)]
    assert share_of("rented", Odds(seed=7, record=TrackRecord()), free) == 0


def test_the_forecast_counts_on_the_same_odds_as_the_router() -> None:
    odds = Odds(seed=7, record=record(small=(900, 1000), large=(0, 1000)))
    crew = Crew(name="c", makers=RATED, critics=())
    task = Task(name="t", department="d", make="still", requirements=(CASTLE,), gate=Gate(rounds=0))
    found = forecast([task], crew, [Department(name="d", workers=1, share=1.0)], odds)
    assert found.usd == 0.002
    assert "100 takes of this studio" in found.basis


def test_a_plan_says_what_its_odds_stand_on() -> None:
    critic = CriticSpec(name="eye", kind="fake", checks=("existence",))
    rated, unrated = (Crew(name="c", makers=makers, critics=(critic,)) for makers in (RATED, UNRATED))
    brief = Brief(title="t", tasks={"a": TaskBrief(department="d", prompt="a castle")})

    def says(crew: Crew, seen: TrackRecord | None) -> str:
        return plan_brief(brief, crew, track_record=seen).odds_say

    assert says(rated, None) == "stand on the crew file's rates; learning from the studio's history is off"
    assert says(unrated, TrackRecord()) == "stand on nothing yet; the studio has not seen this crew at work yet"
    assert says(unrated, TrackRecord(takes=3)) == "stand on 3 takes of this studio"
    assert "left out: it is damaged" in says(rated, TrackRecord(fault="it is damaged"))


def test_a_record_is_asked_for_at_every_floor_of_the_brief() -> None:
    tasks = {name: TaskBrief(department="d", prompt="a castle", gate=gate) for name, gate in (("a", 0.9), ("b", None))}
    brief = Brief(title="t", tasks=tasks, quality=Quality(gate=0.7))
    assert floors_of(brief, Crew(name="c", makers=RATED, critics=())) == (0.7, 0.9)


PRICES = {"small": 0.002, "large": 0.006}


def regrets(makers: Sequence[MakerSpec], true: Mapping[str, float], *, productions: int, seed: int) -> list[float]:
    """Play productions of 40 tasks that learn between them.

    Returns:
        What the choices of each production cost more than the best maker would have, as a share of that.
    """
    dice, best = random.Random(seed), min(PRICES[name] / rate for name, rate in true.items())
    seen, lost = dict.fromkeys(true, (0, 0)), []
    for production in range(productions):
        odds = Odds(seed=1000 * seed + production, record=record(**seen))
        names = [first_choice(still(number), makers, (), odds)[0].name for number in range(40)]
        for name in names:
            passed, count = seen[name]
            seen[name] = (passed + (dice.random() < true[name]), count + 1)
        lost.append(sum(PRICES[name] / true[name] - best for name in names) / len(names) / best)
    return lost


@pytest.mark.slow
@pytest.mark.parametrize(
    ("makers", "true", "first", "last"),
    [
        pytest.param(RATED, {"small": 0.16, "large": 0.58}, 0.15, 0.05, id="the crew file is right"),
        pytest.param(RATED, {"small": 0.16, "large": 0.15}, 0.9, 0.05, id="the better maker broke"),
        pytest.param(RATED, {"small": 0.7, "large": 0.75}, 0.9, 0.01, id="the cheap maker got better"),
        pytest.param(UNRATED, {"small": 0.5, "large": 0.7}, 0.2, 0.05, id="nothing is known, the cheap one is better"),
        pytest.param(UNRATED, {"small": 0.1, "large": 0.7}, 1.4, 0.05, id="nothing is known, the dear one is better"),
    ],
)
def test_what_exploring_loses_shrinks_and_the_better_maker_wins(
    makers: Sequence[MakerSpec], true: Mapping[str, float], first: float, last: float
) -> None:
    runs = [regrets(makers, true, productions=25, seed=seed) for seed in range(4)]
    early = sum(sum(run[:5]) for run in runs) / (5 * len(runs))
    late = sum(sum(run[-5:]) for run in runs) / (5 * len(runs))
    assert early <= first
    assert late <= last
