"""The file that tells where to report a weakness (RFC 9116)."""

from datetime import datetime, timedelta

import pytest
from django.test import Client

from attendance_project import clock

PATH = "/.well-known/security.txt"


def test_without_a_contact_there_is_no_file(db, settings):
    settings.SECURITY_CONTACT = ""
    assert Client().get(PATH).status_code == 404


def test_the_file_names_the_contact_and_its_end(db, settings):
    settings.SECURITY_CONTACT = "mailto:security@school.test"
    settings.PUBLIC_URL = "https://attendance.school.test"
    answer = Client().get(PATH)
    fields = dict(line.split(": ", 1) for line in answer.content.decode().splitlines())

    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert fields["Contact"] == "mailto:security@school.test"
    assert fields["Canonical"] == f"https://attendance.school.test{PATH}"
    left = datetime.fromisoformat(fields["Expires"]) - clock.now()
    assert timedelta(days=30) < left < timedelta(days=365)


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_the_file_is_only_read(db, method):
    assert getattr(Client(), method)(PATH).status_code == 405
