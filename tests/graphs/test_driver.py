"""Whether a run is under way, read off the journal."""

import pytest

from callsheet.core.call import CallReserved
from callsheet.core.fact import DeliveryWritten, Entry, Fact, LeaseTaken
from callsheet.core.history import History
from callsheet.core.take import Recipe
from callsheet.graphs.driver import holder_name, is_driven

HERE = LeaseTaken(epoch=1, holder=holder_name())
GONE = LeaseTaken(epoch=1, holder=f"process 4194305 on {holder_name().split()[-1]}")
ELSEWHERE = LeaseTaken(epoch=1, holder="process 7 on another-machine")
DELIVERED = DeliveryWritten(folder="out", manifest_digest="d", accepted=1, unfinished=0)
STILL = Recipe(
    maker="sketch", kind="sketch", make="still", source="s", revision="r", weights_digest="w", prompt="a keep",
    negative="", seed=1, width=64, height=64, steps=1, guidance=0.0,
)  # fmt: skip
CALLED = CallReserved(key="k", task="keep", department="d", maker="sketch", micros=1, token="t", recipe=STILL)


@pytest.mark.parametrize(
    ("facts", "is_under_way"),
    [
        ([], False),
        ([HERE], True),
        ([GONE], False),
        ([ELSEWHERE], None),
        ([HERE, DELIVERED], False),
        ([ELSEWHERE, DELIVERED], False),
        ([HERE, DELIVERED, LeaseTaken(epoch=2, holder=holder_name())], True),
        ([HERE, CALLED, DELIVERED], False),
        ([HERE, CALLED, DELIVERED, CALLED], True),
        ([HERE, DELIVERED, CALLED, DELIVERED], False),
        ([GONE, DELIVERED, CALLED], False),
        ([ELSEWHERE, DELIVERED, CALLED], None),
        ([HERE, DELIVERED, CALLED, GONE], False),
    ],
)
def test_a_run_is_under_way_while_its_process_lives_and_has_not_delivered(
    facts: list[Fact], is_under_way: bool | None
) -> None:
    history = History.of(Entry(seq=seq, at="", fact=fact) for seq, fact in enumerate(facts, 1))
    assert is_driven(history) is is_under_way
