"""What a person is offered in place of a name nobody has."""

from hypothesis import given
from hypothesis import strategies as st

from callsheet.core.names import names_to_offer

MATRIX = [f"keep__dawn_fog_s{seed:02d}" for seed in range(60)]
WORDS = st.text("abc_", min_size=1, max_size=6)


def test_many_variations_of_one_task_do_not_hide_the_other_names() -> None:
    assert names_to_offer("tover", [*MATRIX, "tower", "post"])[0] == "tower"
    assert sorted(names_to_offer("zzz", [*MATRIX, "tower", "post"])) == ["keep", "post", "tower"]


def test_a_misspelt_variation_of_a_known_task_is_answered_with_its_nearest_ones() -> None:
    offered = names_to_offer("keep__dawn_fog_s99", [*MATRIX, "tower"])
    assert offered[:2] == ["keep", "tower"]
    assert offered[2] in {"keep__dawn_fog_s09", "keep__dawn_fog_s19", "keep__dawn_fog_s29"}


@given(WORDS, st.lists(WORDS, max_size=6))
def test_every_task_is_offered_once_under_some_name(asked: str, names: list[str]) -> None:
    offered = names_to_offer(asked, names)
    assert (
        {name.partition("__")[0] for name in names}
        <= set(offered)
        <= {
            *names,
            *(name.partition("__")[0] for name in names),
        }
    )
