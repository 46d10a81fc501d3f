"""Which pages and apps may open which websocket."""

import pytest
from channels.testing import WebsocketCommunicator

from attendance_project.asgi import application
from attendance_project.tests.patience import PATIENCE_S

FILM = "/ws/check-in/"
LIVE_PAGE = "/ws/sessions/8b1f3a52-7a4e-4a4c-9a55-0f6b9f0a1c11/"
OWN, FOREIGN = b"http://testserver", b"https://elsewhere.test"

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(
    ("address", "origin", "opened"),
    [
        (FILM, None, True),
        (FILM, OWN, True),
        (FILM, FOREIGN, False),
        (FILM, b"null", False),
        (FILM, b"", False),
        (LIVE_PAGE, None, False),
        ("/ws/nowhere/", None, False),
    ],
)
async def test_apps_reach_the_live_film_alone_and_foreign_pages_nothing(address, origin, opened):
    headers = [(b"host", b"testserver")]
    headers += [] if origin is None else [(b"origin", origin)]
    socket = WebsocketCommunicator(application, address, headers=headers)

    connected, _ = await socket.connect(timeout=PATIENCE_S)

    assert connected is opened
    if opened:
        await socket.disconnect()
