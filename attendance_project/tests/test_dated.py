"""Each answer has the server's time, by which a phone with a wrong clock signs its calls."""

from datetime import timedelta
from email.utils import parsedate_to_datetime

import pytest

from attendance_project import clock


@pytest.mark.parametrize("path", ["/student/", "/api/v1/devices", "/nowhere/", "/static/none.js"])
def test_an_answer_tells_the_time(client, db, path):
    told = parsedate_to_datetime(client.get(path).headers["Date"])
    assert abs(told - clock.now()) < timedelta(minutes=1)
