"""Each view of the student's page, with the data that it has in use, and what people do there."""

import json
import re
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, expect

from accounts.models import Device, ErasureRequest, NameRequest
from accounts.tests.phone import Phone
from attendance_project import clock
from attendance_project.tests import pseudo
from attendance_project.tests.browser.student import (
    HEIGHT,
    agree,
    go,
    log_in,
    logged_in_page,
)
from attendance_project.tests.browser.watching import overflow_px
from attendance_project.tests.test_translation import HEADERS, NAMES, WORD
from sessions_app import services
from sessions_app.models import ClosedDay, Course, ExcuseKind, Session, Subject
from verification.models import FaceTemplate, Warning

pytestmark = [
    *(pytest.mark.slow, pytest.mark.browser, pytest.mark.once),
    pytest.mark.django_db(transaction=True),
]

VIEWS = {
    "today": "Today",
    "attendance": "My attendance",
    "attendance/{course_id}": "Operating Systems",
    "warnings": "Warnings",
    "devices": "My phones",
    "face": "My face",
    "enrol": "Enrol my face",
    "data": "My data",
    "name": "My name",
    "more": "More",
}
WIDTHS = (320, 390, 768)
PROBE = '<img src=x onerror="globalThis.hit=1"><script>globalThis.hit=1</script>\'"&lt;'


@pytest.fixture
def page(context: BrowserContext, term, student) -> Page:
    return logged_in_page(context, student)


# --- how they look and read -----------------------------------------------------------------


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_view_is_readable_narrow_by_day_and_by_night(
    page, watch, world, student, scheme, pictures
):
    agree(student)
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    page.reload()
    amiss = {}
    for place, heading in VIEWS.items():
        go(page, place.format(**world.ids), heading)
        for part in page.locator("details").all():
            part.locator("summary").click()
        amiss[place] = looked_at(page, watch, pictures, f"student-{heading}-{scheme}")
    assert {place: found for place, found in amiss.items() if found} == {}


def looked_at(page: Page, watch, folder, name: str) -> list[str]:
    found = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": HEIGHT})
        if wide := overflow_px(page):
            found.append(f"{wide} px too wide at {width}")
        path = folder / f"{name}-{width}.jpg"
        page.screenshot(path=path, quality=80, full_page=True, caret="initial")
    page.set_viewport_size({"width": WIDTHS[0], "height": HEIGHT})
    return found + watch.audit(page) + watch.taken()


