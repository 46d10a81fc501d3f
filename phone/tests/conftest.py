"""A student's reference client, which talks to the running server."""

import pytest

from phone.api import Connections
from phone.client import Phone
from phone.key import DeviceKey


@pytest.fixture
def connections(live_server):
    with Connections(live_server.url) as opened:
        yield opened


@pytest.fixture
def phone(connections):
    return Phone(connections, DeviceKey())
