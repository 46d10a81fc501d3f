"""Traces of two phones are told from copies of one."""

import random

import pytest

from verification.domain.policy import Policy
from verification.domain.traces import Reading, Trace, is_copy

LEAST = Policy().bt_min_samples


def trace(seed, count=20, *, spread_db=3.0, timed=True, shift_s=0.0):
    """What a phone heard in two slots: readings that vary, at moments of its own."""
    rng = random.Random(seed)
    times_s = sorted(rng.uniform(-10, 0) for _ in range(count))
    return Trace(
        tuple(
            Reading(int(at_s > -5), rng.gauss(-66, spread_db), at_s + shift_s if timed else None)
            for at_s in times_s
        )
    )


def changed(one, change):
    return Trace(tuple(change(n, reading) for n, reading in enumerate(one.readings)))


def is_found(one, other):
    assert is_copy(one, other, readings_min=LEAST) == is_copy(other, one, readings_min=LEAST)
    return is_copy(one, other, readings_min=LEAST)


@pytest.mark.parametrize("timed", [True, False])
@pytest.mark.parametrize("count", [LEAST, 11, 20, 80])
def test_a_copy_is_found_though_one_value_in_ten_was_changed(count, timed):
    mine = trace("mine", count, timed=timed)
    places = set(random.Random(count).sample(range(count), max(count // 10, 1)))
    copy = changed(
        mine,
        lambda n, r: r._replace(rssi_dbm=r.rssi_dbm + (9 if n in places else 0)),
    )
    assert is_found(mine, copy)


@pytest.mark.parametrize(
    "change",
    [
        lambda n, r: r,
        lambda n, r: r._replace(rssi_dbm=r.rssi_dbm - 4.3),
        lambda n, r: r._replace(rssi_dbm=-60 + r.rssi_dbm / 3),
        lambda n, r: r._replace(at_s=r.at_s - 7),
        lambda n, r: r._replace(at_s=None),
        lambda n, r: r._replace(at_s=-n / 10),
        lambda n, r: r._replace(rssi_dbm=float(round(r.rssi_dbm))),
    ],
    ids=["verbatim", "weaker", "flatter", "sent later", "no times", "other times", "rounded"],
)
def test_a_copy_is_found_however_it_was_retouched(change):
    mine = trace("mine")
    assert is_found(mine, changed(mine, change))


def test_a_copy_that_left_readings_out_is_found_by_its_times():
    mine = trace("mine", 20)
    assert is_found(mine, Trace(mine.readings[::2] + mine.readings[1:8:2]))


def test_a_copy_among_readings_of_ones_own_is_found():
    mine, own = trace("mine", 20), trace("own", 10)
    assert is_found(mine, Trace((*mine.readings, *own.readings)))


@pytest.mark.parametrize("count", [LEAST, 20, 80])
def test_two_phones_are_two(count):
    pairs = [(trace(f"a {n}", count), trace(f"b {n}", count)) for n in range(100)]
    assert not any(is_found(one, other) for one, other in pairs)


def test_two_phones_that_heard_the_same_advertisements_are_two():
    mine = trace("mine", 80)
    theirs = changed(mine, lambda n, r: r._replace(rssi_dbm=random.Random(n).gauss(-66, 3)))
    assert not is_found(mine, theirs)


def test_phones_that_lie_still_and_read_the_same_two_values_are_two():
    mine = trace("mine", 12, spread_db=0.0)
    still = changed(mine, lambda n, r: r._replace(rssi_dbm=-60.0 - n % 2))
    assert not is_found(still, still)


@pytest.mark.parametrize("count", [0, 1, LEAST - 1])
def test_fewer_readings_than_are_accepted_tell_nothing(count):
    mine = trace("mine", count)
    assert not is_found(mine, mine)


def test_readings_of_other_slots_are_no_pairs():
    mine = trace("mine")
    assert not is_found(mine, changed(mine, lambda n, r: r._replace(slot=r.slot + 9)))


def test_it_is_read_as_it_was_stored():
    mine = trace("mine", 3)
    assert Trace.from_json({"readings": [list(reading) for reading in mine.readings]}) == mine
