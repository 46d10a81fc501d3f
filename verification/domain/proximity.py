"""What a phone heard of the room's beacon, measured against what the beacon said.

The beacon broadcasts an id that changes every SLOT_S seconds; each id is an HMAC over
the slot, so whoever has the session's key knows which slot an id belongs to, and nobody else
can make one.
"""

import hashlib
import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from statistics import median, pstdev

from beacon.protocol import SLOT_S, ephemeral_id
from verification.domain.evidence import ProximityEvidence
from verification.domain.policy import Policy

PATH_LOSS_EXPONENT = 2.2
"""Indoor line of sight with bodies between; lecture rooms measure 1.8 to 2.6 (log-distance
model, ITU-R P.1238)."""
DEFAULT_TX_POWER_DBM = -59.0
"""Received power at 1 m where the phone does not report the transmitted power; the usual
calibration value of phones and beacons."""
TRACE_MIN_SAMPLES = 8
"""Fewer readings agree by chance now and then; eight independent ones spread by 5 dB do not."""


@dataclass(frozen=True)
class Sighting:
    """One advertised id as a phone heard it."""

    eid: bytes
    rssi_dbm: tuple[float, ...]
    tx_power_dbm: float | None = None


def measure(
    sightings: Sequence[Sighting],
    *,
    key: bytes,
    other_keys: Collection[bytes],
    received_unix_s: float,
    copied: bool,
    policy: Policy,
) -> ProximityEvidence:
    """Sort the ids into fresh, stale, replayed and unknown, and measure the fresh ones' signal.

    ``other_keys`` are those of other sessions whose beacons a phone may also hear.
    """
    now_slot = int(received_unix_s // SLOT_S)
    slot_of = _recent_ids(key, now_slot, policy)
    neighbours = {
        eid for other in other_keys for eid in _recent_ids(other, now_slot, policy, fresh_only=True)
    }
    # One slot's id in several sightings is one slot; one phone reading twice is two samples.
    aged = [(s, now_slot - slot_of[s.eid]) for s in sightings if s.eid in slot_of]
    fresh = [s for s, age in aged if -policy.bt_slots_ahead <= age <= policy.bt_slots_back]
    readings = [rssi for s in fresh for rssi in s.rssi_dbm]
    strength = median(readings) if readings else None
    return ProximityEvidence(
        age_s=0.0,
        slots=tuple(sorted({slot_of[s.eid] for s in fresh})),
        samples=len(readings),
        median_rssi_dbm=strength,
        rssi_spread_db=round(pstdev(readings), 2) if readings else None,
        distance_m=_distance_m(strength, fresh),
        stale_ids=sum(policy.bt_slots_back < age <= policy.bt_replay_slots for _, age in aged),
        replayed_ids=sum(age > policy.bt_replay_slots for _, age in aged),
        unknown_ids=sum(s.eid not in slot_of and s.eid not in neighbours for s in sightings),
        copied=copied,
    )


REPLAY_HORIZON_SLOTS = 2160
"""Three hours: ids of the same session are recognised as replayed, and not called invented."""


def _recent_ids(
    key: bytes, now_slot: int, policy: Policy, *, fresh_only: bool = False
) -> dict[bytes, int]:
    oldest = policy.bt_replay_slots if fresh_only else REPLAY_HORIZON_SLOTS
    # Ids to come cannot be invented without the key: they are of a beacon whose clock is fast.
    slots = range(now_slot - oldest, now_slot + policy.bt_replay_slots + 1)
    return {ephemeral_id(key, slot): slot for slot in slots}


def _distance_m(rssi_dbm: float | None, fresh: Sequence[Sighting]) -> float | None:
    """Log-distance path loss: d = 10 ^ ((P_1m - RSSI) / 10 n)."""
    if rssi_dbm is None:
        return None
    powers = [s.tx_power_dbm for s in fresh if s.tx_power_dbm is not None]
    # A beacon reports its power at the antenna; 41 dB are lost over the first metre at 2.4 GHz.
    at_1m_dbm = median(powers) - 41.0 if powers else DEFAULT_TX_POWER_DBM
    return round(10 ** min((at_1m_dbm - rssi_dbm) / (10 * PATH_LOSS_EXPONENT), 4.0), 1)


def trace_digest(sightings: Sequence[Sighting]) -> str:
    """A fingerprint of the readings, the same after adding a constant to all of them, and
    whichever id is told first.

    Two phones never read the same sequence, so the same fingerprint from two students means
    that one handed the trace to the other. Empty where there are too few readings to tell.
    """
    by_id = sorted(sightings, key=lambda s: s.eid)
    trace = [(s.eid.hex(), rssi) for s in by_id for rssi in s.rssi_dbm]
    if len(trace) < TRACE_MIN_SAMPLES:
        return ""
    base = trace[0][1]
    # Twice: what adding left in the last binary places must not decide a rounding to a tenth.
    shape = [(eid, round(round(rssi - base, 3), 1)) for eid, rssi in trace]
    return hashlib.sha256(json.dumps(shape).encode()).hexdigest()
