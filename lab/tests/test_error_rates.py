"""Error rates, compared with calculations by hand and with counting one by one."""

from itertools import pairwise
from math import inf, nan, sqrt

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from lab.evaluation.error_rates import (
    NO_SCORE,
    Comparison,
    DetectionErrors,
    Interval,
    Proportion,
    Ranking,
    Roc,
    accuracy,
    any_detects,
    cross_validated_accuracy,
    detection_errors,
    score_at_fmr,
)

pytestmark = pytest.mark.slow


def comparisons(genuine: list[float], impostor: list[float]) -> list[Comparison]:
    return [Comparison(score, True) for score in genuine] + [
        Comparison(score, False) for score in impostor
    ]


def roc_of(genuine: list[float], impostor: list[float]) -> Roc:
    return Ranking(comparisons(genuine, impostor)).roc


# Sorted: 0.9 G, 0.8 G, 0.7 I, 0.6 G, 0.5 I, 0.4 G, 0.3 I, 0.2 I.
GENUINE, IMPOSTOR = [0.9, 0.8, 0.6, 0.4], [0.7, 0.5, 0.3, 0.2]
MIXED = roc_of(GENUINE, IMPOSTOR)


def test_roc_has_a_point_a_score_behind_one_that_accepts_nothing() -> None:
    points = [(point.threshold, point.fmr, point.tar) for point in MIXED.points()]

    assert points == [
        (inf, 0, 0),
        (0.9, 0, 0.25),
        (0.8, 0, 0.5),
        (0.7, 0.25, 0.5),
        (0.6, 0.25, 0.75),
        (0.5, 0.5, 0.75),
        (0.4, 0.5, 1),
        (0.3, 0.75, 1),
        (0.2, 1, 1),
    ]


def test_equal_scores_share_a_point() -> None:
    points = [(p.threshold, p.fmr, p.tar) for p in roc_of([0.5, 0.5], [0.5, 0.1]).points()]

    assert points == [(inf, 0, 0), (0.5, 0.5, 1), (0.1, 1, 1)]


@pytest.mark.parametrize(
    ("threshold", "fmr", "fnmr"),
    [
        (0.95, 0, 1),
        (0.9, 0, 0.75),  # a score at the threshold is accepted
        (0.65, 0.25, 0.5),
        (0.0, 1, 0),
    ],
)
def test_rates_at_any_threshold(threshold: float, fmr: float, fnmr: float) -> None:
    point = MIXED.at_threshold(threshold)

    assert (point.threshold, point.fmr, point.fnmr) == (threshold, fmr, fnmr)


def test_eer_where_a_point_has_equal_rates() -> None:
    assert MIXED.eer() == 0.25  # at 0.6 one impostor of four passes, and one genuine of four fails


def test_eer_between_two_points_lies_on_a_straight_line() -> None:
    # The line runs from (FMR 0, FNMR 1/2) to (FMR 1/3, FNMR 0). The two are equal at 0.2.
    assert roc_of([0.9, 0.5], [0.5, 0.2, 0.1]).eer() == pytest.approx(0.2)


def test_eer_of_separated_scores_is_nothing_and_of_swapped_ones_all() -> None:
    assert roc_of([0.9, 0.8], [0.2, 0.1]).eer() == 0
    assert roc_of([0.2, 0.1], [0.9, 0.8]).eer() == 1


@pytest.mark.parametrize(
    ("fmr", "threshold", "tar"),
    [(0.0, 0.8, 0.5), (0.2499, 0.8, 0.5), (0.25, 0.6, 0.75), (0.5, 0.4, 1), (1.0, 0.2, 1)],
)
def test_tar_at_far_takes_no_false_match_too_many(fmr: float, threshold: float, tar: float) -> None:
    point = MIXED.at_fmr(fmr)

    assert (point.threshold, point.tar) == (threshold, tar)
    assert point.fmr <= fmr


def test_allowed_false_matches_survive_rounding() -> None:
    impostor = [n / 10_000 for n in range(10_000)]

    assert roc_of([1.0], impostor).at_fmr(3e-4).false_matches == 3


def test_best_threshold_lies_midway_below_the_last_it_accepts() -> None:
    roc = roc_of([0.9, 0.8], [0.4, 0.2])

    assert roc.best_threshold() == pytest.approx(0.6)
    assert accuracy(comparisons([0.9, 0.8], [0.4, 0.2]), 0.6).right == Proportion(4, 4)


def test_best_threshold_of_equals_is_the_strictest() -> None:
    # The thresholds 0.8, 0.6 and 0.4 each decide 6 of 8 rightly.
    assert MIXED.best_threshold() == pytest.approx(0.75)


def test_best_threshold_may_be_to_accept_nothing() -> None:
    assert roc_of([0.1], [0.9, 0.8]).best_threshold() == inf


def test_pair_without_a_face_is_a_non_match_at_every_threshold() -> None:
    genuine, impostor = [0.9, NO_SCORE], [0.2, NO_SCORE]
    roc = roc_of(genuine, impostor)

    assert roc.best_threshold() == pytest.approx(0.55)
    assert roc.at_threshold(-1e9).tar == 0.5
    assert accuracy(comparisons(genuine, impostor), 0.55).right == Proportion(3, 4)


