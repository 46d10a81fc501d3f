"""Each answer tells the server's time: a phone with a wrong clock signs its calls by it."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import pytest


@pytest.mark.parametrize("path", ["/student/", "/api/v1/devices", "/nowhere/", "/static/none.js"])
def test_an_answer_tells_the_time(client, db, path):
    told = parsedate_to_datetime(client.get(path).headers["Date"])
    assert abs(told - datetime.now(UTC)) < timedelta(minutes=1)
