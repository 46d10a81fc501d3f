"""What a comparison score is worth: how often two different people reach it.

Each engine has a scale of its own. These tables put them on one, the false-match rate (FMR), so
that a policy can say how often it accepts being wrong and need not know which engine measured.

Source of the three tables: all pairs of different people among the 807 photographs (435 people)
of LFW View 2, fold 1, measured 2026-11-25 with `manage.py evaluate_faces --calibrate`: 324,290
pairs, of which 31 score as high as the row for 1 in 10,000. The last row rests on 9 and is read off
the same scores by hand, since the command prints no row on fewer than 10. FNMR is that of the
fold's 300 pairs of one person, which LFW picked to be hard. Over all of LFW (29.6 million pairs)
the first table was found to be on the safe side: 0.40 has an FMR of 0.019 % there and 0.45 of
0.002 %. Press photographs flatter every engine; calibrate anew on an institution's own pictures
where it can (docs/faces.md).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from math import exp, log


@dataclass(frozen=True)
class Calibration:
    """Points (false-match rate, score), rates falling and scores rising."""

    points: tuple[tuple[float, float], ...]

    def false_match_rate(self, score: float) -> float:
        """How often two different people score at least this. Beyond the table, its last rate.

        Between points the rate falls exponentially with the score, as the tails of scores do.
        """
        first, last = self.points[0], self.points[-1]
        if score <= first[1]:
            return first[0]
        for (rate, low), (next_rate, high) in pairwise(self.points):
            if score < high:
                share = (score - low) / (high - low)
                return exp(log(rate) + share * (log(next_rate) - log(rate)))
        return last[0]

    def score_at(self, rate: float) -> float:
        """The score that accepts different people this often. Raises ValueError off the table."""
        for (higher, low), (lower, high) in pairwise(self.points):
            if lower <= rate <= higher:
                share = (log(higher) - log(rate)) / (log(higher) - log(lower))
                return low + share * (high - low)
        raise ValueError(
            f"a false-match rate of {rate:g} was not measured: "
            f"choose one from {self.points[-1][0]:g} to {self.points[0][0]:g}"
        )


CALIBRATIONS = {
    # Cosine of SFace. FNMR 1.0 % at 1e-2, 3.3 % at 1e-4.
    "opencv-sface-int8": Calibration(
        (
            (3e-1, 0.135),
            (1e-1, 0.202),
            (3e-2, 0.255),
            (1e-2, 0.295),
            (3e-3, 0.332),
            (1e-3, 0.364),
            (3e-4, 0.398),
            (1e-4, 0.424),
            (3e-5, 0.448),
        )
    ),
    # Cosine of dlib's descriptors. FNMR 1.3 % at 1e-2, 26 % at 1e-4: the teacher looks often.
    "dlib-resnet-v1": Calibration(
        (
            (3e-1, 0.855),
            (1e-1, 0.879),
            (3e-2, 0.896),
            (1e-2, 0.907),
            (3e-3, 0.917),
            (1e-3, 0.925),
            (3e-4, 0.934),
            (1e-4, 0.941),
            (3e-5, 0.946),
        )
    ),
    # Mean of both in deviations. FNMR 0.3 % at 1e-2, 2.0 % at 1e-4.
    "sface-dlib-fused": Calibration(
        (
            (3e-1, 0.421),
            (1e-1, 1.036),
            (3e-2, 1.521),
            (1e-2, 1.876),
            (3e-3, 2.218),
            (1e-3, 2.463),
            (3e-4, 2.738),
            (1e-4, 2.967),
            (3e-5, 3.171),
        )
    ),
}
"""Each engine's calibration, by the engine's name as its templates have it."""


def false_match_rate(engine: str, score: float) -> float:
    """How often two different people reach the score with that engine. Raises KeyError."""
    return CALIBRATIONS[engine].false_match_rate(score)
