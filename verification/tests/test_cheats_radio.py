"""Cheats with the room's beacon: replayed, invented and copied ids.

Each is tried over HTTP, lets nobody in, and is answered with its own reason.
"""

import secrets
from datetime import timedelta

import pytest

from lab.fake_engine import honest_burst
from verification.models import EvidenceRecord, Warning
from verification.tests.support import (
    READINGS,
    challenge_of,
    codes_of,
    nobody_got_in,
    sightings,
    tokens,
)


def radio_refused(phone, session, heard, reason):
    step = phone.scan(tokens(session)).json()
    assert phone.hear(step["attempt"], heard).json()["accepted"] is False
    phone.show(step["attempt"], 1, honest_burst("me", challenge_of(step)))
    answer = phone.mark(step["attempt"]).json()
    assert answer["outcome"] == "refused"
    assert reason in codes_of(answer)
    assert Warning.objects.filter(reason=reason).exists()
    nobody_got_in(session)


def test_ids_of_an_earlier_slot_are_replayed(phone, open_session):
    heard = sightings(open_session, ages=(41, 40))
    radio_refused(phone, open_session, heard, "bluetooth_replayed")


def test_invented_ids_are_refused(phone, open_session):
    heard = [
        {"eid": secrets.token_hex(8), "rssi_dbm": list(READINGS)},
        {"eid": secrets.token_hex(8), "rssi_dbm": list(READINGS)},
    ]
    radio_refused(phone, open_session, heard, "bluetooth_invented")


@pytest.mark.parametrize("louder_db", [0.0, -4.0])
def test_a_friends_trace_is_a_copy_even_when_made_louder(phone, friend, open_session, louder_db):
    heard = sightings(open_session)
    step = friend.scan(tokens(open_session)).json()
    assert friend.hear(step["attempt"], heard).json()["accepted"] is True
    copy = [s | {"rssi_dbm": [round(r + louder_db, 2) for r in s["rssi_dbm"]]} for s in heard]
    radio_refused(phone, open_session, copy, "bluetooth_copied")


def timed(heard):
    """The same with the moments of the readings, one every half second."""
    count = sum(len(s["rssi_dbm"]) for s in heard)
    ages = iter([round(0.5 * (count - n), 2) for n in range(count)])
    return [s | {"heard_s_ago": [next(ages) for _ in s["rssi_dbm"]]} for s in heard]


def one_in_ten(heard):
    """Another value in place of one in ten."""
    first, *rest = heard
    readings = first["rssi_dbm"]
    return [first | {"rssi_dbm": [*readings[:-1], readings[-1] - 7.3]}, *rest]


def each_a_little(heard):
    return [
        s | {"rssi_dbm": [round(r + 0.2 * (-1) ** n, 2) for n, r in enumerate(s["rssi_dbm"])]}
        for s in heard
    ]


def cut_to_the_least(heard):
    return [s | {name: s[name][-4:] for name in ("rssi_dbm", "heard_s_ago")} for s in heard]


def without_times(heard):
    return [s | {"heard_s_ago": []} for s in heard]


@pytest.mark.parametrize(
    "retouch",
    [one_in_ten, each_a_little, cut_to_the_least, without_times],
    ids=lambda f: f.__name__,
)
def test_a_friends_trace_is_a_copy_though_it_was_retouched(phone, friend, open_session, retouch):
    heard = timed(sightings(open_session))
    step = friend.scan(tokens(open_session)).json()
    assert friend.hear(step["attempt"], heard).json()["accepted"] is True
    radio_refused(phone, open_session, retouch(heard), "bluetooth_copied")


def test_a_copy_that_is_sent_at_the_same_moment_is_found_when_it_is_decided(
    phone, friend, open_session
):
    """Neither report sees the other when it arrives. The friend's was the first."""
    heard = timed(sightings(open_session))
    step = phone.scan(tokens(open_session)).json()
    assert phone.hear(step["attempt"], one_in_ten(heard)).json()["accepted"] is True
    friends = friend.scan(tokens(open_session)).json()
    friend.hear(friends["attempt"], heard)
    copy, original = (
        EvidenceRecord.objects.get(attempt_id=each["attempt"], kind="bluetooth")
        for each in (step, friends)
    )
    original.measured["proximity"]["copied"] = False
    EvidenceRecord.objects.filter(pk=original.pk).update(
        received_at=copy.received_at - timedelta(milliseconds=2), measured=original.measured
    )
    phone.show(step["attempt"], 1, honest_burst("me", challenge_of(step)))
    friend.show(friends["attempt"], 1, honest_burst("friend", challenge_of(friends)))
    answer = phone.mark(step["attempt"]).json()
    assert (answer["outcome"], codes_of(answer)) == ("refused", {"bluetooth_copied"})
    assert friend.mark(friends["attempt"]).json()["outcome"] == "present"


def test_a_trace_too_short_to_be_compared_is_too_short_to_count(phone, friend, open_session):
    heard = timed(sightings(open_session))
    friend.hear(friend.scan(tokens(open_session)).json()["attempt"], heard)
    short = [s | {name: s[name][:3] for name in ("rssi_dbm", "heard_s_ago")} for s in heard]
    step = phone.scan(tokens(open_session)).json()
    phone.hear(step["attempt"], short)
    phone.show(step["attempt"], 1, honest_burst("me", challenge_of(step)))
    answer = phone.mark(step["attempt"]).json()
    assert (answer["outcome"], codes_of(answer)) == ("review", {"bluetooth_too_little"})


def test_two_phones_beside_each_other_are_no_copies(phone, friend, open_session):
    heard = timed(sightings(open_session))
    friend.hear(friend.scan(tokens(open_session)).json()["attempt"], heard)
    step = phone.scan(tokens(open_session)).json()
    answer = phone.hear(step["attempt"], timed(sightings(open_session)))
    assert answer.json()["reasons"] == []


def test_a_signal_that_never_varies_waits_for_the_teacher(phone, open_session):
    flat = [s | {"rssi_dbm": [-60.0] * 5} for s in sightings(open_session)]
    step = phone.scan(tokens(open_session)).json()
    phone.hear(step["attempt"], flat)
    phone.show(step["attempt"], 1, honest_burst("me", challenge_of(step)))
    answer = phone.mark(step["attempt"]).json()
    assert answer["outcome"] == "review"
    assert codes_of(answer) == {"bluetooth_flat"}


def test_the_beacon_of_the_next_room_is_no_invention(phone, open_session, other_session):
    heard = [*sightings(other_session), *sightings(open_session)]
    step = phone.scan(tokens(open_session)).json()
    assert phone.hear(step["attempt"], heard).json()["reasons"] == []


def test_only_the_next_rooms_beacon_is_not_enough(phone, open_session, other_session):
    step = phone.scan(tokens(open_session)).json()
    phone.hear(step["attempt"], sightings(other_session))
    phone.show(step["attempt"], 1, honest_burst("me", challenge_of(step)))
    answer = phone.mark(step["attempt"]).json()
    assert (answer["outcome"], codes_of(answer)) == ("review", {"bluetooth_too_little"})
