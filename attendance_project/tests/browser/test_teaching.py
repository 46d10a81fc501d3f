"""A teacher plans a term."""

from datetime import time, timedelta
from uuid import uuid4

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from attendance_project import clock
from attendance_project.tests.browser.watching import screenshots
from sessions_app import services
from sessions_app.domain.series import meetings
from sessions_app.models import BeaconToken, Session

pytestmark = [
    *(pytest.mark.slow, pytest.mark.browser, pytest.mark.once),
    pytest.mark.django_db(transaction=True),
]


def test_a_weekly_series_is_shown_and_planned(logged_in, teacher, course):
    page = logged_in(teacher)
    page.goto("/courses/")
    page.get_by_role("link", name="Plan sessions").click()
    first = timezone.localdate() + timedelta(days=7)
    page.get_by_label("Day, or first day").fill(first.isoformat())
    page.get_by_label("From", exact=True).fill("09:00")
    page.get_by_label("To", exact=True).fill("10:30")
    page.get_by_role("checkbox", name=f"{first:%a}", exact=True).check()
    page.get_by_label("Last day").fill((first + timedelta(weeks=3)).isoformat())
    page.get_by_label("Skip these days").fill((first + timedelta(weeks=1)).isoformat())
    page.get_by_role("button", name="Preview dates").click()
    expect(page.get_by_role("heading", name="3 sessions")).to_be_visible()
    assert not Session.objects.exists()
    page.get_by_role("button", name="Plan 3 sessions").click()
    expect(page.get_by_role("status")).to_be_visible()
    starts = [session.local_start for session in Session.objects.order_by("starts_at")]
    weeks = [0, 2, 3]
    assert [start.date() for start in starts] == [first + timedelta(weeks=n) for n in weeks]
    assert {start.strftime("%H:%M") for start in starts} == {"09:00"}


def test_a_series_is_moved_as_a_whole_and_back(logged_in, teacher, course):
    first = timezone.localdate() + timedelta(days=7)
    monday = first - timedelta(days=first.weekday()) + timedelta(days=7)
    rows = services.plan_sessions(
        course,
        meetings(
            weekdays=[0],
            starts=time(9),
            ends=time(10, 30),
            first=monday,
            until=monday + timedelta(weeks=3),
            zone=course.zone,
        ),
        key=uuid4(),
        room="B-1",
    )
    services.reschedule_session(rows[2], room="D-4", now=clock.now())

    def times():
        planned = Session.objects.order_by("starts_at")
        return [f"{s.local_start:%a %H:%M}-{s.local_end:%H:%M} {s.room}" for s in planned]

    before = times()
    page = logged_in(teacher)
    page.goto(f"/sessions/{rows[1].pk}/change/")
    page.get_by_role("link", name="Move the whole series").click()
    page.get_by_label("To this day of the week").select_option("Thursday")
    page.get_by_label("From", exact=True).fill("23:00")
    page.get_by_label("To", exact=True).fill("00:30")
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("heading", name="2 sessions move")).to_be_visible()
    expect(page.get_by_role("heading", name="1 session stays")).to_be_visible()
    expect(page.get_by_text("Somebody moved it by hand.")).to_be_visible()
    assert times() == before
    page.get_by_role("button", name="Move", exact=True).click()
    expect(page.get_by_text("2 sessions moved.")).to_be_visible()
    moved = "Thu 23:00-00:30 B-1"
    assert times() == [before[0], moved, before[2], moved]
    page.get_by_role("button", name="Undo the move").click()
    expect(page.get_by_text("The series is where it was before.")).to_be_visible()
    assert times() == before


def test_an_excuse_is_noted_and_taken_back(logged_in, teacher, student, course):
    page = logged_in(teacher)
    page.goto(f"/courses/{course.pk}/students/")
    page.get_by_role("link", name=f"Excuse {student.full_name}").click()
    today = timezone.localdate().isoformat()
    page.get_by_label("From", exact=True).fill(today)
    page.get_by_label("Until", exact=True).fill(today)
    page.get_by_label("Reason").fill("Doctor's note")
    page.get_by_role("button", name="Excuse", exact=True).click()
    expect(page.get_by_role("listitem").filter(has_text="Doctor's note")).to_be_visible()
    page.get_by_role("link", name=f"Excuse {student.full_name}").click()
    page.get_by_role("button", name="Withdraw").click()
    expect(page.get_by_role("row", name="Doctor's note")).to_contain_text("Withdrawn")


def test_a_beacons_token_is_made_shown_and_revoked(
    logged_in, server, watch, teacher, open_session, pictures
):
    page = logged_in(teacher)
    page.goto(f"/sessions/{open_session.pk}/register/")
    page.get_by_role("link", name="Beacon").click()
    page.get_by_role("button", name="Create token").click()
    made = page.get_by_role("status")
    expect(made).to_contain_text(f"python -m beacon --server {server.url}")
    expect(made).to_contain_text(f"--session {open_session.pk}")
    assert max(screenshots(page, pictures, "beacon-token").values()) == 0
    assert watch.audit(page) == []
    page.get_by_role("link", name="All beacons").click()
    page.get_by_role("button", name="Revoke the beacon of").click()
    expect(page.get_by_role("heading", name="No beacons yet")).to_be_visible()
    assert not BeaconToken.objects.filter(is_active=True).exists()
