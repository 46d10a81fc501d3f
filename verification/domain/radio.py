"""What a phone heard of the room's beacon, measured against what the beacon said.

The beacon broadcasts an id that changes every SLOT_S seconds; each id is an HMAC over the slot,
so whoever has the session's key knows which slot an id belongs to, and nobody else can make one.
"""

import functools
import hashlib
import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import repeat
from statistics import median, pstdev
from typing import Any

from beacon.protocol import LONG_ID_BYTES, SHORT_ID_BYTES, SLOT_S, ephemeral_id, slot_at
from verification.domain.answers import NO_ANSWERS, SortedAnswers
from verification.domain.distance import distance_m, distance_range_m
from verification.domain.evidence import RadioEvidence
from verification.domain.policy import Policy
from verification.domain.traces import READINGS_MOST, Reading, Trace

CLOCK_SLACK_S = 0.5
"""By how many seconds what phones say may contradict itself: phones round, and a beacon that was
started anew has measured the server's clock anew."""
REPLAY_HORIZON_SLOTS = 2160
"""How many slots of 5 s back, which is three hours, ids of the same session are recognised as
replayed and not called invented."""


@dataclass(frozen=True)
class Sighting:
    """One advertised id as a phone heard it. ``heard_s_ago`` counts back from the report, one
    for each reading, or is empty."""

    eid: bytes
    rssi_dbm: tuple[float, ...]
    tx_power_dbm: float | None = None
    heard_s_ago: tuple[float, ...] = ()


@dataclass(frozen=True)
class RadioContext:
    """What else is to be said of a report, measured elsewhere."""

    answers: SortedAnswers = NO_ANSWERS
    answer_latency_s: float | None = None
    copied: bool = False
    other_room: bool = False
    phone_clock_s: float | None = None


NO_CONTEXT = RadioContext()


def measure_radio(
    sightings: Sequence[Sighting],
    *,
    keys: Collection[bytes],
    other_keys: Collection[bytes],
    received_unix_s: float,
    policy: Policy,
    context: RadioContext = NO_CONTEXT,
) -> RadioEvidence:
    """Sort the ids into fresh, stale, replayed and unknown, and measure the fresh ones' signal.

    ``keys`` are the session's and those of devices that stay in its room; ``other_keys`` those
    of other sessions whose beacons a phone may also hear.
    """
    ids = _sort(sightings, keys, other_keys, slot_at(received_unix_s), policy)
    return RadioEvidence(
        age_s=0.0,
        slots=tuple(sorted({slot for _, slot in ids.fresh})),
        **_signal_of([sighting for sighting, _ in ids.fresh]),
        stale_ids=ids.stale,
        replayed_ids=ids.replayed,
        unknown_ids=ids.unknown,
        copied=context.copied,
        answered_slots=context.answers.fresh_slots,
        answer_latency_s=context.answer_latency_s,
        stale_answers=context.answers.stale,
        foreign_answers=context.answers.foreign,
        invented_answers=context.answers.invented,
        other_room=context.other_room,
        beacon_clock_s=beacon_clock_s(ids.fresh, received_unix_s),
        phone_clock_s=context.phone_clock_s,
    )


@dataclass(frozen=True)
class _SortedIds:
    fresh: list[tuple[Sighting, int]]
    """The sightings of fresh ids, and the slot of each."""
    stale: int
    replayed: int
    unknown: int


def _sort(
    sightings: Sequence[Sighting],
    keys: Collection[bytes],
    other_keys: Collection[bytes],
    now_slot: int,
    policy: Policy,
) -> _SortedIds:
    limit = policy.bt_replay_slots
    own = [_own_ids(key, now_slot, REPLAY_HORIZON_SLOTS, limit) for key in keys]
    slots = [(s, _slot_of(s.eid, own)) for s in sightings]
    known = [(s, slot) for s, slot in slots if slot is not None]
    strangers = [s for s, slot in slots if slot is None]
    # To go through the other keys costs a query, which is asked only where an id is unknown.
    may_be_of = other_keys if strangers else ()
    next_door = [_neighbours_ids(k, now_slot, limit, limit) for k in may_be_of]
    ages = [now_slot - slot for _, slot in known]
    soonest, latest = now_slot - policy.bt_slots_back, now_slot + policy.bt_slots_ahead
    return _SortedIds(
        fresh=[(s, slot) for s, slot in known if soonest <= slot <= latest],
        stale=sum(policy.bt_slots_back < age <= limit for age in ages),
        replayed=sum(age > limit for age in ages),
        unknown=sum(_slot_of(s.eid, next_door) is None for s in strangers),
    )


