"""The pages that annul, open early and record sessions."""

from django.urls import reverse

from sessions_app.models import Attendance
from sessions_app.tests.session_states import moved, state_of


def test_the_pages_annul_and_restore(client, teacher, open_session):
    client.force_login(teacher)
    url = reverse("session-annul", args=[open_session.pk])
    assert "Annul the session" in client.get(url).content.decode()
    assert client.post(url, {"reason": ""}).status_code == 400
    assert state_of(open_session) == "open"
    assert client.post(url, {"reason": "By mistake"}).status_code == 302
    assert state_of(open_session) == "annulled"
    client.post(reverse("session-restore", args=[open_session.pk]))
    assert state_of(open_session) == "open"


def test_opening_before_its_day_asks_first_by_page(client, teacher, session):
    moved(session, hours=72)
    client.force_login(teacher)
    url = reverse("session-open", args=[session.pk])
    assert 'name="early"' in client.post(url).content.decode()
    assert state_of(session) == "planned"
    assert client.post(url, {"early": "1"}).status_code == 302
    assert state_of(session) == "open"


def test_the_pages_list_and_record_what_was_forgotten(client, teacher, session, course, student):
    moved(session, hours=-30)
    client.force_login(teacher)
    assert reverse("sessions-forgotten") in client.get("/").content.decode()
    url = reverse("session-record", args=[session.pk])
    for page in (reverse("sessions-forgotten"), reverse("course", args=[course.pk])):
        assert url in client.get(page).content.decode()
    found = client.get(reverse("sessions-forgotten"), {"q": "os nowhere"})
    assert url not in found.content.decode()
    assert student.full_name in client.get(url).content.decode()
    assert client.post(url, {f"status-{student.pk}": "present"}).status_code == 302
    assert dict(Attendance.objects.values_list("student__institution_number", "status")) == {
        "S1": "present",
        "S2": "absent",
    }
    assert url not in client.get(reverse("sessions-forgotten")).content.decode()


def test_a_colleague_sees_no_forgotten_session_of_another(client, colleague, session):
    moved(session, hours=-30)
    client.force_login(colleague)
    text = client.get(reverse("sessions-forgotten")).content.decode()
    assert str(session.pk) not in text
    assert client.get(reverse("session-record", args=[session.pk])).status_code == 404
