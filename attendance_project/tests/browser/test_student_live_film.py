"""The live film on the student's page: how it goes, and what follows where the connection fails."""

import json

import pytest
from playwright.sync_api import expect

import sessions_app.services as teaching
from attendance_project import clock
from attendance_project.tests.browser.check_in_support import (
    PRESENT,
    begin,
    film_until,
    film_until_shown,
)
from attendance_project.tests.browser.emulated_beacon import EmulatedBeacon, answering
from attendance_project.tests.browser.sound import samples_of, write_wav
from attendance_project.tests.browser.student_phone import open_phone
from beacon.protocol import slot_at, sound_payload
from sessions_app.models import Session
from verification.models import CheckInAttempt, CheckInDecision

pytestmark = [
    *(pytest.mark.slow, pytest.mark.browser, pytest.mark.once),
    pytest.mark.django_db(transaction=True),
]

ONCE_MORE = "Once more, in another way"
WATCH_THE_STAGE = """
window.shown = [];
new MutationObserver(() => {
  const stage = document.querySelector(".stage[data-live]");
  if (!stage) return;
  const sign = stage.querySelector(".move-sign");
  window.shown.push({
    move: stage.dataset.move ?? "",
    sign: sign?.getAttribute("class") ?? "",
    ring: stage.querySelector(".filling").getAttribute("stroke-dasharray"),
    moving: sign ? getComputedStyle(sign).animationName : "none",
    said: document.querySelector("main [role=status]").textContent,
    tabs: document.querySelector("[data-tabs]").offsetHeight,
    buttons: [...document.querySelectorAll("main button")].map((each) => each.textContent),
  });
}).observe(document, { subtree: true, childList: true, attributes: true });
"""
"""A script that notes what is on the screen of a live film whenever it changes."""


def shown(page):
    return page.evaluate("window.shown")


def test_each_move_is_shown_as_it_is_asked_for_and_the_last_brings_the_outcome(enrolled):
    page = enrolled.page
    page.emulate_media(reduced_motion="no-preference")
    calls = []
    page.on("request", lambda request: calls.append(request.url.rpartition("/api/v1")[2]))
    page.evaluate(WATCH_THE_STAGE)
    begin(enrolled)
    film_until(enrolled)
    moves = [one["move"] for one in shown(page) if one["move"]]
    assert len(set(moves)) >= 3
    for one in shown(page):
        assert one["tabs"] == 0
        assert set(one["buttons"]) <= {"Read aloud", "I cannot make these moves"}
        assert "Starts in" not in one["said"]
        if one["move"] and "move-sign" in one["sign"] and "seen" not in one["sign"]:
            assert one["move"] in one["sign"]
            assert one["moving"] != "none"
    assert {"0 1", "1 1"} <= {one["ring"] for one in shown(page)}
    assert "Checking …" in [one["said"] for one in shown(page)]
    assert page.evaluate("window.burstBytes") == []
    assert not any("face/verify" in call or "mark" in call for call in calls)
    assert page.evaluate("document.querySelector('[data-tabs]').offsetHeight") > 0


def test_without_motion_the_arrow_stands_still(enrolled):
    page = enrolled.page
    page.emulate_media(reduced_motion="reduce")
    page.evaluate(WATCH_THE_STAGE)
    begin(enrolled)
    film_until(enrolled)
    assert {one["moving"] for one in shown(page)} == {"none"}


BREAKS = """
{
  const sockets = WebSocket.prototype;
  const listen = sockets.addEventListener;
  sockets.addEventListener = function (name, action, ...more) {
    const heard = (event) => {
      action(event);
      if (name === "message" && JSON.parse(event.data).phase === "move") this.close();
    };
    listen.call(this, name, heard, ...more);
  };
}
"""
"""A script by which the connection breaks when the first move is asked for."""
STANDS_STILL = """
{
  const send = WebSocket.prototype.send;
  WebSocket.prototype.send = function (what) {
    if (typeof what === "string") send.call(this, what);
  };
}
"""
"""A script by which no picture arrives."""
REFUSES = """
WebSocket.prototype.send = function () {
  const data = JSON.stringify(%s);
  this.dispatchEvent(new MessageEvent("message", { data }));
};
"""


def refusing(code, message):
    """A script by which the server refuses to film live."""
    return REFUSES % json.dumps({"type": "refused", "code": code, "message": message})


TOO_OLD = "This film cannot begin any more."
FAILURES = {
    "the connection breaks": (BREAKS, "The connection broke while you were filmed."),
    "no answer comes": (STANDS_STILL, "The connection is too slow"),
    "the ticket is too old": (refusing("ticket_not_valid", TOO_OLD), "does not work just now"),
}


