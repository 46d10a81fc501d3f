"""What the server reads in a phone's report of what it heard."""

import secrets

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beacon.protocol import SLOT_S, ephemeral_id
from verification.domain.distance import FARTHEST_M, distance_m, distance_range_m
from verification.domain.policy import Policy
from verification.domain.radio import RadioContext, Sighting, measure_radio, trace_digest

KEY, OTHER_KEY, ROOM_KEY = b"k" * 32, b"o" * 32, b"r" * 32
NOW_S = 1_800_000_003.0
NOW_SLOT = int(NOW_S // SLOT_S)
READINGS = (-66.0, -63.0, -70.0, -65.0)


def sighting(age, *, key=KEY, rssi=READINGS, tx=None):
    return Sighting(ephemeral_id(key, NOW_SLOT - age), rssi, tx)


def heard(*sightings, copied=False):
    return measure_radio(
        sightings,
        keys=[KEY, ROOM_KEY],
        other_keys=[OTHER_KEY],
        received_unix_s=NOW_S,
        policy=Policy(),
        context=RadioContext(copied=copied),
    )


def test_fresh_slots_and_samples_are_counted():
    evidence = heard(sighting(1), sighting(0), sighting(0, rssi=(-60.0,)))
    assert evidence.slots == (NOW_SLOT - 1, NOW_SLOT)
    assert evidence.samples == 9
    assert evidence.median_rssi_dbm == -65.0
    assert evidence.rssi_spread_db > 2


@pytest.mark.parametrize(
    ("age", "kind"),
    [
        (-13, "unknown_ids"),
        (-1, "fresh"),
        (0, "fresh"),
        (1, "fresh"),
        (3, "fresh"),
        (4, "stale_ids"),
        (12, "stale_ids"),
        (13, "replayed_ids"),
        (2000, "replayed_ids"),
        (3000, "unknown_ids"),
    ],
)
def test_an_id_counts_by_its_age_in_slots(age, kind):
    evidence = heard(sighting(age))
    counts = {
        "fresh": len(evidence.slots),
        "stale_ids": evidence.stale_ids,
        "replayed_ids": evidence.replayed_ids,
        "unknown_ids": evidence.unknown_ids,
    }
    assert counts.pop(kind) == 1
    assert set(counts.values()) == {0}


@pytest.mark.parametrize("age", [-2, -12])
def test_an_id_to_come_is_neither_fresh_nor_invented(age):
    """Only the key makes such an id, so the beacon's clock must be fast."""
    evidence = heard(sighting(age))
    assert (evidence.slots, evidence.samples, evidence.unknown_ids) == ((), 0, 0)


def test_random_ids_are_unknown_and_the_next_rooms_are_not():
    evidence = heard(Sighting(secrets.token_bytes(8), READINGS), sighting(0, key=OTHER_KEY))
    assert evidence.unknown_ids == 1
    assert evidence.slots == ()


@pytest.mark.parametrize("size", [0, 7, 9, 32])
def test_an_id_of_another_length_is_unknown(size):
    assert heard(Sighting(b"\0" * size, READINGS)).unknown_ids == 1


def test_distance_grows_as_the_signal_fades():
    distances = [heard(sighting(0, rssi=(r, r + 1))).distance_m for r in (-59, -70, -81)]
    assert distances == sorted(distances)
    assert distances[0] == pytest.approx(1.0, abs=0.1)
    assert heard(sighting(0, rssi=(-59.0 - 22.0,) * 2)).distance_m == pytest.approx(10, abs=0.1)


def test_a_reported_power_is_used_for_the_distance():
    loud = heard(sighting(0, rssi=(-60.0, -60.0), tx=4.0)).distance_m
    quiet = heard(sighting(0, rssi=(-60.0, -60.0), tx=-12.0)).distance_m
    assert quiet < loud


def test_an_absurd_signal_gives_a_bounded_distance():
    assert heard(sighting(0, rssi=(-127.0, -127.0), tx=20.0)).distance_m <= 10**4


def digest(sightings):
    return trace_digest(sightings, readings_min=8)


def test_a_trace_is_told_by_its_shape():
    mine = [sighting(1), sighting(0)]
    louder = [Sighting(s.eid, tuple(r + 3.5 for r in s.rssi_dbm)) for s in mine]
    other = [sighting(1), sighting(0, rssi=(-66.0, -63.0, -70.0, -64.0))]
    assert digest(mine) == digest(louder) != digest(other)


def test_few_readings_are_no_trace():
    """Two phones sometimes agree in a handful of readings by chance."""
    assert digest([sighting(0)]) == ""


@pytest.mark.parametrize("louder_db", [-4.0, -1.37, 2.65, 7.1])
def test_a_louder_trace_is_the_same_for_every_reading_a_phone_can_report(louder_db):
    """This holds whatever the binary fractions of the decimals are."""
    for hundredths in range(0, 300, 7):
        readings = tuple(round(-70.0 + n * hundredths / 100, 2) for n in range(8))
        louder = tuple(round(r + louder_db, 2) for r in readings)
        assert digest([sighting(0, rssi=readings)]) == digest([sighting(0, rssi=louder)])


def test_a_trace_told_in_another_order_is_the_same_trace():
    told = [sighting(1, rssi=(-66.0, -63.5, -70.0, -65.0)), sighting(0, rssi=READINGS)]
    assert digest(told) == digest(told[::-1]) != ""


def test_a_long_id_counts_like_a_short_one_and_a_wrong_end_does_not():
    long_id = ephemeral_id(KEY, NOW_SLOT, 12)
    assert heard(Sighting(long_id, READINGS), sighting(0)).slots == (NOW_SLOT,)
    wrong = long_id[:8] + bytes(4)
    evidence = heard(Sighting(wrong, READINGS))
    assert (evidence.slots, evidence.unknown_ids) == ((), 1)


def test_a_device_that_stays_in_the_room_is_heard_like_the_sessions_own():
    evidence = heard(sighting(1, key=ROOM_KEY), sighting(0))
    assert evidence.slots == (NOW_SLOT - 1, NOW_SLOT)


def test_a_beacon_five_seconds_behind_and_a_slow_report_leave_two_slots():
    """The phone heard for 10 s by a clock 5 s behind, and its report took 4.9 s."""
    on_receipt = NOW_SLOT * SLOT_S + 4.9
    newest = int((on_receipt - 4.9 - 5.0) // SLOT_S)
    ids = [Sighting(ephemeral_id(KEY, slot), READINGS) for slot in (newest - 1, newest)]
    evidence = measure_radio(
        ids, keys=[KEY], other_keys=[], received_unix_s=on_receipt, policy=Policy()
    )
    assert len(evidence.slots) == 2


# --- distance -------------------------------------------------------------------------


def test_the_range_of_distances_holds_what_bodies_and_shadowing_explain():
    evidence = heard(sighting(0, rssi=(-81.0, -81.0)))
    assert (evidence.nearest_m, evidence.distance_m, evidence.farthest_m) == (1.7, 10.0, 16.9)


@given(st.floats(-127, 20), st.lists(st.floats(-127, 20), max_size=3))
def test_a_range_is_a_range_whatever_a_phone_reports(rssi, powers):
    nearest, farthest = distance_range_m(rssi, powers)
    assert 0 <= nearest <= distance_m(rssi, powers) <= farthest <= FARTHEST_M


# --- clocks ---------------------------------------------------------------------------


def timed(beacon_ahead_s, *, heard_for_s=12.0, every_s=0.25, upload_s=0.0):
    """What a phone reports of a beacon whose clock is wrong, by the phone's own intervals."""
    by_id = {}
    for n in range(int(heard_for_s / every_s)):
        ago_s = n * every_s
        slot = int((NOW_S - upload_s - ago_s + beacon_ahead_s) // SLOT_S)
        by_id.setdefault(slot, []).append(round(ago_s, 2))
    return [
        Sighting(ephemeral_id(KEY, slot), (-60.0,) * len(agos), None, tuple(agos))
        for slot, agos in by_id.items()
    ]


@pytest.mark.parametrize("ahead_s", [-5.0, -2.3, 0.0, 1.7, 5.0])
def test_a_beacons_clock_is_measured_to_half_a_second(ahead_s):
    assert heard(*timed(ahead_s)).beacon_clock_s == pytest.approx(ahead_s, abs=0.5)


def test_a_report_on_its_way_looks_like_a_beacon_that_is_behind():
    assert heard(*timed(0.0, upload_s=2.0)).beacon_clock_s == pytest.approx(-2.0, abs=0.5)


def test_without_times_or_with_impossible_ones_nothing_is_known_of_the_clock():
    assert heard(sighting(0)).beacon_clock_s is None
    lies = [
        Sighting(ephemeral_id(KEY, NOW_SLOT - n), (-60.0, -61.0), None, (0.0, 9.0))
        for n in range(2)
    ]
    assert heard(*lies).beacon_clock_s is None
