"""Error rates of comparisons (ISO/IEC 19795-1) and of attack detection (ISO/IEC 30107-3).

A comparison is accepted where its score is at or above the threshold. A picture in which no face
was found is compared with the score NO_SCORE, which no threshold accepts. A genuine pair then
counts as a false non-match and an impostor pair as a right rejection, as in FRR and FAR.
"""

from __future__ import annotations

import random
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from math import floor, inf, isnan, sqrt
from operator import mul
from statistics import stdev

NO_SCORE = -inf
NORMAL_95 = 1.959964
"""The two-sided 95 % point of the normal distribution."""
WELL_SUPPORTED = 10
"""The least number of false matches that says something about a rate: with ten, the 95 % interval
reaches from half of the rate to almost twice the rate."""
ROUNDING = 1e-9
"""Added before rounding down: 3e-4 of 10,000 comparisons are 2.9999999999999996 in floating point,
where 3 are meant."""


@dataclass(frozen=True)
class Interval:
    """A 95 % confidence interval, both ends included."""

    low: float
    high: float


@dataclass(frozen=True)
class Proportion:
    """`count` of `total`."""

    count: int
    total: int

    @property
    def value(self) -> float | None:
        """The share, from 0 to 1. None where the total is 0."""
        return self.count / self.total if self.total else None

    @property
    def interval(self) -> Interval | None:
        """Wilson's score interval (1927), which also holds at 0 and 1. None without a total."""
        if not self.total:
            return None
        share, spread = self.count / self.total, NORMAL_95**2 / self.total
        middle = (share + spread / 2) / (1 + spread)
        half = sqrt(spread * (share * (1 - share) + spread / 4)) / (1 + spread)
        # Only the rounding at either end keeps the formula from giving 0 or 1.
        low = 0.0 if self.count == 0 else middle - half
        return Interval(low, 1.0 if self.count == self.total else middle + half)


@dataclass(frozen=True, slots=True)
class Comparison:
    """One scored pair.

    same        whether both pictures show one person
    subjects    whom they show, so that subjects can be drawn again
    fold        the part of the pair file to which it belongs, None where there are no parts
    """

    score: float
    same: bool
    subjects: tuple[str, str] = ("", "")
    fold: int | None = None


@dataclass(frozen=True)
class OperatingPoint:
    """What a threshold does: the shares of impostor and of genuine comparisons that it accepts."""

    threshold: float
    fmr: float
    tar: float
    false_matches: float

    @property
    def fnmr(self) -> float:
        """The share of genuine comparisons that it rejects."""
        return 1.0 - self.tar


@dataclass(frozen=True)
class Roc:
    """Every operating point, strictest first: accepting nothing, then one for each distinct score.

    false_matches and true_matches count what each threshold accepts, or add its weights up.
    """

    thresholds: Sequence[float]
    false_matches: Sequence[float]
    true_matches: Sequence[float]

    def point(self, index: int) -> OperatingPoint:
        """The operating point at this index."""
        return OperatingPoint(
            threshold=self.thresholds[index],
            fmr=self.false_matches[index] / self.false_matches[-1],
            tar=self.true_matches[index] / self.true_matches[-1],
            false_matches=self.false_matches[index],
        )

    def points(self) -> list[OperatingPoint]:
        """All operating points, strictest first."""
        return [self.point(index) for index in range(len(self.thresholds))]

    def at_threshold(self, threshold: float) -> OperatingPoint:
        """FMR and FNMR of a threshold, which need not be one of the scores."""
        index = bisect_right(self.thresholds, -threshold, key=lambda score: -score) - 1
        accepted = self.point(index)
        return OperatingPoint(threshold, accepted.fmr, accepted.tar, accepted.false_matches)

    def at_fmr(self, fmr: float) -> OperatingPoint:
        """The laxest threshold whose FMR is not above `fmr`. It is one of the scores."""
        allowed = fmr * self.false_matches[-1] + ROUNDING
        return self.point(bisect_right(self.false_matches, allowed) - 1)

    def eer(self) -> float:
        """The rate at which FMR and FNMR are equal, on the line between the two nearest points."""
        gaps = range(len(self.thresholds))
        after = bisect_left(gaps, 0.0, key=self._gap)
        below, above = self._gap(after - 1), self._gap(after)
        share = below / (below - above)
        strict, lax = self.point(after - 1).fmr, self.point(after).fmr
        return strict + share * (lax - strict)

    def _gap(self, index: int) -> float:
        point = self.point(index)
        return point.fmr - point.fnmr

    def best_threshold(self) -> float:
        """The threshold with the most right decisions; of equally good ones the strictest.

        It lies midway to the next lower score. NO_SCORE is no threshold, since pictures without a
        face are never accepted.
        """
        pairs = zip(self.true_matches, self.false_matches, self.thresholds, strict=True)
        gains = [true - false for true, false, threshold in pairs if threshold > NO_SCORE]
        best = gains.index(max(gains))
        chosen, lower = self.thresholds[best], (*self.thresholds, NO_SCORE)[best + 1]
        return chosen if inf in (chosen, -lower) else (chosen + lower) / 2