@pytest.mark.parametrize(("script", "told"), FAILURES.values(), ids=FAILURES)
def test_where_the_live_film_fails_a_burst_follows_by_itself(enrolled, script, told):
    page = enrolled.page
    page.add_init_script(script)
    page.reload()
    begin(enrolled)
    expect(page.get_by_text(ONCE_MORE)).to_be_visible()
    expect(page.locator(".how")).to_contain_text(told)
    expect(page.locator("[data-recording]")).to_be_visible()
    film_until(enrolled)
    assert page.evaluate("window.burstBytes.length") > 0
    assert CheckInAttempt.objects.count() == CheckInDecision.objects.count() == 1


def test_where_no_good_face_came_one_button_films_again(enrolled):
    page = enrolled.page
    hint = "No face could be seen well. Look for more light."
    page.add_init_script(refusing("no_good_face", hint))
    page.reload()
    begin(enrolled)
    expect(page.locator(".how")).to_contain_text(hint)
    assert page.locator("main button:not(.quiet)").all_text_contents() == ["Start"]
    page.get_by_role("button", name="Start").click()
    expect(page.locator("[data-recording]")).to_be_visible()
    film_until(enrolled)


def test_a_phone_that_slept_while_filming_goes_on(enrolled):
    """The film is lost, and the check-in is not."""
    page = enrolled.page
    page.evaluate("window.staysStill = true")
    begin(enrolled)
    expect(page.locator(".stage[data-live][data-move]")).to_be_visible()
    hide = """hidden => {
      Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden });
      document.dispatchEvent(new Event("visibilitychange"));
    }"""
    page.evaluate(hide, True)
    expect(page.locator("[data-live]")).to_have_count(0)
    page.evaluate("window.staysStill = false")
    page.evaluate(hide, False)
    film_until(enrolled)
    assert CheckInAttempt.objects.count() == 1


# --- the room meanwhile --------------------------------------------------------------------


@pytest.fixture
def hearing_phone(hearing, server, watch, student, lecture):
    """An enrolled phone that can hear, in a session that asks for the room."""
    Session.objects.filter(pk=lecture.pk).update(bluetooth="preferred")
    context, phone = open_phone(hearing, server, watch, permissions=["microphone"])
    phone.session = lecture
    phone.log_in(student)
    phone.enrol(student)
    yield phone
    context.close()
    phone.close()


def test_the_rooms_sound_is_heard_while_the_code_is_scanned(hearing_phone, lecture, microphone):
    page = hearing_phone.page
    teaching.note_sound(lecture, now=clock.now())
    payload = sound_payload(teaching.beacon_key(lecture), slot_at(clock.now().timestamp()))
    write_wav(microphone, samples_of(page, payload))
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    begin(hearing_phone)
    film_until(hearing_phone)
    expect(page.locator(".counted div").nth(1)).to_contain_text("found")
    assert any("/sound/check" in url for url in asked)


def test_where_nothing_was_heard_it_says_what_to_do(hearing_phone, lecture):
    page = hearing_phone.page
    teaching.note_sound(lecture, now=clock.now())
    begin(hearing_phone)
    film_until_shown(hearing_phone, page.get_by_text("Looking for the room"))
    listen = page.get_by_role("button", name="Listen to the room's sound")
    expect(listen).to_be_visible()
    expect(page.locator(".how")).to_contain_text("Ask your teacher to turn it on")
    assert page.locator("main button:not(.quiet)").count() == 1


HEARS = """
window.spoken = [];
speechSynthesis.speak = ({ text }) => window.spoken.push([window.event?.type ?? "", text.trim()]);
const Sounds = AudioContext;
window.AudioContext = class extends Sounds {
  constructor() {
    window.openedIn = window.event?.type;
    super();
  }
};
"""
"""A script that notes what is spoken in which event, and in which event the sound is opened."""


def test_the_tap_that_begins_opens_the_beacons_list_the_sound_and_the_voice(
    enrolled, lecture, chromium
):
    page = enrolled.page
    page.add_init_script(HEARS)
    page.reload()
    Session.objects.filter(pk=lecture.pk).update(bluetooth="required")
    teaching.note_beacon(lecture, now=clock.now())
    beacon = EmulatedBeacon(chromium, page, answering(lecture))
    page.goto("/student/#/today")
    page.locator(".card").get_by_role("link", name="Check in").click()
    film_until(enrolled, PRESENT)
    beacon.switch_off()
    expect(page.locator(".counted div").nth(1)).to_contain_text("found")
    (first, nothing), *prompts = page.evaluate("window.spoken")
    assert (first, nothing, page.evaluate("window.openedIn")) == ("click", "", "click")
    assert len({text for _, text in prompts}) >= 3
