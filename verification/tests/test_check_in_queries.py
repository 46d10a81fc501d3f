"""How many statements a check-in asks of the database. A whole class checks in within a minute."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from lab.fake_engine import honest_burst
from sessions_app.models import Session
from verification.tests.levels import NEVER, another, throw
from verification.tests.support import challenge_of, sightings, tokens

# A test that is one transaction would count statements that no call on a server makes.
pytestmark = pytest.mark.django_db(transaction=True)

WITHOUT_PIXELS = 30
"""The most that a check-in without a face step may ask in all."""


@pytest.fixture
def asked(phone):
    """Make a call and note under its name how many statements it asks."""
    phone.get("/face")  # the first call of a process loads what the server needs
    counts = {}

    def call(name, step, *given, **more):
        with CaptureQueriesContext(connection) as statements:
            answer = step(*given, **more)
        assert answer.status_code == 200, answer.json()
        counts[name] = len(statements)
        return answer.json()

    call.counts = counts
    return call


def asks_for(session, **needs):
    Session.objects.filter(pk=session.pk).update(**needs)


def at_most(counts, **most):
    assert {name for name, limit in most.items() if counts[name] > limit} == set(), counts


def test_a_check_in_step_by_step(phone, open_session, asked):
    step = asked("scan", phone.scan, tokens(open_session))
    asked("hear", phone.hear, step["attempt"], sightings(open_session))
    burst = honest_burst("me", challenge_of(step))
    asked("show", phone.show, step["attempt"], 1, burst)  # one is the test's own
    assert asked("mark", phone.mark, step["attempt"])["outcome"] == "present"
    at_most(asked.counts, scan=9, hear=11, show=14, mark=15)


def test_a_check_in_that_ends_with_the_face(phone, open_session, asked):
    step = asked("scan", phone.scan, tokens(open_session), finish=True)
    asked("hear", phone.hear, step["attempt"], sightings(open_session), finish=True)
    burst = honest_burst("me", challenge_of(step))
    shown = asked("show", phone.show, step["attempt"], 1, burst, finish="true")
    assert shown["decision"]["outcome"] == "present"
    at_most(asked.counts, scan=9, hear=12, show=26)


def test_a_check_in_by_code_and_room_step_by_step(phone, open_session, asked):
    asks_for(open_session, level="room")
    step = asked("scan", phone.scan, tokens(open_session))
    asked("hear", phone.hear, step["attempt"], sightings(open_session))
    assert asked("mark", phone.mark, step["attempt"])["outcome"] == "present"
    at_most(asked.counts, scan=7, hear=11, mark=12)
    assert sum(asked.counts.values()) <= WITHOUT_PIXELS


def test_a_check_in_that_ends_with_the_room(phone, open_session, asked):
    asks_for(open_session, level="room")
    step = asked("scan", phone.scan, tokens(open_session), finish=True)
    heard = asked("hear", phone.hear, step["attempt"], sightings(open_session), finish=True)
    assert heard["decision"]["outcome"] == "present"
    at_most(asked.counts, scan=7, hear=19)


def test_a_check_in_at_standard_that_was_not_drawn(phone, open_session, asked, monkeypatch):
    asks_for(open_session, level="standard", bluetooth="off")
    step = asked("first", phone.scan, tokens(open_session), finish=True)
    phone.show(step["attempt"], 1, honest_burst("me", challenge_of(step)), finish="true")
    throw(monkeypatch, NEVER)
    open_session.refresh_from_db()
    later = another(open_session)
    assert asked("later", phone.scan, tokens(later), finish=True)["decision"]
    at_most(asked.counts, first=14, later=20)


def test_a_check_in_that_ends_with_the_code(phone, open_session, asked):
    asks_for(open_session, level="room", bluetooth="off")
    step = asked("scan", phone.scan, tokens(open_session), finish=True)
    assert step["decision"]["outcome"] == "present"
    at_most(asked.counts, scan=13)
