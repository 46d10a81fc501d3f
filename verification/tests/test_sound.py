"""Payloads of the room's sound, sorted by when and where they were said."""

from dataclasses import replace

import pytest

from beacon.protocol import SLOT_S, slot_at, sound_payload
from verification.domain.evidence import Evidence, SoundEvidence
from verification.domain.policy import Policy
from verification.domain.sound import HeardSound, measure_sound
from verification.tests.good_evidence import GOOD, SOUND

KEY, NEXT_DOOR = bytes(range(32)), bytes(range(1, 33))
NOW = 1_772_442_003.0
SLOT = slot_at(NOW)


def measured(*slots, key=KEY, others=(NEXT_DOOR,)):
    heard = [HeardSound(sound_payload(key, slot), 0.5 + n) for n, slot in enumerate(slots)]
    return measure_sound(heard, key=KEY, other_keys=others, received_unix_s=NOW, policy=Policy())


@pytest.mark.parametrize("age", [-1, 0, 1, 2, 3])
def test_up_to_three_slots_back_and_one_ahead_are_fresh(age):
    assert measured(SLOT - age) == SoundEvidence(age_s=0.0, slots=(SLOT - age,), heard_s_ago=0.5)


@pytest.mark.parametrize("age", [4, 12])
def test_within_a_minute_it_is_stale(age):
    assert measured(SLOT - age) == SoundEvidence(age_s=0.0, stale=1, heard_s_ago=0.5)


@pytest.mark.parametrize("age", [13, 2160])
def test_older_than_a_minute_it_was_kept(age):
    assert measured(SLOT - age) == SoundEvidence(age_s=0.0, replayed=1, heard_s_ago=0.5)


@pytest.mark.parametrize("ahead", [2, 3, 720])
def test_what_is_yet_to_be_said_was_said_by_no_room(ahead):
    assert measured(SLOT + ahead).unknown == 1


def test_the_room_next_door_counts_neither_for_nor_against():
    assert measured(SLOT, SLOT - 5, key=NEXT_DOOR) == SoundEvidence(age_s=0.0, heard_s_ago=0.5)
    assert measured(SLOT, key=NEXT_DOOR, others=()).unknown == 1


def test_the_same_payload_twice_is_one():
    assert measured(SLOT - 1, SLOT, SLOT).slots == (SLOT - 1, SLOT)
    assert measured(SLOT - 20, SLOT - 20).replayed == 1


def test_what_the_phone_says_of_the_time_changes_nothing():
    kept = [HeardSound(sound_payload(KEY, slot_at(NOW - 14 * SLOT_S)), 0.0)]
    sorted_ = measure_sound(kept, key=KEY, other_keys=(), received_unix_s=NOW, policy=Policy())
    assert (sorted_.slots, sorted_.replayed) == ((), 1)


def test_it_is_stored_and_read_back():
    evidence = replace(GOOD, sound=SOUND)
    assert Evidence.from_json(evidence.to_json()) == evidence
