"""Turning scores into false-match rates and back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verification.domain.calibration import CALIBRATIONS, Calibration, false_match_rate
from verification.domain.policy import Policy

engines = st.sampled_from(sorted(CALIBRATIONS))
TABLE = Calibration(((1e-1, 0.2), (1e-2, 0.3), (1e-4, 0.5)))


@pytest.mark.parametrize(
    ("score", "rate"),
    [(-1.0, 1e-1), (0.2, 1e-1), (0.25, 10**-1.5), (0.3, 1e-2), (0.4, 1e-3), (0.5, 1e-4), (1, 1e-4)],
)
def test_rate_of_a_score(score: float, rate: float) -> None:
    assert TABLE.false_match_rate(score) == pytest.approx(rate)


@pytest.mark.parametrize(("rate", "score"), [(1e-1, 0.2), (1e-3, 0.4), (1e-4, 0.5)])
def test_score_of_a_rate(rate: float, score: float) -> None:
    assert TABLE.score_at(rate) == pytest.approx(score)


@pytest.mark.parametrize("rate", [0.2, 9e-5, 0.0])
def test_a_rate_that_was_not_measured_has_no_score(rate: float) -> None:
    with pytest.raises(ValueError, match="was not measured"):
        TABLE.score_at(rate)


@given(engines, st.floats(3e-5, 3e-1))
def test_there_and_back(engine: str, rate: float) -> None:
    score = CALIBRATIONS[engine].score_at(rate)

    assert false_match_rate(engine, score) == pytest.approx(rate)


@given(engines, st.floats(-5, 5), st.floats(-5, 5))
def test_a_higher_score_is_never_worth_less(engine: str, one: float, other: float) -> None:
    low, high = sorted((one, other))

    assert false_match_rate(engine, high) <= false_match_rate(engine, low)


@given(engines)
def test_every_table_reaches_what_the_policy_names(engine: str) -> None:
    policy = Policy()
    for rate in (policy.face_target_fmr, policy.face_doubt_fmr, policy.face_self_fmr):
        CALIBRATIONS[engine].score_at(rate)


def test_an_engine_that_was_not_calibrated_raises() -> None:
    with pytest.raises(KeyError):
        false_match_rate("crystal-ball", 0.5)
