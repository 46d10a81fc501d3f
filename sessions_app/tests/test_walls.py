"""What is on in a room, and whose network is that of the page with the code."""

from datetime import timedelta
from uuid import uuid4

import pytest
from asgiref.sync import sync_to_async

from accounts.domain.addresses import client_address
from accounts.tests.phone import signed_in
from attendance_project import clock
from attendance_project.asgi import application
from sessions_app import services
from sessions_app.domain.networks import is_same, kind_of
from sessions_app.models import Session, Wall, new_session_code
from sessions_app.services import walls
from sessions_app.tests.test_consumer import receive, socket

AT_SCHOOL, ON_MOBILE = "198.51.99.7", "203.1.113.9"
IPV6 = client_address("2a01:e0a::1", "", behind_proxy=False)


@pytest.mark.parametrize(
    ("network", "kind"),
    [
        ("8.8.8.8", "4 public"),
        ("10.1.2.3", "4 private"),
        ("127.0.0.1", "4 private"),
        (IPV6, "6 public"),
        ("fd00::/64", "6 private"),
        ("unknown", ""),
        ("", ""),
    ],
)
def test_kinds(network, kind):
    assert kind_of(network) == kind


@pytest.mark.parametrize(
    ("mine", "other", "same"),
    [
        (("4 public", "a"), ("4 public", "a"), True),
        (("4 public", "a"), ("4 public", "b"), False),
        (("4 private", "a"), ("4 private", "a"), None),
        (("4 private", "a"), ("4 private", "b"), None),
        (("6 public", "a"), ("6 public", "a"), True),
        (("6 public", "a"), ("6 public", "b"), None),
        (("4 public", "a"), ("6 public", "b"), None),
        (("4 public", "a"), ("4 private", "b"), None),
        (("", "a"), ("", "a"), None),
    ],
)
def test_what_two_addresses_tell(mine, other, same):
    assert is_same(mine, other) is same


@pytest.mark.django_db
class TestNetwork:
    def test_of_a_page_that_shows_the_code(self, open_session):
        now = clock.now()
        assert services.is_on_walls_network(open_session, AT_SCHOOL, now=now) is None
        services.note_shown(open_session, AT_SCHOOL, now=now)
        open_session.refresh_from_db()  # its wall is remembered within one request
        assert services.is_on_walls_network(open_session, AT_SCHOOL, now=now) is True
        assert services.is_on_walls_network(open_session, ON_MOBILE, now=now) is False

    def test_a_page_that_was_closed_counts_no_longer(self, open_session):
        now = clock.now()
        services.note_shown(
            open_session, AT_SCHOOL, now=now - walls.SHOWN_LATELY - timedelta(seconds=1)
        )
        assert services.is_on_walls_network(open_session, AT_SCHOOL, now=now) is None

    def test_the_latest_page_counts(self, open_session):
        now = clock.now()
        for network in (ON_MOBILE, AT_SCHOOL):
            services.note_shown(open_session, network, now=now)
        assert services.is_on_walls_network(open_session, AT_SCHOOL, now=now) is True
        assert Wall.objects.count() == 1

    def test_no_address_is_kept_nor_anything_that_compares_between_sessions(
        self, open_session, session
    ):
        other = Session.objects.get(pk=session.pk)
        other.pk, other.code = uuid4(), new_session_code()
        other.save(force_insert=True)
        for each in (open_session, other):
            services.note_shown(each, AT_SCHOOL, now=clock.now())
        digests = set(Wall.objects.values_list("network_digest", flat=True))
        assert len(digests) == 2
        assert not any(AT_SCHOOL in str(row) for row in Wall.objects.values())


@pytest.mark.django_db
class TestRoomNow:
    def test_nothing_is_on_at_first(self, open_session):
        assert services.room_now(open_session, now=clock.now()) == walls.RoomNow(False, False)

    def test_the_sound_is_on_while_the_page_asks_for_it(self, client, teacher, open_session):
        client.force_login(teacher)
        assert client.get(f"/sessions/{open_session.pk}/live/sound").status_code == 200
        now = clock.now()
        assert services.room_now(open_session, now=now).sound
        assert not services.room_now(open_session, now=now + walls.SOUND_LATELY).sound

    def test_a_phone_is_told_before_it_scans(self, student, open_session):
        services.note_sound(open_session, now=clock.now())

        answer = signed_in(student).get(f"/api/v1/sessions/{open_session.pk}")

        assert answer.json()["room_now"] == {"beacon": False, "sound": True}

    def test_a_beacon_that_asked_lately_is_on(self, teacher, open_session):
        now = clock.now()
        _, token = services.issue_session_token(open_session, by=teacher, now=now)
        assert not services.room_now(open_session, now=now).beacon
        assert services.beacon_with(token, now=now)
        assert services.room_now(open_session, now=now).beacon
        assert not services.room_now(open_session, now=now + walls.BEACON_LATELY).beacon

    def test_one_of_the_room_is_on_and_one_of_another_room_is_not(self, open_session):
        now = clock.now()
        services.issue_room_key("C-1", by=None, now=now)
        assert not services.room_now(open_session, now=now).beacon
        row, _ = services.issue_room_key(f" {open_session.room.lower()}", by=None, now=now)
        assert services.room_now(open_session, now=now).beacon
        assert not services.room_now(open_session, now=row.expires_at).beacon

    def test_a_beacon_that_was_shut_out_is_off(self, teacher, open_session):
        now = clock.now()
        row, _ = services.issue_room_key(open_session.room, by=None, now=now)
        services.revoke_beacon_token(row, by=teacher, now=now)
        assert not services.room_now(open_session, now=now).beacon

    def test_a_session_without_a_room_has_no_rooms_beacon(self, open_session):
        services.issue_room_token("C-1", by=None, now=clock.now())
        Session.objects.update(room="")
        open_session.refresh_from_db()
        assert not services.room_now(open_session, now=clock.now()).beacon


@pytest.mark.django_db
def test_a_page_that_polls_is_noted(client, teacher, open_session):
    client.force_login(teacher)
    client.get(f"/sessions/{open_session.pk}/live/state", REMOTE_ADDR=AT_SCHOOL)
    assert services.is_on_walls_network(open_session, AT_SCHOOL, now=clock.now())


@pytest.mark.django_db
def test_an_admins_page_shows_no_code_and_is_not_noted(client, admin_user, open_session):
    client.force_login(admin_user)
    client.get(f"/sessions/{open_session.pk}/live/state", REMOTE_ADDR=AT_SCHOOL)
    assert not Wall.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("behind_proxy", [False, True])
async def test_a_websocket_that_shows_the_code_is_noted(
    teacher, open_session, settings, behind_proxy
):
    """The network is that of the address, or what our proxy says of it, never what a phone says."""
    settings.BEHIND_PROXY = behind_proxy
    proxied = {"client": ["10.0.0.1", 1], "header": f"1.1.1.1, {AT_SCHOOL}"}
    direct = {"client": [AT_SCHOOL, 1], "header": "1.1.1.1"}
    told = proxied if behind_proxy else direct

    async def seen_from(scope, receive_, send):
        headers = [*scope["headers"], (b"x-forwarded-for", told["header"].encode())]
        await application({**scope, "client": told["client"], "headers": headers}, receive_, send)

    async with socket(open_session, teacher, app=seen_from) as (communicator, connected):
        assert connected
        await receive(communicator, "code")
    assert await sync_to_async(services.is_on_walls_network)(
        open_session, AT_SCHOOL, now=clock.now()
    )
