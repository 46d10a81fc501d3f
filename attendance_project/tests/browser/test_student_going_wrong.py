"""Check-ins on the student's page in which one thing goes wrong, and what the student is told.

Where a burst is what goes wrong, the phone films no other way. What goes wrong with a live film is
in test_student_live_film.py.
"""

import time
from itertools import pairwise

import pytest
from playwright.sync_api import expect

import sessions_app.services as teaching
from attendance_project import clock
from attendance_project.tests.browser.check_in_support import (
    PRESENT,
    WITHOUT_LIVE,
    begin,
    film_bursts,
    film_until,
    small,
    when_filming,
)
from attendance_project.tests.browser.student_phone import kept_in, open_phone
from verification.domain.policy import Policy
from verification.models import CheckInAttempt, CheckInDecision, Warning

pytestmark = [
    *(pytest.mark.slow, pytest.mark.browser, pytest.mark.once),
    pytest.mark.django_db(transaction=True),
]

CAMERA_FAILS = "window.cameraFails = '{}';"
BUSY_ONCE = """
new MutationObserver((_seen, observer) => {
  if (!document.querySelector("[data-recording]")) return;
  observer.disconnect();
  setTimeout(() => {
    for (const since = performance.now(); performance.now() < since + %(busy_ms)s; );
  }, %(when)s);
}).observe(document, { subtree: true, attributes: true, attributeFilter: ["data-recording"] });
"""
"""A script that keeps the phone busy for a while in the middle of the first film."""
RELAYED_BY_S = 12.0


def tried_again(page) -> None:
    """Wait until the page has told that there is no network and has tried in vain once more."""
    expect(page.get_by_text("No connection. Trying again …")).to_be_visible()
    page.wait_for_event("requestfailed")


def bursts_sent(page) -> list[list[float]]:
    """The times of the pictures of each burst of a check-in, in seconds."""
    return page.evaluate("window.burstTimes")


def test_a_code_relayed_by_video_call_is_refused(enrolled):
    """The code is real but late: whoever films the screen for a friend loses seconds."""
    on_the_screen = enrolled.code_now
    filmed: list[tuple[float, str]] = []

    def relayed() -> str:
        filmed.append((time.monotonic(), on_the_screen()))
        arrived = [code for at, code in filmed if at < time.monotonic() - RELAYED_BY_S]
        return arrived[-1] if arrived else ""

    enrolled.wall = relayed
    begin(enrolled)
    why = enrolled.page.locator(".why")
    expect(why).to_be_visible()
    expect(enrolled.page.get_by_role("button", name="Try again")).to_be_visible()
    decision = CheckInDecision.objects.get()
    assert decision.outcome == "refused"
    assert {"code_too_old", "code_kept"} & set(decision.reasons)


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        ("NotAllowedError", "The camera is not allowed."),
        ("NotFoundError", "No camera was found on this phone."),
        ("NotReadableError", "The camera is in use."),
    ],
)
def test_without_a_camera_the_short_code_remains(enrolled, error, sentence):
    page = enrolled.page
    begin(enrolled)
    page.add_init_script(CAMERA_FAILS.format(error))
    page.reload()
    expect(page.get_by_text(sentence)).to_be_visible()
    page.get_by_role("button", name="Type the short code").click()
    page.get_by_label("Six digits").fill(
        teaching.short_code(enrolled.session, now=clock.now()).digits
    )
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text(sentence)).to_be_visible()  # the face step's sentence
    page.get_by_role("button", name="Continue without the face step").click()
    why = page.locator(".why")
    expect(why).to_contain_text("A check was left out for you 1 of 6 times this term.")
    assert CheckInDecision.objects.get().outcome == "review"


