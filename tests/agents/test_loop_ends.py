"""However takes turn out, a task's loop ends within its rounds and its money, and keeps no worse than it began with."""

from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from callsheet.agents.reviser import Attempt, Rung, best_attempt, revise
from callsheet.core.decision import Ask, Escalate, Move, Repair, Rewrite, Stop
from callsheet.core.money import to_micros, to_usd
from callsheet.core.plan import Gate, Requirement
from callsheet.core.take import Finding, Verdict

LADDER = (
    Rung(maker="small", usd=0.002, repairs=True, rewords=True, passes=0.6),
    Rung(maker="large", usd=0.006, repairs=True),
)
PRICES = {rung.maker: to_micros(rung.usd) for rung in LADDER}
WANTED = (
    Requirement(id="red", kind="attribute", subject="castle", value="red", other="colour"),
    Requirement(id="dusk", kind="time", subject="", value="dusk"),
    Requirement(id="two", kind="count", subject="castle", value="2"),
    Requirement(id="beside", kind="relation", subject="castle", value="left of", other="tree"),
)
FAULTS = st.sets(st.sampled_from([one.id for one in WANTED]), min_size=1)
OUTCOMES = st.lists(st.tuples(FAULTS, st.floats(0, 1)), min_size=1, max_size=12)
GATES = st.builds(
    Gate,
    rounds=st.integers(0, 12),
    when_spent=st.sampled_from(["deliver", "ask"]),
    worth_usd=st.sampled_from([None, 0.003, 0.1]),
)


def failed(number: int, maker: str, move: Move | None, outcome: tuple[set[str], float]) -> Attempt:
    """Give the take a move led to, which fails as it is told to; a maker works on until another is named."""
    faults, right = outcome
    findings = tuple(Finding(requirement=one, says=f"not {one}", score=0.1) for one in sorted(faults))
    return Attempt(
        take=f"keep/t{number:02d}",
        maker=move.maker if isinstance(move, Escalate) else maker,
        verdict=Verdict(take=f"keep/t{number:02d}", passed=False, right=right, close=right, findings=findings),
        repaired=move.take if isinstance(move, Repair) else "",
        prompt=move.prompt if isinstance(move, Rewrite) else "a red castle left of a tree at dusk",
    )


def play(gate: Gate, purse: int, outcomes: Sequence[tuple[set[str], float]]) -> tuple[list[Attempt], Stop | Ask, int]:
    """Do what the reviser says until it ends; give the takes, how it ended, and the micro-dollars left."""
    attempts = [failed(1, "small", None, outcomes[0])]
    while True:
        move = revise(attempts, gate=gate, ladder=LADDER, left_usd=to_usd(purse), reseeds=True, requirements=WANTED)
        if isinstance(move, Stop | Ask):
            return attempts, move, purse
        assert len(attempts) <= gate.rounds, "it goes past its rounds"
        outcome = outcomes[len(attempts) % len(outcomes)]
        attempts.append(failed(len(attempts) + 1, attempts[-1].maker, move, outcome))
        purse -= PRICES[attempts[-1].maker]


@settings(max_examples=60)
@given(gate=GATES, purse=st.integers(0, 60_000), outcomes=OUTCOMES)
def test_however_takes_fail_the_loop_ends_within_its_rounds_and_money_with_its_best_take(
    gate: Gate, purse: int, outcomes: list[tuple[set[str], float]]
) -> None:
    attempts, end, left = play(gate, purse, outcomes)
    assert left >= 0
    assert len(attempts) <= gate.rounds + 1
    assert end.best == best_attempt(attempts).take
    kept = next(one for one in attempts if one.take == end.best)
    assert kept.verdict.right >= attempts[0].verdict.right
    assert isinstance(end, Ask) == (gate.when_spent == "ask")
