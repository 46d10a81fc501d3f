"""Sessions that are opened before their day."""

from datetime import timedelta

import pytest

from attendance_project import clock
from attendance_project.refusals import Refusal
from sessions_app import services
from sessions_app.models import Session, SessionEvent
from sessions_app.tests.session_states import moved, state_of

API = "/api/v1"


def test_opening_before_its_day_asks_first_by_api(api_as, teacher, session):
    moved(session, hours=72)
    api, url = api_as(teacher), f"{API}/sessions/{session.pk}/open"
    answer = api.post(url)
    assert (answer.status_code, answer.json()["code"]) == (409, "opening_early")
    assert state_of(session) == "planned"
    assert api.post(url, {"early": True}, "json").json()["state"] == "open"
    assert SessionEvent.objects.get().kind == "early"


def test_opening_before_its_day_may_be_told_in_the_address(api_as, teacher, session):
    moved(session, hours=72)
    url = f"{API}/sessions/{session.pk}/open?early=true"
    assert api_as(teacher).post(url).json()["state"] == "open"


def test_the_day_is_that_of_the_sessions_own_place(session, teacher):
    """The session is at 08:00 in Auckland, which in UTC is the evening of the day before."""
    at_eight = clock.now().replace(hour=19, minute=0, second=0, microsecond=0) + timedelta(days=9)
    fields = {"time_zone": "Pacific/Auckland", "starts_at": at_eight}
    Session.objects.update(**fields, ends_at=at_eight + timedelta(hours=1))
    session.refresh_from_db()
    with pytest.raises(Refusal):
        services.open_session(session, by=teacher, now=at_eight - timedelta(hours=10))
    services.open_session(session, by=teacher, now=at_eight - timedelta(hours=7))
    assert state_of(session) == "open"
