"""Beacon tokens: each is shown once, good for one thing, and revoked at once."""

from datetime import datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.urls import reverse
from rest_framework.test import APIClient

from attendance_project import clock
from attendance_project.refusals import Refusal
from attendance_project.tests.threads import at_once
from sessions_app import services
from sessions_app.api.authentication import BeaconThrottle
from sessions_app.models import BeaconKind, BeaconToken, Session, room_key_of
from sessions_app.services import keys

API = "/api/v1"


def now():
    return clock.now()


def ask(token, scheme="Beacon"):
    return APIClient().get(f"{API}/beacon/assignment", HTTP_AUTHORIZATION=f"{scheme} {token}")


@pytest.fixture
def session_token(open_session, teacher):
    return services.issue_session_token(open_session, by=teacher, now=now())[1]


@pytest.fixture
def room_token(db):
    return services.issue_room_token("B-204", by=None, now=now())[1]


def another(session, **changes):
    """Another session like this one."""
    fields = {f.name: getattr(session, f.name) for f in Session._meta.fields}
    for name in ("id", "code"):
        del fields[name]
    return Session.objects.create(**fields | changes)


# --- what a beacon may know -----------------------------------------------------------


def test_an_open_sessions_beacon_gets_its_key_and_the_servers_time(
    session_token, open_session, stopped_clock
):
    answer = ask(session_token)
    assert answer.status_code == 200
    body = answer.json()
    assert body["key"] == services.beacon_key(open_session).hex()
    assert body["session"]["id"] == str(open_session.pk)
    assert body["session"]["title"] == "Operating Systems · CSE-A"
    assert (body["room"], body["slot_s"]) == ("B-204", 5)
    assert body["server_time_s"] == stopped_clock.timestamp()
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("state", ["planned", "closed", "cancelled"])
def test_there_is_no_key_unless_the_session_is_open(session_token, open_session, state):
    Session.objects.update(state=state)
    body = ask(session_token).json()
    assert body["key"] is None
    assert body["session"]["state"] == state


def test_a_beacon_asks_often_when_its_session_is_about_to_open(session_token):
    Session.objects.update(state="planned")
    assert ask(session_token).json()["ask_again_s"] == 3
    Session.objects.update(starts_at=now() + timedelta(hours=5), ends_at=now() + timedelta(hours=6))
    assert ask(session_token).json()["ask_again_s"] == 15


def test_a_rooms_beacon_follows_the_sessions_of_its_room(room_token, session):
    body = ask(room_token).json()
    assert (body["key"], body["session"]["state"]) == (None, "planned")
    Session.objects.filter(pk=session.pk).update(state="open", opened_at=now(), room=" b-204")
    assert ask(room_token).json()["key"] == services.beacon_key(session).hex()
    Session.objects.filter(pk=session.pk).update(room="B-205")
    body = ask(room_token).json()
    assert (body["key"], body["session"], body["room"]) == (None, None, "B-204")


def test_a_session_that_somebody_forgot_to_close_gives_way(room_token, open_session):
    after = another(open_session, opened_at=now())
    assert ask(room_token).json()["key"] == services.beacon_key(after).hex()


def test_a_rooms_beacon_is_told_what_comes_next(room_token, open_session):
    Session.objects.update(state="closed")
    times = [now() + timedelta(hours=h) for h in (3, 1, 20)]
    for at in times:
        another(open_session, state="planned", starts_at=at, ends_at=at + timedelta(hours=1))
    shown = ask(room_token).json()["session"]["starts_at"]
    assert abs(datetime.fromisoformat(shown) - times[1]) < timedelta(milliseconds=1)


# --- good for one thing ---------------------------------------------------------------


@pytest.mark.parametrize("token", ["", "x", "x" * 5000, "\x01", "é", "A" * 43])
def test_a_token_that_nobody_made_is_refused(db, token):
    answer = ask(token)
    assert answer.status_code == 401
    assert answer.json()["code"] in ("beacon_token_not_valid", "not_authenticated")
    assert answer.headers["WWW-Authenticate"].startswith("Beacon")


@pytest.mark.parametrize("scheme", ["Bearer", "DPoP", "Basic"])
def test_a_beacon_token_goes_by_its_own_scheme_only(session_token, scheme):
    assert ask(session_token, scheme).status_code == 401