@pytest.mark.parametrize(
    "when",
    [
        pytest.param("50", id="at a picture"),
        pytest.param("challenge.prompts[1].start_s * 1000 - 20", id="at a prompt"),
    ],
)
def test_a_phone_that_was_busy_films_again_by_itself(enrolled, when):
    """Whoever is told late moves late. That film is not sent, and costs none of the tries."""
    page = enrolled.page
    film_bursts(enrolled)
    begin(enrolled)
    page.evaluate(BUSY_ONCE % {"busy_ms": 600, "when": when})
    expect(page.get_by_text("The phone was busy for a moment.")).to_be_visible()
    assert bursts_sent(page) == []
    assert CheckInAttempt.objects.get().challenges.count() == 1
    film_until(enrolled)


def test_a_camera_that_is_too_slow_for_the_moments_films_evenly(enrolled):
    """Many phones take at most four pictures per second in the dark."""
    page = enrolled.page
    page.add_init_script("window.cameraGapMs = 240;")
    film_bursts(enrolled)
    begin(enrolled)
    page.evaluate(BUSY_ONCE % {"busy_ms": 600, "when": "50"})  # later it might meet them by luck
    film_until(enrolled)
    times_s = bursts_sent(page)[0]
    gaps_s = [later - earlier for earlier, later in pairwise([0, *times_s])]
    assert 20 < len(times_s) <= 47
    assert min(gaps_s) >= 0.19
    assert max(gaps_s) < 0.45


def test_a_camera_that_hardly_gives_pictures_does_not_keep_one(enrolled):
    page = enrolled.page
    page.add_init_script("window.cameraGapMs = 800;")
    film_bursts(enrolled)
    begin(enrolled)
    expect(page.get_by_text("The camera is too slow.")).to_be_visible()
    page.get_by_role("button", name="Continue without the face step").click()
    expect(page.locator(".why")).to_be_visible()
    assert CheckInDecision.objects.get().outcome == "review"


def test_a_network_that_goes_in_the_middle_loses_nothing(enrolled, watch):
    watch.expect_no_network()
    page = enrolled.page
    film_bursts(enrolled)
    begin(enrolled)
    when_filming(enrolled)
    page.context.set_offline(True)
    tried_again(page)
    page.context.set_offline(False)
    film_until(enrolled)
    assert CheckInAttempt.objects.count() == CheckInDecision.objects.count() == 1
    assert "kept-check-in" not in kept_in(page)


HURRIED = {
    "BURST_WAITS_S = 60": "BURST_WAITS_S = 2",
    "STEP_WAITS_S = 20": "STEP_WAITS_S = 2",
}


@pytest.fixture
def hurried(chromium, server, watch, student, lecture):
    """An enrolled phone that gives up on the network sooner."""
    watch.expect("Service Worker registration blocked")  # it would prevent the change of the script
    context, phone = open_phone(chromium, server, watch, service_workers="block")

    def sooner(route):
        text = route.fetch().text()
        for slow, quick in HURRIED.items():
            assert slow in text
            text = text.replace(slow, quick)
        route.fulfill(body=text, content_type="text/javascript")

    context.route("**/check_in/attempt*.js", sooner)
    context.add_init_script(WITHOUT_LIVE)
    phone.session = lecture
    phone.log_in(student)
    phone.enrol(student)
    yield phone
    context.close()
    phone.close()


def codes_grow_too_old(page) -> None:
    """Wait until the server takes no codes alone any more that were read before now."""
    slot_s = Policy().qr_slot_s
    too_old_ms = page.evaluate("Date.now()") + 1000 * (Policy().qr_late_upload_s + slot_s)
    page.wait_for_function("tooOldMs => Date.now() > tooOldMs", arg=too_old_ms, timeout=60_000)


def test_codes_alone_that_no_network_took_are_refused_and_the_student_is_told_what_to_do(
    hurried, watch
):
    """The codes are read, and then there is no network for half a minute."""
    watch.expect_no_network()
    page, first = hurried.page, hurried.code_now()
    hurried.wall = lambda: first
    begin(hurried)
    expect(page.get_by_text("1 of 2 read")).to_be_visible()
    page.context.set_offline(True)
    hurried.wall = None
    expect(page.get_by_text("Your check-in is saved")).to_be_visible()
    expect(small(page)).to_contain_text("Show yourself to your teacher")
    assert "sealed" in kept_in(page)
    assert '"tokens"' not in kept_in(page)
    codes_grow_too_old(page)
    page.context.set_offline(False)
    expect(page.locator(".why")).to_contain_text("Show yourself to your teacher")
    decision = CheckInDecision.objects.get()
    assert (decision.outcome, decision.reasons[0]) == ("refused", "code_alone")
    assert not Warning.objects.exists()


