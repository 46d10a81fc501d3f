"""The live film on a slow network, by a slow camera, before a full server and one started anew."""

from contextlib import ExitStack

import pytest
from playwright.sync_api import expect
from websockets.sync.client import connect

from attendance_project.tests.browser.check_in_support import begin, film_until
from attendance_project.tests.browser.server import LIVE_FILMS_MOST
from attendance_project.tests.browser.slow_network import SlowNetwork
from attendance_project.tests.browser.student_phone import open_phone
from attendance_project.tests.patience import PATIENCE_S
from verification.models import CheckInAttempt, CheckInDecision
from verification.tests.film_phone import begin as first_message
from verification.tests.support import tokens

pytestmark = [
    *(pytest.mark.slow, pytest.mark.browser, pytest.mark.once),
    pytest.mark.django_db(transaction=True),
]

IN_FLIGHT = 2
"""Pictures on their way at most, as the server says."""
COUNT_ON_THE_WAY = """
{
  const sockets = WebSocket.prototype;
  const { send, addEventListener: listen } = sockets;
  window.onTheWay = 0;
  window.mostOnTheWay = 0;
  sockets.send = function (what) {
    if (what instanceof Blob)
      window.mostOnTheWay = Math.max(window.mostOnTheWay, ++window.onTheWay);
    return send.call(this, what);
  };
  sockets.addEventListener = function (name, action, ...more) {
    const counted = (event) => {
      if (name === "message" && JSON.parse(event.data).type === "seen") window.onTheWay -= 1;
      action(event);
    };
    listen.call(this, name, counted, ...more);
  };
}
"""
"""A script that counts the pictures that were sent and not answered."""
ONCE_MORE = "Once more, in another way"


@pytest.fixture
def network(server):
    network = SlowNetwork(server.port)
    yield network
    network.close()


@pytest.fixture
def far_away(chromium, server, network, watch, student, lecture):
    """An enrolled phone, whose network becomes slow after the log-in."""
    context, phone = open_phone(chromium, network, watch)
    context.add_init_script(COUNT_ON_THE_WAY)
    phone.server = server  # the wall and the person are not behind the network
    phone.session = lecture
    phone.log_in(student)
    phone.enrol(student)
    network.slow_down()
    yield phone
    context.close()
    phone.close()


def test_at_400_ms_and_1_mbit_the_film_is_live_and_no_picture_waits(far_away):
    page = far_away.page
    begin(far_away)
    film_until(far_away)
    assert page.evaluate("window.burstBytes") == []
    assert 0 < page.evaluate("window.mostOnTheWay") <= IN_FLIGHT
    assert "face" in CheckInDecision.objects.get().counted


def test_a_camera_of_four_pictures_a_second_films_live(enrolled):
    page = enrolled.page
    page.add_init_script("window.cameraGapMs = 250;")
    page.reload()
    begin(enrolled)
    film_until(enrolled)
    assert page.evaluate("window.burstBytes") == []
    assert page.evaluate("window.livePictures.length") > 0


def test_where_the_server_is_full_it_says_so_before_it_films(
    enrolled, server, phone_of, classmate, lecture
):
    """Others hold every place."""
    page, other = enrolled.page, phone_of(classmate)
    with ExitStack() as held:

        def then_scan(route):
            for _place in range(LIVE_FILMS_MOST):
                ticket = other.scan(tokens(lecture)).json()["live"]["ticket"]
                address = f"{server.url.replace('http', 'ws')}/ws/check-in/"
                socket = held.enter_context(connect(address, open_timeout=PATIENCE_S))
                socket.send(first_message(other.key, ticket))
                assert '"ready"' in str(socket.recv(timeout=PATIENCE_S))
            route.continue_()

        page.route("**/qr/scan", then_scan, times=1)
        begin(enrolled)
        expect(page.get_by_text(ONCE_MORE)).to_be_visible()
        expect(page.locator(".how")).to_contain_text("Many people are being checked")
        assert page.evaluate("window.livePictures") == []
    film_until(enrolled)
    assert page.evaluate("window.burstBytes.length") > 0


def test_a_server_that_is_started_anew_while_it_films_loses_nothing(enrolled, server, watch):
    watch.expect_no_network()
    page = enrolled.page
    server.prepare()
    page.evaluate("window.staysStill = true")
    begin(enrolled)
    expect(page.locator(".stage[data-live][data-move]")).to_be_visible()
    server.crash()
    expect(page.locator(".how")).to_contain_text("The connection broke while you were filmed.")
    page.evaluate("window.staysStill = false")
    server.start()
    film_until(enrolled)
    assert page.evaluate("window.burstBytes.length") > 0
    assert CheckInAttempt.objects.count() == CheckInDecision.objects.count() == 1
