"""How well an engine tells people apart on a pair file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

from lab.evaluation.embedding import Gallery
from lab.evaluation.error_rates import (
    NO_SCORE,
    WELL_SUPPORTED,
    Accuracy,
    Comparison,
    Interval,
    OperatingPoint,
    Proportion,
    Ranking,
    Roc,
    accuracy,
    cross_validated_accuracy,
)
from lab.evaluation.pairs import Pair, subject_of
from verification.engines.base import FaceEngine

FARS = (1e-2, 1e-3)


@dataclass(frozen=True)
class Rate:
    """A share with its 95 % interval."""

    value: float
    interval: Interval


@dataclass(frozen=True)
class TarAtFar:
    """The share of genuine pairs that a threshold accepts, which lets `far` of the impostors in."""

    far: float
    tar: Rate
    threshold: float
    false_matches: int

    @property
    def is_well_supported(self) -> bool:
        """Whether enough impostor pairs lie above the threshold to speak of a rate."""
        return self.false_matches >= WELL_SUPPORTED


@dataclass(frozen=True)
class EngineReport:
    """One engine on one pair file.

    accuracy            over all pairs: by LFW's protocol where the file has folds, else at the
                        threshold that does best on these same pairs
    is_cross_validated  whether it is by LFW's protocol
    pairs_without_face  genuine and impostor pairs that are non-matches because a face is missing
    """

    engine: str
    genuine: int
    impostor: int
    accuracy: Accuracy
    is_cross_validated: bool
    threshold: float
    eer: Rate
    tars: tuple[TarAtFar, ...]
    pairs_without_face: tuple[int, int]
    gallery: Gallery
    roc: Roc

    def to_json(self) -> dict[str, Any]:
        """Plain JSON types. It names pictures without a face, and holds no template or score."""
        return {
            "engine": self.engine,
            "genuine_pairs": self.genuine,
            "impostor_pairs": self.impostor,
            "accuracy": self.accuracy.right.value,
            "accuracy_interval": _ends(self.accuracy.right.interval),
            "accuracy_standard_error": self.accuracy.standard_error,
            "accuracy_is_cross_validated": self.is_cross_validated,
            "best_threshold": _finite(self.threshold),
            "eer": self.eer.value,
            "eer_interval": _ends(self.eer.interval),
            "tar_at_far": [_tar_json(each) for each in self.tars],
            "pictures": self.gallery.pictures,
            "pictures_without_face": list(self.gallery.faceless),
            "pictures_unreadable": list(self.gallery.unreadable),
            "genuine_pairs_without_face": self.pairs_without_face[0],
            "impostor_pairs_without_face": self.pairs_without_face[1],
        }


def _tar_json(each: TarAtFar) -> dict[str, Any]:
    return {
        "far": each.far,
        "tar": each.tar.value,
        "tar_interval": _ends(each.tar.interval),
        "threshold": _finite(each.threshold),
        "false_matches": each.false_matches,
    }


def _finite(threshold: float) -> float | None:
    """JSON has no infinity, so None stands for a threshold that accepts nothing."""
    return threshold if isfinite(threshold) else None


def _ends(interval: Interval | None) -> list[float] | None:
    return None if interval is None else [interval.low, interval.high]


def compare_pairs(engine: FaceEngine, pairs: Sequence[Pair], gallery: Gallery) -> list[Comparison]:
    """The score of each pair, NO_SCORE where one of the pictures has no face."""
    return [
        Comparison(
            score=_score(engine, pair, gallery),
            same=pair.same,
            subjects=(subject_of(pair.first), subject_of(pair.second)),
            fold=pair.fold,
        )
        for pair in pairs
    ]


def _score(engine: FaceEngine, pair: Pair, gallery: Gallery) -> float:
    first, second = gallery.templates.get(pair.first), gallery.templates.get(pair.second)
    return NO_SCORE if first is None or second is None else engine.compare(first, second)


def report(
    name: str, comparisons: Sequence[Comparison], gallery: Gallery, seed: int
) -> EngineReport:
    """Everything that the pairs say about the engine called `name`.

    seed    from which subjects are drawn again for the intervals
    """
    ranking = Ranking(comparisons)
    roc = ranking.roc
    threshold = roc.best_threshold()
    validated = cross_validated_accuracy(comparisons)
    rates = _rates(ranking, roc, seed)
    return EngineReport(
        engine=name,
        genuine=ranking.genuine,
        impostor=ranking.impostor,
        accuracy=validated or accuracy(comparisons, threshold),
        is_cross_validated=validated is not None,
        threshold=threshold,
        eer=rates["eer"],
        tars=tuple(_tar_at_far(roc.at_fmr(far), far, rates[f"{far:g}"]) for far in FARS),
        pairs_without_face=_without_face(comparisons),
        gallery=gallery,
        roc=roc,
    )


def _tar_at_far(point: OperatingPoint, far: float, tar: Rate) -> TarAtFar:
    return TarAtFar(far, tar, point.threshold, round(point.false_matches))


def _without_face(comparisons: Sequence[Comparison]) -> tuple[int, int]:
    missing = [comparison.same for comparison in comparisons if comparison.score == NO_SCORE]
    return missing.count(True), missing.count(False)


def _rates(ranking: Ranking, roc: Roc, seed: int) -> dict[str, Rate]:
    """EER and TARs, with intervals from drawing subjects again.

    Where every draw gives the same value, nobody in the file ever fails. That does not mean that
    nobody can, so Wilson's interval over the pairs says how often they might.
    """
    statistics = {"eer": Roc.eer} | {f"{far:g}": _tar_at(far) for far in FARS}
    drawn = ranking.intervals(statistics, seed=seed)
    totals = dict.fromkeys(statistics, ranking.genuine)
    totals["eer"] = min(ranking.genuine, ranking.impostor)
    return {
        name: _rate(statistic(roc), drawn.get(name), totals[name])
        for name, statistic in statistics.items()
    }


def _tar_at(far: float) -> Callable[[Roc], float]:
    return lambda roc: roc.at_fmr(far).tar


def _rate(value: float, drawn: Interval | None, total: int) -> Rate:
    if drawn is None or drawn.low == drawn.high:
        drawn = Proportion(round(value * total), total).interval
    return Rate(value, drawn or Interval(0.0, 1.0))
