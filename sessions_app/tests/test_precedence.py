"""The mark that counts, for every set of marks and every order of arrival."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import NOW
from sessions_app.domain.precedence import winner
from sessions_app.models import MarkSource


@dataclass(frozen=True)
class Mark:
    key: str
    source: str
    at: datetime
    status: str = "present"
    undone_at: datetime | None = None


def mark(source: str, minute: int, status: str = "present") -> Mark:
    return Mark(f"{source}{minute}{status}", source, NOW + timedelta(minutes=minute), status)


def undone(mark: Mark) -> Mark:
    return replace(mark, key=f"{mark.key}-undone", undone_at=NOW + timedelta(hours=1))


marks = st.lists(
    st.builds(
        mark,
        st.sampled_from(MarkSource.values),
        st.integers(0, 3),
        st.sampled_from(["present", "absent"]),
    ),
    min_size=1,
    max_size=5,
    unique=True,
)


@pytest.mark.parametrize("source", MarkSource.values)
def test_a_mark_from_any_source_counts_where_it_is_the_only_one(source):
    assert winner([mark(source, 0)]) == mark(source, 0)


@given(marks)
def test_winner_is_the_same_in_every_order(given_marks):
    assert len({winner(order) for order in permutations(given_marks)}) == 1


@given(marks)
def test_a_mark_by_hand_counts_wherever_there_is_one(given_marks):
    by_hand = [m for m in given_marks if m.source == "manual"]
    best = winner(given_marks)
    assert (best.source == "manual") == bool(by_hand)
    assert not by_hand or best.at == max(m.at for m in by_hand)


@given(marks)
def test_a_later_check_in_never_changes_the_winner_unless_it_was_an_absence(given_marks):
    best = winner(given_marks)
    after = winner([*given_marks, mark("check_in", 9)])
    assert after == best or best.source in ("closing", "excuse")


@pytest.mark.parametrize("source", ["check_in", "review", "manual"])
def test_an_absence_noted_later_on_closing_never_counts_against_what_was_seen(source):
    assert winner([mark(source, 1), mark("closing", 2)]).source == source


def test_an_excuse_takes_the_place_of_the_absence_and_gives_way_to_being_there():
    assert winner([mark("excuse", 1), mark("closing", 2)]).source == "excuse"
    assert winner([mark("excuse", 2), mark("check_in", 1)]).source == "check_in"


def test_an_excuse_explains_an_imported_absence_whichever_came_first():
    absent = mark("import", 2, "absent")
    for minute in (1, 3):
        marks_ = [mark("closing", 0), mark("check_in", 0), absent, mark("excuse", minute)]
        assert winner(marks_).source == "excuse"
        assert winner([*marks_, mark("import", 4, "late")]).source == "import"
        assert winner([*marks_, mark("manual", 0, "absent")]).source == "manual"


@given(marks, marks)
def test_what_was_undone_changes_nothing(given_marks, others):
    assert winner([*map(undone, others), *given_marks]) == winner(given_marks)


@given(marks)
def test_where_everything_was_undone_nothing_counts(given_marks):
    assert winner(map(undone, given_marks)) is None
