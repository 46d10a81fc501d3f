"""Check-ins that could not be sent are kept on the phone, one per session, until they are sent."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from attendance_project import clock
from attendance_project.tests.browser.student_modules import logged_in_at
from attendance_project.tests.browser.student_phone import kept_in
from sessions_app.models import Session
from verification.models import CheckInAttempt, CheckInDecision
from verification.tests.support import answer_to, tokens

pytestmark = [
    *(pytest.mark.slow, pytest.mark.browser, pytest.mark.once),
    pytest.mark.django_db(transaction=True),
]

KEEP = """async ([session, tokens, agoS, more]) => {
  const { keep } = await import("/static/student/check_in/kept.js");
  const { serverNow } = await import("/static/student/lib/api.js");
  const seenAt = serverNow() - agoS;
  await keep({ id: null, session: { id: session }, tokens, seenAt, ...more });
}"""
OPEN_AHEAD = """async (session) => {
  const { post } = await import("/static/student/lib/api.js");
  return post("/attendance/attempts", { session, nonce: "opened-ahead" });
}"""
TRIED = """async () => {
  const { keptSessions, sendKept } = await import("/static/student/check_in/kept.js");
  const tries = (await keptSessions()).map((session) => sendKept(session));
  return (await Promise.allSettled(tries)).map(({ reason }) => reason?.constructor.name);
}"""
"""What each try of the page to send what is kept ends with."""
PROBLEM = {"code": "upset", "message": "Try again.", "detail": {}}
A_MOMENT = (10, 9)
"""The slots, of a second each, of the codes that were read."""


@pytest.fixture
def next_class(open_session) -> Session:
    """Another open session of the same course, which unlike the first one asks for a face."""
    Session.objects.filter(pk=open_session.pk).update(level="room")
    same = ("course", "subject", "class_group", "teacher", "starts_at", "ends_at", "time_zone")
    same += ("state", "opened_at")
    return Session.objects.create(**{name: getattr(open_session, name) for name in same})


@pytest.fixture
def page(context, student, open_session, next_class):
    """A phone that kept the codes of both sessions, which were on the walls a moment ago."""
    page = logged_in_at(context.new_page(), student)
    for session in (open_session, next_class):
        keep(page, session)
    return page


def keep(page, session, ago_s=9, slots=A_MOMENT, **more):
    page.evaluate(KEEP, [str(session.pk), tokens(session, ages=slots), ago_s, more])


def news(page):
    return page.get_by_role("region", name="Notices").locator("> div")


def told_as_sent(page, count: int) -> None:
    expect(news(page).filter(has_text="was sent.")).to_have_count(count)


def decided() -> set[str]:
    """The sessions for which the server has decided."""
    return {str(each) for each in CheckInDecision.objects.values_list("session", flat=True)}


def test_two_classes_take_nobodys_place(page, open_session, next_class):
    page.goto("/student/#/today")
    expect(news(page)).to_have_count(2)
    expect(news(page).filter(has_text="was sent. Your teacher will confirm.")).to_be_visible()
    expect(news(page).filter(has_text="was sent. Your check-in was not accepted.")).to_contain_text(
        "Enrol"
    )
    assert decided() == {str(open_session.pk), str(next_class.pk)}
    assert "kept-check-in" not in kept_in(page)


@pytest.mark.parametrize("status", [401, 408, 429, 500, 503])
def test_what_may_pass_is_tried_again(page, watch, open_session, next_class, status):
    """A proxy or a full server refuses for a while, which is not the server's judgement."""
    watch.expect(str(status))
    answers = [status, status]

    def upset(route):
        if answers:
            route.fulfill(status=answers.pop(), json=PROBLEM)
        else:
            route.continue_()

    page.route("**/attendance/check-in", upset)
    page.goto("/student/#/today")
    told_as_sent(page, 2)
    assert decided() == {str(open_session.pk), str(next_class.pk)}


def test_a_refusal_of_one_leaves_the_other(page, watch, pictures, open_session, next_class):
    """The session of the kept check-in is gone, and the student is told."""
    watch.expect("404", "400", "409")
    Session.objects.filter(pk=next_class.pk).delete()
    page.goto("/student/#/today")
    refusal = news(page).filter(has_text="saved check-in was not accepted")
    expect(refusal).to_be_visible()
    assert refusal.bounding_box()["height"] > 60, "for eyes as well"
    assert watch.audit(page) == []
    page.set_viewport_size({"width": 360, "height": 740})
    page.screenshot(path=pictures / "student-news.jpg", quality=80)
    refusal.get_by_role("button", name="Close").click()
    told_as_sent(page, 1)
    expect(news(page)).to_have_count(1)
    assert decided() == {str(open_session.pk)}


def test_codes_alone_of_minutes_ago_are_refused_and_those_with_the_beacons_answer_wait(
    page, open_session, next_class
):
    minutes_ago = {"ago_s": 99, "slots": (100, 99)}
    opened_at = clock.now() - timedelta(minutes=10)
    Session.objects.update(level="room", opened_at=opened_at, starts_at=opened_at)
    keep(page, next_class, **minutes_ago)
    step = page.evaluate(OPEN_AHEAD, str(open_session.pk))
    CheckInAttempt.objects.update(opened_at=clock.now() - timedelta(seconds=110))
    answers = [answer_to(step, open_session, age=19)]
    keep(page, open_session, id=step["attempt"], answers=answers, **minutes_ago)
    page.goto("/student/#/today")
    told_as_sent(page, 2)
    expect(news(page).filter(has_text="Show yourself to your teacher")).to_be_visible()
    outcomes = dict(CheckInDecision.objects.values_list("session", "outcome"))
    assert outcomes == {open_session.pk: "review", next_class.pk: "refused"}
    assert CheckInDecision.objects.get(outcome="review").counted == ["bluetooth"]


def test_what_is_too_old_by_now_is_told(page, open_session):
    keep(page, open_session, ago_s=601)
    page.goto("/student/#/today")
    expect(news(page).filter(has_text="could not be sent within ten minutes")).to_be_visible()
    told_as_sent(page, 1)
    assert str(open_session.pk) not in decided()


def test_nobody_else_sends_it_or_is_told_of_it(page, watch, classmate):
    """Another student logs in on this phone. The kept check-in waits until it is too old."""
    page.evaluate(
        """async () => {
          const { logOut } = await import("/static/student/lib/api.js");
          await logOut();
        }"""
    )
    logged_in_at(page, classmate)
    page.goto("/student/#/today")
    assert page.evaluate(TRIED) == ["Unreachable", "Unreachable"], "both stay kept"
    assert not CheckInDecision.objects.exists()
    expect(news(page)).to_have_count(0)


def test_the_view_that_waits_tells_it_alone(page, open_session):
    """The page sends kept check-ins as well, and both students are told what became of them."""
    told = page.evaluate(
        """async (session) => {
          const { sendPatiently, untilSent, isAwaited } =
            await import("/static/student/check_in/kept.js");
          const { signal } = new AbortController();
          const first = sendPatiently(session, signal)
            .then((decision) => [decision, isAwaited(session)]);
          const view = await untilSent(session, signal);
          const [decision, awaited] = await first;
          return { same: decision.decision === view.decision, awaited };
        }""",
        str(open_session.pk),
    )
    assert told == {"same": True, "awaited": True}
