"""One noun, one text, one digest."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from callsheet.core.brief import Brief, Entity, ShotBrief
from callsheet.core.canonical import digest_of, digest_of_bytes, first_fault, from_json, from_plain, to_json
from callsheet.core.money import Bill


def bill(budget_usd: float) -> Bill:
    return Bill(budget_usd=budget_usd, settled_usd=0, reserved_usd=0, unknown_usd=0, calls=0)


def test_the_text_does_not_depend_on_the_order_of_keys() -> None:
    one = Brief(title="t", entities={"a": Entity(kind="prop", is_="x"), "b": Entity(kind="prop", is_="y")})
    two = Brief(title="t", entities={"b": Entity(kind="prop", is_="y"), "a": Entity(kind="prop", is_="x")})
    assert digest_of(one) == digest_of(two)


def test_words_of_the_brief_that_python_keeps_for_itself_are_written_as_the_director_writes_them() -> None:
    assert '"from":"keep"' in to_json(ShotBrief(from_="keep"))
    assert '"is":"a red castle"' in to_json(Entity(kind="place", is_="a red castle"))


def test_what_is_not_a_number_has_no_text() -> None:
    with pytest.raises(ValueError, match="Out of range"):
        to_json(bill(float("nan")))


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", '"nan"', "9" * 400])
def test_a_text_whose_numbers_could_not_be_written_again_is_refused(number: str) -> None:
    text = to_json(bill(1.5)).replace("1.5", number)
    with pytest.raises(ValidationError, match="finite number"):
        from_json(Bill, text)
    with pytest.raises(ValidationError, match="finite number"):
        from_plain(Bill, {**json.loads(to_json(bill(1.5))), "budget_usd": float(number.strip('"'))})


@given(text=st.text())
def test_any_text_a_person_can_type_survives(text: str) -> None:
    brief = Brief(logline=text[:20_000])
    assert from_json(Brief, to_json(brief)) == brief


def test_a_digest_is_of_the_bytes() -> None:
    assert digest_of_bytes(b"") == "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_the_first_fault_names_place_message_and_value() -> None:
    with pytest.raises(ValidationError) as refused:
        from_plain(Brief, {"title": "t", "budget_usd": -3})
    place, says = first_fault(refused.value)
    assert place == "budget_usd"
    assert "greater than 0 (got -3)" in says


def test_a_brief_with_a_word_we_do_not_know_is_refused() -> None:
    with pytest.raises(ValidationError, match="titel"):
        from_plain(Brief, {"titel": "t"})
