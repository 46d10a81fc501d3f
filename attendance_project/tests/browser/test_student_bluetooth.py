"""The student's page asks the room's beacon, in Chromium with an emulated radio."""

import secrets
import time

import pytest

import sessions_app.services as teaching
from attendance_project.tests.browser.emulated_beacon import EmulatedBeacon, answering
from attendance_project.tests.browser.student_modules import logged_in_at
from beacon import protocol
from beacon.protocol import Status, slot_at
from sessions_app.models import Session
from verification.models import EvidenceRecord
from verification.tests.support import new_nonce, tokens

pytestmark = [
    *(pytest.mark.slow, pytest.mark.browser, pytest.mark.once),
    pytest.mark.django_db(transaction=True),
]

ASK = """async ({ step, stopAt }) => {
  const { gather } = await import("/static/student/lib/bluetooth.js");
  const stop = new AbortController();
  const states = [];
  const onState = (sentence) => {
    states.push(sentence);
    if (sentence === stopAt) stop.abort();
  };
  const given = { attempt: step.attempt, beaconNonce: step.beacon_nonce, session: step.session };
  return { ...(await gather({ ...given, onState, signal: stop.signal })), states };
}"""
# Playwright's own calls count as taps. Chromium accepts a tap for five seconds
# (https://html.spec.whatwg.org/multipage/interaction.html#transient-activation-duration).
LATER = f"given => {{ setTimeout(async () => {{ window.found = await ({ASK})(given); }}, 6000); }}"
SCAN = """async ({ tokens, nonce }) => {
  const { post } = await import("/static/student/lib/api.js");
  return post("/qr/scan", { tokens, nonce });
}"""


@pytest.fixture
def page(context, student):
    return logged_in_at(context.new_page(), student)


@pytest.fixture
def step(page, open_session):
    """The attempt of a check-in whose code was accepted."""
    Session.objects.update(level="room")
    scanned = page.evaluate(SCAN, {"tokens": tokens(open_session), "nonce": new_nonce()})
    assert scanned["accepted"], scanned
    return scanned


@pytest.fixture
def beacon(chromium, page):
    """Put a beacon into the room, which replies as it is told."""
    beacons = []

    def put(replies, **options):
        beacons.append(EmulatedBeacon(chromium, page, replies, **options))
        return beacons[-1]

    yield put
    for each in beacons:
        each.switch_off()


def ask(page, step, *, stop_at=None):
    """Ask after a tap, since the browser shows its list of devices in no other way."""
    page.mouse.click(5, 5)
    return page.evaluate(ASK, {"step": step, "stopAt": stop_at})


def saying(status):
    return lambda written: [protocol.sorry(status, written)]


def test_the_beacons_answer_shows_that_the_phone_is_in_the_room(page, step, beacon, open_session):
    room = beacon(answering(open_session))
    found = ask(page, step)
    assert (found["what"], found["accepted"]) == ("accepted", True), found
    assert room.written == [bytes.fromhex(step["beacon_nonce"])]
    measured = EvidenceRecord.objects.get(kind="bluetooth").measured["proximity"]
    assert len(measured["answered_slots"]) == 1
    assert abs(measured["phone_clock_s"]) < 30


def test_who_waits_is_told_how_many_are_before(page, step, beacon, open_session):
    waits = [lambda nonce, n=n: protocol.wait(nonce, n) for n in (4, 2, 1)]
    beacon(answering(open_session, after=waits))
    found = ask(page, step)
    assert found["what"] == "accepted", found
    told = [s for s in found["states"] if "ahead of you" in s or "next" in s]
    assert told == ["3 phones are ahead of you.", "1 phone is ahead of you.", "You are next."]


def test_an_answer_made_without_the_key_is_refused_by_the_server(page, step, beacon, open_session):
    beacon(answering(open_session, key=secrets.token_bytes(32)))
    found = ask(page, step)
    assert (found["what"], found["accepted"]) == ("not_accepted", False), found
    assert "bluetooth_answer_invented" in [r["code"] for r in found["step"]["reasons"]]
    assert found["sentence"] == found["step"]["reasons"][0]["message"]


def test_an_answer_for_somebody_else_is_not_heeded(page, step, beacon, open_session):
    """Some radios notify every phone, also of replies to others."""
    beacon(answering(open_session, after=[lambda nonce: _of_another(open_session)]))
    assert ask(page, step)["what"] == "accepted"


def _of_another(session):
    slot = slot_at(time.time())
    return protocol.answer(teaching.beacon_key(session), slot, b"\xff" * protocol.NONCE_BYTES)


def test_an_answer_that_no_network_takes_is_there_to_be_kept(
    page, watch, step, beacon, open_session
):
    watch.expect_no_network()
    page.route("**/bluetooth/check", lambda route: route.abort())
    room = beacon(answering(open_session))
    found = ask(page, step)
    assert (found["what"], found["accepted"]) == ("unreachable", False), found
    (unsent,) = found["unsent"]
    answer = protocol.read_answer(bytes.fromhex(unsent))
    assert protocol.is_authentic(teaching.beacon_key(open_session), room.written[0], answer)


def test_a_beacon_that_is_full_is_asked_again(page, step, beacon, open_session):
    right = answering(open_session)

    def replies(written):
        return saying(Status.FULL)(written) if len(room.written) == 1 else right(written)

    room = beacon(replies)
    found = ask(page, step)
    assert found["what"] == "accepted", found
    assert len(room.written) == 2


def test_a_beacon_without_a_session_is_told_and_not_asked_again(page, step, beacon):
    room = beacon(saying(Status.NO_SESSION))
    found = ask(page, step)
    assert found["what"] == "no_session"
    assert "Tell your teacher" in found["sentence"]
    assert len(room.written) == 1
    assert not EvidenceRecord.objects.filter(kind="bluetooth").exists()


def test_choosing_none_is_not_a_failure(page, step, beacon, open_session):
    room = beacon(answering(open_session), taken=False)
    found = ask(page, step)
    assert found["what"] == "cancelled"
    assert room.written == []


def test_who_goes_on_is_not_held_back(page, step, beacon):
    beacon(lambda nonce: [protocol.wait(nonce, 9)])
    found = ask(page, step, stop_at="8 phones are ahead of you.")
    assert found["what"] == "stopped"


def test_without_a_tap_the_browser_does_not_ask(page, step, beacon, open_session):
    room = beacon(answering(open_session))
    page.evaluate(LATER, {"step": step, "stopAt": None})
    page.wait_for_function("() => window.found")
    assert page.evaluate("window.found.what") == "needs_tap"
    assert room.written == []


def test_a_phone_whose_radio_is_away_is_told_so(page, step, beacon, open_session):
    beacon(answering(open_session), state="absent")
    found = ask(page, step)
    assert found["what"] == "unavailable"
    assert "Turn it on" in found["sentence"]


def test_a_browser_without_bluetooth_is_not_offered_it(page):
    offered = """async () => {
      const { isOffered } = await import("/static/student/lib/bluetooth.js");
      const before = isOffered();
      Object.defineProperty(navigator, "bluetooth", { value: undefined });
      return [before, isOffered()];
    }"""
    assert page.evaluate(offered) == [True, False]
