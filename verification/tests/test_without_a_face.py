"""Students who check in without a face look like anybody else who was there."""

import csv
import json
from io import StringIO

import pytest

from accounts.tests.phone import signed_in
from lab.fake_engine import honest_burst
from sessions_app import queries as teaching
from sessions_app.models import Attendance, Session
from verification.models import CheckInDecision, Warning
from verification.tests.support import (
    after_code_and_radio,
    challenge_of,
    codes_of,
    new_nonce,
    sightings,
    tokens,
)


@pytest.fixture
def both_in(phone, friend, open_session, teacher):
    """The student checks in by face. The teacher confirms the classmate, who declined."""
    assert phone.check_in(open_session)["outcome"] == "present"
    friend.post("/face/consent", {"action": "decline"})
    step = friend.scan(tokens(open_session)).json()
    friend.hear(step["attempt"], sightings(open_session))
    answer = friend.mark(step["attempt"]).json()
    assert answer["message"] == "Your teacher will confirm."
    assert [r["message"] for r in answer["reasons"]] == [
        "You check in without a face. Your teacher will confirm."
    ]
    desk = signed_in(teacher)
    path = f"/api/v1/attendance/reviews/{answer['decision']}"
    assert desk.post(path, {"verdict": "confirmed"}, format="json").status_code == 200


def test_the_register_shows_both_alike(both_in, open_session):
    with_face, without = teaching.register_json(open_session)
    for key in ("status", "reasons", "decision_id"):
        assert with_face[key] == without[key], key
    assert with_face["status"] == "present"
    assert without["evidence"] == ["code", "bluetooth"]
    counts = teaching.counts(open_session)
    assert (counts["here"], counts["present"], counts["review"]) == (2, 2, 0)


def test_the_reckoning_counts_both_alike(both_in, student, classmate, teacher):
    Session.objects.update(state="closed")  # only closed ones count
    first, second = (
        signed_in(teacher).get(f"/api/v1/attendance/statistics/all/{who.pk}").json()
        for who in (student, classmate)
    )
    assert first["total"] == second["total"]
    assert first["total"]["attended"] == 1
    assert Attendance.objects.filter(status="present").count() == 2


def test_reports_and_exports_give_both_the_same_word_and_colour(
    both_in, client, teacher, student, classmate
):
    Session.objects.update(state="closed")  # only closed ones count
    client.force_login(teacher)
    page = client.get("/reports/attendance/").content.decode()
    assert page.count('<span class="mark present">Present</span>') == 2
    text = client.get("/reports/attendance/rows.csv").content.decode("utf-8-sig")
    rows = {row["Number"]: row for row in csv.DictReader(StringIO(text))}
    assert rows["S1"]["Status"] == rows["S2"]["Status"] == "Present"
    for text in (page, *rows["S2"].values()):
        for lesser in ("without", "declin", "refus", "doubt", "no face"):
            assert lesser not in text.lower()


def test_it_is_no_warning_and_no_strike(both_in, classmate):
    assert CheckInDecision.objects.filter(student=classmate).count() == 1
    assert not Warning.objects.exists()


def test_who_cannot_make_the_moves_is_confirmed_by_the_teacher(phone, open_session):
    step = after_code_and_radio(phone, open_session)
    answer = phone.mark(step["attempt"], without_face=True).json()
    assert (answer["outcome"], codes_of(answer)) == ("review", {"face_spared"})
    assert phone.mark(step["attempt"]).json()["outcome"] == "review"
    assert not Warning.objects.exists()


def test_saying_so_hides_no_burst_that_speaks_against_one(phone, open_session):
    step = after_code_and_radio(phone, open_session)
    burst = honest_burst("somebody else", challenge_of(step))
    phone.show(step["attempt"], step["challenge"]["number"], burst)
    answer = phone.mark(step["attempt"], without_face=True).json()
    assert answer["outcome"] == "refused"
    assert "face_mismatch" in codes_of(answer)


def test_in_one_request_too_who_could_not_be_filmed_goes_to_the_teacher(phone, open_session):
    fields = {"nonce": new_nonce(), "tokens": json.dumps(tokens(open_session))}
    Session.objects.update(bluetooth="off")
    refused = phone.post("/attendance/check-in", fields, format="multipart").json()
    assert refused["outcome"] == "refused"
    again = fields | {"nonce": new_nonce(), "without_face": "true"}
    assert (
        phone.post("/attendance/check-in", again, format="multipart").json()["outcome"] == "review"
    )
