"""Cheats with the rotating code: photographed, forged, another session's, too old or too early.

Each is tried over HTTP, lets nobody in, and is answered with its own reason.
"""

import json
import secrets
from datetime import timedelta

import pytest

from attendance_project import clock
from lab.fake_engine import honest_burst
from sessions_app.models import Session
from verification.models import Warning
from verification.tests.support import (
    challenge_of,
    codes_of,
    drawn,
    form_of,
    new_nonce,
    nobody_got_in,
    refused,
    sightings,
    tokens,
)


def test_one_photographed_code_is_not_enough(phone, open_session):
    refused(phone.scan(tokens(open_session, ages=(0,))), "code_too_few", open_session)


def test_the_same_code_twice_is_one_code(phone, open_session):
    refused(phone.scan(tokens(open_session, ages=(0,)) * 2), "code_too_few", open_session)


def test_photographs_sent_on_are_too_old(phone, open_session):
    refused(phone.scan(tokens(open_session, ages=(6, 5))), "code_too_old", open_session)
    assert not Warning.objects.exists()


def test_photographs_kept_for_minutes_leave_a_warning(phone, open_session):
    refused(phone.scan(tokens(open_session, ages=(121, 120))), "code_kept", open_session)
    assert Warning.objects.get().severity == "low"


def test_old_codes_do_not_pass_by_the_one_request_either(phone, open_session):
    body = {"session": str(open_session.pk), "nonce": new_nonce()}
    attempt = phone.post("/attendance/attempts", body).json()
    data = {
        "attempt": attempt["attempt"],
        "challenge": 1,
        "nonce": new_nonce(),
        "sightings": json.dumps(sightings(open_session)),
        "tokens": json.dumps(tokens(open_session, ages=(36, 35))),
        **form_of(honest_burst("me", challenge_of(attempt))),
    }
    drawn(attempt["attempt"], 1, seconds_ago=9)
    answer = phone.send_form("/attendance/check-in", data).json()
    assert answer["outcome"] == "refused"
    assert "code_too_old" in codes_of(answer)


def test_codes_that_are_not_shown_yet_are_worth_nothing(phone, open_session):
    """Without the secret key nobody has such codes. The server refuses them even so."""
    refused(phone.scan(tokens(open_session, ages=(-4, -5))), "code_outside_opening", open_session)


def test_codes_of_another_session_are_refused(phone, open_session, other_session):
    mixed = [*tokens(open_session, ages=(0,)), *tokens(other_session, ages=(1,))]
    refused(phone.scan(mixed), "code_of_another_session", open_session)
    body = {"session": str(open_session.pk)}
    answer = phone.scan(tokens(other_session), **body)
    refused(answer, "code_of_another_session", open_session)


@pytest.mark.parametrize("flip", [0, 13, 31])
def test_forged_codes_are_refused_with_a_warning(phone, open_session, flip):
    """The code has one changed character: in the session, the slot or the MAC."""
    good = tokens(open_session)
    changed = "A" if good[0][flip] != "A" else "B"
    forged = good[0][:flip] + changed + good[0][flip + 1 :]
    answer = phone.scan([forged, good[1]], session=str(open_session.pk)).json()
    assert answer["decision"]["outcome"] == "refused"
    expected = "code_of_another_session" if flip == 0 else "code_forged"
    assert expected in codes_of(answer["decision"])
    assert Warning.objects.filter(reason=expected).exists()
    nobody_got_in(open_session)


def test_codes_made_with_a_guessed_key_are_forged(phone, open_session):
    forged = tokens(open_session, key=secrets.token_bytes(32))
    refused(phone.scan(forged), "code_forged", open_session)
    assert Warning.objects.get().severity == "high"


@pytest.mark.parametrize("cut", [1, 16, 31])
def test_truncated_codes_are_unreadable(phone, open_session, cut):
    seen = [token[:cut] for token in tokens(open_session)]
    refused(phone.scan(seen, session=str(open_session.pk)), "code_unreadable", open_session)


@pytest.mark.parametrize("text", ["HTTPS://EVIL.TEST/Q/AAAA", "", "\u202e", "🂡" * 32, "=" * 32])
def test_what_is_no_code_opens_nothing(phone, open_session, text):
    answer = phone.scan([text or " "])
    assert answer.status_code in (200, 400)
    if answer.status_code == 200:
        assert answer.json()["attempt"] is None
        assert codes_of(answer.json()) == {"code_unreadable"}


def test_a_code_scanned_before_opening_is_refused(phone, open_session):
    Session.objects.filter(pk=open_session.pk).update(state="planned", opened_at=None)
    refused(phone.scan(tokens(open_session)), "session_not_open", open_session)


def test_a_code_of_before_the_opening_is_refused_after_it(phone, open_session):
    now = clock.now()
    Session.objects.filter(pk=open_session.pk).update(opened_at=now)
    refused(phone.scan(tokens(open_session, ages=(3, 2))), "code_outside_opening", open_session)


def test_a_code_scanned_after_closing_is_refused(phone, open_session):
    closed_at = clock.now() - timedelta(minutes=1)
    Session.objects.filter(pk=open_session.pk).update(state="closed", closed_at=closed_at)
    refused(phone.scan(tokens(open_session)), "session_not_open", open_session)
