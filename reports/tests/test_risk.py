"""Who is at risk, exactly at the limits."""

import pytest

from reports.domain.rates import StudentSession as Standing
from reports.domain.rates import Tally, absence_streak, tally
from reports.domain.risk import RiskLimits, RiskSign, signs

LIMITS = RiskLimits(percent=75, absences=3)


@pytest.mark.parametrize(
    ("present", "absent", "streak", "expected"),
    [
        (3, 1, 1, ()),  # exactly 75 %
        (2, 1, 1, (RiskSign.RATE,)),
        (149, 50, 0, (RiskSign.RATE,)),  # 74.87 %, which rounds to 74.9
        (2999, 1000, 0, (RiskSign.RATE,)),  # 74.99 %, which rounds to 75.0
        (0, 2, 2, ()),  # two sessions say nothing yet
        (0, 3, 3, (RiskSign.RATE, RiskSign.STREAK)),
        (20, 3, 3, (RiskSign.STREAK,)),
        (20, 3, 2, ()),
        (0, 0, 0, ()),
    ],
)
def test_signs_at_the_limits(present, absent, streak, expected):
    done = Tally(present=present, absent=absent)
    assert signs(done, absence_streak=streak, limits=LIMITS) == expected


def test_no_limit_of_absences_is_no_sign():
    done = Tally(present=40, absent=9)
    assert signs(done, absence_streak=9, limits=RiskLimits(percent=75, absences=0)) == ()


def test_a_cancelled_session_counts_for_nobody_and_lies_not_ahead():
    sessions = [Standing("cancelled", s) for s in ("present", "absent", "excused", None)]
    assert tally(sessions) == Tally()
    assert absence_streak([Standing("closed", "absent"), *sessions]) == 1
    assert not any(session.is_ahead for session in sessions)
