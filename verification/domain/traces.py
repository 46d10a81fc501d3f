"""Whether two traces are one phone's: the same readings of the beacon, perhaps a little changed.

Phones in one room hear the same ids, and often the same advertisements, but the strength of each
reading varies at each of them on its own. So traces are compared by the correlation of their
readings. Which reading belongs to which is told in two ways: by the times at which they were heard,
shifted so that most of them agree, and by their order in each slot. How often two honest phones are
taken for one, and which copies are found, is in docs/bluetooth.md (``manage.py bench_traces``).
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from math import atanh, ceil, fsum, sqrt
from statistics import correlation, median
from typing import Any, NamedTuple, Self

READINGS_MOST = 80
"""How many readings of a report are compared at most: as many as a phone has that hears every
advertisement for ten seconds."""
LEFT_OUT = 0.1
"""The share of the pairs that is left out, those that fit worst. Who changes one value in ten of a
friend's trace has changed none of the others."""
PAIRED = 0.6
"""The share of the shorter trace that has to be paired before two traces are compared."""
TIMES_AGREE_S = 0.1
"""Seconds by which the times of a pair may differ, once they are shifted."""
SHIFTS = 5
"""How many shifts are tried. Beacons send evenly, so that a few shifts can pair equally many."""
CORRELATION_MIN = 0.9
"""The least correlation of the readings of two phones where one is a copy. What two honest phones
may have in common, such as people who walk by, explains only a part of each one's spread."""
FISHER_Z = 6.0
"""How far from chance the correlation has to be, in standard deviations of Fisher's transform of it
(R. A. Fisher, Metron 1, 1921): few readings have to agree more closely than many. With this, 4 of
50,000 pairs of honest phones are taken for copies in the worst case that was drawn, which is eight
readings of the same advertisements with half of the variance shared, and none in the others."""
SPREAD_MIN_DB = 1.5
"""The standard deviation in dB that one of the traces has at least. Phones that lie still read two
or three different values, which agree by chance."""


class Reading(NamedTuple):
    """One reading of an id that was fresh."""

    slot: int
    rssi_dbm: float
    at_s: float | None = None
    """When it was heard, in seconds by any clock, as the phone says; None where it does not."""


@dataclass(frozen=True)
class Trace:
    """The readings of one report, as they are stored with its evidence."""

    readings: tuple[Reading, ...] = ()

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """The trace as it was stored."""
        return cls(tuple(Reading(*reading) for reading in data["readings"]))


_Pair = tuple[float, float]
_Gap = tuple[float, int, int]


def is_copy(one: Trace, other: Trace, *, readings_min: int) -> bool:
    """Whether one of the two was made from the other. Fewer readings than the minimum tell nothing.

    The minimum has to be the one from which readings are accepted at all, or a copy would be cut
    short until nobody compares it.
    """
    shorter = min(len(one.readings), len(other.readings))
    if shorter < readings_min or max(_spread_db(one), _spread_db(other)) < SPREAD_MIN_DB:
        return False
    enough = max(readings_min, ceil(PAIRED * shorter))
    pairings = chain([_paired_by_order(one, other)], _paired_by_time(one, other, enough))
    return any(len(pairs) >= enough and _agree(pairs) for pairs in pairings)


def _spread_db(trace: Trace) -> float:
    """The standard deviation. Python's own works with fractions, at twenty times the cost, and each
    report is compared with those of many classmates."""
    values = [reading.rssi_dbm for reading in trace.readings]
    mean = fsum(values) / len(values)
    return sqrt(fsum((value - mean) ** 2 for value in values) / len(values))


def _by_slot(trace: Trace) -> dict[int, list[Reading]]:
    slots: dict[int, list[Reading]] = defaultdict(list)
    for reading in trace.readings:
        slots[reading.slot].append(reading)
    return slots


def _paired_by_order(one: Trace, other: Trace) -> list[_Pair]:
    """The first reading of a slot with the first, the second with the second."""
    others = _by_slot(other)
    return [
        (mine.rssi_dbm, theirs.rssi_dbm)
        for slot, readings in _by_slot(one).items()
        for mine, theirs in zip(readings, others.get(slot, ()), strict=False)
    ]


def _paired_by_time(one: Trace, other: Trace, enough: int) -> Iterator[list[_Pair]]:
    """Readings of one slot that were heard at the same time, for each shift at which enough were.

    Phones count back from when they send, so their times are shifted against each other by a
    constant: one of those at which most readings have a partner.
    """
    alike: dict[int, list[_Gap]] = defaultdict(list)
    for gap in _gaps(one, other):
        alike[round(gap[0] / TIMES_AGREE_S)].append(gap)
    near = {n: sum(len(alike.get(n + d, ())) for d in (-1, 0, 1)) for n in alike}
    shifts = [n for n, count in near.items() if count >= enough]
    for most in sorted(shifts, key=lambda n: (-near[n], abs(n)))[:SHIFTS]:
        around = [gap for d in (-1, 0, 1) for gap in alike.get(most + d, ())]
        shift_s = median(gap_s for gap_s, *_ in around)
        close = [(abs(gap_s - shift_s), a, b) for gap_s, a, b in around]
        yield _nearest_first(close, one.readings, other.readings)


def _gaps(one: Trace, other: Trace) -> list[_Gap]:
    """Seconds between each two readings of one slot, with their places in the two traces."""
    theirs: dict[int, list[tuple[int, float]]] = defaultdict(list)
    for place, reading in enumerate(other.readings):
        if reading.at_s is not None:
            theirs[reading.slot].append((place, reading.at_s))
    return [
        (mine.at_s - at_s, place, their_place)
        for place, mine in enumerate(one.readings)
        if mine.at_s is not None
        for their_place, at_s in theirs.get(mine.slot, ())
    ]


def _nearest_first(
    candidates: Sequence[_Gap],
    ones: Sequence[Reading],
    others: Sequence[Reading],
) -> list[_Pair]:
    """Pair off the readings whose times differ least, each reading once."""
    pairs, taken, their_taken = [], set(), set()
    for apart_s, place, their_place in sorted(candidates):
        if apart_s > TIMES_AGREE_S:
            break
        if place not in taken and their_place not in their_taken:
            taken.add(place)
            their_taken.add(their_place)
            pairs.append((ones[place].rssi_dbm, others[their_place].rssi_dbm))
    return pairs


def _agree(pairs: Sequence[_Pair]) -> bool:
    """Whether the readings correlate so closely that chance does not explain it."""
    shift_db = median(a - b for a, b in pairs)
    kept = len(pairs) - ceil(LEFT_OUT * len(pairs))
    fitting = sorted(pairs, key=lambda pair: abs(pair[0] - pair[1] - shift_db))[:kept]
    ones, others = zip(*fitting, strict=True)
    if len(set(ones)) == 1 or len(set(others)) == 1:
        return False
    agreement = correlation(ones, others)
    if agreement < CORRELATION_MIN:
        return False
    # Fisher's transform has no value at 1, which is a verbatim copy.
    return agreement > 0.9999 or atanh(agreement) * sqrt(kept - 3) >= FISHER_Z