class Ranking:
    """Comparisons sorted once, from which every rate is read.

    Raises ValueError without at least one genuine and one impostor comparison, and on NaN.
    """

    def __init__(self, comparisons: Iterable[Comparison]) -> None:
        self._ordered = sorted(comparisons, key=lambda comparison: -comparison.score)
        if any(isnan(comparison.score) for comparison in self._ordered):
            raise ValueError("a score is not a number")
        self._genuine = [int(comparison.same) for comparison in self._ordered]
        self._impostor = [1 - same for same in self._genuine]
        if not any(self._genuine) or not any(self._impostor):
            raise ValueError("comparisons of one person and of two people are both needed")
        scores = [comparison.score for comparison in self._ordered]
        following = [*scores[1:], None]
        # The last index of each run of equal scores: no threshold can separate equal scores.
        self._ends = [n for n, after in enumerate(following) if after != scores[n]]
        self._thresholds = [inf, *(scores[end] for end in self._ends)]

    @property
    def genuine(self) -> int:
        """How many comparisons are of one person."""
        return sum(self._genuine)

    @property
    def impostor(self) -> int:
        """How many comparisons are of two people."""
        return sum(self._impostor)

    @property
    def roc(self) -> Roc:
        """The ROC in which each comparison counts once."""
        return self._roc(self._impostor, self._genuine)

    def _roc(self, impostor: Iterable[float], genuine: Iterable[float]) -> Roc:
        false, true = list(accumulate(impostor)), list(accumulate(genuine))
        return Roc(
            self._thresholds,
            [0, *(false[end] for end in self._ends)],
            [0, *(true[end] for end in self._ends)],
        )

    def intervals(
        self,
        statistics: Mapping[str, Callable[[Roc], float]],
        *,
        replicates: int = 1000,
        seed: int = 1,
    ) -> dict[str, Interval]:
        """Percentile intervals by drawing subjects, not pairs, with replacement.

        Pairs that share a person are not independent: each draw weights a pair by how often its
        people were drawn (subsets bootstrap: Bolle, Ratha and Pankanti, 2004). Draws without a
        genuine or without an impostor pair are left out. Where none is left there is no interval.
        """
        drawn = [
            [statistic(roc) for statistic in statistics.values()]
            for roc in self._resampled(replicates, random.Random(seed))
        ]
        return {
            name: _percentiles(values)
            for name, values in zip(statistics, zip(*drawn, strict=True), strict=False)
        }

    def _resampled(self, replicates: int, rng: random.Random) -> Iterable[Roc]:
        pairs = [comparison.subjects for comparison in self._ordered]
        subjects = sorted({subject for pair in pairs for subject in pair})
        # A pair of one person is weighted once. The None in its second place counts as drawn once.
        places = [(first, None if first == second else second) for first, second in pairs]
        for _ in range(replicates):
            counts: Counter[str | None] = Counter(rng.choices(subjects, k=len(subjects)))
            counts[None] = 1
            weights = [counts[first] * counts[second] for first, second in places]
            roc = self._roc(map(mul, weights, self._impostor), map(mul, weights, self._genuine))
            if roc.false_matches[-1] and roc.true_matches[-1]:
                yield roc


def _percentiles(values: Sequence[float]) -> Interval:
    ordered = sorted(values)
    last = len(ordered) - 1
    return Interval(ordered[round(0.025 * last)], ordered[round(0.975 * last)])


@dataclass(frozen=True)
class Accuracy:
    """The share of right decisions.

    standard_error  of the mean over the folds, as LFW's tables give it; None without folds
    """

    right: Proportion
    standard_error: float | None = None


def accuracy(comparisons: Sequence[Comparison], threshold: float) -> Accuracy:
    """The share of comparisons that the threshold decides rightly."""
    right = sum((comparison.score >= threshold) == comparison.same for comparison in comparisons)
    return Accuracy(Proportion(right, len(comparisons)))


def cross_validated_accuracy(comparisons: Sequence[Comparison]) -> Accuracy | None:
    """Decide each fold by the best threshold of the others (LFW's protocol). None without folds."""
    folds = sorted({each.fold for each in comparisons if each.fold is not None})
    if len(folds) < 2 or any(each.fold is None for each in comparisons):
        return None
    rights = [_fold_accuracy(comparisons, fold).right for fold in folds]
    together = Proportion(sum(each.count for each in rights), sum(each.total for each in rights))
    return Accuracy(together, stdev(each.count / each.total for each in rights) / sqrt(len(folds)))


def _fold_accuracy(comparisons: Sequence[Comparison], fold: int) -> Accuracy:
    threshold = Ranking(each for each in comparisons if each.fold != fold).roc.best_threshold()
    return accuracy([each for each in comparisons if each.fold == fold], threshold)


def score_at_fmr(highest: Sequence[float], total: int, fmr: float) -> float | None:
    """The lowest of the impostor scores at which a threshold keeps the FMR.

    highest     the highest impostor scores, descending, at least `fmr` of all
    total       how many impostor scores there are altogether
    Returns None where fewer than WELL_SUPPORTED would be accepted, too few to call it a rate.
    """
    accepted = floor(fmr * total + ROUNDING)
    if accepted < len(highest):
        # Where the first score that is too many has equals, none of them is accepted.
        accepted = min(accepted, bisect_left(highest, -highest[accepted], key=lambda score: -score))
    return highest[accepted - 1] if accepted >= WELL_SUPPORTED else None


@dataclass(frozen=True)
class DetectionErrors:
    """How a detector did on presentations of one kind.

    wrong       attacks that it let pass (APCER), or bona fide presentations that it called attacks
                (BPCER); the total is what it answered
    unanswered  how many presentations it could not judge (APNRR and BPNRR, as counts)
    """

    wrong: Proportion
    unanswered: int


def detection_errors(verdicts: Iterable[bool | None], *, attack: bool) -> DetectionErrors:
    """Count the verdicts: True calls a presentation an attack, None gives no answer."""
    counts = Counter(verdicts)
    answered = counts[True] + counts[False]
    return DetectionErrors(Proportion(counts[not attack], answered), counts[None])


def any_detects(verdicts: Iterable[bool | None]) -> bool | None:
    """All detectors as one: one alarm is an alarm, and None only where none of them answered."""
    answers = [verdict for verdict in verdicts if verdict is not None]
    return any(answers) if answers else None