def _signal_of(fresh: Sequence[Sighting]) -> dict[str, Any]:
    """Fields of RadioEvidence. Several sightings of one id are that many more samples."""
    readings = [rssi for s in fresh for rssi in s.rssi_dbm]
    if not readings:
        return {"samples": 0}
    strength = median(readings)
    powers = [s.tx_power_dbm for s in fresh if s.tx_power_dbm is not None]
    nearest_m, farthest_m = distance_range_m(strength, powers)
    return {
        "samples": len(readings),
        "median_rssi_dbm": strength,
        "rssi_spread_db": round(pstdev(readings), 2),
        "distance_m": distance_m(strength, powers),
        "nearest_m": nearest_m,
        "farthest_m": farthest_m,
    }


def _slot_of(eid: bytes, tables: Iterable[Mapping[bytes, int]]) -> int | None:
    """The slot that an id belongs to, None where it is in none of the tables."""
    return next((table[eid] for table in tables if eid in table), None)


def _ids(key: bytes, now_slot: int, back: int, ahead: int) -> Mapping[bytes, int]:
    """Short and long ids around now, and their slots."""
    # Ids to come cannot be invented without the key: they are of a beacon whose clock is fast.
    slots = range(now_slot - back, now_slot + ahead + 1)
    long_ids = {ephemeral_id(key, slot, LONG_ID_BYTES): slot for slot in slots}
    return long_ids | {eid[:SHORT_ID_BYTES]: slot for eid, slot in long_ids.items()}


# A class reports the same few within a slot. Three hours of ids take about half a megabyte.
_own_ids = functools.lru_cache(maxsize=32)(_ids)
_neighbours_ids = functools.lru_cache(maxsize=1024)(_ids)


def beacon_clock_s(heard: Sequence[tuple[Sighting, int]], received_unix_s: float) -> float | None:
    """How far the beacon's clock is ahead of the server's, None where it cannot be told.

    An id heard from t0 to t1 by the server's clock was the beacon's slot all that time, so its
    clock is ahead by slot start - t0 at least and slot end - t1 at most; each id narrows that.
    What the report took to arrive counts as being behind. The phone says how long ago it
    heard each, so this is a diagnosis and no evidence.
    """
    timed = [(s, slot * SLOT_S) for s, slot in heard if s.heard_s_ago]
    if not timed:
        return None
    at_least = max(start - (received_unix_s - max(s.heard_s_ago)) for s, start in timed)
    at_most = min(start + SLOT_S - (received_unix_s - min(s.heard_s_ago)) for s, start in timed)
    if at_least > at_most + CLOCK_SLACK_S:
        return None
    return round((at_least + at_most) / 2, 1)


def trace_of(
    sightings: Sequence[Sighting],
    *,
    keys: Collection[bytes],
    received_unix_s: float,
    policy: Policy,
) -> Trace:
    """The readings of ids that these keys gave out, the newest `READINGS_MOST` of them.

    Their times are in seconds by a clock that stood at 0 when the report was sent.
    """
    now_slot = slot_at(received_unix_s)
    own = [_own_ids(key, now_slot, REPLAY_HORIZON_SLOTS, policy.bt_replay_slots) for key in keys]
    known = [(slot, s) for s in sightings if (slot := _slot_of(s.eid, own)) is not None]
    known.sort(key=lambda told: told[0])
    readings = [reading for slot, s in known for reading in _readings(slot, s)]
    return Trace(tuple(readings[-READINGS_MOST:]))


def _readings(slot: int, sighting: Sighting) -> Iterator[Reading]:
    ages = sighting.heard_s_ago or repeat(None)
    for rssi_dbm, ago_s in zip(sighting.rssi_dbm, ages, strict=False):
        yield Reading(slot, rssi_dbm, None if ago_s is None else -ago_s)


def trace_digest(sightings: Sequence[Sighting], *, readings_min: int) -> str:
    """A fingerprint of the readings, the same after adding a constant to all of them, and
    whichever id is told first.

    Two phones never read the same sequence, so the same fingerprint from two students means
    that one handed the trace to the other. Empty where there are too few readings to tell.
    """
    by_id = sorted(sightings, key=lambda s: s.eid)
    trace = [(s.eid.hex(), rssi) for s in by_id for rssi in s.rssi_dbm]
    if len(trace) < readings_min:
        return ""
    base = trace[0][1]
    # Twice: what adding left in the last binary places must not decide a rounding to a tenth.
    shape = [(eid, round(round(rssi - base, 3), 1)) for eid, rssi in trace]
    return hashlib.sha256(json.dumps(shape).encode()).hexdigest()
