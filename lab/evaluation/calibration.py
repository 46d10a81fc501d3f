"""Measure which score keeps which false-match rate, on a folder of pictures of many people."""

from __future__ import annotations

import random
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil, floor, sqrt
from pathlib import Path

import numpy as np

from lab.evaluation.embedding import Gallery, Scores, Tick, score_matrix
from lab.evaluation.error_rates import (
    WELL_SUPPORTED,
    Comparison,
    Proportion,
    score_at_fmr,
)
from lab.evaluation.pairs import subject_of
from verification.engines.base import FaceEngine

FMRS = (3e-1, 1e-1, 3e-2, 1e-2, 3e-3, 1e-3, 3e-4, 1e-4, 3e-5)
DECIMALS = 4
"""Decimals of a score in the table, which is rounded up: no FMR is higher than its row says."""
PICTURE_SUFFIXES = (".jpg", ".jpeg", ".png")


@dataclass(frozen=True)
class CalibrationPoint:
    """A row of the table.

    At `score` or above lie `above` impostor comparisons, which is at most `fmr` of all of them.

    fnmr    the share of the pair file's genuine pairs that lie below `score`
    """

    fmr: float
    score: float
    above: int
    fnmr: Proportion


@dataclass(frozen=True)
class CalibrationTable:
    """The table of one engine, and what it was measured on.

    pictures    how many were compared with each other, of the `available` ones with a face
    """

    engine: str
    pictures: int
    available: int
    subjects: int
    comparisons: int
    points: tuple[CalibrationPoint, ...]


def pictures_in(folder: Path) -> list[str]:
    """Every picture that lies in its subject's folder, as a path within `folder`."""
    found = (path for path in folder.glob("*/*") if path.suffix.lower() in PICTURE_SUFFIXES)
    return sorted(path.relative_to(folder).as_posix() for path in found)


def sample(gallery: Gallery, most: int, seed: int) -> list[str]:
    """Draw at random as many pictures as form at most `most` pairs."""
    names = sorted(gallery.templates)
    size = floor((1 + sqrt(1 + 8 * most)) / 2)
    return names if len(names) <= size else sorted(random.Random(seed).sample(names, size))


def calibrate(
    name: str,
    engine: FaceEngine,
    gallery: Gallery,
    chosen: Sequence[str],
    genuine: Iterable[Comparison],
    tick: Tick,
) -> CalibrationTable:
    """Compare the `chosen` pictures of different people. Calls `tick` after each picture."""
    subjects = [subject_of(each) for each in chosen]
    matrix = score_matrix(engine, [gallery.templates[each] for each in chosen], tick)
    scores = _impostor_scores(matrix, subjects)
    own = [comparison.score for comparison in genuine if comparison.same]
    return CalibrationTable(
        engine=name,
        pictures=len(chosen),
        available=len(gallery.templates),
        subjects=len(set(subjects)),
        comparisons=len(scores),
        points=tuple(_points(scores, own)),
    )


def _impostor_scores(matrix: Scores, subjects: Sequence[str]) -> Scores:
    codes = np.unique(subjects, return_inverse=True)[1]
    rows = [matrix[row, :row][codes[:row] != codes[row]] for row in range(len(codes))]
    return np.concatenate(rows) if rows else np.empty(0, np.float32)


def _points(scores: Scores, own: Sequence[float]) -> Iterable[CalibrationPoint]:
    highest = _highest(scores, floor(FMRS[0] * len(scores)) + 2)
    for fmr in FMRS:
        exact = score_at_fmr(highest, len(scores), fmr)
        if exact is None:
            return
        score = ceil(exact * 10**DECIMALS) / 10**DECIMALS
        above = bisect_right(highest, -score, key=lambda each: -each)
        if above < WELL_SUPPORTED:  # the rounding took some away
            return
        missed = sum(each < score for each in own)
        yield CalibrationPoint(fmr, score, above, Proportion(missed, len(own)))


def _highest(scores: Scores, count: int) -> list[float]:
    """The `count` highest scores, descending. There are millions, and the first row needs few."""
    lowest = max(len(scores) - count, 0)
    tail = np.partition(scores, lowest)[lowest:] if lowest else scores
    return np.sort(tail)[::-1].tolist()
