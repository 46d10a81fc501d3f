"""Who passes at which distance: phones drawn at random and judged by the server's own code.

The model is the log-distance one of domain.distance. A phone's mean falls with the distance and
loses what the place and a body take (drawn once per phone). Each reading then varies around it.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import log10
from statistics import median

from beacon.protocol import SLOT_S, ephemeral_id
from verification.domain.check_in import judge_radio
from verification.domain.distance import (
    BODY_LOSS_DB,
    DEFAULT_TX_POWER_DBM,
    PATH_LOSS_EXPONENT,
    SHADOWING_DB,
)
from verification.domain.evidence import RadioEvidence
from verification.domain.policy import Policy
from verification.domain.radio import Sighting, measure_radio

FADING_DB = 3.0
"""Standard deviation of one reading in dB: the three advertising channels fade apart (assumed)."""
SENSITIVITY_DBM = -95.0
"""The weakest signal in dBm that phones still receive. The specification asks for -70 (Core 5.4,
vol 6, part A, 4.1), and data sheets of phones' chips promise -94 to -97 at 1 Mbit/s."""
RECEIVED_PER_S = 2.0
"""Advertisements that a phone hears per second. Eight are sent, and a phone that scans a quarter
of the time (Android's SCAN_MODE_BALANCED: about 1 s of 4) hears two at best."""
LISTENS_S = 10.0
CUTS_DBM = (-75.0, -85.0)
DISTANCES_M = (1, 3, 6, 9, 12, 15, 20, 30, 40)
PHONES, SEED = 1000, 20260302
_NOW_S = 1_800_000_004.0
_KEY = bytes(32)


@dataclass(frozen=True)
class Place:
    """Where a phone is, and what stands between it and the beacon."""

    distance_m: float
    shadowing_db: float = 0.0
    body_db: float = 0.0

    @property
    def mean_dbm(self) -> float:
        loss_db = 10 * PATH_LOSS_EXPONENT * log10(self.distance_m)
        return DEFAULT_TX_POWER_DBM - loss_db - self.body_db + self.shadowing_db

    def reading(self, rng: random.Random) -> float | None:
        """The strength of one advertisement in whole dBm, None where it is too weak to receive."""
        strength = rng.gauss(self.mean_dbm, FADING_DB)
        return float(round(strength)) if strength >= SENSITIVITY_DBM else None


def place_at(distance_m: float, rng: random.Random) -> Place:
    return Place(distance_m, rng.gauss(0.0, SHADOWING_DB), rng.uniform(0.0, BODY_LOSS_DB))


@dataclass(frozen=True)
class DistanceRow:
    """What became of the phones at one distance.

    passed      the share that is heard enough, in percent
    with_cuts   the shares that would remain if each of CUTS_DBM were the weakest signal to count,
                in percent
    The rest are medians of what the phones that passed report.
    """

    distance_m: float
    passed: float
    with_cuts: tuple[float, ...]
    median_rssi_dbm: float | None
    estimate_m: float | None
    nearest_m: float | None
    farthest_m: float | None


def table(phones: int = PHONES, seed: int = SEED) -> Iterator[DistanceRow]:
    for distance_m in DISTANCES_M:
        rng = random.Random(f"{seed} {distance_m}")
        heard = [_heard(place_at(distance_m, rng), rng) for _ in range(phones)]
        yield _row(distance_m, heard)


def _heard(place: Place, rng: random.Random) -> RadioEvidence:
    count = int(LISTENS_S * RECEIVED_PER_S)
    readings: dict[int, list[float]] = {}
    for n in range(count):
        reading = place.reading(rng)
        if reading is not None:
            at_s = _NOW_S - LISTENS_S + n / RECEIVED_PER_S
            readings.setdefault(int(at_s // SLOT_S), []).append(reading)
    sightings = [Sighting(ephemeral_id(_KEY, slot), tuple(r)) for slot, r in readings.items()]
    return measure_radio(
        sightings, keys=[_KEY], other_keys=[], received_unix_s=_NOW_S, policy=Policy()
    )


def _row(distance_m: float, heard: Sequence[RadioEvidence]) -> DistanceRow:
    passed = [h for h in heard if not list(judge_radio(h, Policy()))]
    rssi = [h.median_rssi_dbm for h in passed if h.median_rssi_dbm is not None]

    def percent(count: int) -> float:
        return 100 * count / len(heard)

    return DistanceRow(
        distance_m,
        percent(len(passed)),
        tuple(percent(sum(strength >= cut for strength in rssi)) for cut in CUTS_DBM),
        _median(rssi),
        _median([h.distance_m for h in passed if h.distance_m is not None]),
        _median([h.nearest_m for h in passed if h.nearest_m is not None]),
        _median([h.farthest_m for h in passed if h.farthest_m is not None]),
    )


def _median(values: Sequence[float]) -> float | None:
    return median(values) if values else None


def as_markdown(rows: Sequence[DistanceRow]) -> str:
    """The table as it stands in docs/bluetooth.md."""
    cuts = "".join(f" cut at {cut:.0f} dBm |" for cut in CUTS_DBM)
    head = f"| Distance | Heard enough |{cuts} median reading | estimate | its range |"
    lines = [head, "|---" * (5 + len(CUTS_DBM)) + "|"]
    for row in rows:
        cells = [f"{row.distance_m:.0f} m", f"{row.passed:.0f} %"]
        cells += [f"{share:.0f} %" for share in row.with_cuts]
        cells += [f"{row.median_rssi_dbm:.0f} dBm", f"{row.estimate_m:.0f} m"] if row.passed else []
        cells += [f"{row.nearest_m:.0f} to {row.farthest_m:.0f} m"] if row.passed else ["-"] * 3
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)
