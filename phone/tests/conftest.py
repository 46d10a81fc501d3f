"""A student's reference client in front of the running server."""

import pytest

from phone.api import Line
from phone.client import Phone
from phone.key import DeviceKey


@pytest.fixture
def line(live_server):
    with Line(live_server.url) as opened:
        yield opened


@pytest.fixture
def phone(line):
    return Phone(line, DeviceKey())