@pytest.mark.parametrize("place", ["login", "register"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_door_is_readable(context, watch, pictures, place, scheme):
    page = context.new_page()
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    page.goto(f"/student/#/{place}")
    expect(page.get_by_label("E-mail")).to_be_visible()
    assert looked_at(page, watch, pictures, f"student-{place}-{scheme}") == []


@pytest.fixture
def texts_in_brackets(settings, tmp_path):
    """texts.js in the language in which every text of ours stands in brackets."""
    pseudo.write_catalogues(tmp_path)
    settings.LANGUAGES = [*settings.LANGUAGES, (pseudo.CODE, "Pseudo")]
    settings.LOCALE_PATHS = [tmp_path]
    return Client().get("/texts.js", headers=HEADERS).content.decode()


def test_no_view_says_anything_untranslated(context, term, world, student, texts_in_brackets):
    told: set[str] = set()
    agree(student)
    page = context.new_page()
    page.route(
        "**/texts.js",
        lambda route: route.fulfill(body=texts_in_brackets, content_type="text/javascript"),
    )
    page.on("response", lambda answer: told.update(texts_of(answer)))
    page.goto("/student/")
    page.locator("#email").fill(student.email)
    page.locator("#password").fill("correct horse battery")
    assert untranslated(page, told) == []
    page.keyboard.press("Enter")
    for place, heading in VIEWS.items():
        page.goto(f"/student/#/{place.format(**world.ids)}")
        shown = heading if "{" in place else f"⟦{heading}⟧"
        expect(page.get_by_role("heading", name=shown, exact=True).first).to_be_visible()
        assert untranslated(page, told) == [], place


def texts_of(answer: Any) -> set[str]:
    """All texts in an answer of the API, which the server translates itself."""
    if "/api/" not in answer.url or "json" not in answer.headers.get("content-type", ""):
        return set()
    return set(strings_in(answer.json()))


def strings_in(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value, *re.split(r"\s*\n-?\s*", value)]
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else []
    return [text for item in inner for text in strings_in(item)]


def untranslated(page: Page, told: set[str]) -> list[str]:
    spoken = page.eval_on_selector_all(
        "main [aria-label], main [alt], main [placeholder]",
        "all => all.flatMap((one) => ['aria-label', 'alt', 'placeholder']"
        ".map((name) => one.getAttribute(name) ?? ''))",
    )
    shown = page.locator("main").evaluate("main => main.textContent")
    text = pseudo.outside_brackets(" \n".join([shown, *spoken]))
    for known in sorted(told, key=len, reverse=True):
        text = text.replace(known, " ") if known else text
    return [word for word in WORD.findall(text) if word not in NAMES | {"Sept"}]


# --- attendance ----------------------------------------------------------------------------


def test_attendance_tells_what_counts_and_what_may_be_missed(page, world):
    go(page, "attendance", "My attendance")
    expect(page.get_by_text("81.8 %")).to_be_visible()
    expect(page.get_by_text("You attended 9 of 11 sessions")).to_be_visible()
    expect(page.get_by_text("You can miss 1 more session.")).to_be_visible()
    page.get_by_role("link", name="All sessions").click()
    expect(page.get_by_role("heading", name="Operating Systems")).to_be_visible()
    expect(page.locator(".lines li")).to_have_count(13)
    expect(page.locator(".lines li").last.get_by_text("Present", exact=True)).to_be_visible()


def test_hours_and_excuses_ahead_are_told_with_what_may_be_missed(page, session, student, teacher):
    about = {"count_by": "hours", "at_risk_percent": 70}
    Course.objects.filter(pk=session.course_id).update(**about)
    now = clock.now()
    for days, hours in ((2, 4), (3, 1), (4, 2)):
        session.pk, session.code = None, session.code + days
        session.state, session.weight_h = "planned", hours
        session.starts_at, session.ends_at = (
            now + timedelta(days=days, hours=away) for away in (0, 1)
        )
        session.save()
    # 9 of 11 sessions of 50 minutes are 7.5 of 9.17 h. One more is open. With the 5.83 h that are
    # ahead 10.5 of 15 h are needed, and 13.33 h can be had.
    day = session.local_start.date()
    services.give_excuse(
        session.course, student, from_date=day, until_date=day, note="Away.", by=teacher, now=now
    )
    go(page, "attendance", "My attendance")
    expect(
        page.get_by_text(
            "You can miss 2.83 h, which is less than the longest of the 3 remaining sessions. "
            "You are excused from 1 more session."
        )
    ).to_be_visible()
    page.get_by_role("link", name="All sessions").click()
    last = page.locator(".lines li").first
    expect(last.get_by_text("Excused", exact=True)).to_be_visible()
    expect(page.get_by_text("Upcoming", exact=True)).to_have_count(2)


def test_an_excuse_for_a_session_of_today_is_said_with_its_kind(page, session, student, teacher):
    now = clock.now()
    kind = ExcuseKind.objects.get(code="sport")
    about = {"from_date": (day := session.local_start.date()), "until_date": day, "kind": kind}
    services.give_excuse(session.course, student, **about, note="Match.", by=teacher, now=now)
    for number, state in enumerate(("open", "planned")):
        session.pk, session.code, session.state = None, session.code + 1 + number, state
        session.save()
    page.reload()
    expect(page.get_by_text("You are excused: Sport")).to_be_visible()
    planned = page.locator(".cards li", has=page.get_by_text("You are excused", exact=True))
    expect(planned).to_have_count(1)
    expect(planned.get_by_text("Sport", exact=True)).to_be_visible()


def test_an_excuse_without_a_kind_leaves_nothing_beside_the_badge(page, session, student, teacher):
    day, now = session.local_start.date(), clock.now()
    about = {"from_date": day, "until_date": day, "note": "Away."}
    services.give_excuse(session.course, student, **about, by=teacher, now=now)
    session.pk, session.code, session.state = None, session.code + 1, "planned"
    session.save()
    page.reload()
    beside = page.locator(".cards li p", has=page.get_by_text("You are excused", exact=True))
    expect(beside).to_have_count(1)
    expect(beside.locator("span")).to_have_count(1)


def test_whoever_is_on_no_course_is_told_what_to_do(context, outsider, server):
    page = logged_in_page(context, outsider)
    expect(page.get_by_text("Ask its teacher to add you")).to_be_visible()
    go(page, "attendance", "My attendance")
    expect(page.get_by_role("heading", name="No courses yet")).to_be_visible()
    go(page, "warnings", "Warnings")
    expect(page.get_by_role("heading", name="No warnings")).to_be_visible()


def test_without_a_class_today_the_next_one_is_named(context, session, student):
    for days in (3, 5):
        starts = clock.now() + timedelta(days=days)
        session.pk = None if days == 5 else session.pk
        session.code += days
        session.starts_at, session.ends_at = starts, starts + timedelta(minutes=50)
        session.save()
    page = logged_in_page(context, student)
    expect(page.get_by_role("heading", name="No sessions today")).to_be_visible()
    in_three_days = (clock.now() + timedelta(days=3)).astimezone(ZoneInfo(session.time_zone))
    day = f"{in_three_days:%-d}"
    expect(
        page.get_by_text(re.compile(rf"Next: Operating Systems on \w+,? {day} "))
    ).to_be_visible()


def test_closed_days_stand_below_what_comes_next(context, session, student):
    today = timezone.localdate()
    for days, name in ((2, "Founder's Day"), (30, "Far away")):
        ClosedDay.objects.create(date=today + timedelta(days=days), name=name)
    page = logged_in_page(context, student)
    shown = page.locator("[data-closed-days] li")
    expect(shown).to_have_count(1)
    expect(shown).to_contain_text(f"{today + timedelta(days=2):%-d}")
    expect(shown).to_contain_text("Founder's Day")


# --- the name ------------------------------------------------------------------------------


def test_another_name_is_asked_for_by_keyboard_and_its_state_is_read(page, student, watch):
    go(page, "name", "My name")
    page.get_by_label("New name").focus()
    page.keyboard.type("Sam Other")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Request: Sam Other")).to_be_visible()
    expect(page.get_by_text("An admin decides. You get a mail then.")).to_be_visible()
    asked = NameRequest.objects.filter(user=student, is_open=True)
    assert asked.get().new_name == "Sam Other"
    asked.update(state="declined", is_open=False, decided_at=clock.now())
    go(page, "more", "More")
    go(page, "name", "My name")
    expect(page.get_by_text("An admin declined it on")).to_be_visible()


def test_a_classmates_name_is_refused_in_words_and_stays_in_the_field(
    page, student, classmate, watch
):
    watch.expect("status of 409")
    go(page, "name", "My name")
    page.get_by_label("New name").fill(classmate.full_name)
    page.get_by_role("button", name="Ask for it").click()
    expect(page.get_by_role("alert")).to_contain_text("send it again with a reason")
    expect(page.get_by_label("New name")).to_have_value(classmate.full_name)
    page.get_by_label("Why").fill("It is my name too.")
    page.get_by_role("button", name="Ask for it").click()
    expect(page.get_by_role("heading", name=f"Request: {classmate.full_name}")).to_be_visible()
    asked = NameRequest.objects.get(user=student, is_open=True)
    assert asked.reason == "It is my name too."


# --- warnings ------------------------------------------------------------------------------


def test_a_warning_is_answered_by_keyboard_alone(page, student):
    go(page, "warnings", "Warnings")
    tab_to(page, "Tell us what happened")
    page.keyboard.press("Enter")
    expect(page.get_by_label("What happened, in your words")).to_be_focused()
    page.keyboard.type("I scanned the code of the room next door.")
    tab_to(page, "Send")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Your teacher will read it and decide")).to_be_visible()
    expect(page.locator("blockquote")).to_have_text("I scanned the code of the room next door.")
    assert Warning.objects.get(student=student).appeal.startswith("I scanned")


def test_a_verdict_is_told_with_its_note(page, student):
    Warning.objects.update(
        verdict="dismissed", verdict_note="The wall is thin.", verdict_at=clock.now()
    )
    go(page, "warnings", "Warnings")
    expect(page.get_by_text("It no longer counts.")).to_be_visible()
    expect(page.get_by_text("The wall is thin.")).to_be_visible()
    expect(page.get_by_role("button", name="Tell us what happened")).to_have_count(0)


def test_an_appeal_that_came_too_late_is_told_and_kept_in_the_field(page, watch):
    watch.expect("status of 409")
    go(page, "warnings", "Warnings")
    page.get_by_role("button", name="Tell us what happened").click()
    page.get_by_label("What happened, in your words").fill("It was not so.")
    Warning.objects.update(verdict="upheld", verdict_at=clock.now())
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("alert")).to_contain_text("Ask your teacher.")
    expect(page.get_by_label("What happened, in your words")).to_have_value("It was not so.")


def tab_to(page: Page, name: str) -> None:
    for _ in range(30):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent").strip() == name:
            return
    raise AssertionError(f"{name} cannot be reached by Tab")


# --- phones --------------------------------------------------------------------------------


def test_another_phone_is_removed_after_asking(page, student):
    Phone(student)
    go(page, "devices", "My phones")
    expect(page.get_by_text("This phone", exact=True)).to_be_visible()
    waiting = page.get_by_role("listitem").filter(has_text="It becomes active on")
    waiting.get_by_role("button", name="Remove").click()
    page.get_by_role("button", name="No, keep it").click()
    expect(waiting.get_by_role("button", name="Remove")).to_be_focused()
    assert not Device.objects.filter(status="revoked").exists()
    waiting.get_by_role("button", name="Remove").click()
    page.get_by_role("button", name="Yes, remove it").click()
    expect(waiting).to_have_count(0)
    assert Device.objects.filter(user=student, status="revoked").count() == 1


def test_removing_this_phone_logs_out_here(page, student):
    go(page, "devices", "My phones")
    page.get_by_role("button", name="Remove").click()
    page.get_by_role("button", name="Yes, remove it").click()
    expect(page.get_by_role("heading", name="Log in")).to_be_visible()
    assert Device.objects.get(user=student).status == "revoked"
    log_in(page, student)
    expect(page.get_by_text("once a teacher approves it")).to_be_visible()


def test_a_new_phone_removes_the_lost_one_by_a_link_in_a_mail(context, term, student, watch):
    Phone(student)
    watch.expect("status of 403")
    page = logged_in_page(context, student)
    go(page, "devices", "My phones")
    lost = page.get_by_role("listitem").filter(has_text="Checks you in")
    lost.get_by_role("button", name="Remove").click()
    page.get_by_role("button", name="Yes, remove it").click()
    page.get_by_role("button", name="Send me a link by mail").click()
    expect(page.get_by_text(f"sent to {student.email}")).to_be_visible()
    assert Device.objects.filter(user=student, status="active").count() == 1


# --- data ----------------------------------------------------------------------------------


def test_all_data_is_downloaded_as_one_file(page, student):
    go(page, "data", "My data")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download my data").click()
    data = json.loads(download.value.path().read_text())
    assert download.value.suggested_filename == "attendance-data.json"
    assert data["account"]["email"] == student.email
    assert len(data["attendance"]) == 13
    expect(page.get_by_text("Saved to your downloads.")).to_be_visible()


def test_erasure_is_asked_for_and_taken_back(page, student):
    go(page, "data", "My data")
    page.get_by_role("button", name="Request erasure").click()
    page.get_by_role("button", name="No, keep my data").click()
    assert not ErasureRequest.objects.exists()
    page.get_by_role("button", name="Request erasure").click()
    page.get_by_role("button", name="Yes, request it").click()
    expect(page.get_by_text("You requested this on")).to_be_visible()
    page.reload()
    page.get_by_role("button", name="Withdraw request").click()
    expect(page.get_by_text("You withdrew your request.")).to_be_visible()
    assert ErasureRequest.objects.get(user=student).state == "withdrawn"


# --- what others wrote ---------------------------------------------------------------------


def test_markup_in_names_notes_and_appeals_is_only_text(context, term, world, student, teacher):
    short = PROBE[:80]
    Subject.objects.update(name=PROBE)
    Session.objects.update(room=PROBE[:50])
    Warning.objects.update(
        appeal=PROBE,
        appealed_at=clock.now(),
        verdict="upheld",
        verdict_note=PROBE,
        verdict_at=clock.now(),
    )
    FaceTemplate.objects.update(
        status="approved", note=PROBE, decided_by=teacher, decided_at=clock.now()
    )
    for person in (student, teacher):
        person.full_name = PROBE
        person.save(update_fields=["full_name"])
    agree(student)
    page = logged_in_page(context, student)
    expect(page.get_by_role("heading", name="Today", exact=True)).to_be_visible()
    Device.objects.filter(user=student).update(name=short)
    seen = ""
    for place in ("today", "attendance", "warnings", "devices", "face", "more", "data"):
        page.goto(f"/student/#/{place}")
        expect(page.locator("main h1")).to_be_visible()
        expect(page.get_by_text("One moment")).to_have_count(0)
        seen += page.locator("main").inner_text()
        assert page.locator("main :is(img, script)").count() == 0
    page.goto(f"/student/#/attendance/{world.ids['course_id']}")
    expect(page.get_by_role("heading", name=PROBE)).to_be_visible()
    assert page.evaluate("globalThis.hit") is None
    assert seen.count(short) >= 5
