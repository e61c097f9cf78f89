"""Every fact reads back from its JSON as what it was, and the wire form is what we say it is."""

import json
from collections.abc import Mapping
from typing import get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from callsheet.core.canonical import digest_of, from_json, to_json
from callsheet.core.fact import WORK_FACTS, AnyFact, Entry, Fact

FACTS: tuple[type[Fact], ...] = get_args(Fact)
# For the whole process, but harmless: no noun of ours may hold NaN or infinity, and a mapping is read back as a dict.
st.register_type_strategy(float, st.floats(allow_nan=False, allow_infinity=False))
st.register_type_strategy(
    Mapping, lambda kind: st.dictionaries(*(st.from_type(one) for one in get_args(kind)), max_size=2)
)


@pytest.mark.parametrize("kind", FACTS, ids=lambda kind: kind.__name__)
def test_a_fact_survives_its_canonical_json(kind: type[Fact]) -> None:
    @settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
    @given(fact=st.from_type(kind))
    def holds(fact: Fact) -> None:
        text = to_json(fact)
        again: Fact = from_json(AnyFact, text)
        assert again == fact
        assert type(again) is kind
        assert to_json(again) == text
        assert digest_of(again) == digest_of(fact)

    holds()


@pytest.mark.parametrize("kind", FACTS, ids=lambda kind: kind.__name__)
def test_a_facts_event_is_its_name_in_snake_case(kind: type[Fact]) -> None:
    snake = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in kind.__name__)
    assert kind.__dataclass_fields__["event"].default == snake.lstrip("_")


def test_an_unknown_event_is_refused() -> None:
    with pytest.raises(ValidationError, match="event"):
        from_json(AnyFact, '{"event": "coffee_made"}')


def test_an_entry_keeps_its_fact_as_an_object_with_its_event() -> None:
    text = '{"seq":1,"at":"2026-01-01T00:00:00Z","fact":{"event":"call_sent","key":"k","task":"t","token":"x"}}'
    entry: Entry = from_json(Entry, text)
    assert json.loads(to_json(entry)) == json.loads(text)


def test_only_facts_are_work_facts() -> None:
    assert set(WORK_FACTS) < set(FACTS)
