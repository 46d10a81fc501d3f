"""Pairs: as many as there can be, no value twice, and nobody loses the one they hold."""

from hypothesis import given
from hypothesis import strategies as st

from sessions_app.domain.pairing import pair

choices = st.dictionaries(
    st.integers(0, 5), st.lists(st.sampled_from("abcdef"), max_size=3, unique=True), max_size=6
)


def most(wanted: list[list[str]], used: frozenset[str] = frozenset()) -> int:
    """How many can have one of their choices, by trying all ways."""
    if not wanted:
        return 0
    first, *others = wanted
    without = most(others, used)
    return max([without, *(1 + most(others, used | {v}) for v in first if v not in used)])


@given(choices)
def test_as_many_are_paired_as_there_can_be(given_choices):
    pairs = pair(given_choices, {})
    assert len(set(pairs.values())) == len(pairs) == most(list(given_choices.values()))
    assert all(value in given_choices[key] for key, value in pairs.items())


@given(choices)
def test_who_holds_a_value_still_has_one(given_choices):
    held: dict[int, str] = {}
    for key, values in given_choices.items():
        held |= {key: values[0]} if values and values[0] not in held.values() else {}
    pairs = pair(given_choices, held)
    assert held.keys() <= pairs.keys()
    assert len(pairs) == most(list(given_choices.values()))


def test_a_first_choice_is_kept_where_nobody_gains_by_a_move():
    assert pair({1: ["a", "b"], 2: ["a"]}, {1: "a"}) == {1: "b", 2: "a"}
    assert pair({1: ["a", "b"], 2: ["c"]}, {1: "a"}) == {1: "a", 2: "c"}
    assert pair({1: ["a"], 2: ["a"]}, {1: "a"}) == {1: "a"}
