"""The rates, compared with a slower and plainer calculation."""

from hypothesis import given
from hypothesis import strategies as st

from reports.domain.counting import HOUR_S, Ahead
from reports.domain.rates import (
    STATUSES,
    Tally,
    absence_streak,
    allowance,
    of_one_session,
    tally,
)
from reports.domain.rates import StudentSession as Standing

ENOUGH = st.integers(0, 40)


def test_excused_leaves_the_reckoning_and_late_is_attended():
    done = tally(Standing("closed", s) for s in ("present", "late", "excused", "absent"))
    assert done == Tally(present=1, late=1, excused=1, absent=1)
    assert (done.attended, done.counted, done.rate_percent) == (2, 3, 66.7)


def test_nothing_counted_gives_no_rate():
    assert tally([Standing("closed", "excused"), Standing("open", None)]).rate_percent is None


def test_nothing_counts_before_the_session_is_closed():
    states = ("planned", "open", "cancelled", "annulled")
    assert tally(Standing(state, s) for state in states for s in STATUSES) == Tally()


def test_the_counts_of_an_open_session_are_shown_and_added_to_nothing():
    so_far = of_one_session("open", ["present", "late", "absent", "excused"])
    assert so_far == Tally(present=1, late=1, excused=1, is_final=False)
    assert so_far.rate_percent is None
    assert so_far + Tally(absent=1) == Tally(absent=1) + so_far == Tally(absent=1)
    assert of_one_session("annulled", ["present"]) == Tally()


def test_what_is_over_and_was_never_opened_is_neither_held_nor_ahead():
    forgotten = Standing("planned", None, is_over=True)
    assert (forgotten.counts, forgotten.is_ahead) == (False, False)
    assert Standing("planned", None).is_ahead


def test_streak_ends_by_attending_and_passes_over_excused():
    def streak(*statuses: str | None) -> int:
        return absence_streak(Standing("closed", s) for s in statuses)

    assert streak() == 0
    assert streak("absent", "absent") == 2
    assert streak("absent", "late") == 0
    assert streak("present", "absent", "excused", "absent", None) == 2


def test_streak_leaves_out_an_absence_of_an_open_session():
    assert absence_streak([Standing("closed", "absent"), Standing("open", "absent")]) == 1


@given(present=ENOUGH, absent=ENOUGH, ahead=ENOUGH, required=st.integers(0, 100))
def test_allowance_is_the_largest_number_that_keeps_the_rate(present, absent, ahead, required):
    def enough(missed: int) -> bool:
        all_sessions = present + absent + ahead
        return 100 * (present + ahead - missed) >= required * all_sessions

    got = allowance(
        Tally(present=present, absent=absent),
        ahead=[Ahead(HOUR_S, HOUR_S)] * ahead,
        required_percent=required,
    )
    assert got.can_be_met == enough(0)
    assert got.may_still_miss == max((k for k in range(ahead + 1) if enough(k)), default=0)