def test_best_threshold_never_accepts_pairs_without_a_face() -> None:
    assert roc_of([0.9, NO_SCORE, NO_SCORE], [0.2]).best_threshold() == pytest.approx(0.55)


@pytest.mark.parametrize(("genuine", "impostor"), [([], [0.1]), ([0.1], []), ([], [])])
def test_one_kind_alone_has_no_rates(genuine: list[float], impostor: list[float]) -> None:
    with pytest.raises(ValueError, match="both needed"):
        Ranking(comparisons(genuine, impostor))


def test_score_that_is_not_a_number_is_refused() -> None:
    with pytest.raises(ValueError, match="not a number"):
        Ranking(comparisons([nan], [0.1]))


scores = st.lists(st.integers(-5, 5).map(lambda n: n / 5), min_size=1, max_size=30)


@given(scores, scores, st.integers(-6, 6).map(lambda n: n / 6))
def test_rates_are_those_of_counting_one_by_one(
    genuine: list[float], impostor: list[float], threshold: float
) -> None:
    point = roc_of(genuine, impostor).at_threshold(threshold)

    assert point.fmr == sum(s >= threshold for s in impostor) / len(impostor)
    assert point.tar == sum(s >= threshold for s in genuine) / len(genuine)


@given(scores, scores)
def test_roc_only_rises_and_the_eer_lies_between_its_points(
    genuine: list[float], impostor: list[float]
) -> None:
    roc = roc_of(genuine, impostor)
    points = roc.points()

    for strict, lax in pairwise(points):
        assert strict.threshold > lax.threshold
        assert strict.fmr <= lax.fmr
        assert strict.tar <= lax.tar
    assert 0 <= roc.eer() <= 1
    below = [max(p.fmr, p.fnmr) for p in points]
    assert roc.eer() <= min(below) + 1e-12


@given(scores, scores)
def test_no_threshold_decides_more_rightly_than_the_best(
    genuine: list[float], impostor: list[float]
) -> None:
    pairs = comparisons(genuine, impostor)
    best = accuracy(pairs, Ranking(pairs).roc.best_threshold()).right.count

    for threshold in [inf, *genuine, *impostor]:
        assert accuracy(pairs, threshold).right.count <= best


@given(scores, scores, st.integers(0, 10).map(lambda n: n / 10))
def test_no_laxer_threshold_keeps_the_far(
    genuine: list[float], impostor: list[float], fmr: float
) -> None:
    roc = roc_of(genuine, impostor)
    kept = roc.at_fmr(fmr)

    assert all(p.fmr > fmr - 1e-9 for p in roc.points() if p.threshold < kept.threshold)


def test_cross_validation_chooses_each_threshold_on_the_other_folds() -> None:
    pairs = [
        Comparison(0.9, True, fold=1),
        Comparison(0.5, False, fold=1),
        Comparison(0.4, True, fold=2),
        Comparison(0.1, False, fold=2),
    ]

    result = cross_validated_accuracy(pairs)

    # Fold 1 is decided at 0.25 and fold 2 at 0.7, with one right of two each.
    assert result is not None
    assert result.right == Proportion(2, 4)
    assert result.standard_error == 0


def test_cross_validation_gives_the_standard_error_of_the_folds_mean() -> None:
    pairs = [Comparison(score, score > 0.5, fold=fold) for fold in (1, 2) for score in (0.9, 0.1)]
    pairs += [Comparison(0.8, False, fold=3), Comparison(0.9, True, fold=3)]

    result = cross_validated_accuracy(pairs)

    # Folds 1 and 2 are wholly right at any threshold of the others, and fold 3 is half right.
    assert result is not None
    assert result.right == Proportion(5, 6)
    assert result.standard_error == pytest.approx(sqrt(1 / 12) / sqrt(3))


@pytest.mark.parametrize("folds", [(None, None), (1, 1), (1, None)])
def test_without_folds_there_is_no_cross_validation(folds: tuple[int | None, int | None]) -> None:
    first, second = folds
    pairs = [Comparison(0.9, True, fold=first), Comparison(0.1, False, fold=second)]

    assert cross_validated_accuracy(pairs) is None


