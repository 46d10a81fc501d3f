"""The whole simulation: a class of 30 over HTTP against the real face engine."""

import json

import pytest
from django.conf import settings
from django.core.management import call_command

from attendance_project.tests.browser.server import Server
from sessions_app.models import Attendance
from verification.models import CheckInDecision, IssuedChallenge, Warning


@pytest.fixture
def demo_folder(tmp_path, settings, photographs):
    """A folder of its own for log-ins and phones, while the photographs are shared."""
    (tmp_path / "photographs").symlink_to(settings.VAR_DIR / "photographs")
    settings.VAR_DIR = tmp_path
    return tmp_path


@pytest.fixture
def server(transactional_db):
    """A server with websockets, on which most of the class films live."""
    running = Server(face_engine="opencv")
    yield running
    running.close()


@pytest.mark.slow
@pytest.mark.waits
@pytest.mark.django_db(transaction=True)
def test_no_cheat_gets_in_and_no_honest_student_is_refused(demo_folder, server, capfd):
    """It takes a little over two minutes, since evidence has to expire by the real clock."""
    call_command("seed_demo")
    logins = demo_folder / "demo-logins.json"
    phones = demo_folder / "phones.json"
    call_command("simulate_class", server=server.url, logins=logins, phones=phones, over=20.0)
    printed = capfd.readouterr().out
    assert "No cheat got in, and no honest student was refused." in printed
    there = Attendance.objects.filter(status__in=["present", "late"])
    here = there.exclude(session__state="annulled")
    assert here.count() == 14
    assert here.filter(source="review").count() == 4
    assert CheckInDecision.objects.filter(engine="opencv-sface-int8").exists()
    filmed = IssuedChallenge.objects.filter(
        filmed_at__isnull=False, attempt__decision__isnull=False
    )
    # The slower the machine, the more of them find two others before the server, and film a burst.
    assert filmed.filter(attempt__decision__outcome__in=["present", "late"]).count() >= 2
    beside_another = [d for d in CheckInDecision.objects.all() if "face_several" in d.reasons]
    assert {decision.outcome for decision in beside_another} <= {"review", "refused"}
    assert beside_another
    assert set(Warning.objects.values_list("reason", flat=True)) >= {
        "code_forged",
        "code_of_another_session",
        "device_of_another_student",
        "face_mismatch",
        "picture_frozen",
        "moves_not_seen",  # a tilted print too, unless it shows as flat
        "bluetooth_replayed",
        "bluetooth_invented",
        "bluetooth_copied",
    }
    drawn = [d for d in CheckInDecision.objects.all() if d.reasons == ["face_missing"]]
    assert {d.outcome for d in drawn if d.evidence["face_ask"]} == {"refused"}
    assert len(json.loads(phones.read_text())[server.url]) == 30
    assert logins.stat().st_mode & 0o077 == 0
    assert settings.FACE_ENGINE == "opencv"