def test_codes_that_arrive_too_late_to_go_on_are_scanned_anew(hurried, watch):
    """The network is back, so the student only points the camera at the code once more."""
    watch.expect_no_network()
    page = hurried.page

    def arrives_late(route):
        answer = route.fetch()
        page.unroute("**/qr/scan")
        route.fulfill(response=answer, json=answer.json() | {"codes_in_time": False})

    page.route("**/qr/scan", lambda route: route.abort())
    page.route("**/attendance/attempts", arrives_late)
    begin(hurried)
    expect(page.get_by_text("The code is too old now. Scan it again.")).to_be_visible()
    film_until(hurried)
    assert CheckInDecision.objects.get().outcome == "present"


def test_codes_that_could_not_be_sent_go_with_the_rest_in_one_request(hurried, watch):
    """Old codes without a signed statement of when they were read count as a relay."""
    watch.expect_no_network()
    page = hurried.page
    page.route("**/qr/scan", lambda route: route.abort())
    begin(hurried)
    expect(page.get_by_text("Your teacher will confirm.", exact=True)).to_be_visible()
    decision = CheckInDecision.objects.get()
    assert (decision.outcome, decision.reasons) == ("review", ["code_arrived_late"])
    assert "face" in decision.counted


def without_a_network_after_filming(phone):
    begin(phone)
    when_filming(phone)
    phone.page.context.set_offline(True)
    expect(phone.page.get_by_text("Your check-in is saved")).to_be_visible()
    kept = kept_in(phone.page)
    assert "sealed" in kept
    assert '"frames"' not in kept


def test_a_burst_that_was_kept_goes_out_though_the_page_was_closed(hurried, watch, lecture):
    watch.expect_no_network()
    without_a_network_after_filming(hurried)
    context = hurried.page.context
    hurried.page.close()
    context.set_offline(False)
    page = context.new_page()
    page.goto("/student/#/today")
    expect(
        page.get_by_text("Your saved check-in was sent. Your teacher will confirm.")
    ).to_be_visible()
    decision = CheckInDecision.objects.get()
    assert decision.outcome == "review"
    assert "code_arrived_late" in decision.reasons
    assert "face" in decision.counted


def test_a_server_that_is_started_anew_in_the_middle_loses_nothing(enrolled, server, watch):
    watch.expect_no_network()
    server.prepare()
    film_bursts(enrolled)
    begin(enrolled)
    when_filming(enrolled)
    server.crash()
    tried_again(enrolled.page)
    server.start()
    film_until(enrolled)
    assert CheckInAttempt.objects.count() == CheckInDecision.objects.count() == 1


def test_who_began_before_the_session_closed_is_not_lost(enrolled, lecture):
    begin(enrolled)
    when_filming(enrolled)
    teaching.close_session(lecture, by=lecture.teacher, now=clock.now())
    film_until(enrolled)


def test_a_closed_session_is_not_filmed(enrolled, lecture):
    teaching.close_session(lecture, by=lecture.teacher, now=clock.now())
    begin(enrolled)
    expect(enrolled.page.get_by_text("This session is closed")).to_be_visible()
    assert enrolled.page.evaluate("window.camerasOpened ?? 0") == 0


def test_a_second_phone_does_not_get_in(enrolled, student, lecture, chromium, server, watch):
    """The friend has the password, but not the phone."""
    context, second = open_phone(chromium, server, watch)
    second.session = lecture
    second.log_in(student)
    begin(second)
    expect(second.page.locator(".why, .problem, .do").first).to_be_visible()
    assert not CheckInDecision.objects.filter(outcome__in=("present", "late")).exists()
    expect(second.page.get_by_text(PRESENT)).to_have_count(0)
    context.close()
    second.close()