@pytest.mark.parametrize(
    ("count", "total", "low", "high"),
    [
        (0, 10, 0.0, 0.2775),  # Newcombe 1998, and z^2 / (n + z^2)
        (10, 10, 0.7225, 1.0),
        (81, 263, 0.2553, 0.3662),  # Newcombe 1998, table I
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_interval_is_the_published_one(
    count: int, total: int, low: float, high: float
) -> None:
    interval = Proportion(count, total).interval

    assert interval is not None
    assert interval.low == pytest.approx(low, abs=5e-5)
    assert interval.high == pytest.approx(high, abs=5e-5)


@given(st.integers(1, 5000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_interval_holds_its_own_proportion(counted: tuple[int, int]) -> None:
    proportion = Proportion(*counted)

    assert proportion.interval is not None
    assert proportion.value is not None
    assert 0 <= proportion.interval.low <= proportion.value <= proportion.interval.high <= 1


def test_proportion_of_nothing_is_unknown() -> None:
    assert Proportion(0, 0).value is None
    assert Proportion(0, 0).interval is None


def people(number: int) -> list[Comparison]:
    """Compare two pictures of each person, and each person with the next. Some pairs fail."""
    genuine = [
        Comparison(0.3 if n % 10 == 0 else 0.8, True, (f"p{n}", f"p{n}")) for n in range(number)
    ]
    impostor = [
        Comparison(0.1 + 0.5 * (n % 7 == 0), False, (f"p{n}", f"p{(n + 1) % number}"))
        for n in range(number)
    ]
    return genuine + impostor


def eer_interval(number: int, **options: int) -> Interval:
    return Ranking(people(number)).intervals({"eer": Roc.eer}, **options)["eer"]


def test_bootstrap_holds_the_value_and_narrows_with_more_people() -> None:
    few, many = eer_interval(40, replicates=200), eer_interval(400, replicates=200)
    eer = Ranking(people(400)).roc.eer()

    assert many.low <= eer <= many.high
    assert many.high - many.low < few.high - few.low


def test_bootstrap_is_repeatable_and_follows_its_seed() -> None:
    assert eer_interval(40, replicates=50) == eer_interval(40, replicates=50)
    assert eer_interval(40, replicates=50) != eer_interval(40, replicates=50, seed=2)


def test_bootstrap_draws_people_and_not_pairs() -> None:
    """A hundred copies of the same three people say no more than the three."""
    once = [
        Comparison(0.9, True, ("a", "a")),
        Comparison(0.8, True, ("b", "b")),
        Comparison(0.1, True, ("c", "c")),
        Comparison(0.5, False, ("a", "b")),
        Comparison(0.3, False, ("b", "c")),
    ]

    assert Ranking(once).intervals({"eer": Roc.eer}, replicates=100) == Ranking(
        once * 100
    ).intervals({"eer": Roc.eer}, replicates=100)


def test_bootstrap_passes_over_draws_that_lack_a_kind() -> None:
    """Few draws of three from a, b and c hold all three; only those have both kinds of pairs."""
    pairs = [Comparison(0.9, True, ("a", "a")), Comparison(0.1, False, ("b", "c"))]
    ranking = Ranking(pairs)

    assert ranking.intervals({"eer": Roc.eer}, replicates=1, seed=1) == {}
    assert ranking.intervals({"eer": Roc.eer}, replicates=100) == {"eer": Interval(0.0, 0.0)}


def test_score_at_fmr_accepts_no_more_than_allowed() -> None:
    highest = [n / 1000 for n in range(999, 799, -1)]  # the upper 200 of 1,000

    assert score_at_fmr(highest, 1000, 0.1) == highest[99]
    assert score_at_fmr(highest, 1000, 0.01) == highest[9]


def test_score_at_fmr_passes_between_equals_only() -> None:
    highest = [0.9] * 12 + [0.8] * 20 + [0.1]

    assert score_at_fmr(highest, 200, 0.1) == 0.9  # 20 allowed, but 32 lie at 0.8 or above
    assert score_at_fmr(highest, 200, 0.16) == 0.8


def test_score_at_fmr_with_too_few_above_is_unknown() -> None:
    highest = [n / 1000 for n in range(999, 799, -1)]

    assert score_at_fmr(highest, 1000, 0.009) is None
    assert score_at_fmr([0.9] * 50, 1000, 0.04) is None


@given(st.lists(st.integers(0, 30), min_size=30, max_size=80), st.sampled_from([0.4, 0.5, 1.0]))
def test_score_at_fmr_keeps_the_fmr_and_is_the_lowest_to_do_so(
    drawn: list[int], fmr: float
) -> None:
    highest = sorted((float(score) for score in drawn), reverse=True)
    score = score_at_fmr(highest, len(highest), fmr)
    assume(score is not None)

    assert sum(each >= score for each in highest) <= fmr * len(highest)
    lower = [each for each in highest if each < score]
    assert not lower or sum(each >= lower[0] for each in highest) > fmr * len(highest)


def test_apcer_counts_attacks_let_pass_and_bpcer_people_turned_away() -> None:
    verdicts = [True, True, False, None]

    assert detection_errors(verdicts, attack=True) == DetectionErrors(Proportion(1, 3), 1)
    assert detection_errors(verdicts, attack=False) == DetectionErrors(Proportion(2, 3), 1)
    assert detection_errors([], attack=True) == DetectionErrors(Proportion(0, 0), 0)


@pytest.mark.parametrize(
    ("verdicts", "together"),
    [
        ([True, False, None], True),
        ([False, None], False),
        ([None, None], None),
        ([], None),
    ],
)
def test_one_alarm_is_enough(verdicts: list[bool | None], together: bool | None) -> None:
    assert any_detects(verdicts) is together