def test_a_token_is_good_nowhere_else(session_token, open_session):
    paths = ("/sessions", f"/sessions/{open_session.pk}", f"/qr/generate/{open_session.pk}")
    paths += (f"/sessions/{open_session.pk}/beacon", f"/sessions/{open_session.pk}/register")
    for path in (*paths, "/profile", "/attendance/reviews", "/errors"):
        for scheme in ("Beacon", "Bearer"):
            answer = APIClient().get(API + path, HTTP_AUTHORIZATION=f"{scheme} {session_token}")
            assert answer.status_code in (401, 404), path
    for method in ("post", "put", "patch", "delete"):
        call = getattr(APIClient(), method)
        answer = call(f"{API}/beacon/assignment", HTTP_AUTHORIZATION=f"Beacon {session_token}")
        assert answer.status_code == 405, method


def test_a_beacon_that_asks_without_pause_is_told_to_wait(session_token, monkeypatch):
    monkeypatch.setattr(BeaconThrottle, "rate", "3/min")
    answers = [ask(session_token) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert "Retry-After" in answers[3].headers


def test_use_is_noted_and_not_written_each_time(session_token):
    ask(session_token)
    used_at = BeaconToken.objects.get().last_used_at
    assert used_at is not None
    ask(session_token)
    assert BeaconToken.objects.get().last_used_at == used_at


# --- handed out once, and taken back --------------------------------------------------


def test_only_a_digest_is_kept(session_token, room_token):
    kept = repr(list(BeaconToken.objects.values()))
    assert session_token not in kept
    assert room_token not in kept


def test_a_new_token_takes_the_place_of_the_session_s_first(session_token, open_session, teacher):
    _, second = services.issue_session_token(open_session, by=teacher, now=now())
    assert ask(session_token).status_code == 401
    assert ask(second).status_code == 200
    with pytest.raises(IntegrityError), transaction.atomic():
        BeaconToken.objects.create(
            digest="d", session=open_session, is_for_session=True, created_at=now()
        )


@pytest.mark.django_db(transaction=True)
def test_of_tokens_made_at_once_one_is_good(open_session, teacher):
    def issue(_):
        try:
            return services.issue_session_token(open_session, by=teacher, now=now())[1]
        except Refusal as error:
            return error.code

    answers = at_once(4, issue)
    good = [text for text in answers if text != "try_again" and ask(text).status_code == 200]
    assert len(good) == BeaconToken.objects.filter(is_active=True).count() == 1


def test_a_room_may_have_several_beacons(room_token):
    _, second = services.issue_room_token("B-204", by=None, now=now())
    assert ask(room_token).status_code == ask(second).status_code == 200


def test_a_revoked_token_learns_nothing(session_token, teacher):
    row = BeaconToken.objects.get()
    assert services.revoke_beacon_token(row, by=teacher, now=now())
    assert not services.revoke_beacon_token(row, by=teacher, now=now())
    assert ask(session_token).json()["code"] == "beacon_token_not_valid"
    row.refresh_from_db()
    assert (row.revoked_by, row.is_active) == (teacher, False)


def test_a_session_s_token_dies_with_it(session_token, open_session, teacher):
    long_ago = now() - timedelta(days=2)
    Session.objects.update(starts_at=long_ago, ends_at=long_ago + timedelta(hours=1))
    open_session.refresh_from_db()
    assert ask(session_token).status_code == 401
    with pytest.raises(Refusal):
        services.issue_session_token(open_session, by=teacher, now=now())


# --- keys of rooms --------------------------------------------------------------------


def test_a_room_key_is_good_for_the_room_until_it_ends(open_session, settings, admin_user):
    row, key = services.issue_room_key("b-204", by=None, now=now())
    assert services.room_keys(open_session, now=now()).here == [bytes.fromhex(key)]
    assert services.room_keys(open_session, now=now() + settings.ROOM_KEY_LIFETIME).here == []
    assert ask(key).status_code == 401
    services.revoke_beacon_token(row, by=admin_user, now=now())
    assert services.room_keys(open_session, now=now()).here == []


def test_a_session_in_two_rooms_has_the_beacons_of_both(open_session):
    open_session.room = "C 1, B 204"
    Session.objects.update(room=open_session.room)
    row, key = services.issue_room_key("B-204", by=None, now=now())
    _, next_door = services.issue_room_key("B-205", by=None, now=now())
    assert services.room_keys(open_session, now=now()).here == [bytes.fromhex(key)]
    assert services.room_keys(open_session, now=now()).elsewhere == [bytes.fromhex(next_door)]
    assert services.beacons_in(open_session.room) == [row]
    assert services.room_now(open_session, now=now()).beacon
    token, _ = services.issue_room_token("c 1", by=None, now=now())
    assert services.assignment_of(token, now=now()).session == open_session


def test_a_room_key_is_no_session_s_and_no_other_room_s(open_session):
    _, first = services.issue_room_key("B-204", by=None, now=now())
    _, second = services.issue_room_key("B-204", by=None, now=now())
    assert len({first, second, services.beacon_key(open_session).hex()}) == 3
    assert len(services.room_keys(open_session, now=now()).here) == 2
    for room in ("B-205", ""):
        open_session.room = room
        assert services.room_keys(open_session, now=now()).here == []


@pytest.mark.parametrize("room", ["", "  ", "x" * 256])
def test_a_room_without_a_usable_name_gets_nothing(db, room):
    for issue in (services.issue_room_token, services.issue_room_key):
        with pytest.raises(Refusal):
            issue(room, by=None, now=now())
    assert not BeaconToken.objects.exists()


def test_the_command_prints_the_token_alone_and_says_what_to_do_beside_it(open_session, settings):
    out, err = StringIO(), StringIO()
    call_command("issue_beacon_token", "B-204", stdout=out, stderr=err)
    assert ask(out.getvalue().strip()).json()["session"]["id"] == str(open_session.pk)
    assert f"--server {settings.PUBLIC_URL} --room" in err.getvalue()
    out, err = StringIO(), StringIO()
    call_command("issue_beacon_token", "B-204", static=True, stdout=out, stderr=err)
    row = BeaconToken.objects.get(kind=BeaconKind.STATIC)
    assert out.getvalue().strip() == keys.room_beacon_key(row).hex()
    assert "Good until" in err.getvalue()
    with pytest.raises(CommandError, match="room's name"):
        call_command("issue_beacon_token", " ")


def test_rooms_are_told_apart_by_their_names_not_their_spelling():
    assert room_key_of(" Room  12b ") == room_key_of("room 12B")
    assert room_key_of("B-204") != room_key_of("B-205")


# --- pages ----------------------------------------------------------------------------


def test_the_teacher_is_shown_the_token_once_with_the_command(client, teacher, open_session):
    client.force_login(teacher)
    url = reverse("session-beacon", args=[open_session.pk])
    assert "Create token" in client.get(url).content.decode()
    answer = client.post(url)
    text = answer.context["token"]
    page = answer.content.decode()
    assert f"--session {open_session.pk}" in page
    assert text in page
    assert "no-store" in answer.headers["Cache-Control"]
    assert ask(text).status_code == 200
    again = client.get(url).content.decode()
    assert text not in again
    assert "last seen" in again


def test_a_session_that_is_over_says_so(client, teacher, open_session):
    Session.objects.update(state="cancelled")
    client.force_login(teacher)
    page = client.post(reverse("session-beacon", args=[open_session.pk])).content.decode()
    assert "needs no beacon" in page
    assert not BeaconToken.objects.exists()


def test_the_page_tells_of_beacons_that_stay_in_the_room(client, teacher, room_token, open_session):
    services.issue_room_key("B-204", by=None, now=now())
    client.force_login(teacher)
    url = reverse("session-beacon", args=[open_session.pk])
    page = client.get(url).content.decode()
    assert "not seen yet" in page
    assert "valid until" in page
    ask(room_token)
    assert "last seen" in client.get(url).content.decode()


def test_teachers_list_their_own_and_admins_all(
    client, teacher, colleague, admin_user, session_token, room_token
):
    seen = {}
    for user in (teacher, colleague, admin_user):
        client.force_login(user)
        answer = client.get(reverse("beacons"))
        seen[user] = len(answer.context["list"].page)
        assert session_token not in answer.content.decode()
    assert seen == {teacher: 1, colleague: 0, admin_user: 2}


def test_a_page_revokes_at_once(client, teacher, session_token):
    client.force_login(teacher)
    row = BeaconToken.objects.get()
    answer = client.post(reverse("beacon-revoke", args=[row.pk]), {"back": "session"})
    assert answer.url == reverse("session-beacon", args=[row.session_id])
    assert ask(session_token).status_code == 401


def test_the_administration_shows_no_digest_and_revokes(client, admin_user, session_token):
    client.force_login(admin_user)
    row = BeaconToken.objects.get()
    listed = client.get(reverse("admin:sessions_app_beacontoken_changelist"))
    shown = client.get(reverse("admin:sessions_app_beacontoken_change", args=[row.pk]))
    for page in (listed, shown):
        assert page.status_code == 200
        assert row.digest not in page.content.decode()
    body = {"action": "revoke", "_selected_action": [str(row.pk)]}
    client.post(reverse("admin:sessions_app_beacontoken_changelist"), body)
    assert ask(session_token).status_code == 401
    row.refresh_from_db()
    assert row.revoked_by == admin_user
