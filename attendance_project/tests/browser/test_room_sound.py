"""The teacher's page plays the room's sound when asked, and no longer than the session."""

import pytest
from playwright.sync_api import expect

from attendance_project.tests.browser.sound import RATE_HZ, samples_of
from attendance_project.tests.browser.test_live_page import live, register, row
from attendance_project.tests.browser.watching import WIDTHS, screenshots
from beacon.protocol import SOUND_BYTES
from lab.fake_engine import honest_burst
from sessions_app.models import Session
from verification.tests.support import challenge_of, sounds, tokens

pytestmark = [
    *(pytest.mark.slow, pytest.mark.browser, pytest.mark.once),
    pytest.mark.django_db(transaction=True),
]

TELL_WHAT_PLAYS = """
globalThis.played = [];
const start = AudioBufferSourceNode.prototype.start;
AudioBufferSourceNode.prototype.start = function (...given) {
  const samples = this.buffer.getChannelData(0);
  const loudest = samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
  played.push({ seconds: this.buffer.duration, loudest });
  return start.apply(this, given);
};
"""


@pytest.fixture
def page(logged_in, teacher, open_session):
    opened = logged_in(teacher)
    opened.add_init_script(TELL_WHAT_PLAYS)
    opened.goto(live(open_session))
    return opened


def test_the_sound_is_off_until_asked_for_and_says_so(page):
    button = page.get_by_role("button", name="Room's sound")
    expect(button).to_have_attribute("aria-pressed", "false")
    with page.expect_response("**/live/sound") as told:
        button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_text("The room's sound is on")).to_be_visible()
    assert len(bytes.fromhex(told.value.json()["payload"])) == SOUND_BYTES
    page.wait_for_function("() => played.length > 0")
    sound = page.evaluate("played[0]")
    assert 1.0 < sound["seconds"] < 3.0
    assert 0.1 < sound["loudest"] <= 1.0
    button.click()
    expect(button).to_have_attribute("aria-pressed", "false")
    expect(page.get_by_text("The room's sound is off")).to_be_visible()


def test_it_asks_anew_for_each_payload(page):
    asked = []
    page.on("request", lambda request: asked.append(request.url) if "sound" in request.url else 0)
    page.keyboard.press("n")
    page.wait_for_function("() => played.length > 1")
    assert len([url for url in asked if url.endswith("/live/sound")]) >= 2
    assert len([url for url in asked if url.endswith("/worker.js")]) == 1
    page.keyboard.press("n")
    expect(page.get_by_text("The room's sound is off")).to_be_visible()


def test_it_stops_when_the_session_closes(page):
    page.keyboard.press("n")
    page.wait_for_function("() => played.length > 0")
    page.get_by_role("button", name="Close session").click()
    expect(page.get_by_role("heading", name="Session closed")).to_be_visible()
    expect(page.get_by_text("The room's sound is on")).to_have_count(0)
    page.keyboard.press("n")
    expect(page.get_by_text("The room's sound is on")).to_have_count(0)
    assert page.evaluate("played") == []


def test_it_stops_when_the_session_is_closed_elsewhere(page, open_session, teacher, logged_in):
    page.keyboard.press("n")
    page.wait_for_function("() => played.length > 0")
    elsewhere = logged_in(teacher)
    elsewhere.goto(live(open_session))
    elsewhere.get_by_role("button", name="Close session").click()
    expect(page.get_by_text("The room's sound is off")).to_be_visible()


def test_without_a_network_it_waits_and_comes_back(page, context, watch):
    watch.expect_no_network()
    page.keyboard.press("n")
    page.wait_for_function("() => played.length > 0")
    context.set_offline(True)
    expect(page.get_by_text("The room's sound is waiting for the connection")).to_be_visible()
    before = page.evaluate("played.length")
    context.set_offline(False)
    expect(page.get_by_text("The room's sound is on")).to_be_visible()
    page.wait_for_function(f"() => played.length > {before}")


def test_the_same_bytes_make_the_same_sound_and_others_another(page):
    one, again, other = (samples_of(page, bytes([0xA7, n, *range(9)])) for n in (1, 1, 2))
    assert one == again
    assert one != other
    assert len(one) / RATE_HZ == pytest.approx(1.45, abs=0.05)


def test_the_page_with_the_sound_on_is_for_everyone(page, watch, pictures):
    page.keyboard.press("n")
    expect(page.get_by_text("The room's sound is on")).to_be_visible()
    assert watch.audit(page) == []
    assert screenshots(page, pictures, "room-sound") == dict.fromkeys(WIDTHS, 0)


def by_sound(phone, session):
    """Check in with the room's sound in place of Bluetooth. Returns the decision."""
    step = phone.scan(tokens(session)).json()
    phone.hear_sound(step["attempt"], sounds(session))
    phone.show(step["attempt"], 1, honest_burst("me", challenge_of(step)))
    return phone.mark(step["attempt"]).json()


def test_the_register_says_what_the_sound_counted_for(
    logged_in, teacher, student, open_session, phone_of
):
    assert by_sound(phone_of(student), open_session)["outcome"] == "present"
    page = logged_in(teacher)
    page.goto(register(open_session))
    expect(row(page, student.full_name)).to_contain_text("code · room's sound · face")


def test_the_teacher_who_confirms_reads_that_it_was_sound(
    logged_in, teacher, student, open_session, phone_of
):
    Session.objects.filter(pk=open_session.pk).update(bluetooth="required")
    assert by_sound(phone_of(student), open_session)["outcome"] == "review"
    page = logged_in(teacher)
    for path in (register(open_session), "/approvals/"):
        page.goto(path)
        expect(page.get_by_text("Room's sound instead of Bluetooth")).to_be_visible()
