"""The rates, compared with a slower and plainer calculation."""

from hypothesis import given
from hypothesis import strategies as st

from reports.domain.rates import StudentSession as Standing
from reports.domain.rates import Tally, absence_streak, allowance, tally

ENOUGH = st.integers(0, 40)


def test_excused_leaves_the_reckoning_and_late_is_attended():
    done = tally(Standing("closed", s) for s in ("present", "late", "excused", "absent"))
    assert done == Tally(present=1, late=1, excused=1, absent=1)
    assert (done.attended, done.counted, done.rate_percent) == (2, 3, 66.7)


def test_nothing_counted_gives_no_rate():
    assert tally([Standing("closed", "excused"), Standing("open", None)]).rate_percent is None


def test_absent_counts_only_once_closed_but_present_at_once():
    done = tally(
        [
            Standing("open", "absent"),
            Standing("planned", "absent"),
            Standing("open", "late"),
        ]
    )
    assert done == Tally(late=1)


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
        Tally(present=present, absent=absent), sessions_ahead=ahead, required_percent=required
    )
    assert got.can_be_met == enough(0)
    assert got.may_still_miss == max((k for k in range(ahead + 1) if enough(k)), default=0)
